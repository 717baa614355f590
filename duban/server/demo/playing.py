"""One matter in the hands of its people: every step is a command through ``handle``, and a refused step is a fault.

The regulations differ in what an act must bring along. A step therefore brings everything that the common forms
know, and chooses ids from what the pack itself offers.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import transaction

from duban.core import commands as c
from duban.core import entries as e
from duban.core.context import OFFICE
from duban.core.draft import view_of
from duban.core.errors import DubanError, Refusal
from duban.core.matter import Matter, Obligation, Petition
from duban.core.pack import Category, Mode
from duban.core.petitions import route_for
from duban.core.working_days import count_working_days, next_working_day
from duban.server import clock
from duban.server.demo import papers
from duban.server.demo import texts as words_of
from duban.server.demo.offices import House
from duban.server.handle import Done, handle, load_matter
from duban.server.models import Post

Course = Iterator[datetime]
"""What happens to a matter: each moment it yields is when its next step is taken."""


def last_working_day_until(house: House, day: date) -> date:
    """``day`` itself if it is worked, else the last working day before it."""
    while not house.context.calendar.is_working(day):
        day -= timedelta(days=1)
    return day


class StepRefused(DubanError):
    """演示数据的一步被制度拒绝：剧本与制度包不符，须改正其一。"""


@dataclass
class Case:
    """A matter being played. ``at``: the moment of the present step; ``now``: the end of the play."""

    house: House
    script: str
    rng: random.Random
    texts: words_of.Texts
    at: datetime
    now: datetime
    stream: str = ""
    task: words_of.Task = field(init=False)

    def __post_init__(self) -> None:
        self.task = self.texts.task()

    # --- time ---------------------------------------------------------------------------------------------

    def after(self, days: int) -> datetime:
        """A moment in office hours so many working days on; 0 is later the same day."""
        if days == 0:
            return self.at + timedelta(minutes=self.rng.randint(5, 25))
        day = count_working_days(self.house.context.calendar, self.at.date(), days).end
        return self._office_hours(day)

    def on(self, day: date) -> datetime:
        """A moment in office hours on that day, or the next working day; never before the present step."""
        moment = self._office_hours(next_working_day(self.house.context.calendar, day))
        return max(moment, self.at + timedelta(minutes=10))

    def back(self, days: int) -> datetime:
        """A moment on the last working day that is at least so many days before today."""
        day = self.now.date() - timedelta(days=days)
        return self.on(last_working_day_until(self.house, day))

    def _office_hours(self, day: date) -> datetime:
        return datetime.combine(day, time(8, 40)) + timedelta(minutes=self.rng.randint(0, 480))

    def day_in(self, days: int) -> date:
        """A working day at least so many calendar days on."""
        return next_working_day(self.house.context.calendar, self.at.date() + timedelta(days=days))

    # --- steps --------------------------------------------------------------------------------------------

    def state(self) -> Matter:
        return load_matter(self.stream)

    def attempt(
        self,
        actor: Post | e.Actor,
        command: c.Command,
        proxy: e.Proxy | None = None,
        stream: str | None = None,
    ) -> Done | Refusal:
        where = self.stream if stream is None else stream
        with clock.at(self.at):
            return handle(
                self.house.office,
                command,
                actor,
                stream=where or None,
                proxy=proxy,
                now=self.at,
                context=self.house.context,
            )

    def do(
        self,
        actor: Post | e.Actor,
        command: c.Command,
        proxy: e.Proxy | None = None,
        stream: str | None = None,
    ) -> Done:
        """The step, which must be accepted. Raises :class:`StepRefused`."""
        return self._accepted(command, self.attempt(actor, command, proxy, stream))

    def first(
        self, actor: Post | e.Actor, commands: Iterable[c.Command], proxy: e.Proxy | None = None
    ) -> Done:
        """The first of several ways to take a step that the regulation accepts; there must be one."""
        answer: Done | Refusal = Refusal("没有可选的办法。")
        command: c.Command = c.Tick()
        for command in commands:
            answer = self.attempt(actor, command, proxy)
            if isinstance(answer, Done):
                return answer
        return self._accepted(command, answer)

    def _accepted(self, command: c.Command, answer: Done | Refusal) -> Done:
        if isinstance(answer, Done):
            return answer
        where = f"{self.house.pack.id} {self.script} {self.at:%Y-%m-%d %H:%M} {self.stream}"
        rule = f"（{answer.citation.text}）" if answer.citation else ""
        raise StepRefused(f"{where}：{command.title} → {answer.message}{rule}")

    @property
    def officer(self) -> Post:
        return self.house.officers[0]

    def by_unit(self, unit: str, *commands: c.Command, head: bool = False) -> Done:
        """An act of the unit: by its liaison, by its head, or recorded by the office for a unit without liaison."""
        if unit == OFFICE:
            return self.first(self.officer, commands)
        if head or unit in self.house.staff:
            return self.first(self.house.heads[unit] if head else self.house.staff[unit], commands)
        proxy = e.Proxy(recorder=self.officer.actor(), evidence=f"电话记录：{self.at:%m月%d日%H时%M分}")
        return self.first(self.house.heads[unit].actor(), commands, proxy)

    # --- registration -------------------------------------------------------------------------------------

    def directive(self, source: str = "", name: str = "") -> str:
        """A directive for this matter, received now."""
        sources = [s.id for s in self.house.pack.sources]
        chosen = source or self.rng.choice(sources)
        title = self.house.pack.title_of("sources", chosen)
        leaders = self.house.of_kind("leader")
        command = c.RegisterDirective(
            name=name or f"{title}：{self.task.title}",
            source=chosen,
            number=f"示〔{self.at.year}〕{self.rng.randint(1, 400)}号",
            leader=str(self.rng.choice(leaders).user),
            text=f"请有关单位抓好落实，督查机构跟踪问效：{self.task.content}",
            issued_on=self.at.date(),
        )
        return self.do(self.officer, command, stream="").stream

    def register(self, due: date | None, directives: tuple[str, ...] = (), **given: object) -> None:
        """Register the matter, under a category that takes it. ``due``: the date that the directive states."""
        category = given.pop("category", None)
        categories = list(self.house.pack.categories)
        self.rng.shuffle(categories)
        if category:
            categories = [one for one in categories if one.id == category]
        if given.pop("uncapped", False):
            categories = [one for one in categories if not self._capped(one)]
        modes = self._modes(given)
        commands = (
            self._registration(due, directives, one, mode, given) for mode in modes for one in categories
        )
        self.stream = self.first(self.officer, commands).stream

    def _capped(self, category: Category) -> bool:
        """Whether a rule for this category alone sets a longest term (最长时限)."""
        return any(rule.cap and f'"{category.id}"' in rule.when for rule in self.house.pack.obligations)

    def _modes(self, given: dict[str, object]) -> list[Mode]:
        office_leads = bool(given.pop("office_leads", False))
        modes = [m for m in self.house.pack.modes if m.office_leads == office_leads]
        self.rng.shuffle(modes)
        if given.get("restricted"):
            # Some regulations let the office handle these by itself only.
            modes += [m for m in self.house.pack.modes if m not in modes]
        wanted = given.pop("many", False)
        return sorted(modes, key=lambda m: -max(m.max_leads, m.max_supports)) if wanted else modes

    def _registration(
        self,
        due: date | None,
        directives: tuple[str, ...],
        category: Category,
        mode: Mode,
        given: dict[str, object],
    ) -> c.Register:
        pack = self.house.pack
        size = int(str(given.get("size", 0)))
        leads, supports = self._units(mode, size)
        meeting = "会议" in category.title
        leader = self.rng.choice(self.house.of_kind("leader"))
        extra = {k: v for k, v in given.items() if k != "size"}
        restricted = bool(extra.get("restricted"))
        fields: dict[str, object] = {
            "name": self.task.title,
            "content": self.task.content,
            "target": self.task.target,
            "category": category.id,
            "mode": mode.id,
            "leads": leads,
            "supports": supports,
            "grade": min(pack.grades, key=lambda g: g.rank).id if pack.grades else "",
            "urgency": pack.urgencies[0].id if pack.urgencies else "",
            "stated_due": due,
            "stated_by": str(leader.user) if due else "",
            "authority": f"{leader.user}批示：请抓紧办理。",
            "proposed_handling": "拟交主办单位办理，按期反馈结果。",
            "responsible_leader": str(leader.user),
            "responsible_person": self._head_of(leads),
            "milestones": self._milestones(due) if meeting and due else (),
            "facts": self._facts(meeting),
            "readers": self._readers(leads, supports) if restricted else (),
            "directives": directives,
        }
        return c.Register.model_validate(fields | extra)

    def _units(self, mode: Mode, size: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Lead and supporting units as the mode takes them; ``size``: how many supports, or leads where none."""
        natural = [u for u in self.task.units if u in self.house.units]
        others = [u for u in self.house.units if u not in natural]
        self.rng.shuffle(others)
        units = natural + others
        if mode.office_leads:
            leads: tuple[str, ...] = ()
        else:
            wanted = size if size and mode.max_supports == 0 else 1
            leads = tuple(units[: min(max(mode.min_leads, wanted), mode.max_leads)])
        rest = [u for u in units if u not in leads]
        number = max(mode.min_supports, min(size, mode.max_supports))
        return leads, tuple(rest[:number])

    def _head_of(self, leads: tuple[str, ...]) -> str:
        return str(self.house.heads[leads[0]].user) if leads else str(self.officer.user)

    def _milestones(self, due: date | None) -> tuple[e.MilestonePlan, ...]:
        if due is None:
            return ()
        first = self.at.date() + (due - self.at.date()) / 2
        return (
            e.MilestonePlan(id="m1", title="完成方案和招标", due=first),
            e.MilestonePlan(id="m2", title="全面完工", due=due),
        )

    def _facts(self, meeting: bool) -> dict[str, str | int | bool]:
        """The pack's own facts: choices and dates filled, what is asked about meetings for meetings only."""
        found: dict[str, str | int | bool] = {}
        for fact in self.house.pack.facts:
            if "会议" in fact.title and not meeting:
                continue
            if fact.type == "choice":
                found[fact.id] = self.rng.choice(fact.choices)
            elif fact.type == "date":
                found[fact.id] = self.at.date().isoformat()
        return found

    def _readers(self, leads: tuple[str, ...], supports: tuple[str, ...]) -> tuple[str, ...]:
        posts = [self.officer, *self.house.of_kind("office_head")]
        for unit in (*leads, *supports):
            posts += [p for p in (self.house.staff.get(unit), self.house.heads.get(unit)) if p]
        return tuple(dict.fromkeys(post.user.person for post in posts))

    def works_undated(self) -> bool:
        """Whether some category of this regulation can be dispatched without a date; tried and taken back."""
        if self.house.undated is None:
            self.house.undated = [one.id for one in self.house.pack.categories if self._tried(one.id)]
        return bool(self.house.undated)

    def _tried(self, category: str) -> bool:
        kept = self.stream
        try:
            with transaction.atomic():
                self.register(None, (self.directive(),), category=category)
                self._try_to_dispatch()
                raise _TakenBack
        except _TakenBack:
            return True
        except StepRefused:
            return False
        finally:
            self.stream = kept

    def _try_to_dispatch(self) -> None:
        self.do(self.officer, c.Submit())
        self.sign_now("listing")
        self.dispatch()

    # --- approval and dispatch ----------------------------------------------------------------------------

    def dispatch(self) -> None:
        """Dispatch with the papers that some regulations want, by the first channel and document they take."""
        state = self.state()
        attached = self._papers() if set(state.assignments) - {OFFICE} else ()
        pack = self.house.pack
        documents = [*[d.id for d in pack.documents], ""]
        orders = (
            c.Dispatch(channel=channel.id, document=document, papers=attached)
            for channel in pack.channels
            for document in documents
        )
        self.first(self.officer, orders)

    def _papers(self) -> tuple[e.Paper, ...]:
        with clock.at(self.at):
            original = papers.text_paper(self.officer, "original", "立项依据", self.task.content)
            line = f"{self.house.office.key} {self.at:%Y-%m-%d}"
            copy = papers.pdf_paper(self.officer, "instruction_copy", "批示复印件", line)
        return original, copy

    def sign_now(
        self, act: str, approve: bool = True, words: str = "同意。", due: date | None = None
    ) -> None:
        """Sign every step of the petitions of this act at this very moment."""
        while petition := self.waiting(act):
            self.sign_step(petition, approve, words, due)

    def waiting(self, act: str) -> Petition | None:
        return next((p for p in self.state().open_petitions() if p.act.partition(":")[0] == act), None)

    def sign_step(self, petition: Petition, approve: bool, words: str, due: date | None) -> None:
        signatory = self.house.signatory(petition.steps[petition.signed])
        last = petition.signed + 1 == len(petition.steps)
        command = c.Sign(
            petition=petition.id, approve=approve, words=words, due=due if last or not approve else None
        )
        self.do(signatory, command)

    def reading_is_due(self) -> bool:
        state = self.state()
        return route_for("reading", self.house.context, view_of(state, self.house.context)) is not None

    # --- the unit's work ----------------------------------------------------------------------------------

    def acknowledge(self, unit: str) -> None:
        stated = self.state().facts.stated_due
        promises = (stated, self.day_in(5), self.day_in(1), None)
        self.by_unit(
            unit,
            *(
                c.Acknowledge(
                    unit=unit,
                    responsible_leader=self._head_of((unit,)),
                    section="综合科",
                    handler=self.house.unit_actor(unit).name,
                    responsible_person=self._head_of((unit,)),
                    committed_date=promise,
                )
                for promise in dict.fromkeys(promises)
            ),
        )

    def report(self, unit: str, text: str, done: bool = False) -> e.Report:
        head = str(self.officer.user) if unit == OFFICE else str(self.house.heads[unit].user)
        return e.Report(
            text=text,
            progress=text,
            problems=self.rng.choice(words_of.PROBLEMS),
            reason="" if done else self.rng.choice(words_of.REASONS),
            next_step="" if done else "按计划推进，确保如期完成。",
            document_number=f"示报〔{self.at.year}〕{self.rng.randint(1, 300)}号",
            signed_by=head,
            sealed=True,
            result="已整改到位。" if done else "",
        )

    def progress(self, unit: str, dynamic: bool = False) -> None:
        content = self.report(unit, self.rng.choice(words_of.PROGRESS))
        self.by_unit(unit, c.ReportProgress(unit=unit, content=content, dynamic=dynamic))
        if self.rng.random() < 0.85:
            self.do(self.officer, c.Review(unit=unit, verdict="accept", words="已阅。"))

    def complete(self, unit: str) -> None:
        """Report completion; every third liaison lays it before the unit's head first (送单位负责人签批)."""
        content = self.report(unit, self.rng.choice(words_of.RESULTS), True)
        sign_off = unit in self.house.staff and self.rng.random() < 0.3
        if sign_off:
            content = content.model_copy(update={"signed_by": ""})
        self.by_unit(unit, c.ReportCompletion(unit=unit, content=content, for_sign_off=sign_off))

    def explain(self, unit: str) -> None:
        command = c.ExplainDelay(
            unit=unit,
            reason=self.rng.choice(words_of.REASONS),
            progress=self.rng.choice(words_of.PROGRESS),
            next_step="增派力量，倒排工期。",
            signed_by=str(self.house.heads[unit].user),
        )
        self.by_unit(unit, command, head=True)

    def discharge(self, duty: Obligation) -> bool:
        """Do what an open duty of a unit asks for; False where it is none that can be done in advance."""
        unit = duty.unit
        ways: dict[str, c.Command] = {
            "plan": c.SubmitPlan(
                unit=unit, text="分三个阶段推进，逐周调度。", measures="专班负责，周调度、月通报。"
            ),
            "register": c.BreakDown(
                unit=unit,
                items=(
                    e.TaskItem(title="前期手续", handler=self.house.unit_actor(unit).name),
                    e.TaskItem(title="组织实施", handler=self.house.unit_actor(unit).name),
                ),
            ),
        }
        if duty.duty in ways:
            self.by_unit(unit, ways[duty.duty])
        elif duty.duty == "milestone":
            self.by_unit(unit, c.ReachMilestone(unit=unit, milestone=duty.milestone, words="按节点完成。"))
        elif duty.duty == "report":
            rule = next(r for r in self.house.pack.obligations if r.id == duty.rule)
            if not rule.discharged_by:
                return False
            self.progress(unit, dynamic="progress_reported" not in rule.discharged_by)
        else:
            return False
        return True

    # --- urging -------------------------------------------------------------------------------------------

    def urge(self, unit: str) -> str:
        """The highest notice that the regulation allows now, laid before its signatory; empty where none is."""
        for rule in reversed(self.house.pack.urging):
            command = c.Urge(
                unit=unit, level=rule.id, limit=self.day_in(4), words="请抓紧办理，按限期反馈情况。"
            )
            hand = self.officer
            if isinstance(self.attempt(hand, command), Done):
                return rule.id
        return ""


class _TakenBack(Exception):
    """Ends a trial whose transaction is to leave nothing behind."""
