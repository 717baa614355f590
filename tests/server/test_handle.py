"""The only write path: what one command leaves behind, and what a refusal does not."""

from datetime import UTC, date, datetime

import pytest

from duban.core import chain, codec
from duban.core import commands as c
from duban.core import entries as e
from duban.core.errors import Refusal
from duban.server import clock
from duban.server.clock import to_local
from duban.server.handle import UnknownStream, handle, history, load_directive, load_matter, stored_values
from duban.server.models import (
    Attachment,
    Entry,
    MatterRow,
    NumberSeries,
    ObligationRow,
    PetitionRow,
    Receipt,
    Stream,
)
from duban.server.permissions import NotVisible
from tests.server.building import MONDAY, House, dispatched, done, listed, registered, reported

pytestmark = pytest.mark.django_db


def kinds(stream: str) -> list[str]:
    return [type(r.entry).__name__ for r in history(stream)]


def test_a_matter_goes_from_registration_to_the_units_report(east: House) -> None:
    stream = reported(east)
    row = MatterRow.objects.get(pk=stream)
    assert (row.stage, row.number, row.title) == ("reported", "督〔2026〕1号", "修路")
    # Ten working days after Monday 2 March: Monday 16 March.
    duty = ObligationRow.objects.get(matter=row, rule="completion")
    assert duty.due is not None and to_local(duty.due) == datetime(2026, 3, 16, 23, 59, 59)
    assert (duty.status, duty.on_time, duty.unit) == ("discharged", True, "finance")
    assert load_matter(stream).stage == "reported"


def test_entries_are_chained_and_stored_exactly_as_digested(east: House) -> None:
    stream = dispatched(east, at=datetime(2026, 3, 2, 9, 0, 0, 123400))
    rows = list(Entry.objects.filter(stream=stream).order_by("position"))
    assert [r.position for r in rows] == list(range(1, len(rows) + 1))
    previous = chain.genesis(stream)
    for row, recorded in zip(rows, history(stream), strict=True):
        assert stored_values(row) == codec.encode(recorded)
        assert row.previous == previous
        assert row.digest == chain.link(previous, codec.encode(recorded))
        previous = row.digest
    head = Stream.objects.get(pk=stream)
    assert (head.head_position, head.head_digest) == (len(rows), previous)


def test_registering_from_a_directive_writes_both_dockets_at_once(east: House, monday: None) -> None:
    order = c.RegisterDirective(
        name="关于修路的批示", source="instruction", leader="某领导", issued_on=date(2026, 2, 27)
    )
    directive = done(handle(east.office, order, east.officer)).stream
    assert ObligationRow.objects.get(directive=directive).status == "open"
    matter = registered(east, directives=(directive,))
    assert load_directive(directive).matters == (matter,)
    assert ObligationRow.objects.get(directive=directive).status == "discharged"
    assert MatterRow.objects.get(pk=matter).source == "领导批示：关于修路的批示"
    assert load_matter(matter).directives[0].received_at == MONDAY


def test_joining_a_directive_is_told_to_the_directive(east: House, monday: None) -> None:
    order = c.RegisterDirective(name="会议纪要", source="instruction")
    directive = done(handle(east.office, order, east.officer)).stream
    matter = registered(east)
    done(handle(east.office, c.JoinDirective(directive=directive), east.officer, stream=matter))
    assert load_directive(directive).matters == (matter,)


def test_a_refusal_leaves_nothing_behind(east: House, monday: None) -> None:
    before = (Stream.objects.count(), Entry.objects.count())
    answer = handle(east.office, c.Register(name="", category="key"), east.officer, command_id="f1")
    assert isinstance(answer, Refusal) and answer.field == "name"
    assert (Stream.objects.count(), Entry.objects.count()) == before
    assert not Receipt.objects.exists()


def test_a_form_sent_twice_is_recorded_once_and_answered_alike(east: House, monday: None) -> None:
    command = c.Register(name="修桥", category="key", mode="assign", leads=("finance",))
    first = done(handle(east.office, command, east.officer, command_id="form-1"))
    again = done(handle(east.office, command, east.officer, command_id="form-1"))
    assert (again.stream, again.notices, again.repeated) == (first.stream, first.notices, True)
    assert MatterRow.objects.count() == 1


def test_notices_are_told_again_on_a_repeat(east: House) -> None:
    stream = dispatched(east)
    with clock.at(datetime(2026, 3, 3, 9)):
        done(handle(east.office, c.Acknowledge(unit="finance"), east.finance, stream=stream))
        order = c.RequestExtension(unit="finance", reason="下雨", asked_due=date(2026, 4, 1))
        first = done(handle(east.office, order, east.finance, stream=stream, command_id="x"))
        again = done(handle(east.office, order, east.finance, stream=stream, command_id="x"))
    assert first.notices and again.notices == first.notices
    assert kinds(stream).count("DelayExplained") == 1


