"""What must hold of every history: random but plausible acts at random times.

Each example is a list of small numbers; :func:`command_for` turns them into a command that suits, more
or less, the state they meet. Many are refused, which is wanted: nothing may come of a refusal.
"""

import copy
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban.core import chain, codec
from duban.core import commands as c
from duban.core import entries as e
from duban.core.errors import Refusal
from duban.core.lifecycle import STAGES_OF
from duban.core.matter import Directive, Matter, fold
from duban.core.obligations import look_again_at
from tests.core.packs import CHECKED, Office, at, person, report

CHINESE = re.compile(r"[\u4e00-\u9fff]")
UNITS = ("fin", "plan", "water")
CATEGORIES = ("working", "calendar", "month", "hours", "sameday", "received", "open")
Step = tuple[int, int, int, int]
STEPS = st.lists(
    st.tuples(st.integers(0, 39), st.integers(0, 8), st.integers(0, 23), st.integers(0, 5)),
    min_size=8,
    max_size=30,
)
OPENING = st.tuples(st.integers(0, 6), st.integers(0, 2), st.booleans(), st.booleans())
PLENTY = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def _pick(items: Any, number: int, default: Any = "") -> Any:
    items = tuple(items)
    return items[number % len(items)] if items else default


Maker = Callable[[Matter, int, Any, str], c.Command]
MAKERS: tuple[Maker, ...] = (
    lambda m, n, day, u: c.Acknowledge(unit=u, handler="某人"),
    lambda m, n, day, u: c.Acknowledge(unit=u),
    lambda m, n, day, u: c.ReportProgress(unit=u, content=report(), dynamic=n == 1, for_sign_off=n == 2),
    lambda m, n, day, u: c.ReportProgress(unit=u, content=report()),
    lambda m, n, day, u: c.ReportCompletion(unit=u, content=report(), for_sign_off=n > 3),
    lambda m, n, day, u: c.ReportCompletion(unit=u, content=report()),
    lambda m, n, day, u: c.Review(unit=u, checklist=CHECKED),
    lambda m, n, day, u: c.Review(unit=u, checklist=CHECKED),
    lambda m, n, day, u: c.Review(
        unit=u, verdict="return", reason="quality", words="重办", redo_by=day if n else None
    ),
    lambda m, n, day, u: c.Review(unit=u, verdict="ask", words="请说明"),
    lambda m, n, day, u: c.Sign(petition=_pick([p.id for p in m.open_petitions()], n)),
    lambda m, n, day, u: c.Sign(petition=_pick([p.id for p in m.open_petitions()], n), words="同意"),
    lambda m, n, day, u: c.Sign(petition=_pick([p.id for p in m.open_petitions()], n), words="好"),
    lambda m, n, day, u: c.Sign(
        petition=_pick([p.id for p in m.open_petitions()], n), words="改期", due=day, leads=UNITS[1:2]
    ),
    lambda m, n, day, u: c.Sign(
        petition=_pick([p.id for p in m.open_petitions()], n), approve=False, words="不同意", due=day
    ),
    lambda m, n, day, u: c.Urge(unit=u, level=_pick(("blue", "yellow", "red"), n), limit=day),
    lambda m, n, day, u: c.Urge(unit=u, level="blue", limit=day),
    lambda m, n, day, u: c.Urge(unit=u, level="yellow", limit=day),
    lambda m, n, day, u: c.AnswerUrging(unit=u, words="已办"),
    lambda m, n, day, u: c.ExplainInPerson(unit=u, words="当面说明"),
    lambda m, n, day, u: c.Withhold(proposal=_pick(m.proposals, n), words="不必"),
    lambda m, n, day, u: c.RecordFinding(unit=u, finding="passive", words="拖着不办", evidence="记录"),
    lambda m, n, day, u: c.RequestExtension(unit=u, asked_due=day, reason="雨季", next_step="赶工"),
    lambda m, n, day, u: c.ExplainDelay(unit=u, reason="雨季"),
    lambda m, n, day, u: c.RequestCoordination(unit=u, words="请协调用地"),
    lambda m, n, day, u: c.SetDate(due=day, unit=u if n % 2 else ""),
    lambda m, n, day, u: c.Object(unit=u, words="不属本单位", asked_leads=UNITS[n % 3 : n % 3 + 1] * (n > 2)),
    lambda m, n, day, u: c.SubmitInput(unit=u, text="协办意见"),
    lambda m, n, day, u: c.SubmitPlan(unit=u, text="计划"),
    lambda m, n, day, u: c.ReachMilestone(unit=u, milestone="m1"),
    lambda m, n, day, u: c.Inquire(unit=u, subject="receipt"),
    lambda m, n, day, u: c.Remind(unit=u),
    lambda m, n, day, u: c.SendForReading(opinion="已办结"),
    lambda m, n, day, u: c.Close(),
    lambda m, n, day, u: _pick((c.Suspend(reason="停工"), c.CloseUnachieved(reason="条件不备")), n),
    lambda m, n, day, u: c.Resume(due=day),
    lambda m, n, day, u: c.Reopen(reason="反弹", due=day),
    lambda m, n, day, u: c.ConvertToUpkeep(grade=_pick(("a", "b", "c"), n)),
    lambda m, n, day, u: c.Attach(paper=e.Paper(kind="scan", name="底稿")),
    lambda m, n, day, u: _pick((c.Correct(position=n, words="更正"), c.Cancel(reason="上级撤销")), n),
)


