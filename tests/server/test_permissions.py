"""Who sees what: other offices' matters, drafts and restricted matters show nowhere, not even in a count."""

from collections.abc import Callable
from datetime import date, datetime
from itertools import chain as concat

import pytest
from django.db.models import QuerySet

from duban.core import commands as c
from duban.core.entries import Proxy
from duban.server import clock, permissions
from duban.server.handle import handle, load_directive, load_matter
from duban.server.models import Attachment, Post
from duban.server.permissions import (
    NotVisible,
    access_attachment,
    access_directive,
    access_matter,
    allowed,
    may,
    visible_matters,
    waiting_petitions,
)
from duban.server.sweep import sweep
from tests.server.building import MONDAY, House, dispatched, done, listed, post, registered, reported

pytestmark = pytest.mark.django_db

Visible = Callable[[Post], QuerySet]
# Taken from the module, so that a new one is tested without being named here.
EVERYTHING: list[Visible] = [
    getattr(permissions, name) for name in dir(permissions) if name.startswith("visible_")
]


@pytest.fixture(autouse=True)
def it_is_monday(monday: None) -> None:
    """All these tests take place on one day."""


def seen(who: Post) -> set[str]:
    return set(visible_matters(who).values_list("pk", flat=True))


def attach(h: House, stream: str | None, by: Post, unit: str = "") -> Attachment:
    return Attachment.objects.create(
        office=h.office,
        stream_id=stream,
        kind="scan",
        name="扫描件.pdf",
        path=f"00/{Attachment.objects.count()}",
        media_type="application/pdf",
        size=1,
        digest="0" * 64,
        uploaded_by=by.user.person,
        unit=unit,
        uploaded_at=clock.to_db(MONDAY),
    )


def test_the_house_sees_all_matters_of_its_office(east: House) -> None:
    streams = {registered(east), listed(east), dispatched(east)}
    assert seen(east.officer) == seen(east.head) == seen(east.leader) == streams


def test_a_unit_sees_what_was_dispatched_to_it_and_no_drafts(east: House) -> None:
    registered(east)
    listed(east)
    mine = dispatched(east)
    both = dispatched(east, supports=("roads",))
    assert seen(east.finance) == seen(east.finance_chief) == {mine, both}
    assert seen(east.roads) == {both}


def test_a_linked_body_sees_what_names_it(east: House) -> None:
    dispatched(east)
    named = dispatched(east, readers=(east.discipline.user.person,))
    assert seen(east.discipline) == {named}


def test_another_office_sees_nothing_at_all(east: House, west: House) -> None:
    stream = reported(east)
    attach(east, stream, east.officer)
    done(handle(east.office, c.RegisterDirective(name="批示", source="instruction"), east.officer))
    with clock.at(datetime(2026, 4, 1, 9)):
        dispatched(east)
        sweep(datetime(2026, 5, 1, 9))
    for who in (west.officer, west.head, west.leader, west.finance):
        assert [visible(who).count() for visible in EVERYTHING] == [0] * len(EVERYTHING)
        with pytest.raises(NotVisible):
            access_matter(who, stream)


def restricted(h: House, **facts: object) -> str:
    """A restricted matter with a bit of everything: petition, proposal, obligation, paper."""
    stream = dispatched(h, restricted=True, supports=("roads",), **facts)
    attach(h, stream, h.officer)
    sweep(datetime(2026, 3, 17, 8))
    urge = c.Urge(unit="finance", level="blue")
    done(handle(h.office, urge, h.officer, stream=stream, now=datetime(2026, 3, 17, 9)))
    return stream


def test_a_restricted_matter_shows_nowhere_to_others_not_even_in_counts(east: House) -> None:
    stream = restricted(east)
    other = post(east.office, "other-officer", "officer")
    for who in (other, east.discipline, east.finance, east.finance_chief, east.roads):
        assert [visible(who).count() for visible in EVERYTHING] == [0] * len(EVERYTHING), who
        with pytest.raises(NotVisible):
            access_matter(who, stream)
        with pytest.raises(NotVisible):
            handle(east.office, c.Attach.model_construct(), who, stream=stream)


def test_a_restricted_matter_is_seen_by_those_who_registered_and_signed_it(east: House) -> None:
    stream = restricted(east)
    assert seen(east.officer) == {stream}
    assert seen(east.head) == {stream}


