"""Papers in the docket (附件): the file lies in the data directory under a name of our own."""

from django.db import models

from duban.server.models.docket import Stream
from duban.server.models.organisation import Office


class Attachment(models.Model):
    """An uploaded file. Entries refer to it as ``Paper(kind, name, ref=str(pk))``.

    ``stream`` is empty until an entry names the file; until then only its uploader sees it. ``unit`` is the
    uploader's unit, empty for the office.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    stream = models.ForeignKey(
        Stream, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    kind = models.CharField("种类", max_length=40)
    name = models.CharField("文件名", max_length=255)
    path = models.CharField(max_length=80, unique=True, editable=False)
    media_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField("字节")
    digest = models.CharField("SM3", max_length=64)
    uploaded_by = models.CharField(max_length=40)
    unit = models.CharField(max_length=60, blank=True)
    uploaded_at = models.DateTimeField()

    class Meta:
        verbose_name = "附件"
        ordering = ("pk",)
        indexes = [models.Index(fields=("office", "uploaded_by"), name="attachment_of_person")]

    def __str__(self) -> str:
        return self.name