def command_for(matter: Matter, step: Step, now: datetime) -> c.Command:
    """The first command, from the one the step names on, that is not out of place at once."""
    kind, gap, _, n = step
    unit = _pick(matter.assignments, n + gap, "fin")
    made = [maker(matter, n, (now + timedelta(days=n * 3)).date(), unit) for maker in MAKERS]
    ordered = made[kind:] + made[:kind]
    return next(command for command in ordered if _plausible(matter, command, n))


def _plausible(matter: Matter, command: c.Command, n: int) -> bool:
    if n == 5:
        return True
    if isinstance(command, (c.Cancel, c.CloseUnachieved)) and n != 4:
        return False
    if isinstance(command, (c.Sign, c.Withhold)):
        waiting = matter.open_petitions() if isinstance(command, c.Sign) else matter.proposals
        return bool(waiting)
    if isinstance(command, c.Review):
        return any(r.unit == command.unit and r.status == "submitted" for r in matter.reports.values())
    if isinstance(command, c.UnitCommand) and not isinstance(command, c.Acknowledge):
        unit = matter.assignments.get(command.unit)
        if unit is None or unit.acknowledged_at is None:
            return False
    return matter.stage in STAGES_OF.get(type(command), {matter.stage})


def actor_for(matter: Matter, command: c.Command) -> e.Actor | None:
    """Whoever may do it, where that is not what the office in memory presumes."""
    if isinstance(command, c.RecordFinding):
        return person("director")
    if isinstance(command, c.Withhold):
        return person("director")
    return None


def opened(opening: tuple[int, int, bool, bool]) -> Office:
    category, grade, joint, stated = opening
    office = Office()
    office.ok(c.RegisterDirective(name="会议纪要", source="meeting"), at(2), stream="D1")
    how: dict[str, Any] = {
        "category": CATEGORIES[category],
        "grade": "abc"[grade],
        "target": "一公里",
        "directives": ("D1",),
        "milestones": (e.MilestonePlan(id="m1", title="开工", due=at(20).date()),),
        "stated_due": at(27).date() if stated else None,
    }
    if joint:
        how |= {"mode": "joint", "leads": ("fin", "water"), "supports": ("plan",)}
    (office.work if joint else office.open)(at(2, 10), **how)
    return office


def replay(
    opening: tuple[int, int, bool, bool], steps: list[Step], backdate: int = 0
) -> tuple[Office, Office]:
    """The same acts in two offices: one swept every night, the other only when somebody acts."""
    swept, idle = opened(opening), opened(opening)
    now = at(2, 10)
    for step in steps:
        later = now + timedelta(days=step[1], hours=step[2])
        while now.date() < later.date():
            now = datetime.combine(now.date() + timedelta(days=1), datetime.min.time())
            swept.sweep(now)
        now = later
        swept.sweep(now)
        command = command_for(swept.matter, step, now)
        by = actor_for(swept.matter, command)
        first = swept.ask(command, now, by=by)
        second = idle.ask(command, now, by=by or _same_signatory(swept, command))
        assert isinstance(first, Refusal) == isinstance(second, Refusal), (command, first, second)
    return swept, idle