def test_a_restricted_matter_is_seen_by_the_readers_named(east: House) -> None:
    reader = post(east.office, "reader", "officer")
    stream = restricted(east, readers=(reader.user.person, east.roads.user.person))
    assert seen(reader) == seen(east.roads) == {stream}
    assert seen(east.finance) == set()


def test_a_role_that_signs_next_sees_the_restricted_matter_until_it_is_signed(east: House) -> None:
    stream = reported(east, restricted=True, readers=(east.finance.user.person,))
    assert seen(east.leader) == set()
    done(handle(east.office, c.Review(unit="finance"), east.officer, stream=stream))
    done(handle(east.office, c.SendForReading(), east.officer, stream=stream))
    second = post(east.office, "second-leader", "leader")
    assert seen(east.leader) == seen(second) == {stream}
    done(handle(east.office, c.Sign(petition="reading"), east.leader, stream=stream))
    # The one who signed handled it; the one who might have signed has no more business with it.
    assert (seen(east.leader), seen(second)) == ({stream}, set())


def test_who_recorded_by_proxy_handled_the_matter(east: House) -> None:
    stream = dispatched(east, restricted=True, readers=(east.finance.user.person,))
    clerk = post(east.office, "clerk", "officer")
    proxy = Proxy(recorder=clerk.actor(), evidence="电话记录")
    done(handle(east.office, c.Acknowledge(unit="finance"), east.finance.actor(), stream=stream, proxy=proxy))
    assert seen(clerk) == {stream}


@pytest.mark.parametrize("ended", [{"valid_to": date(2026, 3, 1)}, {"valid_from": date(2026, 3, 3)}])
def test_a_post_not_held_today_sees_nothing(east: House, ended: dict[str, date]) -> None:
    stream = dispatched(east)
    attach(east, stream, east.officer)
    Post.objects.filter(pk=east.officer.pk).update(**ended)
    who = Post.objects.get(pk=east.officer.pk)
    assert [visible(who).count() for visible in EVERYTHING] == [0] * len(EVERYTHING)


def test_a_unit_sees_its_own_duties_only(east: House) -> None:
    dispatched(east, supports=("roads",))
    rules = {
        who: sorted(permissions.visible_obligations(who).values_list("rule", "unit"))
        for who in (east.finance, east.roads)
    }
    assert rules[east.finance] == [("completion", "finance"), ("receipt", "finance")]
    assert rules[east.roads] == [("receipt", "roads")]


def test_proposals_are_not_for_units(east: House) -> None:
    dispatched(east)
    sweep(datetime(2026, 3, 17, 8))
    assert permissions.visible_proposals(east.finance).count() == 0
    assert permissions.visible_proposals(east.officer).count() == 1


def test_a_lead_reads_the_supporting_units_reports_and_not_the_other_way(east: House) -> None:
    stream = reported(east, supports=("roads",))
    done(handle(east.office, c.Acknowledge(unit="roads"), east.roads, stream=stream))
    from duban.core.entries import Report

    progress = c.ReportProgress(unit="roads", content=Report(text="已配合"))
    done(handle(east.office, progress, east.roads, stream=stream))
    assert sorted(permissions.visible_reports(east.finance).values_list("unit", flat=True)) == [
        "finance",
        "roads",
    ]
    assert list(permissions.visible_reports(east.roads).values_list("unit", flat=True)) == ["roads"]


def test_directives_are_the_houses_papers(east: House) -> None:
    directive = done(
        handle(east.office, c.RegisterDirective(name="批示", source="instruction"), east.officer)
    ).stream
    assert access_directive(east.leader, directive).title == "批示"
    for who in (east.finance, east.discipline):
        with pytest.raises(NotVisible):
            access_directive(who, directive)


def test_a_directive_counts_only_the_matters_one_may_know_of(east: House) -> None:
    order = c.RegisterDirective(name="批示", source="instruction")
    directive = done(handle(east.office, order, east.officer)).stream
    registered(east, directives=(directive,))
    joined = registered(east)
    done(handle(east.office, c.JoinDirective(directive=directive), east.officer, stream=joined))
    registered(east, directives=(directive,), restricted=True)
    counts = [permissions.visible_directives(who).get().matters for who in (east.officer, east.head)]
    assert counts == [3, 2]


