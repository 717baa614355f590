"""A small neutral pack with every mechanism, and an office in memory that works under it.

The regulation is made up; its articles say nothing but what each test needs. March 2026 is the
playground: the 2nd is a Monday, nobody has a holiday until 4 April (清明节, 4 to 6 April).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from duban.calendars import load_calendar
from duban.core import commands as c
from duban.core import entries as e
from duban.core.context import OFFICE, Unit
from duban.core.errors import Notice, Refusal
from duban.core.matter import Matter, Obligation, Petition, Proposal
from duban.core.pack import RegulationPack
from duban.core.pack_reading import read_pack
from duban.core.working_days import Calendar
from duban.core.world import World

BASE = """
[regulation]
title = "示例督查办法"
issuer = "示例办公室"

[[article]]
id = "1"
label = "第一条"
gist = "测试用的条文。"

[[article]]
id = "2"
label = "第二条"
gist = "测试用的另一条条文。"

[time]
rolls = true
cite = { decision = "末日顺延" }

[light]
near_working_days = 2
cite = { default = "到期前两个工作日为临期" }

[explanation]
needs = ["reason"]
cite = "1"

[objection]
window = { working_days = 2 }
cite = "2"

[review]
cite = "1"
checklist = [
  { id = "true", title = "情况属实", cite = "1" },
  { id = "clear", title = "结果明确", cite = "1" },
]
reasons = [
  { id = "quality", title = "质量不高", cite = "1" },
  { id = "facts", title = "情况不实", cite = "1" },
]
"""

NAMES = """
role = [
  { id = "officer", title = "督查员", kind = "officer", cite = "1" },
  { id = "director", title = "督查室主任", kind = "office_head", cite = "1" },
  { id = "chief", title = "分管领导", kind = "leader", cite = "1" },
  { id = "mayor", title = "主要领导", kind = "leader", cite = "1" },
  { id = "liaison", title = "联络员", kind = "unit_staff", cite = "1" },
  { id = "head", title = "单位主要负责人", kind = "unit_head", cite = "1" },
  { id = "inspector", title = "纪检机关", kind = "linked_body", cite = "1" },
]
unit_kind = [
  { id = "bureau", title = "常设单位", cite = "1" },
  { id = "taskforce", title = "临时机构", temporary = true, cite = "2" },
]
source = [
  { id = "meeting", title = "会议", cite = "1" },
  { id = "note", title = "批示", cite = "1" },
]
category = [
  { id = "working", title = "工作日件", group = "daily", cite = "1" },
  { id = "calendar", title = "自然日件", group = "daily", cite = "1" },
  { id = "month", title = "按月件", cite = "1" },
  { id = "hours", title = "按小时件", cite = "1" },
  { id = "sameday", title = "当日件", cite = "1" },
  { id = "issued", title = "发文日起算件", cite = "1" },
  { id = "received", title = "收文日起算件", cite = "1" },
  { id = "fact", title = "曝光日起算件", cite = "1" },
  { id = "open", title = "长期件", group = "standing", cite = "1" },
]
grade = [
  { id = "a", title = "一级", rank = 1, cite = "1" },
  { id = "b", title = "二级", rank = 2, cite = "1" },
  { id = "c", title = "三级", rank = 3, cite = "1" },
]
urgency = [{ id = "urgent", title = "紧急", cite = "1" }]
mode = [
  { id = "single", title = "转办", max_supports = 0, cite = "1" },
  { id = "joint", title = "会办", max_leads = 2, min_supports = 1, max_supports = 3, cite = "2" },
  { id = "several", title = "多家主办", max_leads = 9, max_supports = 0, cite = "2" },
  { id = "own", title = "自办", max_supports = 0, office_leads = true, cite = "1" },
]
channel = [
  { id = "written", title = "书面", cite = "1" },
  { id = "meeting", title = "会议", cite = "1" },
]
document = [{ id = "sheet", title = "督查单", series = "sheet", cite = "1" }]
fact = [
  { id = "exposed_on", title = "曝光日期", type = "date", cite = "1" },
  { id = "outlet", title = "媒体", type = "choice", choices = ["报纸", "电视"], cite = "1" },
  { id = "copies", title = "份数", type = "int", cite = "1" },
  { id = "public", title = "是否公开", type = "bool", cite = "1" },
  { id = "memo", title = "备注", type = "text", cite = "1" },
]
parameter = [{ id = "plan_days", title = "报送计划时限", unit = "工作日", cite = { decision = "未定" } }]
contact = [
  { role = "deputy", title = "分管负责人", cite = "1" },
  { role = "liaison", title = "联络员", phone = true, cite = "1" },
]
series = [
  { id = "register", title = "立项", use = "register", format = "立〔{year}〕{n}号", cite = "1" },
  { id = "hidden", title = "立项（限）", use = "register", format = "限〔{year}〕{n}号", restricted = true, cite = "1" },
  { id = "sheet", title = "督查单", use = "dispatch", format = "单〔{year}〕{n}号", cite = "1" },
  { id = "hidden_sheet", title = "督查单（限）", use = "dispatch", format = "密〔{year}〕{n}号", restricted = true, cite = "1" },
  { id = "urging", title = "催办单", use = "urging", format = "催〔{year}〕{n}号", cite = "1" },
]
"""

DUTIES = """
# 办结：写明日期的从其日期，否则按类别（同组取第一条）
[[obligation]]
id = "complete-stated"
duty = "complete"
name = "按写明的日期办结"
bearer = "lead"
group = "completion"
on = ["dispatched"]
when = "has_stated_due"
term = { stated = true }
cap = { term = { days = 30 }, unless = 'authority != ""', cite = "2" }
discharged_by = ["completion_reported"]
cite = "1"