def _same_signatory(office: Office, command: c.Command) -> e.Actor | None:
    """After the act the petition is signed; its last entry names who signed it."""
    if isinstance(command, c.Sign):
        last = [r for r in office.world.history["M1"] if isinstance(r.entry, e.PetitionSigned)]
        matching = [r for r in last if r.entry.petition == command.petition]
        return matching[-1].actor if matching else None
    return None


def told(office: Office, stream: str = "M1") -> list[tuple[Any, ...]]:
    """A docket without the moments at which it was typed in."""
    return [(r.position, r.occurred_at, r.actor, r.cause, r.entry) for r in office.world.history[stream]]


@PLENTY
@given(OPENING, STEPS)
def test_sweeping_every_night_equals_sweeping_once_at_the_end(
    opening: tuple[int, int, bool, bool], steps: list[Step]
) -> None:
    """The sweep is a hint: whoever looks first records what time has brought about, in the same words."""
    swept, idle = replay(opening, steps)
    end = at(1, month=7)
    now = swept.matter.last_at or end
    for night in range((end - now).days + 1):
        swept.sweep(now + timedelta(days=night))
    swept.sweep(end)
    idle.sweep(end)
    assert told(idle) == told(swept)
    assert told(idle, "D1") == told(swept, "D1")
    assert idle.matter == swept.matter


@PLENTY
@given(OPENING, STEPS)
def test_the_state_is_the_fold_of_the_stored_entries(
    opening: tuple[int, int, bool, bool], steps: list[Step]
) -> None:
    office, _ = replay(opening, steps)
    for stream, history in office.world.history.items():
        stored = [codec.encode(r) for r in history]
        again = [codec.decode(values) for values in stored]
        assert again == history
        assert [codec.canonical(codec.encode(r)) for r in again] == [codec.canonical(v) for v in stored]
        blank = Directive(stream) if stream == "D1" else Matter(stream)
        now = office.world.directives["D1"] if stream == "D1" else office.matter
        assert fold(blank, again) == now


@PLENTY
@given(OPENING, STEPS)
def test_positions_run_on_and_nothing_happens_after_it_was_recorded(
    opening: tuple[int, int, bool, bool], steps: list[Step]
) -> None:
    office, _ = replay(opening, steps)
    for stream, history in office.world.history.items():
        assert [r.position for r in history] == list(range(1, len(history) + 1))
        assert {r.stream for r in history} == {stream}
        assert all(r.occurred_at <= r.recorded_at for r in history)
        assert all(r.cause is None or 0 < r.cause < r.position for r in history)


@PLENTY
@given(OPENING, STEPS)
def test_a_repeated_sweep_adds_nothing_and_the_next_moment_is_no_earlier(
    opening: tuple[int, int, bool, bool], steps: list[Step]
) -> None:
    """Until ``look_again_at`` nothing happens; at the second after it something does."""
    office, _ = replay(opening, steps)
    now = at(1, month=6)
    office.sweep(now)
    before = copy.deepcopy(office.world.history)
    office.sweep(now)
    assert office.world.history == before
    hint = look_again_at(office.matter, office.world.context())
    if hint is None:
        office.sweep(at(1, month=12))
        assert office.world.history["M1"] == before["M1"]
        return
    office.sweep(hint - timedelta(seconds=1))
    assert office.world.history["M1"] == before["M1"]
    office.sweep(hint + timedelta(seconds=1))
    assert len(office.world.history["M1"]) > len(before["M1"])


@PLENTY
@given(OPENING, STEPS, st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 255))
def test_any_altered_dropped_or_moved_entry_breaks_the_chain(
    opening: tuple[int, int, bool, bool], steps: list[Step], which: int, where: int, flip: int
) -> None:
    office, _ = replay(opening, steps[:8])
    links = []
    previous = chain.genesis("M1")
    for r in office.world.history["M1"]:
        values = codec.encode(r)
        previous = chain.link(previous, values)
        links.append((values, previous))
    assert chain.verify("M1", links) is None
    index = which % len(links)

    altered = bytearray(codec.canonical(links[index][0]))
    altered[where % len(altered)] ^= flip
    values = _as_values(bytes(altered))
    if values is not None and values != links[index][0]:
        broken = chain.verify("M1", [*links[:index], (values, links[index][1]), *links[index + 1 :]])
        assert broken is not None
        assert broken.position == index + 1
    digest = links[index][1]
    forged = digest[:-1] + ("0" if digest[-1] != "0" else "1")
    broken = chain.verify("M1", [*links[:index], (links[index][0], forged), *links[index + 1 :]])
    assert broken is not None
    assert broken.position == index + 1
    if index < len(links) - 1:
        dropped = chain.verify("M1", links[:index] + links[index + 1 :])
        assert dropped is not None
        assert dropped.position == index + 1
        swapped = [*links[:index], links[index + 1], links[index], *links[index + 2 :]]
        broken = chain.verify("M1", swapped)
        assert broken is not None
        assert broken.position == index + 1


