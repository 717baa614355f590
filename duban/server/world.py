"""The world as one decision of an office sees it: pack, calendar, directory, parameters, directives, numbers."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache

from duban import packs
from duban.calendars import load_calendar, parse_notice
from duban.core import (
    acts,  # noqa: F401  importing registers every act
    lights,
)
from duban.core.context import Contact, Context
from duban.core.context import Unit as UnitRecord
from duban.core.entries import DirectiveRef
from duban.core.pack import RegulationPack
from duban.core.terms import end_of_day
from duban.core.working_days import Calendar
from duban.server import clock
from duban.server.models import DirectiveRow, HolidayNotice, Office, Unit, UnitContact
from duban.server.numbering import numbers_of


def pack_of(office: Office) -> RegulationPack:
    """The regulation pack the office works under. Raises ``PackError`` where it does not load."""
    return packs.load(office.pack)


@lru_cache(maxsize=8)
def _national_calendar(loaded: tuple[tuple[int, str], ...]) -> Calendar:
    """The notices that come with the product, and over them those loaded since."""
    calendar = load_calendar()
    for _, text in loaded:
        calendar = calendar.with_year(parse_notice(text))
    return calendar


@lru_cache(maxsize=64)
def _calendar_with(loaded: tuple[tuple[int, str], ...], days: tuple[tuple[str, str], ...]) -> Calendar:
    return _national_calendar(loaded).with_local_days_off({date.fromisoformat(d): name for d, name in days})


def calendar_of(office: Office) -> Calendar:
    """The State Council's calendar with the office's local days off (地方放假日)."""
    loaded = tuple(HolidayNotice.objects.values_list("year", "text"))
    days = tuple(sorted(office.local_days_off.items()))
    return _calendar_with(loaded, days) if days else _national_calendar(loaded)


def units_of(office: Office) -> dict[str, UnitRecord]:
    """The office's directory (单位通讯录) by key; plain values, since every page and decision reads it."""
    contacts: dict[int, dict[str, Contact]] = {}
    named = UnitContact.objects.filter(unit__office=office).order_by("unit", "role", "pk")
    for unit, role, name, phone in named.values_list("unit", "role", "name", "phone"):
        contacts.setdefault(unit, {})[role] = Contact(name, phone)
    rows = Unit.objects.filter(office=office).values_list(
        "pk", "key", "name", "kind", "parent__key", "active_from", "active_to"
    )
    return {
        key: UnitRecord(
            id=key,
            name=name,
            kind=kind,
            parent=parent or "",
            active_from=active_from,
            active_to=active_to,
            contacts=contacts.get(pk, {}),
        )
        for pk, key, name, kind, parent, active_from, active_to in rows
    }


class DirectivesOf(Mapping[str, DirectiveRef]):
    """The office's directives by stream id, each fetched when it is asked for."""

    def __init__(self, office: Office) -> None:
        self._rows = DirectiveRow.objects.filter(office=office)

    def __getitem__(self, key: str) -> DirectiveRef:
        row = self._rows.filter(pk=key).first()
        if row is None or row.registered_at is None:
            raise KeyError(key)
        return DirectiveRef(
            id=key,
            title=row.title,
            source=row.source,
            leader=row.leader,
            received_at=clock.to_local(row.registered_at),
            issued_on=row.issued_on,
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows.values_list("pk", flat=True))

    def __len__(self) -> int:
        return self._rows.count()


def parameters_of(office: Office) -> dict[str, int]:
    """The office's own numbers; blank ones are left out."""
    return {key: value for key, value in office.parameters.items() if value is not None}


def context_for(office: Office) -> Context:
    """Everything ``decide`` is told. Its numbers may be taken only inside a transaction."""
    return Context(
        pack=pack_of(office),
        calendar=calendar_of(office),
        units=units_of(office),
        next_number=numbers_of(office),
        parameters=parameters_of(office),
        directives=DirectivesOf(office),
    )


def near_until(office: Office, day: date) -> datetime:
    """The last moment that on ``day`` still counts as near (临期), aware; as the core counts it."""
    pack = pack_of(office)
    context = Context(pack, calendar_of(office), {}, lambda series, year: 0, parameters_of(office))
    return clock.to_db(end_of_day(lights.near_until(day, context), pack))