def test_the_same_form_number_with_other_content_is_refused(east: House, monday: None) -> None:
    done(handle(east.office, c.Register(name="甲"), east.officer, command_id="form-1"))
    answer = handle(east.office, c.Register(name="乙"), east.officer, command_id="form-1")
    assert isinstance(answer, Refusal) and "已经提交过" in answer.message
    assert MatterRow.objects.count() == 1


def test_an_act_by_proxy_names_both(east: House) -> None:
    stream = dispatched(east)
    proxy = e.Proxy(recorder=east.officer.actor(), evidence="电话记录3号")
    command = c.Acknowledge(unit="finance")
    with clock.at(datetime(2026, 3, 3, 15)):
        occurred = datetime(2026, 3, 3, 10)
        done(
            handle(
                east.office, command, east.finance.actor(), stream=stream, proxy=proxy, occurred_at=occurred
            )
        )
    entry = next(r for r in history(stream) if isinstance(r.entry, e.Acknowledged))
    assert (entry.actor, entry.proxy) == (east.finance.actor(), proxy)
    assert (entry.occurred_at, entry.recorded_at) == (occurred, datetime(2026, 3, 3, 15))


def test_one_unit_cannot_record_for_another(east: House) -> None:
    stream = dispatched(east)
    proxy = e.Proxy(recorder=east.roads.actor(), evidence="电话")
    command = c.Acknowledge(unit="finance")
    answer = handle(east.office, command, east.finance.actor(), stream=stream, proxy=proxy)
    assert isinstance(answer, Refusal) and "代签代录" in answer.message


def test_only_the_system_may_pass_time(east: House) -> None:
    stream = registered(east)
    answer = handle(east.office, c.Tick(), east.officer, stream=stream)
    assert isinstance(answer, Refusal) and "系统" in answer.message


def test_commands_for_matters_are_refused_on_a_directive(east: House, monday: None) -> None:
    directive = done(
        handle(east.office, c.RegisterDirective(name="批示", source="instruction"), east.officer)
    ).stream
    answer = handle(east.office, c.Dispatch(channel="paper"), east.officer, stream=directive)
    assert isinstance(answer, Refusal) and "立项依据" in answer.message


def test_a_post_that_has_ended_cannot_act(east: House) -> None:
    stream = registered(east)
    east.head.valid_to = date(2026, 3, 1)
    east.head.save()
    with clock.at(MONDAY), pytest.raises(NotVisible):
        handle(east.office, c.Submit(), east.head, stream=stream)


def test_another_offices_docket_is_not_there(east: House, west: House) -> None:
    stream = registered(east)
    with pytest.raises(NotVisible):
        handle(west.office, c.Submit(), west.officer, stream=stream)
    with pytest.raises(NotVisible):
        handle(east.office, c.Submit(), west.officer, stream=stream)
    with pytest.raises(UnknownStream):
        handle(west.office, c.Submit(), west.officer.actor(), stream=stream)


def test_another_offices_directive_cannot_be_named(east: House, west: House, monday: None) -> None:
    theirs = done(
        handle(west.office, c.RegisterDirective(name="批示", source="instruction"), west.officer)
    ).stream
    answer = handle(east.office, c.Register(name="修路", directives=(theirs,)), east.officer)
    assert isinstance(answer, Refusal) and answer.field == "directives"


@pytest.mark.parametrize("sign", ["\0", "\ud800"])
def test_a_character_the_database_cannot_keep_is_refused(east: House, monday: None, sign: str) -> None:
    answer = handle(east.office, c.Register.model_construct(name=f"修{sign}路"), east.officer)
    assert isinstance(answer, Refusal) and "控制字符" in answer.message


def test_texts_of_any_length_are_kept(east: House, monday: None) -> None:
    long = "长" * 5000
    facts = {"content": long, "responsible_leader": long, "responsible_person": long, "readers": (long, "u1")}
    stream = registered(east, long, **facts)
    order = c.RegisterDirective(name=long, source="instruction", number=long, leader=long, text=long)
    done(handle(east.office, order, east.officer))
    row = MatterRow.objects.get(pk=stream)
    assert (row.title, row.content) == (long, "长" * 200)
    assert set(row.persons.filter(named=True).values_list("person", flat=True)) == {"u1"}


@pytest.mark.parametrize("command_id", ["x" * 81, "a\0b"])
def test_a_form_number_of_no_form_is_refused(east: House, monday: None, command_id: str) -> None:
    answer = handle(east.office, c.Register(name="修路"), east.officer, command_id=command_id)
    assert isinstance(answer, Refusal) and "表单编号" in answer.message


def test_when_it_happened_is_checked_and_put_into_our_time(east: House, monday: None) -> None:
    slip = handle(east.office, c.Register(name="修路"), east.officer, occurred_at=datetime(206, 3, 2))
    assert isinstance(slip, Refusal) and slip.field == "occurred_at"
    aware = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    stream = done(handle(east.office, c.Register(name="修路"), east.officer, occurred_at=aware)).stream
    assert load_matter(stream).registered_at == datetime(2026, 3, 2, 8, 30)