def test_papers_follow_the_docket_and_loose_ones_their_uploader(east: House) -> None:
    stream = dispatched(east, supports=("roads",))
    of_office, of_finance = attach(east, stream, east.officer), attach(east, stream, east.finance, "finance")
    loose = attach(east, None, east.roads, "roads")
    readers = {
        who: set(permissions.visible_attachments(who).values_list("pk", flat=True))
        for who in (east.officer, east.finance, east.roads)
    }
    assert readers[east.officer] == {of_office.pk, of_finance.pk}
    assert readers[east.finance] == {of_office.pk, of_finance.pk}
    assert readers[east.roads] == {of_office.pk, loose.pk}
    with pytest.raises(NotVisible):
        access_attachment(east.officer, loose.pk)


def test_what_waits_for_a_signature_waits_for_the_role_named(east: House) -> None:
    streams = [registered(east) for _ in range(2)]
    for hour, stream in zip((11, 10), streams, strict=True):
        now = datetime(2026, 3, 2, hour)
        done(handle(east.office, c.Submit(), east.officer, stream=stream, now=now))
    assert list(waiting_petitions(east.head).values_list("matter", flat=True)) == streams[::-1]
    for who in (east.officer, east.leader, east.finance_chief):
        assert not waiting_petitions(who).exists()


# --- doing -----------------------------------------------------------------------------------------------


def test_what_can_be_done_follows_the_stage_and_the_role(east: House) -> None:
    stream = registered(east)
    state = load_matter(stream)
    assert may(east.officer, state, "submit") is True
    assert may(east.officer, state, "dispatch") == "事项尚未批准立项，请先报批。"
    assert may(east.officer, state, "close") == "事项现在是“待定”，不能办理“办结销号”。"
    assert may(east.finance, state, "submit") == "“报请批准立项”由督查机构办理。"
    assert may(east.head, state, "sign") == "没有可以办理的对象。"
    done(handle(east.office, c.Submit(), east.officer, stream=stream))
    state = load_matter(stream)
    assert may(east.head, state, "sign") is True
    assert may(east.officer, state, "sign") == "没有可以办理的对象。"
    assert may(east.officer, state, "withdraw") is True
    assert (
        may(east.head, state, "withdraw") == "只有报批人可以撤回。"
        or may(east.head, state, "withdraw") is True
    )


def test_a_unit_is_offered_its_own_work_only(east: House) -> None:
    state = load_matter(dispatched(east))
    assert may(east.finance, state, "acknowledge") is True
    assert may(east.finance, state, "report_completion") == "请先签收，再反馈。"
    assert isinstance(may(east.roads, state, "acknowledge"), str)
    assert isinstance(may(east.officer, state, "acknowledge"), str)
    assert set(allowed(east.finance, state)) & {"dispatch", "close", "urge", "sign"} == set()
    state = load_matter(reported(east))
    assert may(east.finance, state, "acknowledge") == "本单位已经签收。"
    assert may(east.finance, state, "report_completion") == "办结报告已报送，正在审核。"
    assert may(east.officer, state, "review") is True


def test_what_makes_a_new_docket_is_asked_without_one(east: House) -> None:
    assert allowed(east.officer, None) == ["register_directive", "register"]
    assert allowed(east.finance, None) == []


def test_on_a_directive_there_is_little_to_do(east: House) -> None:
    directive = done(
        handle(east.office, c.RegisterDirective(name="批示", source="instruction"), east.officer)
    ).stream
    assert allowed(east.officer, load_directive(directive)) == ["attach", "correct"]


def test_asking_what_may_be_done_takes_no_number(east: House) -> None:
    from duban.server.models import NumberSeries

    stream = listed(east)
    before = list(NumberSeries.objects.values())
    assert "dispatch" in allowed(east.officer, load_matter(stream))
    assert list(NumberSeries.objects.values()) == before


def test_everything_offered_is_accepted_by_the_stage(east: House) -> None:
    """What is shown as possible is never refused for who asks or for the stage."""
    stream = dispatched(east)
    state = load_matter(stream)
    people = (east.officer, east.head, east.leader, east.finance)
    offered = list(concat.from_iterable([(who, word) for word in allowed(who, state)] for who in people))
    assert (east.officer, "remind") in offered and (east.leader, "set_date") in offered
    assert (east.leader, "remind") not in offered
