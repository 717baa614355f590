"""Several at once: no entry lost, no number twice, and the later of two sees what the earlier did."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from duban.core import commands as c
from duban.core.errors import Refusal
from duban.server import clock
from duban.server.handle import Done, handle, load_directive
from duban.server.models import Entry, MatterRow, NumberSeries, Stream
from duban.server.verification import verify_stream
from tests.server.building import MONDAY, House, dispatched, done, house, registered

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 6


@pytest.fixture
def at_once(pack: None, transactional_db: None) -> House:
    return house("east")


def together(act: Callable[[int], object]) -> list[object]:
    """The answers of several threads that begin at the same moment, each with a connection of its own."""
    gate = Barrier(WRITERS)

    def run(number: int) -> object:
        gate.wait()
        try:
            return act(number)
        finally:
            connection.close()

    with clock.at(MONDAY), ThreadPoolExecutor(WRITERS) as threads:
        return list(threads.map(run, range(WRITERS)))


def sound(stream: str) -> bool:
    return verify_stream(Stream.objects.get(pk=stream)) == []


def test_writers_on_one_docket_line_up(at_once: House) -> None:
    h, stream = at_once, dispatched(at_once)
    before = Stream.objects.get(pk=stream).head_position
    answers = together(
        lambda n: handle(h.office, c.Remind(unit="finance", words=str(n)), h.officer, stream=stream)
    )
    assert all(isinstance(answer, Done) for answer in answers)
    positions = list(
        Entry.objects.filter(stream=stream).order_by("position").values_list("position", flat=True)
    )
    assert positions == list(range(1, before + WRITERS + 1))
    assert sound(stream)


def test_the_second_of_two_sees_what_the_first_did(at_once: House) -> None:
    h, stream = at_once, dispatched(at_once)
    answers = together(lambda n: handle(h.office, c.Acknowledge(unit="finance"), h.finance, stream=stream))
    assert sum(isinstance(answer, Done) for answer in answers) == 1
    refusals = {answer.message for answer in answers if isinstance(answer, Refusal)}
    assert refusals == {"本单位已经签收。"}
    assert Entry.objects.filter(stream=stream, kind="Acknowledged").count() == 1
    assert sound(stream)


def test_a_form_sent_by_several_clicks_is_recorded_once(at_once: House) -> None:
    command = c.Register(name="修桥", category="key", mode="assign", leads=("finance",))
    answers = together(lambda n: handle(at_once.office, command, at_once.officer, command_id="form-1"))
    streams = {done(answer).stream for answer in answers}
    assert len(streams) == 1
    assert sum(not done(answer).repeated for answer in answers) == 1
    assert MatterRow.objects.count() == Stream.objects.count() == 1


def test_numbers_run_from_one_without_gap_or_double(at_once: House) -> None:
    h = at_once
    streams = [registered(h) for _ in range(WRITERS)]
    for stream in streams:
        with clock.at(MONDAY):
            done(handle(h.office, c.Submit(), h.officer, stream=stream))
    together(lambda n: done(handle(h.office, c.Sign(petition="listing"), h.head, stream=streams[n])))
    numbers = set(MatterRow.objects.values_list("number", flat=True))
    assert numbers == {f"督〔2026〕{n}号" for n in range(1, WRITERS + 1)}
    assert NumberSeries.objects.get(series="register").last == WRITERS


def test_one_paper_signed_by_two_is_signed_once(at_once: House) -> None:
    h, stream = at_once, registered(at_once)
    with clock.at(MONDAY):
        done(handle(h.office, c.Submit(), h.officer, stream=stream))
    answers = together(lambda n: handle(h.office, c.Sign(petition="listing"), h.head, stream=stream))
    assert sum(isinstance(answer, Done) for answer in answers) == 1
    # Those refused took no number with them.
    assert MatterRow.objects.get(pk=stream).number == "督〔2026〕1号"
    assert NumberSeries.objects.get(series="register").last == 1


def test_matters_registered_from_one_directive_at_once_all_reach_it(at_once: House) -> None:
    h = at_once
    with clock.at(MONDAY):
        order = c.RegisterDirective(name="政府工作报告", source="instruction")
        directive = done(handle(h.office, order, h.officer)).stream
    answers = together(
        lambda n: handle(h.office, c.Register(name=f"事项{n}", directives=(directive,)), h.officer)
    )
    assert set(load_directive(directive).matters) == {done(answer).stream for answer in answers}
    assert sound(directive)
