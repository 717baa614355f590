"""When the parts that run by themselves last ran, and what they found (巡查、核验)."""

from django.db import models


class Heartbeat(models.Model):
    """``part``: ``sweep`` or ``verify``. ``counts``: what the last run counted."""

    part = models.CharField(primary_key=True, max_length=20)
    at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = "运行状态"

    def __str__(self) -> str:
        return self.part
