"""Holiday notices loaded after the release (节假日安排), as the text that was checked and loaded."""

from django.db import models


class HolidayNotice(models.Model):
    """The State Council's notice for one year, for the whole installation; it replaces the product's own."""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    text = models.TextField("内容")
    loaded_at = models.DateTimeField("装载时间")

    class Meta:
        verbose_name = "节假日安排"
        ordering = ("year",)

    def __str__(self) -> str:
        return f"{self.year}"
