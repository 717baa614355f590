"""Streams and their entries (案卷条目): appended to, never changed; the database itself refuses otherwise."""

from collections.abc import Iterator
from typing import ClassVar

from django.db import models

from duban.server.models.organisation import Office


class StreamQuerySet(models.QuerySet["Stream"]):
    def each(self, batch: int = 200) -> Iterator["Stream"]:
        """Every stream in order of its id, a batch in memory at a time; writing in between does no harm."""
        last = ""
        while streams := list(self.filter(pk__gt=last).order_by("pk")[:batch]):
            yield from streams
            last = streams[-1].pk


class Stream(models.Model):
    """One docket: the entries of a matter or of a directive. The head repeats the last entry's digest.

    ``look_again_at`` is a wake-up hint for the sweep; what is due is always worked out anew.
    """

    KINDS: ClassVar = {"matter": "督查事项", "directive": "立项依据"}

    id = models.CharField(primary_key=True, max_length=40)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="streams")
    kind = models.CharField(max_length=20, choices=KINDS.items())
    head_position = models.PositiveIntegerField(default=0)
    head_digest = models.CharField(max_length=64, blank=True)
    look_again_at = models.DateTimeField(null=True, blank=True, db_index=True)

    objects = StreamQuerySet.as_manager()

    class Meta:
        verbose_name = "案卷"
        indexes = [models.Index(fields=("office", "kind"), name="stream_of_office")]

    def __str__(self) -> str:
        return self.id


class Entry(models.Model):
    """One entry. ``data`` and the envelope are kept exactly as they were digested."""

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="entries")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=60)
    data = models.JSONField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.JSONField()
    proxy = models.JSONField(null=True)
    command_id = models.CharField(max_length=80, blank=True)
    cause = models.PositiveIntegerField(null=True)
    pack = models.CharField(max_length=140)
    calendar = models.CharField(max_length=80)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = "条目"
        ordering = ("stream", "position")
        constraints = [models.UniqueConstraint(fields=("stream", "position"), name="entry_position")]
        indexes = [models.Index(fields=("office", "kind", "occurred_at"), name="entry_by_kind")]

    def __str__(self) -> str:
        return f"{self.stream_id}/{self.position}"


class Receipt(models.Model):
    """That a command was carried out once: a form sent twice is answered from here.

    ``fingerprint`` is SM3 over who asked what of which stream; ``notices`` what the person was told.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    command_id = models.CharField(max_length=80)
    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="+")
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    notices = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=64)

    class Meta:
        verbose_name = "受理回执"
        constraints = [models.UniqueConstraint(fields=("office", "command_id"), name="receipt_once")]

    def __str__(self) -> str:
        return self.command_id
