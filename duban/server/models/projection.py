"""What pages filter, sort and count by. Every row is read off entries and can be rebuilt from them.

Only :mod:`duban.server.projections` writes these tables. What people write is of any length. Units are named by key as in the entries
(``office`` is the office itself); moments are aware.
"""

from django.db import models

from duban.server.models.docket import Stream
from duban.server.models.organisation import Office


class MatterRow(models.Model):
    """One matter (督查事项) as the ledger shows it.

    ``due``: the earliest open completion date of a unit. ``next_due``: the earliest open date of any duty a
    unit owes. ``breached``: a unit owes something late now. ``urged``: the highest urging level not yet
    settled. ``text``: what the search looks through.
    """

    stream = models.OneToOneField(
        Stream, on_delete=models.PROTECT, primary_key=True, related_name="matter_row"
    )
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=80, blank=True)
    title = models.TextField()
    content = models.CharField(max_length=200, blank=True)
    stage = models.CharField(max_length=30)
    category = models.CharField(max_length=60, blank=True)
    grade = models.CharField(max_length=60, blank=True)
    urgency = models.CharField(max_length=60, blank=True)
    mode = models.CharField(max_length=60, blank=True)
    source = models.TextField(blank=True)
    lead_unit = models.CharField(max_length=60, blank=True)
    responsible_leader = models.TextField(blank=True)
    responsible_person = models.TextField(blank=True)
    registered_by = models.CharField(max_length=40, blank=True)
    restricted = models.BooleanField(default=False)
    due = models.DateTimeField(null=True)
    next_due = models.DateTimeField(null=True)
    breached = models.BooleanField(default=False)
    provisional = models.BooleanField(default=False)
    urged = models.CharField(max_length=60, blank=True)
    urged_rank = models.PositiveSmallIntegerField(default=0)
    last_report_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField(null=True)
    listed_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    taken_over = models.BooleanField(default=False)
    confirmed = models.BooleanField(default=True)
    upkeep = models.BooleanField(default=False)
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = "督查事项"
        indexes = [
            models.Index(fields=("office", "stage", "due"), name="matter_by_stage"),
            models.Index(fields=("office", "due"), name="matter_by_due"),
            models.Index(fields=("office", "next_due"), name="matter_by_next_due"),
            models.Index(fields=("office", "breached", "due"), name="matter_by_breach"),
            models.Index(fields=("office", "number"), name="matter_by_number"),
            models.Index(fields=("office", "category"), name="matter_by_category"),
            models.Index(fields=("office", "grade"), name="matter_by_grade"),
            models.Index(fields=("office", "registered_at"), name="matter_by_registration"),
            models.Index(fields=("office", "last_report_at"), name="matter_by_report"),
            models.Index(fields=("office", "urged_rank"), name="matter_by_urging"),
        ]

    def __str__(self) -> str:
        return self.title


class MatterPerson(models.Model):
    """A person with a matter of restricted knowledge (限定知悉): ``named`` a reader, or one who acted on it."""

    matter = models.ForeignKey(MatterRow, on_delete=models.CASCADE, related_name="persons")
    person = models.CharField(max_length=40)
    named = models.BooleanField()

    class Meta:
        verbose_name = "知悉人员"
        constraints = [models.UniqueConstraint(fields=("matter", "person"), name="person_of_matter")]
        indexes = [models.Index(fields=("person", "matter"), name="matter_of_person")]

    def __str__(self) -> str:
        return self.person


class AssignmentRow(models.Model):
    """A unit on a matter (承办). ``completion``: empty, ``submitted`` or ``accepted``."""

    matter = models.ForeignKey(MatterRow, on_delete=models.CASCADE, related_name="assignments")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=60)
    lead = models.BooleanField()
    order = models.PositiveSmallIntegerField(default=0)
    acknowledged_at = models.DateTimeField(null=True)
    completion = models.CharField(max_length=20, blank=True)
    due = models.DateTimeField(null=True)
    next_due = models.DateTimeField(null=True)
    breached = models.BooleanField(default=False)
    urged = models.CharField(max_length=60, blank=True)
    last_report_at = models.DateTimeField(null=True)
    returns = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "承办"
        ordering = ("matter", "order")
        constraints = [models.UniqueConstraint(fields=("matter", "unit"), name="unit_of_matter")]
        indexes = [
            models.Index(fields=("office", "unit", "due"), name="assignment_by_unit"),
            models.Index(fields=("office", "unit", "breached"), name="assignment_by_breach"),
        ]

    def __str__(self) -> str:
        return self.unit


class DirectiveRow(models.Model):
    """A directive (立项依据).

    ``matters``, how many matters rest on it, depends on who asks: only ``visible_directives`` fills it in.
    """

    matters: int

    stream = models.OneToOneField(
        Stream, on_delete=models.PROTECT, primary_key=True, related_name="directive_row"
    )
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    title = models.TextField()
    source = models.TextField(blank=True)
    number = models.TextField(blank=True)
    leader = models.TextField(blank=True)
    issued_on = models.DateField(null=True)
    registered_at = models.DateTimeField(null=True)
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = "立项依据"
        indexes = [models.Index(fields=("office", "registered_at"), name="directive_by_registration")]

    def __str__(self) -> str:
        return self.title


class MatterDirective(models.Model):
    """That a matter rests on a directive (立项、并案)."""

    matter = models.ForeignKey(MatterRow, on_delete=models.CASCADE, related_name="directives")
    directive = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="directed_matters")

    class Meta:
        verbose_name = "立项关系"
        constraints = [models.UniqueConstraint(fields=("matter", "directive"), name="directive_of_matter")]

    def __str__(self) -> str:
        return f"{self.directive_id} → {self.matter_id}"