[[obligation]]
id = "complete-working"
duty = "complete"
name = "五个工作日内办结"
bearer = "lead"
group = "completion"
on = ["acknowledged"]
when = 'category == "working" && !has_stated_due'
term = { working_days = 5 }
discharged_by = ["completion_reported"]
cite = "1"

[[obligation]]
id = "complete-calendar"
duty = "complete"
name = "十日内办结"
bearer = "lead"
group = "completion"
on = ["acknowledged"]
when = 'category == "calendar" && !has_stated_due'
term = { days = 10 }
discharged_by = ["completion_reported"]
cite = "1"

[[obligation]]
id = "complete-month"
duty = "complete"
name = "一个月内办结"
bearer = "lead"
group = "completion"
on = ["dispatched"]
when = 'category == "month"'
term = { months = 1 }
discharged_by = ["completion_reported"]
cite = "1"

[[obligation]]
id = "complete-hours"
duty = "complete"
name = "二十四小时内办结"
bearer = "lead"
group = "completion"
on = ["dispatched"]
when = 'category == "hours"'
term = { hours = 24 }
discharged_by = ["completion_reported"]
cite = "1"

[[obligation]]
id = "complete-sameday"
duty = "complete"
name = "当日办结"
bearer = "lead"
group = "completion"
on = ["dispatched"]
when = 'category == "sameday"'
term = { same_day = true }
discharged_by = ["completion_reported"]
cite = "1"

[[obligation]]
id = "complete-issued"
duty = "complete"
name = "发文后三个工作日内办结"
bearer = "lead"
group = "completion"
on = ["dispatched"]
when = 'category == "issued"'
start = "issued"
term = { working_days = 3 }
discharged_by = ["completion_reported"]
cite = "1"

[[obligation]]
id = "complete-received"
duty = "complete"
name = "收文后七日内办结"
bearer = "lead"
group = "completion"
on = ["dispatched"]
when = 'category == "received"'
start = "directive"
term = { days = 7 }
discharged_by = ["completion_reported"]
cite = "1"

[[obligation]]
id = "complete-fact"
duty = "complete"
name = "曝光后三个工作日内办结"
bearer = "lead"
group = "completion"
on = ["dispatched"]
when = 'category == "fact"'
start = "fact:exposed_on"
term = { working_days = 3 }
discharged_by = ["completion_reported"]
cite = "1"

# 其他一次性义务
[[obligation]]
id = "register"
duty = "register"
name = "一个工作日内立项"
bearer = "office"
on = ["directive_registered"]
term = { working_days = 1 }
discharged_by = ["directive_decomposed"]
cite = "1"

[[obligation]]
id = "acknowledge"
duty = "acknowledge"
name = "一个工作日内签收"
bearer = "each"
on = ["dispatched"]
term = { working_days = 1 }
discharged_by = ["acknowledged"]
cite = "1"

