"""Number series (编号): one counter for each series and year of an office."""

from django.db import models

from duban.server.models.organisation import Office


class NumberSeries(models.Model):
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    series = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "编号"
        constraints = [models.UniqueConstraint(fields=("office", "series", "year"), name="series_of_year")]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.last}"
