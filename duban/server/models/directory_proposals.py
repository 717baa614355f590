"""Unit names met in imported ledgers that the directory does not know (待补单位): proposed, never invented."""

from django.db import models

from duban.server.models.organisation import Office, Unit


class ProposedUnit(models.Model):
    """A name of a unit that stood in a ledger and not in the directory.

    ``count``: matters that name it, each counted once however often its file is imported. ``resolved_as``: the
    unit that a person found it to be; later imports read the name as that unit.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="proposed_units")
    name = models.TextField("名称")
    first_seen = models.DateTimeField("首次出现")
    count = models.PositiveIntegerField("事项数", default=0)
    resolved_as = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="also_named"
    )

    class Meta:
        verbose_name = "待补单位"
        ordering = ("office", "-count", "name")
        constraints = [models.UniqueConstraint(fields=("office", "name"), name="proposed_unit_in_office")]

    def __str__(self) -> str:
        return self.name