# --- numbers ---------------------------------------------------------------------------------------------


def numbers() -> list[str]:
    return list(
        MatterRow.objects.exclude(number="").order_by("listed_at", "pk").values_list("number", flat=True)
    )


def test_numbers_run_on_without_gaps_after_a_refusal(east: House) -> None:
    listed(east, "甲")
    stream = registered(east, "乙")
    with clock.at(MONDAY):
        done(handle(east.office, c.Submit(), east.officer, stream=stream))
        # The number is taken inside the decision, and the paper named is another docket's: all is given back.
        foreign = c.Dispatch(channel="paper", papers=(e.Paper(kind="scan", name="x.pdf", ref="999"),))
        done(handle(east.office, c.Sign(petition="listing"), east.head, stream=stream))
        answer = handle(
            east.office, foreign.model_copy(update={"document": "notice"}), east.officer, stream=stream
        )
    assert isinstance(answer, Refusal) and answer.field == "papers"
    assert not NumberSeries.objects.filter(series="dispatch", last__gt=0).exists()
    third = listed(east, "丙")
    assert sorted(numbers()) == ["督〔2026〕1号", "督〔2026〕2号", "督〔2026〕3号"]
    with clock.at(MONDAY):
        done(handle(east.office, c.Dispatch(channel="paper", document="notice"), east.officer, stream=third))
    entry = next(r.entry for r in history(third) if isinstance(r.entry, e.Dispatched))
    assert entry.number == "督通〔2026〕1号"


def test_restricted_matters_are_numbered_apart_and_years_anew(east: House) -> None:
    listed(east, "公开")
    secret = listed(east, "限知", restricted=True, readers=())
    open_again = listed(east, "公开二")
    next_year = listed(east, "明年", at=datetime(2027, 1, 4, 9))
    number = {pk: MatterRow.objects.get(pk=pk).number for pk in (secret, open_again, next_year)}
    assert number == {secret: "督限〔2026〕1号", open_again: "督〔2026〕2号", next_year: "督〔2027〕1号"}


def test_each_office_counts_for_itself(east: House, west: House) -> None:
    listed(east)
    listed(west)
    assert numbers() == ["督〔2026〕1号", "督〔2026〕1号"]


# --- what waits for a signature --------------------------------------------------------------------------


def test_an_open_petition_names_who_is_next(east: House, monday: None) -> None:
    stream = registered(east)
    done(handle(east.office, c.Submit(), east.officer, stream=stream))
    petition = PetitionRow.objects.get(matter=stream)
    assert (petition.status, petition.signed, petition.steps) == ("open", 0, 1)
    assert list(petition.signatories.values_list("role", "unit")) == [("head", "")]
    done(handle(east.office, c.Sign(petition="listing"), east.head, stream=stream))
    petition.refresh_from_db()
    assert (petition.status, petition.signatories.count()) == ("granted", 0)


# --- papers ----------------------------------------------------------------------------------------------


def upload(h: House, by: str) -> Attachment:
    return Attachment.objects.create(
        office=h.office,
        kind="scan",
        name="扫描件.pdf",
        path=f"00/{by}{Attachment.objects.count()}",
        media_type="application/pdf",
        size=1,
        digest="0" * 64,
        uploaded_by=by,
        uploaded_at=clock.to_db(MONDAY),
    )


def test_an_entry_adopts_the_papers_its_actor_uploaded(east: House, monday: None) -> None:
    mine = upload(east, east.officer.user.person)
    paper = e.Paper(kind="scan", name="扫描件.pdf", ref=str(mine.pk))
    stream = registered(east, papers=(paper,))
    mine.refresh_from_db()
    assert mine.stream_id == stream
    # The same docket may name it again, another may not.
    done(handle(east.office, c.Attach(paper=paper), east.head, stream=stream))
    other = registered(east)
    answer = handle(east.office, c.Attach(paper=paper), east.officer, stream=other)
    assert isinstance(answer, Refusal) and answer.field == "papers"


@pytest.mark.parametrize("ref", ["999999", "-1", "1; DROP", "٣", "9" * 30])
def test_a_paper_that_is_not_there_is_refused(east: House, monday: None, ref: str) -> None:
    paper = e.Paper(kind="scan", name="x.pdf", ref=ref)
    answer = handle(east.office, c.Register(name="修路", papers=(paper,)), east.officer)
    assert isinstance(answer, Refusal) and answer.field == "papers"
    assert not MatterRow.objects.exists()


def test_a_paper_someone_else_uploaded_is_refused(east: House, monday: None) -> None:
    theirs = upload(east, east.head.user.person)
    paper = e.Paper(kind="scan", name="x.pdf", ref=str(theirs.pk))
    answer = handle(east.office, c.Register(name="修路", papers=(paper,)), east.officer)
    assert isinstance(answer, Refusal)
