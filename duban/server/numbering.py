"""The next number of a series (编号): none twice, none left out.

The row is locked until the transaction ends; a decision that is refused or rolled back gives its number back.
"""

from collections.abc import Callable

from duban.server.models import NumberSeries, Office


def next_number(office: Office, series: str, year: int) -> int:
    """Take the next number. Only inside the transaction that records what the number is for."""
    NumberSeries.objects.get_or_create(office=office, series=series, year=year)
    counter = NumberSeries.objects.select_for_update().get(office=office, series=series, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def numbers_of(office: Office) -> Callable[[str, int], int]:
    """``next_number`` of one office, in the form the core's context wants."""
    return lambda series, year: next_number(office, series, year)
