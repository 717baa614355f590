"""The courses a matter can take (剧本): each plays one matter from its directive to where it stands today.

A script is a generator that yields when its next step happens. One that is still to happen is simply not taken,
so matters that started lately stand in the midst of their work.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from duban.core import commands as c
from duban.core.context import OFFICE
from duban.core.matter import Matter, Obligation
from duban.server.demo import texts
from duban.server.demo.offices import House
from duban.server.demo.playing import Case, Course, StepRefused, last_working_day_until

Play = Callable[[Case], Course]
Wanted = Callable[[House], bool]


@dataclass(frozen=True)
class Script:
    """``days``: how many days ago it may start, from and to. ``wants``: whether a regulation knows such a course."""

    name: str
    play: Play
    days: tuple[int, int]
    wants: Wanted


SCRIPTS: list[Script] = []


def script(name: str, days: tuple[int, int], wants: Wanted = lambda house: True) -> Callable[[Play], Play]:
    def register(play: Play) -> Play:
        SCRIPTS.append(Script(name, play, days, wants))
        return play

    return register


def _has_route(act: str) -> Wanted:
    return lambda house: any(route.act == act for route in house.pack.routes)


# --- stretches that many scripts share -----------------------------------------------------------------------


def listed(case: Case, due: date | None, **given: object) -> Course:
    """From the directive to a matter listed (批准立项)."""
    directive = case.directive()
    yield case.after(0)
    case.register(due, (directive,), **given)
    yield case.after(0)
    case.do(case.officer, c.Submit(words="请审定。"))
    yield from signed(case, "listing")


def dispatched(case: Case, due: date | None, **given: object) -> Course:
    yield from listed(case, due, **given)
    yield case.after(0)
    case.dispatch()
    yield from signed(case, "dispatch")


def received(case: Case, late: int = 0) -> Course:
    """Every unit acknowledges within a day, or ``late`` working days later; the leads plan their work."""
    for unit, assignment in case.state().assignments.items():
        if assignment.acknowledged_at is None:
            yield case.after(late)
            case.acknowledge(unit)
    for duty in _standing(case.state()):
        yield case.after(0)
        case.discharge(duty)


def _standing(state: Matter) -> list[Obligation]:
    return [
        o for o in state.open_obligations() if o.due is None and o.duty in ("plan", "register") and o.unit
    ]


def started(case: Case, due: date | None, **given: object) -> Course:
    yield from dispatched(case, due, **given)
    yield from received(case, late=case.rng.choice((0, 0, 1)))


def signed(
    case: Case, act: str, approve: bool = True, words: str = "同意。", due_in: int | None = None
) -> Course:
    """Whoever the route names signs, step by step."""
    while petition := case.waiting(act):
        yield case.after(0)
        due = case.day_in(due_in) if due_in else None
        case.sign_step(petition, approve, words, due)


def diligent(case: Case, until: date) -> Course:
    """The units do what falls due up to a day, a day ahead; completion is left to the script.

    A periodic duty arises only when its period begins, so somebody looks again every week.
    """
    while True:
        duty = _next_duty(case.state(), until)
        if duty is None or duty.due is None:
            day = last_working_day_until(case.house, min(case.at.date() + timedelta(days=7), until))
            if day <= case.at.date():
                return
            yield case.on(day)
        else:
            yield case.on(duty.due.date() - timedelta(days=1))
            if not case.discharge(duty):
                return


def _next_duty(state: Matter, until: date) -> Obligation | None:
    owed = [
        o
        for o in state.open_obligations()
        if o.due and o.unit and o.bearer != "office" and o.duty in ("report", "milestone", "plan")
    ]
    owed = [o for o in owed if o.due and o.due.date() <= until]
    return min(owed, key=lambda o: (o.due, o.id)) if owed else None


def reported(case: Case) -> Course:
    """Supports give their input, every lead reports completion."""
    for assignment in case.state().supports():
        yield case.after(0)
        text = "涉及本单位的部分已办理完毕，无不同意见。"
        case.by_unit(assignment.unit, c.SubmitInput(unit=assignment.unit, text=text))
    for assignment in case.state().leads():
        if not assignment.completion:
            yield case.after(0)
            case.complete(assignment.unit)
            yield from signed(case, "sign_off_completion")


def reviewed(case: Case) -> Course:
    """The office accepts every completion report."""
    checklist = tuple(x.id for x in case.house.pack.review.checklist)
    for assignment in case.state().leads():
        if not assignment.accepted:
            yield case.after(0)
            command = c.Review(
                unit=assignment.unit, verdict="accept", checklist=checklist, words="符合要求。"
            )
            case.do(case.officer, command)


def closed(case: Case) -> Course:
    """Read by the leaders where the regulation says so, and struck off."""
    if case.reading_is_due():
        yield case.after(1)
        case.do(case.officer, c.SendForReading(opinion="已按要求办结，建议销号。"))
        yield from signed(case, "reading", words="已阅，同意销号。")
    yield case.after(0)
    case.do(case.officer, c.Close(words="办结销号。"))
    yield from signed(case, "close")


def finished(case: Case) -> Course:
    yield from reported(case)
    yield case.after(1)
    yield from reviewed(case)
    yield from closed(case)


def lead_of(case: Case) -> str:
    return case.state().leads()[0].unit


# --- the stages ----------------------------------------------------------------------------------------------


@script("按期办结", (70, 340))
def on_time(case: Case) -> Course:
    due = case.day_in(case.rng.choice((20, 30, 40)))
    yield from started(case, due, size=case.rng.choice((0, 1, 2)))
    yield from diligent(case, due - timedelta(days=4))
    yield case.on(due - timedelta(days=case.rng.choice((2, 3, 5))))
    yield from finished(case)


@script("待定", (2, 9))
def draft(case: Case) -> Course:
    directive = case.directive()
    yield case.after(0)
    case.register(case.day_in(40), (directive,))


@script("报批中", (2, 5), _has_route("listing"))
def pending(case: Case) -> Course:
    directive = case.directive()
    yield case.after(0)
    case.register(case.day_in(40), (directive,))
    yield case.after(0)
    case.do(case.officer, c.Submit(words="请审定。"))


@script("待交办", (2, 5), _has_route("listing"))
def to_dispatch(case: Case) -> Course:
    yield from listed(case, case.day_in(45))


@script("待签收", (2, 4))
def to_acknowledge(case: Case) -> Course:
    yield from dispatched(case, case.day_in(40), size=1)


@script("办理中", (12, 40))
def working(case: Case) -> Course:
    due = case.now.date() + timedelta(days=case.rng.randint(20, 70))
    yield from started(case, case.on(due).date(), size=1)
    yield from diligent(case, case.now.date() + timedelta(days=2))


@script("临期", (5, 8))
def near(case: Case) -> Course:
    """Due on the next working day after today."""
    due = _next_working_day(case, case.now.date() + timedelta(days=1))
    yield from started(case, due)
    yield from diligent(case, case.now.date())


def _next_working_day(case: Case, day: date) -> date:
    while not case.house.context.calendar.is_working(day):
        day += timedelta(days=1)
    return day


@script("逾期", (30, 60))
def late(case: Case) -> Course:
    due = case.now.date() - timedelta(days=case.rng.randint(3, 9))
    yield from started(case, due)
    yield from diligent(case, due)
    yield case.on(due - timedelta(days=1))
    case.progress(lead_of(case))


@script("催办中", (40, 60))
def urged(case: Case) -> Course:
    due = case.now.date() - timedelta(days=12)
    yield from started(case, due)
    yield case.back(4)
    yield from urging(case)


def urging(case: Case) -> Course:
    """One round of urging, which the regulation must allow here."""
    unit = lead_of(case)
    level = case.urge(unit)
    if not level:
        raise StepRefused(f"{case.house.pack.id} {case.script} {case.at}：逾期而没有一级催办可以制发")
    yield from signed(case, "urging", words="发。")


@script("待审核", (20, 45))
def to_review(case: Case) -> Course:
    due = case.now.date() + timedelta(days=6)
    yield from started(case, due)
    yield from diligent(case, case.now.date() - timedelta(days=3))
    yield case.back(3)
    yield from reported(case)


@script("待审阅销号", (20, 45))
def to_read(case: Case) -> Course:
    due = case.now.date() + timedelta(days=6)
    yield from started(case, due, size=1)
    yield from diligent(case, case.now.date() - timedelta(days=5))
    yield case.back(5)
    yield from reported(case)
    yield from reviewed(case)
    if case.reading_is_due():
        yield case.after(0)
        case.do(case.officer, c.SendForReading(opinion="已按要求办结，建议销号。"))


@script("中止", (60, 150))
def suspended(case: Case) -> Course:
    yield from started(case, case.day_in(50))
    yield case.after(10)
    case.do(case.officer, c.Suspend(reason="涉及的规划正在调整，待调整后恢复。"))
    yield from signed(case, "suspend")


@script("中止后恢复", (120, 300))
def resumed(case: Case) -> Course:
    yield from suspended(case)
    yield case.after(15)
    case.do(case.officer, c.Resume(due=case.day_in(30), words="规划已批复，恢复办理。"))
    yield from signed(case, "resume")
    yield case.after(8)
    yield from finished(case)


@script("未达成办结", (90, 300))
def unachieved(case: Case) -> Course:
    due = case.day_in(40)
    yield from started(case, due)
    yield case.on(due + timedelta(days=6))
    case.explain(lead_of(case))
    yield case.after(3)
    case.do(case.officer, c.CloseUnachieved(reason="上级政策调整，原定目标已不具备实施条件。"))
    yield from signed(case, "close_unachieved")


@script("撤销", (60, 300))
def cancelled(case: Case) -> Course:
    yield from started(case, case.day_in(40))
    yield case.after(5)
    case.do(case.officer, c.Cancel(reason="与另一事项重复，已并入办理。"))
    yield from signed(case, "cancel")


@script("办结后重新督办", (110, 300))
def reopened(case: Case) -> Course:
    yield from on_time(case)
    yield case.back(20)
    case.do(case.officer, c.Reopen(reason="回访发现问题反弹。", due=case.day_in(40)))
    yield from signed(case, "reopen")
    yield case.after(4)
    case.progress(lead_of(case))


# --- lateness, explanations, urging --------------------------------------------------------------------------


@script("迟签收、迟办结", (90, 330))
def slow(case: Case) -> Course:
    due = case.day_in(30)
    yield from dispatched(case, due, size=1)
    yield from received(case, late=4)
    yield case.on(due + timedelta(days=1))
    case.explain(lead_of(case))
    yield case.after(4)
    yield from finished(case)


@script("逐级催办", (70, 200))
def ladder(case: Case) -> Course:
    """Nobody answers: as many rounds as the regulation has levels; then the unit explains in person and reports."""
    due = case.day_in(25)
    yield from started(case, due)
    yield case.on(due + timedelta(days=3))
    yield from urging(case)
    for _ in case.house.pack.urging[1:]:
        yield case.after(6)
        if case.urge(lead_of(case)):
            yield from signed(case, "urging", words="发。")
    yield case.after(2)
    unit = lead_of(case)
    case.do(
        case.officer,
        c.ExplainInPerson(unit=unit, to="主要领导", words="单位主要负责人当面说明情况并作出承诺。"),
    )
    yield case.after(5)
    yield from finished(case)


@script("催办后答复", (60, 250))
def answered(case: Case) -> Course:
    due = case.day_in(25)
    yield from started(case, due, size=1)
    yield case.on(due + timedelta(days=2))
    yield from urging(case)
    yield case.after(1)
    unit = lead_of(case)
    case.by_unit(unit, c.AnswerUrging(unit=unit, words="已增派力量，三日内办结。"))
    yield case.after(2)
    yield from finished(case)


@script("连续三级催办未落实", (45, 60), lambda house: len(house.pack.urging) > 1)
def ladder_open(case: Case) -> Course:
    due = case.day_in(12)
    yield from started(case, due)
    yield case.on(due + timedelta(days=2))
    yield from urging(case)
    for _ in case.house.pack.urging[1:]:
        yield case.after(5)
        if case.urge(lead_of(case)):
            yield from signed(case, "urging", words="发。")


@script("作出认定", (60, 200), lambda house: bool(house.pack.findings))
def found(case: Case) -> Course:
    """Urged in vain, then judged: a finding that the regulation lets a head or a leader make."""
    due = case.day_in(30)
    yield from started(case, due)
    yield case.on(due + timedelta(days=2))
    yield from urging(case)
    yield case.after(4)
    kind = case.house.pack.findings[0]
    signatory = next(post for role in kind.roles for post in case.house.by_role.get(role, []))
    words, evidence = "两次调度均未到会，任务没有实质推进。", "会议签到表、现场照片"
    case.do(signatory, c.RecordFinding(unit=lead_of(case), finding=kind.id, words=words, evidence=evidence))
    yield case.after(3)
    yield from finished(case)


# --- objections, extensions, new dates -----------------------------------------------------------------------


@script("异议成立", (60, 250))
def upheld(case: Case) -> Course:
    yield from dispatched(case, case.day_in(35), size=1)
    yield from received(case)
    yield case.after(0)
    unit = lead_of(case)
    case.by_unit(
        unit, c.Object(unit=unit, points=("deadline",), words=texts.OBJECTIONS[1], asked_due=case.day_in(55))
    )
    yield from signed(case, "objection", words="异议成立，期限相应调整。", due_in=55)
    yield case.after(20)
    yield from finished(case)


@script("异议不成立", (60, 250))
def rejected(case: Case) -> Course:
    yield from dispatched(case, case.day_in(35), size=1)
    yield from received(case)
    yield case.after(2)
    unit = lead_of(case)
    case.by_unit(unit, c.Object(unit=unit, points=("responsibility",), words=texts.OBJECTIONS[0]))
    yield from signed(case, "objection", approve=False, words="职责分工明确，请按交办执行。")
    yield case.after(12)
    yield from finished(case)


@script("批准延期", (90, 300))
def extended(case: Case) -> Course:
    """Where the regulation knows no extension the request is recorded as a written explanation."""
    due = case.day_in(30)
    yield from started(case, due)
    yield case.on(due - timedelta(days=5))
    _ask_for_extension(case, due)
    yield from signed(case, "extension", words="同意延期。")
    yield case.on(due - timedelta(days=1))
    yield from finished(case)


def _ask_for_extension(case: Case, due: date) -> None:
    unit = lead_of(case)
    command = c.RequestExtension(
        unit=unit,
        reason=case.rng.choice(texts.REASONS),
        asked_due=due + timedelta(days=21),
        progress=case.rng.choice(texts.PROGRESS),
        next_step="倒排工期，确保新的期限内完成。",
        opinion="建议同意。",
    )
    case.by_unit(unit, command, head=True)


@script("延期未批", (80, 250))
def not_extended(case: Case) -> Course:
    due = case.day_in(30)
    yield from started(case, due)
    yield case.on(due - timedelta(days=4))
    _ask_for_extension(case, due)
    yield from signed(case, "extension", approve=False, words="理由不充分，按原期限办理。")
    yield case.on(due + timedelta(days=2))
    yield from finished(case)


@script("重新确定期限", (70, 250))
def new_date(case: Case) -> Course:
    due = case.day_in(30)
    yield from started(case, due)
    yield case.on(due - timedelta(days=6))
    case.do(case.officer, c.SetDate(due=case.day_in(30), words="按会议要求调整进度。"))
    yield from signed(case, "date", words="同意。")
    yield case.after(12)
    yield from finished(case)


@script("提请协调", (60, 250))
def coordinated(case: Case) -> Course:
    yield from started(case, case.day_in(45), size=2)
    yield case.after(6)
    unit = lead_of(case)
    case.by_unit(unit, c.RequestCoordination(unit=unit, words="管线迁改涉及多家产权单位，请领导协调。"))
    yield from signed(case, "coordination", words="已召开协调会，请各单位按会议纪要落实。", due_in=40)
    yield case.after(12)
    yield from finished(case)


# --- reports returned ----------------------------------------------------------------------------------------


@script("退回重办", (80, 300))
def returned(case: Case) -> Course:
    due = case.day_in(30)
    yield from started(case, due)
    yield case.on(due - timedelta(days=6))
    yield from reported(case)
    yield case.after(1)
    unit, reason = lead_of(case), case.house.pack.review.reasons[0].id
    command = c.Review(
        unit=unit,
        verdict="return",
        reason=reason,
        words="请补充现场照片和验收材料。",
        redo_by=case.day_in(12),
    )
    case.do(case.officer, command)
    yield case.after(5)
    yield from finished(case)


@script("审阅未通过", (90, 300), _has_route("reading"))
def unread(case: Case) -> Course:
    due = case.day_in(30)
    yield from started(case, due)
    yield case.on(due - timedelta(days=6))
    yield from reported(case)
    yield from reviewed(case)
    yield case.after(1)
    case.do(case.officer, c.SendForReading(opinion="已办结，请审阅。"))
    yield from signed(case, "reading", approve=False, words="效果不明显，继续督办。", due_in=25)
    yield case.after(8)
    yield from finished(case)


# --- particular matters --------------------------------------------------------------------------------------


@script("转常态化", (120, 300), lambda house: bool(house.pack.grades))
def upkeep(case: Case) -> Course:
    due = case.day_in(40)
    yield from started(case, due)
    yield case.on(due - timedelta(days=8))
    grade = min(case.house.pack.grades, key=lambda g: g.rank).id
    case.do(case.officer, c.ConvertToUpkeep(grade=grade, words="基本完成，转入常态化管理。"))
    yield from signed(case, "upkeep")
    yield from diligent(case, case.now.date() + timedelta(days=3))


@script("限定知悉", (20, 60))
def restricted(case: Case) -> Course:
    due = case.now.date() + timedelta(days=25)
    yield from started(case, due, restricted=True)
    yield from diligent(case, case.now.date())


@script("本机构自办", (60, 250), lambda house: any(m.office_leads for m in house.pack.modes))
def own(case: Case) -> Course:
    due = case.day_in(25)
    restricted = not _open_office_mode(case)
    yield from started(case, due, office_leads=True, restricted=restricted)
    yield case.on(due - timedelta(days=4))
    yield from finished(case)


def _open_office_mode(case: Case) -> bool:
    """Whether the office may handle a matter by itself that is not of restricted knowledge."""
    return not any(rule.id == "direct-restricted" for rule in case.house.pack.requirements)


@script("接转待确认", (20, 40))
def taken_over(case: Case) -> Course:
    """Registered from the old books; nobody has looked at it yet, so nothing is raised."""
    yield case.after(0)
    case.register(case.at.date() - timedelta(days=30), (case.directive(),), taken_over=True)


@script("接转已确认", (60, 200))
def confirmed(case: Case) -> Course:
    yield case.after(0)
    due = case.day_in(40)
    case.register(due, (case.directive(),), taken_over=True)
    yield case.after(2)
    case.do(case.officer, c.ConfirmTakeOver(words="核对无误，接续督办。"))
    case.do(case.officer, c.Submit(words="接转事项，请审定。"))
    yield from signed(case, "listing")
    yield case.after(0)
    case.dispatch()
    yield from signed(case, "dispatch")
    yield from received(case)
    yield case.on(due - timedelta(days=3))
    yield from finished(case)


@script("多家协办的长案卷", (300, 345))
def long(case: Case) -> Course:
    """Most of a year, many units, questions and reminders in between."""
    due = case.now.date() + timedelta(days=35)
    yield from started(case, due, many=True, uncapped=True, size=7)
    month = case.at.date()
    while month < case.now.date():
        month += timedelta(days=30)
        yield from diligent(case, month)
        yield case.on(month)
        unit = case.rng.choice(list(case.state().assignments))
        if unit != OFFICE:
            case.do(case.officer, c.Inquire(unit=unit, words="请说明目前进展。"))
        case.progress(lead_of(case))


@script("没有写明日期", (20, 200), lambda house: True)
def undated(case: Case) -> Course:
    """Its date comes from the regulation alone, where the regulation has one."""
    if not case.works_undated():
        yield from on_time(case)
        return
    assert case.house.undated
    yield from started(case, None, category=case.rng.choice(case.house.undated))
    yield case.after(case.rng.choice((1, 2, 4)))
    yield from finished(case)


@script("分节点推进", (60, 200))
def staged(case: Case) -> Course:
    due = case.day_in(60)
    yield from started(case, due, milestones=case._milestones(due))
    yield from diligent(case, due)
    yield case.on(due)
    yield from finished(case)


@script("并案", (40, 200))
def joined(case: Case) -> Course:
    """The same task comes a second time while it waits to be dispatched."""
    due = case.day_in(40)
    yield from listed(case, due, size=1)
    yield case.after(0)
    case.do(case.officer, c.JoinDirective(directive=case.directive(name=f"群众来信反映：{case.task.title}")))
    yield case.after(0)
    case.dispatch()
    yield from signed(case, "dispatch")
    yield from received(case)
    yield from diligent(case, due - timedelta(days=4))
    yield case.on(due - timedelta(days=3))
    yield from finished(case)


@script("提示后办结", (50, 250))
def reminded(case: Case) -> Course:
    due = case.day_in(28)
    yield from started(case, due)
    yield case.on(due - timedelta(days=6))
    case.do(case.officer, c.Remind(unit=lead_of(case), words="距期限不足一周，请抓紧。"))
    yield case.on(due - timedelta(days=2))
    yield from finished(case)


@script("领导要求加快的事项", (10, 30))
def graded(case: Case) -> Course:
    """In the highest grade, where the regulation has grades: reports come thick."""
    grades = case.house.pack.grades
    grade = max(grades, key=lambda g: g.rank).id if grades else ""
    due = case.now.date() + timedelta(days=15)
    yield from started(case, due, grade=grade, size=1)
    yield from diligent(case, case.now.date() + timedelta(days=1))