def _as_values(stored: bytes) -> dict[str, Any] | None:
    import json

    try:
        values = json.loads(stored)
    except ValueError:
        return None
    return values if isinstance(values, dict) and {"stream", "position"} <= set(values) else None


# --- any command, anywhere ------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        "",
        " ",
        "fin",
        "plan",
        "water",
        "nobody",
        "office",
        "blue",
        "red",
        "passive",
        "quality",
        "R1",
        "U1",
        "m1",
        "D1",
        "working",
        "single",
        "joint",
        "own",
        "a",
        "ordinary",
        "listing",
        "dispatch",
        "reading",
        "written",
        "sheet",
        "blue/fin/1",
        "listing/office/1",
        "某事",
    ]
)
DAYS = st.dates(at(1).date(), at(1, month=12).date())
PAPERS = st.builds(e.Paper, kind=WORDS, name=WORDS, ref=WORDS)
REPORTS = st.builds(
    e.Report, text=WORDS, progress=WORDS, signed_by=WORDS, sealed=st.booleans(), papers=st.just(())
)
CHANGES = st.dictionaries(
    st.sampled_from([*e.Facts.model_fields, "nonsense"]), st.one_of(WORDS, st.booleans(), st.just(["fin"]))
)
UNIT_LISTS = st.lists(WORDS, max_size=3).map(tuple)


def _commands() -> st.SearchStrategy[c.Command]:
    by_type = {
        str: WORDS,
        bool: st.booleans(),
        "date": DAYS,
    }
    made = []
    for kind in c.COMMANDS.values():
        fields: dict[str, st.SearchStrategy[Any]] = {}
        for name, info in kind.model_fields.items():
            if name in ("leads", "supports", "asked_leads", "readers", "directives", "checklist"):
                fields[name] = UNIT_LISTS
            elif name == "changes":
                fields[name] = CHANGES
            elif name == "content" and kind is not c.Register:
                fields[name] = REPORTS
            elif name == "papers":
                fields[name] = st.lists(PAPERS, max_size=2).map(tuple)
            elif name == "position":
                fields[name] = st.integers(-3, 60)
            elif info.annotation in by_type:
                fields[name] = by_type[info.annotation]  # type: ignore[index]
            elif "date" in str(info.annotation):
                fields[name] = DAYS if info.is_required() else st.none() | DAYS
        made.append(st.builds(kind, **fields))
    return st.one_of(made)


ACTORS = st.builds(
    person,
    st.sampled_from(
        ["officer", "director", "chief", "mayor", "liaison", "head", "inspector", "system", "nobody"]
    ),
    st.sampled_from(["", "fin", "plan", "nobody"]),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    OPENING,
    STEPS,
    st.lists(st.tuples(_commands(), ACTORS, st.integers(-60, 1), st.sampled_from(["M1", "D1", "M2"]))),
)
def test_no_command_ever_breaks_the_engine(
    opening: tuple[int, int, bool, bool],
    steps: list[Step],
    asked: list[tuple[c.Command, e.Actor, int, str]],
) -> None:
    """Whatever is asked, by whomever, whenever: entries, or a refusal that a person can read."""
    office, _ = replay(opening, steps)
    now = at(1, month=6)
    for command, actor, days, stream in asked:
        before = copy.deepcopy(office.world.history)
        answer = office.ask(command, now + timedelta(days=days), by=actor, recorded=now, stream=stream)
        if isinstance(answer, Refusal):
            assert CHINESE.search(answer.message)
            assert office.world.history == before
    for stream, matter in office.world.matters.items():
        assert fold(Matter(stream), office.world.history[stream]) == matter