[[obligation]]
id = "inquire"
duty = "inquire"
name = "两个工作日内询问是否收到"
bearer = "office"
per_unit = true
on = ["dispatched"]
term = { working_days = 2 }
discharged_by = ["inquired", "acknowledged"]
cite = "1"

[[obligation]]
id = "plan"
duty = "plan"
name = "报送工作计划"
bearer = "lead"
on = ["acknowledged"]
term = { working_days = "param:plan_days" }
discharged_by = ["plan_submitted"]
cite = { decision = "天数由本机关定" }

[[obligation]]
id = "input"
duty = "input"
name = "三个工作日内报协办意见"
bearer = "support"
on = ["acknowledged"]
term = { working_days = 3 }
discharged_by = ["input_submitted"]
cite = "1"

[[obligation]]
id = "milestone"
duty = "milestone"
name = "完成节点"
bearer = "lead"
on = ["dispatched"]
term = { milestone = true }
discharged_by = ["milestone_reached"]
cite = "1"

[[obligation]]
id = "standing"
duty = "report"
name = "重大情况随时报告"
bearer = "lead"
on = ["dispatched"]
when = 'category == "open"'
term = { standing = true }
cite = "1"

[[obligation]]
id = "archive"
duty = "inform"
name = "办结后十日内归档"
bearer = "office"
on = ["closed"]
term = { days = 10 }
discharged_by = ["attached"]
cite = "1"

[[obligation]]
id = "answer-urging"
duty = "answer"
name = "按限期答复催办"
bearer = "each"
on = ["urging_issued"]
term = { asked = true }
discharged_by = ["urging_answered"]
cite = "1"

[[obligation]]
id = "explain-red"
duty = "explain"
name = "当面说明"
bearer = "each"
on = ["urging_issued"]
when = 'level == "red"'
term = { working_days = 1 }
discharged_by = ["explained_in_person"]
cite = "2"

# 周期
[[obligation]]
id = "weekly"
duty = "report"
name = "每周反馈"
bearer = "lead"
on = ["acknowledged"]
when = 'grade == "a" && !upkeep'
cycle = { every = "week" }
discharged_by = ["progress_reported", "completion_reported"]
cite = "1"

[[obligation]]
id = "monthly"
duty = "report"
name = "每月结束后五日内反馈"
bearer = "lead"
on = ["acknowledged"]
when = 'grade == "b" && !upkeep'
cycle = { every = "month", days_after = 5 }
discharged_by = ["progress_reported"]
cite = "1"

[[obligation]]
id = "quarterly"
duty = "report"
name = "转常态化后每季度反馈"
bearer = "lead"
on = ["converted_to_upkeep"]
when = "upkeep"
cycle = { every = "quarter", first = "next" }
discharged_by = ["progress_reported"]
cite = "1"

[[obligation]]
id = "half-yearly"
duty = "report"
name = "每半年反馈"
bearer = "lead"
on = ["dispatched"]
when = 'category == "open" && grade == "c"'
cycle = { every = "half_year", min_working_days = 10 }
discharged_by = ["progress_reported"]
cite = "1"

[[obligation]]
id = "yearly"
duty = "report"
name = "每年反馈"
bearer = "lead"
on = ["dispatched"]
when = 'category == "open" && grade == "c"'
cycle = { every = "year", days_after = 15 }
discharged_by = ["progress_reported"]
cite = "1"
"""

PROCEDURE = """
[[requirement]]
id = "document"
on = ["dispatch"]
require = 'channel == "meeting" || document != ""'
message = "书面交办请选择文种。"
cite = "1"

[[requirement]]
id = "signed"
on = ["report_completion"]
require = "signed"
message = "办结报告须经单位负责人签字。"
cite = "2"

[[requirement]]
id = "target"
on = ["register"]
when = 'category == "open"'
needs = ["target"]
message = "长期件须写明量化目标。"
cite = "1"

[[route]]
id = "listing"
act = "listing"
steps = [{ roles = ["director"], title = "审核" }, { roles = ["chief", "mayor"], title = "批准" }]
cite = "1"

[[route]]
id = "reading"
act = "reading"
steps = [{ roles = ["chief"], title = "审阅" }]
cite = "1"