class ObligationRow(models.Model):
    """A timed duty (义务) of a matter or a directive; ``obligation`` is its id in the docket."""

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="obligations")
    matter = models.ForeignKey(MatterRow, on_delete=models.CASCADE, null=True, related_name="obligations")
    directive = models.ForeignKey(
        DirectiveRow, on_delete=models.CASCADE, null=True, related_name="obligations"
    )
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    obligation = models.CharField(max_length=160)
    rule = models.CharField(max_length=80)
    duty = models.CharField(max_length=40)
    name = models.TextField()
    bearer = models.CharField(max_length=20)
    unit = models.CharField(max_length=60, blank=True)
    due = models.DateTimeField(null=True)
    status = models.CharField(max_length=20)
    breached = models.BooleanField(default=False)
    ever_breached = models.BooleanField(default=False)
    discharged_at = models.DateTimeField(null=True)
    on_time = models.BooleanField(null=True)
    period = models.CharField(max_length=60, blank=True)
    provisional = models.BooleanField(default=False)
    citation = models.JSONField()

    class Meta:
        verbose_name = "义务"
        constraints = [models.UniqueConstraint(fields=("stream", "obligation"), name="obligation_of_stream")]
        indexes = [
            models.Index(fields=("office", "status", "due"), name="obligation_by_due"),
            models.Index(fields=("office", "unit", "status", "due"), name="obligation_by_unit"),
            models.Index(fields=("office", "duty", "discharged_at"), name="obligation_by_duty"),
        ]

    def __str__(self) -> str:
        return self.name


class PetitionRow(models.Model):
    """A paper laid before its signatories (报批件). ``signed``: how many steps are signed."""

    matter = models.ForeignKey(MatterRow, on_delete=models.CASCADE, related_name="petitions")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    petition = models.CharField(max_length=160)
    act = models.CharField(max_length=80)
    title = models.TextField()
    unit = models.CharField(max_length=60, blank=True)
    words = models.TextField(blank=True)
    status = models.CharField(max_length=20)
    signed = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveSmallIntegerField(default=1)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=40)

    class Meta:
        verbose_name = "报批件"
        constraints = [models.UniqueConstraint(fields=("matter", "petition"), name="petition_of_matter")]
        indexes = [models.Index(fields=("office", "status", "opened_at"), name="petition_by_status")]

    def __str__(self) -> str:
        return self.title


class PetitionSignatory(models.Model):
    """A role that may sign an open petition's next step; empty ``unit``: whatever the person's unit."""

    petition = models.ForeignKey(PetitionRow, on_delete=models.CASCADE, related_name="signatories")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=60)
    unit = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = "待签职务"
        constraints = [
            models.UniqueConstraint(fields=("petition", "role", "unit"), name="signatory_of_petition")
        ]
        indexes = [models.Index(fields=("office", "role", "unit"), name="signatory_by_role")]

    def __str__(self) -> str:
        return self.role


class ProposalRow(models.Model):
    """A consequence the rules propose (建议). ``signatory`` is the role that decides."""

    matter = models.ForeignKey(MatterRow, on_delete=models.CASCADE, related_name="proposals")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    proposal = models.CharField(max_length=160)
    rule = models.CharField(max_length=80)
    consequence = models.CharField(max_length=80)
    level = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=60, blank=True)
    signatory = models.CharField(max_length=60)
    points = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    citation = models.JSONField()
    at = models.DateTimeField()
    status = models.CharField(max_length=20)

    class Meta:
        verbose_name = "系统建议"
        constraints = [models.UniqueConstraint(fields=("matter", "proposal"), name="proposal_of_matter")]
        indexes = [
            models.Index(fields=("office", "status", "consequence", "at"), name="proposal_by_status"),
            models.Index(fields=("office", "unit", "at"), name="proposal_by_unit"),
        ]

    def __str__(self) -> str:
        return self.proposal


class ReportRow(models.Model):
    """A unit's report. ``kind``: progress, dynamic, completion; ``status``: submitted, accepted, returned."""

    matter = models.ForeignKey(MatterRow, on_delete=models.CASCADE, related_name="reports")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    report = models.CharField(max_length=40)
    unit = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    status = models.CharField(max_length=20)
    reason = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "报告"
        constraints = [models.UniqueConstraint(fields=("matter", "report"), name="report_of_matter")]
        indexes = [
            models.Index(fields=("office", "status", "kind", "at"), name="report_by_status"),
            models.Index(fields=("office", "unit", "at"), name="report_by_unit"),
        ]

    def __str__(self) -> str:
        return self.report


class UrgingRow(models.Model):
    """An issued urging notice (催办单)."""

    matter = models.ForeignKey(MatterRow, on_delete=models.CASCADE, related_name="urgings")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    notice = models.CharField(max_length=40)
    level = models.CharField(max_length=60)
    unit = models.CharField(max_length=60)
    at = models.DateTimeField()
    limit = models.DateField(null=True)
    answered = models.BooleanField(default=False)
    settled = models.BooleanField(default=False)

    class Meta:
        verbose_name = "催办单"
        constraints = [models.UniqueConstraint(fields=("matter", "notice"), name="notice_of_matter")]
        indexes = [
            models.Index(fields=("office", "settled", "at"), name="urging_by_state"),
            models.Index(fields=("office", "unit", "at"), name="urging_by_unit"),
        ]

    def __str__(self) -> str:
        return self.notice
