"""The organisation: units found by letters, posts that begin and end, offices kept apart."""

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from duban.core.entries import Actor
from duban.server import clock
from duban.server.models import Office, Post, Unit, UnitContact
from duban.server.pinyin import initials
from duban.server.world import calendar_of, context_for, near_until
from tests.server.building import House

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "letters"),
    [("发展改革局", "fzggj"), ("高新区管委会（筹）", "gxqgwhc"), ("12345热线", "12345rx"), ("", "")],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_unit_is_found_by_the_letters_of_both_names(east: House) -> None:
    unit = Unit.objects.create(office=east.office, key="dr", name="发展改革局", short_name="发改局")
    assert unit.initials == "fzggj fgj"


def test_a_units_key_is_its_own_in_its_office_only(east: House, west: House) -> None:
    Unit.objects.create(office=east.office, key="x", name="甲")
    Unit.objects.create(office=west.office, key="x", name="甲")
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.create(office=east.office, key="x", name="乙")


def test_a_post_names_its_holder_as_actor(east: House) -> None:
    person = f"u{east.finance.user.pk}"
    assert east.finance.actor() == Actor(person=person, name="east finance", role="liaison", unit="finance")
    assert east.officer.actor().unit == ""


@pytest.mark.parametrize(
    ("first", "last", "held"),
    [
        (None, None, True),
        (date(2026, 3, 2), date(2026, 3, 2), True),
        (date(2026, 3, 3), None, False),
        (None, date(2026, 3, 1), False),
    ],
)
def test_a_post_is_held_from_its_first_day_to_its_last(
    east: House, first: date | None, last: date | None, held: bool
) -> None:
    Post.objects.filter(pk=east.officer.pk).update(valid_from=first, valid_to=last)
    day = date(2026, 3, 2)
    assert Post.objects.get(pk=east.officer.pk).is_current(day) is held
    assert Post.objects.current(day).filter(pk=east.officer.pk).exists() is held


def test_a_locked_account_holds_no_post(east: House) -> None:
    get_user_model().objects.filter(pk=east.officer.user.pk).update(is_active=False)
    assert not Post.objects.get(pk=east.officer.pk).is_current(date(2026, 3, 2))
    assert not Post.objects.current(date(2026, 3, 2)).filter(pk=east.officer.pk).exists()


def test_the_context_holds_one_offices_world(east: House, west: House) -> None:
    parent = Unit.objects.get(office=east.office, key="finance")
    child = Unit.objects.create(
        office=east.office, key="tax", name="税务所", kind="", parent=parent, active_to=date(2026, 12, 31)
    )
    UnitContact.objects.create(unit=child, role="liaison", name="甲联络员", phone="0000")
    east.office.parameters = {"receipt_days": 3, "blank": None}
    context = context_for(east.office)
    assert set(context.units) == {"finance", "roads", "tax"}
    tax = context.units["tax"]
    assert (tax.parent, tax.active_to, tax.contacts["liaison"].name) == (
        "finance",
        date(2026, 12, 31),
        "甲联络员",
    )
    assert context.parameters == {"receipt_days": 3}
    assert set(context_for(west.office).units) == {"finance", "roads"}


def test_local_days_off_are_in_the_offices_calendar_only(east: House, west: House) -> None:
    east.office.local_days_off = {"2026-03-03": "州庆"}
    assert not calendar_of(east.office).is_working(date(2026, 3, 3))
    assert calendar_of(west.office).is_working(date(2026, 3, 3))


def test_near_is_counted_in_working_days(east: House) -> None:
    # Two working days after Thursday 5 March 2026: Monday 9 March, to the day's end.
    limit = near_until(east.office, date(2026, 3, 5))
    assert limit is not None and clock.to_local(limit) == datetime(2026, 3, 9, 23, 59, 59)


def test_the_clock_tells_china_standard_time_in_whole_seconds() -> None:
    moment = datetime(2026, 3, 2, 0, 30)
    assert clock.to_db(moment).isoformat() == "2026-03-01T16:30:00+00:00"
    assert clock.to_local(clock.to_db(moment)) == moment
    assert clock.now().microsecond == 0 and clock.now().tzinfo is None
    with clock.at(moment):
        assert (clock.now(), clock.today()) == (moment, date(2026, 3, 2))
    assert abs(clock.now() - moment) > timedelta(0)


def test_an_office_with_dockets_cannot_be_deleted(east: House) -> None:
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        Office.objects.filter(pk=east.office.pk).delete()