[[route]]
id = "extension"
act = "extension"
steps = [{ roles = ["director"], title = "批准" }]
cite = "1"

[[extension]]
id = "ordinary"
title = "延期"
when = 'category == "working" || category == "month"'
needs = ["reason", "next_step"]
cap = { working_days = 20 }
cite = "1"

[[finding]]
id = "passive"
title = "办理不积极"
roles = ["director", "chief"]
cite = "2"

[[urging]]
id = "blue"
title = "蓝色催办单"
colour = "blue"
when = 'size(lapsed) > 0 || "passive" in findings'
signatory = ["director"]
needs_limit = true
cite = "1"

[[urging]]
id = "yellow"
title = "黄色催办单"
colour = "yellow"
after = "blue"
when = '"answer-urging" in lapsed'
signatory = ["chief"]
needs_limit = true
copies = ["inspector"]
cite = "1"

[[urging]]
id = "red"
title = "红色催办单"
colour = "red"
after = "yellow"
when = '"answer-urging" in lapsed'
signatory = ["mayor"]
needs_limit = true
cite = "1"

[[proposal]]
id = "deduct"
consequence = "points"
on = ["obligation_breached"]
when = 'duty == "complete"'
signatory = "director"
points = { a = "3", any = "1" }
reason = "未按期办结"
cite = "2"
"""

FILES: dict[str, str] = {
    "base.toml": BASE,
    "names.toml": NAMES,
    "duties.toml": DUTIES,
    "procedure.toml": PROCEDURE,
}


@lru_cache
def neutral_pack() -> RegulationPack:
    """The pack of all the engine's tests."""
    return read_pack("neutral", FILES)


@lru_cache
def calendar() -> Calendar:
    """The State Council's notices as they come with the product."""
    return load_calendar()


UNITS: dict[str, Unit] = {
    key: Unit(key, name, "bureau") for key, name in (("fin", "甲局"), ("plan", "乙局"), ("water", "丙局"))
} | {
    "force": Unit("force", "临时专班", "taskforce", active_from=date(2026, 1, 1), active_to=date(2026, 3, 31))
}

SUPPORTED = {"mode": "joint", "supports": ("plan",)}
CHECKED = ("true", "clear")


def at(day: int, hour: int = 9, minute: int = 0, second: int = 0, month: int = 3) -> datetime:
    """A moment in 2026, in March unless another month is named."""
    return datetime(2026, month, day, hour, minute, second)


MONDAY = at(2)


def person(role: str, unit: str = "", name: str = "") -> e.Actor:
    return e.Actor(person=f"{unit}.{role}{name}", name=name or f"某{role}", role=role, unit=unit)


def report(text: str = "办理情况", signed_by: str = "局长") -> e.Report:
    return e.Report(text=text, signed_by=signed_by)


