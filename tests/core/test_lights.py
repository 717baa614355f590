"""Lights are read off duties and the moment; the directory's gaps; the next moment to look."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from duban.core import commands as c
from duban.core import entries as e
from duban.core.context import Contact
from duban.core.directory import gaps
from duban.core.lights import matter_light, near_until, obligation_state
from duban.core.obligations import look_again_at
from duban.core.outcome import due_text, outcome
from tests.core.packs import UNITS, Office, at, day_end, neutral_pack, person


def light(office: Office, now: datetime) -> str:
    return matter_light(office.matter, now, near_until(now.date(), office.world.context()))


@pytest.mark.parametrize(
    ("today", "near"),
    [
        # Wednesday: two working days ahead is Friday.
        (date(2026, 3, 4), date(2026, 3, 6)),
        # Thursday: Friday and Monday.
        (date(2026, 3, 5), date(2026, 3, 9)),
        # Thursday 2 April: Friday the 3rd, then 清明节 to Monday the 6th, Tuesday the 7th.
        (date(2026, 4, 2), date(2026, 4, 7)),
    ],
)
def test_near_is_counted_in_working_days(today: date, near: date) -> None:
    assert near_until(today, Office().world.context()) == near


def test_the_light_of_a_matter_through_its_life() -> None:
    """Due Monday the 9th; near from Thursday the 5th on."""
    office = Office()
    office.register()
    assert light(office, at(2)) == "none"
    office = Office()
    office.work(at(2))
    assert light(office, at(4)) == "normal"
    assert light(office, at(5)) == "near"
    assert light(office, day_end(9)) == "near"
    assert light(office, at(10, 0)) == "late"
    office.sweep(at(10))
    office.urge("blue", at(10), date(2026, 3, 12))
    assert light(office, at(10, 12)) == "urged"
    office.ok(c.AnswerUrging(unit="fin", words="已办"), at(11))
    office.complete(at(11))
    assert light(office, at(11)) == "normal"
    office.accept(at(11))
    office.close(at(11))
    assert light(office, at(11)) == "none"


def test_the_offices_own_lateness_is_not_the_matters() -> None:
    """Nobody acknowledged by the 3rd, nobody asked by the 4th; receipt is then recorded for the 3rd."""
    office = Office()
    office.open(at(2), category="open", target="x")
    signed = e.Proxy(recorder=person("officer"), evidence="送达回证")
    office.ok(c.Acknowledge(unit="fin"), at(3), recorded=at(6), proxy=signed)
    assert light(office, at(6)) == "normal"


def test_a_suspended_matter_shows_no_light() -> None:
    office = Office()
    office.work(at(2))
    office.ok(c.Suspend(reason="停工"), at(3), by=person("director"))
    assert light(office, at(20)) == "none"


def test_the_states_of_duties() -> None:
    office = Office()
    office.work(at(2), grade="a")
    weekly, completion = office.duty("weekly"), office.completion()

    def state(o: object, now: datetime) -> str:
        return obligation_state(o, office.matter, now, near_until(now.date(), office.world.context()))  # type: ignore[arg-type]

    assert state(weekly, at(2)) == "open"
    assert state(weekly, at(4)) == "near"
    assert state(weekly, at(7)) == "late"
    assert state(replace(completion, due=None), at(30)) == "open"
    office.complete(at(9))
    assert state(office.completion(), at(10)) == "discharged"
    assert state(office.duties("weekly")[0], at(10)) == "discharged_late"
    assert state(office.duties("weekly")[1], at(20)) == "resting"
    assert state(replace(weekly, status="ended"), at(10)) == "ended"


def test_the_next_moment_to_look_is_the_earliest_date_or_turn() -> None:
    office = Office()
    office.work(at(2), category="month")
    assert look_again_at(office.matter, office.world.context()) == day_end(2, month=4)
    office.complete(at(3))
    assert look_again_at(office.matter, office.world.context()) is None
    weekly = Office()
    weekly.work(at(2), category="month", grade="a")
    assert look_again_at(weekly.matter, weekly.world.context()) == day_end(6)
    weekly.sweep(at(7))
    assert look_again_at(weekly.matter, weekly.world.context()) == at(9, 0)


def test_a_due_date_shows_its_hour_only_when_it_has_one() -> None:
    assert due_text(day_end(9)) == "2026-03-09"
    assert due_text(at(9, 17, 30)) == "2026-03-09T17:30:00"
    assert due_text(None) == ""


def test_gaps_in_the_directory_name_the_unit_and_the_article() -> None:
    full = {"deputy": Contact("甲一"), "liaison": Contact("甲二", "000")}
    mute = {"deputy": Contact("乙一"), "liaison": Contact("乙二")}
    units = [
        replace(UNITS["fin"], contacts=full),
        replace(UNITS["plan"], contacts=mute),
        replace(UNITS["water"], contacts={"deputy": Contact("丙一")}),
        UNITS["force"],
    ]
    found = gaps(neutral_pack(), units, date(2026, 4, 1))
    # The temporary body's term ended on 31 March: it owes no contacts any more.
    assert [g.message for g in found] == ["乙局的联络员没有电话", "丙局未报联络员"]
    assert {g.citation.text for g in found} == {"第一条"}


def test_the_outcome_tells_the_hours_between_the_first_steps() -> None:
    office = Office()
    office.ok(c.RegisterDirective(name="纪要", source="meeting"), at(2, 8), stream="D1")
    office.register(at(2, 10), directives=("D1",))
    office.ok(c.Submit(), at(2, 11))
    office.sign("listing", at(2, 12))
    told = outcome(office.world, at(2, 12), [])
    (matter,) = told["matters"]
    assert matter["elapsed_hours"] == {"to_register": 2.0}
    assert [p["roles"] for p in matter["petitions"]] == [["chief", "mayor"]]
    assert told["directives"][0]["obligations"][0]["state"] == "discharged"