@dataclass
class Office:
    """An office in memory whose steps fail a test at once when they are refused."""

    world: World = field(default_factory=lambda: World(neutral_pack(), calendar(), dict(UNITS)))

    def ask(
        self,
        command: c.Command,
        when: datetime,
        by: e.Actor | None = None,
        recorded: datetime | None = None,
        proxy: e.Proxy | None = None,
        stream: str = "M1",
    ) -> Refusal | tuple[Notice, ...]:
        """One request; whoever would ordinarily do it does it, unless ``by`` names someone."""
        actor = by or self._usual(command, stream)
        request = c.Request(
            command=command, actor=actor, occurred_at=when, recorded_at=recorded or when, proxy=proxy
        )
        return self.world.act(stream, request)

    def ok(self, command: c.Command, when: datetime, **how: Any) -> tuple[Notice, ...]:
        answer = self.ask(command, when, **how)
        assert not isinstance(answer, Refusal), answer.message
        return answer

    def refused(self, command: c.Command, when: datetime, **how: Any) -> Refusal:
        """The refusal; nothing may have been recorded."""
        before = {k: list(v) for k, v in self.world.history.items()}, dict(self.world.numbers)
        answer = self.ask(command, when, **how)
        assert isinstance(answer, Refusal), f"{command.title}未被拒绝"
        assert ({k: list(v) for k, v in self.world.history.items()}, dict(self.world.numbers)) == before
        return answer

    def _usual(self, command: c.Command, stream: str) -> e.Actor:
        if isinstance(command, c.Sign):
            return self._signatory(command, stream)
        if isinstance(command, c.UnitCommand) and command.unit != OFFICE:
            return person("liaison", command.unit)
        return person("officer")

    def _signatory(self, command: c.Sign, stream: str) -> e.Actor:
        for p in self.world.matters[stream].open_petitions():
            if command.petition in (p.id, p.act):
                step = p.steps[p.signed]
                return person(step.roles[0], step.unit)
        return person("director")

    # --- short ways to a stage ---

    def register(self, when: datetime = MONDAY, stream: str = "M1", **fields: Any) -> None:
        given = {
            "name": "示例事项",
            "category": "working",
            "grade": "c",
            "mode": "single",
            "leads": ("fin",),
        } | fields
        self.ok(c.Register(**given), when, stream=stream)

    def open(self, when: datetime = MONDAY, stream: str = "M1", **fields: Any) -> None:
        """Register, approve and dispatch."""
        self.register(when, stream, **fields)
        self.ok(c.Submit(), when, stream=stream)
        self.sign("listing", when, stream=stream)
        self.sign("listing", when, stream=stream)
        self.ok(c.Dispatch(channel="written", document="sheet"), when, stream=stream)

    def work(self, when: datetime = MONDAY, stream: str = "M1", **fields: Any) -> None:
        """As ``open``; every unit acknowledges at the same moment."""
        self.open(when, stream, **fields)
        for unit in self.world.matters[stream].assignments:
            if unit != OFFICE:
                self.ok(c.Acknowledge(unit=unit), when, stream=stream)

    def sign(self, petition: str, when: datetime, stream: str = "M1", **fields: Any) -> tuple[Notice, ...]:
        return self.ok(c.Sign(petition=petition, **fields), when, stream=stream)

    def complete(self, when: datetime, unit: str = "fin", **how: Any) -> tuple[Notice, ...]:
        return self.ok(c.ReportCompletion(unit=unit, content=report()), when, **how)

    def accept(self, when: datetime, unit: str = "fin") -> None:
        self.ok(c.Review(unit=unit, checklist=CHECKED), when)

    def close(self, when: datetime) -> None:
        """From an accepted report to strike-off."""
        self.ok(c.SendForReading(opinion="已落实"), when)
        self.sign("reading", when)
        self.ok(c.Close(), when)

    def urge(self, level: str, when: datetime, limit: date, unit: str = "fin") -> None:
        self.ok(c.Urge(unit=unit, level=level, limit=limit), when)
        self.sign(f"urging:{level}", when)

    def sweep(self, when: datetime) -> None:
        self.world.tick(when)

    # --- looking ---

    @property
    def matter(self) -> Matter:
        return self.world.matters["M1"]

    def duties(self, rule: str, unit: str | None = None, stream: str = "M1") -> list[Obligation]:
        docket = self.world.matters.get(stream) or self.world.directives[stream]
        return [o for o in docket.obligations.values() if o.rule == rule and unit in (None, o.unit)]

    def duty(self, rule: str, unit: str | None = None, stream: str = "M1") -> Obligation:
        found = self.duties(rule, unit, stream)
        assert len(found) == 1, [o.id for o in found]
        return found[0]

    def completion(self, unit: str = "fin") -> Obligation:
        found = [o for o in self.matter.obligations.values() if o.duty == "complete" and o.unit == unit]
        assert len(found) == 1, [o.id for o in found]
        return found[0]

    def petition(self, act: str) -> Petition:
        return next(p for p in self.matter.open_petitions() if p.act == act)

    def proposals(self, rule: str, status: str = "open") -> list[Proposal]:
        return [p for p in self.matter.proposals.values() if p.rule == rule and p.status == status]

    def entries(self, kind: type[e.Entry], stream: str = "M1") -> list[e.Recorded]:
        return [r for r in self.world.history[stream] if isinstance(r.entry, kind)]


def day_end(day: int, month: int = 3, year: int = 2026) -> datetime:
    """The last moment of a day."""
    return datetime.combine(date(year, month, day), time(23, 59, 59))


def kinds(history: Iterable[e.Recorded]) -> list[str]:
    return [type(r.entry).__name__ for r in history]
