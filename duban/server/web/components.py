"""The documented context of every page component (页面构件).

One frozen dataclass per template in ``templates/duban/components/``. A view builds these from what
``queries`` returned; the template tag ``{% component x %}`` renders whichever it is given. Nothing here
queries, knows the clock or decides a rule: a light, a remaining number of days or a permission arrives
already decided. Inside a component's template the instance is called ``c``.

Text fields are plain text and are escaped by the template; a ``Content`` field also takes another
component, or a tuple of both, shown one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import ClassVar, Literal

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


class Component:
    """Anything ``{% component %}`` can render: it names its own template."""

    __slots__ = ()
    template: ClassVar[str]


Content = str | Component | tuple["Content", ...] | None


# --- words for dates -----------------------------------------------------------------------------


def day_text(day: date, *, with_year: bool = False) -> str:
    """``10月13日 周一``, or ``2025年10月13日 周一`` where the year is not obvious from the page."""
    year = f"{day.year}年" if with_year else ""
    return f"{year}{day.month}月{day.day}日 {WEEKDAYS[day.weekday()]}"


def moment_text(moment: datetime, *, with_year: bool = False) -> str:
    """``10月13日 周一 09:05``, wall clock of China Standard Time."""
    return f"{day_text(moment.date(), with_year=with_year)} {moment:%H:%M}"


def remaining_text(days: int, unit: str = "个工作日") -> str:
    """``还剩 3 个工作日`` / ``今天到期`` / ``逾期 2 个工作日``.

    ``days`` is already counted by the calendar in ``unit`` (working days, or "天" for calendar days);
    negative means past.
    """
    if days == 0:
        return "今天到期"
    return f"还剩 {days} {unit}" if days > 0 else f"逾期 {-days} {unit}"


# --- marks: a state is always shape + word + colour ----------------------------------------------


class Mark(StrEnum):
    """What a state looks like. The value is the CSS suffix; shape and usual word are in ``MARKS``."""

    NORMAL = "normal"
    DUE_SOON = "due-soon"
    OVERDUE = "overdue"
    URGED = "urged"
    CLOSED = "closed"
    NOT_ACHIEVED = "not-achieved"
    SUSPENDED = "suspended"
    DRAFT = "draft"
    WAITING = "waiting"
    DISPATCHED = "dispatched"
    REVIEW = "review"
    RETURNED = "returned"
    NOTICE_BLUE = "notice-blue"
    NOTICE_YELLOW = "notice-yellow"
    NOTICE_RED = "notice-red"


MARKS: dict[Mark, tuple[str, str]] = {
    Mark.NORMAL: ("●", "正常"),
    Mark.DUE_SOON: ("▲", "临期"),
    Mark.OVERDUE: ("■", "逾期"),
    Mark.URGED: ("◆", "催办中"),
    Mark.CLOSED: ("✓", "办结"),
    Mark.NOT_ACHIEVED: ("✕", "办结·未达成"),
    Mark.SUSPENDED: ("‖", "中止"),
    Mark.DRAFT: ("□", "草稿"),
    Mark.WAITING: ("○", "待签批"),
    Mark.DISPATCHED: ("◇", "待签收"),
    Mark.REVIEW: ("◎", "审核中"),
    Mark.RETURNED: ("←", "退回重办"),
    Mark.NOTICE_BLUE: ("◆", "蓝色催办单"),
    Mark.NOTICE_YELLOW: ("◆", "黄色催办单"),
    Mark.NOTICE_RED: ("◆", "红色催办单"),
}
"""Shape and usual word of each mark: (shape, word)."""


@dataclass(frozen=True, slots=True)
class StateChip(Component):
    """A state (状态) or light (亮灯): shape and word, so that print and colour-blind readers lose nothing."""

    template: ClassVar[str] = "duban/components/state_chip.html"
    mark: Mark
    word: str = ""
    """Replaces the usual word, e.g. the pack's own name of the state."""
    quiet: bool = False
    """Without a frame: inside dense tables."""

    @property
    def shape(self) -> str:
        return MARKS[self.mark][0]

    @property
    def text(self) -> str:
        return self.word or MARKS[self.mark][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class DateChip(Component):
    """A date a rule computed: ``10月13日 周一 · 还剩 3 个工作日``; the whole chip links to its "why"."""

    template: ClassVar[str] = "duban/components/date_chip.html"
    day: date
    note: str = ""
    """From ``remaining_text``; empty for dates that are past and done."""
    mark: Mark | None = None
    """The light, already decided; gives the note its shape and colour."""
    why_href: str = ""
    provisional: bool = False
    """Counted on plain weekends because that year's holiday notice is not loaded (暂定)."""
    with_year: bool = False
    was: date | None = None
    """The date before it was moved (原定)."""
    stacked: bool = False
    """Note under the date: in table columns."""

    @property
    def text(self) -> str:
        return day_text(self.day, with_year=self.with_year)

    @property
    def was_text(self) -> str:
        return day_text(self.was) if self.was else ""

    @property
    def shape(self) -> str:
        return MARKS[self.mark][0] if self.mark else ""


# --- citations -----------------------------------------------------------------------------------


class CitationKind(StrEnum):
    """The three kinds of ground a figure can rest on (design, promise 1)."""

    ARTICLE = "article"
    DECISION = "decision"
    DEFAULT = "default"


CITATION_WORDS: dict[CitationKind, tuple[str, str]] = {
    CitationKind.ARTICLE: ("条", "制度条文"),
    CitationKind.DECISION: ("决", "本机关决定"),
    CitationKind.DEFAULT: ("默", "产品默认值，制度未规定"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationBadge(Component):
    """依据: 条 an article, 决 an office decision (number, date), 默 a product default."""

    template: ClassVar[str] = "duban/components/citation_badge.html"
    kind: CitationKind
    label: str
    """``第十条第一款`` / ``督查室〔2026〕3号`` / ``临期提醒 3 个工作日``."""
    source: str = ""
    """Short name of the regulation or deciding body, shown to screen readers and as tooltip."""
    href: str = ""

    @property
    def seal(self) -> str:
        return CITATION_WORDS[self.kind][0]

    @property
    def kind_text(self) -> str:
        return CITATION_WORDS[self.kind][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleBlock(Component):
    """One article of a regulation with its rule in our words, its original text once loaded, its readings."""

    template: ClassVar[str] = "duban/components/article_block.html"
    number: str
    """``第十条``."""
    regulation: str
    rule: str
    original: str = ""
    """The official sentence; empty until the office has loaded its official text."""
    readings: tuple[str, ...] = ()
    """Readings chosen where the text is ambiguous, one sentence each."""
    wider_readings: tuple[str, ...] = ()
    """Those on the whole article where a part of it is cited: folded away."""
    figures: tuple[tuple[str, str], ...] = ()
    """The rule's parameters: (name, value with unit)."""
    anchor: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Link(Component):
    """A plain link; ``external`` adds nothing but the paper-clip sign for files."""

    template: ClassVar[str] = "duban/components/link.html"
    text: str
    href: str
    note: str = ""
    """Small grey words after it, e.g. ``3 页``."""
    paper: bool = False
    """Shows the paper sign: a document or attachment."""


# --- obligations, docket, why --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationLine(Component):
    """义务: who must do what by when, on which ground, and how it stands."""

    template: ClassVar[str] = "duban/components/obligation_line.html"
    bearer: str
    what: str
    due: DateChip | None
    """``None`` while the starting event has not happened; then ``pending`` says which one."""
    state: StateChip
    citations: tuple[CitationBadge, ...] = ()
    pending: str = ""
    discharged_by: Link | None = None
    """The entry that discharged it (由第几号记录履行)."""
    lead: bool = False
    """The one line ``下一步`` at the head of a matter: larger."""

    @property
    def due_day(self) -> DateChip | None:
        """The date alone: the sentence reads 须于 … 前, what remains stands beside the state."""
        return replace(self.due, note="", mark=None) if self.due else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemNote:
    """What the system did because of an entry: indented under it."""

    text: str
    citation: CitationBadge | None = None
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry(Component):
    """One docket entry (案卷记录): who, what, when it happened, when it was recorded, and what it caused."""

    template: ClassVar[str] = "duban/components/timeline_entry.html"
    position: int
    """Number in the stream, from 1."""
    act: str
    actor: str
    occurred_at: datetime
    recorded_at: datetime
    proxy_for: str = ""
    """Whom the actor recorded this for (代签代录)."""
    lag: str = ""
    """Words for the difference, e.g. ``补录，晚 1 天``; empty when recorded at once."""
    words: str = ""
    """Quoted words: an instruction, a reason, a report's first lines."""
    details: tuple[tuple[str, Content], ...] = ()
    papers: tuple[Link, ...] = ()
    caused: tuple[SystemNote, ...] = ()
    grave: bool = False
    """Returns, red notices, sanctions: marked in the margin."""

    @property
    def anchor(self) -> str:
        return f"e{self.position}"

    @property
    def occurred_text(self) -> str:
        return moment_text(self.occurred_at)

    @property
    def recorded_text(self) -> str:
        return moment_text(self.recorded_at)


@dataclass(frozen=True, slots=True)
class Timeline(Component):
    """The docket as a list, newest or oldest first as given; a new year gets its own heading."""

    template: ClassVar[str] = "duban/components/timeline.html"
    entries: tuple[TimelineEntry, ...]

    @property
    def by_year(self) -> tuple[tuple[int, tuple[TimelineEntry, ...]], ...]:
        years = groupby(self.entries, key=lambda entry: entry.occurred_at.year)
        return tuple((year, tuple(entries)) for year, entries in years)


class DayKind(StrEnum):
    """What a day is to the count."""

    START = "start"
    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"
    OFFICE_OFF = "office-off"


DAY_WORDS: dict[DayKind, tuple[str, str]] = {
    DayKind.START: ("起", "起算日，不计入"),
    DayKind.WORKDAY: ("", "工作日"),
    DayKind.WEEKEND: ("休", "周末"),
    DayKind.HOLIDAY: ("节", "法定节假日"),
    DayKind.MAKEUP: ("班", "调休上班日"),
    DayKind.OFFICE_OFF: ("停", "本机关放假"),
}
"""Seal on the cell, words for it."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a counted term. ``ordinal`` is its number in the term, ``None`` when it is not counted."""

    on: date
    kind: DayKind
    ordinal: int | None = None
    name: str = ""
    """The holiday's name."""
    due: bool = False
    rolled: bool = False
    """The term would have ended here, but rolls on to the next working day (顺延)."""

    @property
    def seal(self) -> str:
        return DAY_WORDS[self.kind][0]

    @property
    def words(self) -> str:
        said = [self.name or DAY_WORDS[self.kind][1]]
        if self.ordinal is not None:
            said.append(f"第 {self.ordinal} 日")
        if self.rolled:
            said.append("原止于此，顺延")
        if self.due:
            said.append("到期日")
        return "，".join(said)

    @property
    def weekday(self) -> str:
        return WEEKDAYS[self.on.weekday()]

    @property
    def column(self) -> int:
        """1 Monday … 7 Sunday."""
        return self.on.isoweekday()


@dataclass(frozen=True, slots=True, kw_only=True)
class DayStrip(Component):
    """逐日计算: every day from the start to the due date, laid out in weeks, Monday first."""

    template: ClassVar[str] = "duban/components/day_strip.html"
    days: tuple[Day, ...]
    caption: str
    """The count in words: ``签收次日起第 5 个工作日``."""
    calendar: str = ""
    """Calendar version the count used."""
    provisional: bool = False

    @property
    def seals(self) -> tuple[tuple[str, str, str], ...]:
        """Legend: (kind, seal, words) of the kinds that occur and carry a seal."""
        seen = {day.kind for day in self.days}
        return tuple((str(kind), *DAY_WORDS[kind]) for kind in DayKind if kind in seen and DAY_WORDS[kind][0])

    @property
    def marked(self) -> tuple[tuple[Day, str], ...]:
        """Each day with its month's name when it is the first shown of that month, else empty."""
        shown: list[tuple[Day, str]] = []
        month = 0
        for day in self.days:
            shown.append((day, f"{day.on.month}月" if day.on.month != month else ""))
            month = day.on.month
        return tuple(shown)


# --- lists ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterChip:
    """One choice of a filter; ``href`` sets it, or clears it when ``on``."""

    text: str
    href: str
    count: int | None = None
    on: bool = False
    mark: Mark | None = None
    whole: bool = False
    """Stands for no filter at all: there is nothing to clear."""

    @property
    def shape(self) -> str:
        return MARKS[self.mark][0] if self.mark else ""


@dataclass(frozen=True, slots=True)
class FilterGroup:
    """Choices of one kind under one short label (状态、单位、等级 …)."""

    label: str
    chips: tuple[FilterChip, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterBar(Component):
    """Filters across the top of a list, as links: the address holds the whole choice."""

    template: ClassVar[str] = "duban/components/filter_bar.html"
    groups: tuple[FilterGroup, ...]
    clear_href: str = ""
    """Shown when any filter is on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One view of the same thing, as a link of its own."""

    text: str
    href: str
    count: int | None = None
    on: bool = False


@dataclass(frozen=True, slots=True)
class Tabs(Component):
    """Views of one matter or list (案卷、义务、单位、文件 …); each has its own address, so no script is needed."""

    template: ClassVar[str] = "duban/components/tabs.html"
    tabs: tuple[Tab, ...]
    label: str = "视图"


@dataclass(frozen=True, slots=True)
class LightCount:
    """How many rows carry one light, and the list of them."""

    mark: Mark
    count: int
    href: str = ""

    @property
    def shape(self) -> str:
        return MARKS[self.mark][0]

    @property
    def text(self) -> str:
        return MARKS[self.mark][1]


@dataclass(frozen=True, slots=True)
class LightTotals(Component):
    """Count of a list and its split by light, with a proportional rule drawn beside the figures."""

    template: ClassVar[str] = "duban/components/light_totals.html"
    counts: tuple[LightCount, ...]
    noun: str = "件"

    @property
    def total(self) -> int:
        return sum(each.count for each in self.counts)

    @property
    def segments(self) -> tuple[tuple[Mark, int, int], ...]:
        """(mark, start, length) in units of one row, for the drawn rule."""
        start = 0
        drawn: list[tuple[Mark, int, int]] = []
        for each in self.counts:
            if each.count:
                drawn.append((each.mark, start, each.count))
            start += each.count
        return tuple(drawn)


Align = Literal["text", "num", "date", "act"]
OnPhone = Literal["line", "brief", "title", "hide"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A table column. ``sort_href`` makes its head a link; ``sorted`` is the present direction."""

    label: str
    align: Align = "text"
    sort_href: str = ""
    sorted: Literal["", "ascending", "descending"] = ""
    on_phone: OnPhone = "line"
    """In the phone card: a labelled line, a few words under the title without label, the title, or left out."""
    tight: bool = False
    """Never wider than its content."""

    @property
    def arrow(self) -> str:
        return {"": "↕", "ascending": "↑", "descending": "↓"}[self.sorted]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A table row; as many cells as the table has columns. ``key`` is the value of its selection box."""

    cells: tuple[Content, ...]
    mark: Mark | None = None
    """Its light: drawn as a bar in the margin, in addition to the chip in a cell."""
    key: str = ""
    name: str = ""
    """What the row is, for the selection box's label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Pagination words and links. ``numbers``: (text, href); an empty href is the present page or a gap."""

    first: int
    last: int
    total: int
    previous_href: str = ""
    next_href: str = ""
    numbers: tuple[tuple[str, str], ...] = ()
    current: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Component):
    """A dense list with sort links and pagination; becomes cards on a phone with the same markup."""

    template: ClassVar[str] = "duban/components/table.html"
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    select_name: str = ""
    """Form field name of the selection boxes; empty for none. The table must then stand in a form."""
    totals: tuple[Content, ...] = ()
    """Last row, one cell per column."""
    pages: Pages | None = None
    empty: EmptyState | None = None
    show_caption: bool = False
    fit: bool = False
    """No wider than its content: tables of few short columns."""

    @property
    def lines(self) -> tuple[tuple[Row, tuple[tuple[Column, Content], ...]], ...]:
        """Rows with each cell beside its column."""
        return tuple((row, tuple(zip(self.columns, row.cells, strict=True))) for row in self.rows)

    @property
    def total_cells(self) -> tuple[tuple[Column, Content], ...]:
        return tuple(zip(self.columns, self.totals, strict=True)) if self.totals else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCard(Component):
    """One matter as a card: what a table row is on a phone, and what search results and desks use."""

    template: ClassVar[str] = "duban/components/row_card.html"
    title: str
    href: str
    number: str = ""
    state: StateChip | None = None
    due: DateChip | None = None
    lines: tuple[tuple[str, Content], ...] = ()
    act: Act | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskList(Component):
    """One column of the desk (工作台): a heading with its count and rows, each with its next act."""

    template: ClassVar[str] = "duban/components/desk_list.html"
    heading: str
    rows: tuple[RowCard, ...]
    mark: Mark | None = None
    total: int | None = None
    """All there are; defaults to the rows shown."""
    more_href: str = ""
    empty: str = "没有。"

    @property
    def count(self) -> int:
        return len(self.rows) if self.total is None else self.total

    @property
    def shape(self) -> str:
        return MARKS[self.mark][0] if self.mark else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyState(Component):
    """Nothing here: why, and what one can do instead."""

    template: ClassVar[str] = "duban/components/empty_state.html"
    title: str
    text: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyValues(Component):
    """The ruled head of a form (表头栏): labels in tinted cells, spread to equal width as on paper."""

    template: ClassVar[str] = "duban/components/key_values.html"
    items: tuple[KeyValue, ...]
    label: str = "基本信息"


@dataclass(frozen=True, slots=True)
class KeyValue:
    """One cell pair; ``wide`` takes the whole line."""

    label: str
    value: Content
    wide: bool = False

    @property
    def spread(self) -> bool:
        """Two to four characters are set to equal width, as printed forms do; longer ones are not."""
        return len(self.label) <= 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of a dashboard; it opens the list it was counted from."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    href: str = ""
    mark: Mark | None = None

    @property
    def shape(self) -> str:
        return MARKS[self.mark][0] if self.mark else ""


@dataclass(frozen=True, slots=True)
class StatFigures(Component):
    """A line of large figures divided by thin rules."""

    template: ClassVar[str] = "duban/components/stat_figures.html"
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One signature box of an approval route (签批栏)."""

    label: str
    state: Literal["done", "now", "next", "returned", "skipped"]
    who: str = ""
    at: datetime | None = None
    words: str = ""
    proxy: str = ""
    """Who signed in the name of ``who``."""

    @property
    def at_text(self) -> str:
        return moment_text(self.at) if self.at else ""

    @property
    def state_text(self) -> str:
        return {"done": "✓ 已办", "now": "○ 待办", "next": "未到", "returned": "← 退回", "skipped": "— 免"}[
            self.state
        ]


@dataclass(frozen=True, slots=True)
class StepRoute(Component):
    """Approval route as the signature boxes of a paper form: who, when, in what words."""

    template: ClassVar[str] = "duban/components/step_route.html"
    steps: tuple[Step, ...]
    label: str = "签批流程"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper(Component):
    """A document shown as a sheet: what the approver signs is in view (公文样式)."""

    template: ClassVar[str] = "duban/components/paper.html"
    issuer: str
    """The red head."""
    title: str
    number: str = ""
    addressee: str = ""
    paragraphs: tuple[str, ...] = ()
    signed_by: str = ""
    signed_on: str = ""


# --- words to the user ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Component):
    """A notice on the page. A refusal says what was not done, why, and which article says so."""

    template: ClassVar[str] = "duban/components/notice.html"
    kind: Literal["info", "success", "warning", "refusal"]
    title: str
    text: str = ""
    points: tuple[str, ...] = ()
    citation: CitationBadge | None = None
    links: tuple[Link, ...] = ()

    @property
    def sign(self) -> str:
        return {"info": "※", "success": "✓", "warning": "▲", "refusal": "✕"}[self.kind]

    @property
    def word(self) -> str:
        return {"info": "提示", "success": "已办", "warning": "注意", "refusal": "未能办理"}[self.kind]

    @property
    def role(self) -> str:
        return "alert" if self.kind == "refusal" else "note"


# --- acts ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """A second step before an act that is hard to take back: the consequence and, where due, words."""

    consequence: str
    points: tuple[str, ...] = ()
    citation: CitationBadge | None = None
    reason: FormField | None = None
    yes: str = "确定办理"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act(Component):
    """Something this person may do now: a button, its consequence written underneath."""

    template: ClassVar[str] = "duban/components/act.html"
    label: str
    href: str
    """Where a link goes, or where the form is posted."""
    consequence: str = ""
    post: bool = True
    name: str = ""
    value: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    """Hidden fields sent with it: (name, value)."""
    weight: Literal["primary", "plain", "grave"] = "plain"
    barred: str = ""
    """Why it cannot be done at present; shown instead of a working button."""
    confirm: Confirm | None = None


@dataclass(frozen=True, slots=True)
class ActRow(Component):
    """The acts open to this person, in order of use."""

    template: ClassVar[str] = "duban/components/act_row.html"
    acts: tuple[Act, ...]
    label: str = "可办理"


# --- forms ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select, radio or checkbox list."""

    value: str
    label: str
    on: bool = False
    help: str = ""


FieldKind = Literal[
    "text", "textarea", "number", "date", "datetime-local", "email", "tel", "password", "search",
    "select", "radio", "checkboxes", "checkbox",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField(Component):
    """A labelled field with help, error and, where a rule asks for it, the rule."""

    template: ClassVar[str] = "duban/components/form_field.html"
    name: str
    label: str
    kind: FieldKind = "text"
    value: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = False
    help: str = ""
    errors: tuple[str, ...] = ()
    basis: CitationBadge | None = None
    rows: int = 4
    autocomplete: str = ""
    max_length: int | None = None
    size: Literal["short", "medium", "full"] = "full"
    prefix: str = ""
    """Id prefix where one page shows the same field twice."""

    @property
    def id(self) -> str:
        return f"{self.prefix}id_{self.name}"

    @property
    def described_by(self) -> str:
        ids = [f"{self.id}_helptext"] if self.help else []
        return " ".join([*ids, *([f"{self.id}_error"] if self.errors else [])])

    @property
    def grouped(self) -> bool:
        """Radio and checkbox lists are a fieldset with a legend."""
        return self.kind in ("radio", "checkboxes")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileField(Component):
    """File upload with what is allowed and what is already there."""

    template: ClassVar[str] = "duban/components/file_field.html"
    name: str
    label: str
    accept: str = ""
    multiple: bool = False
    required: bool = False
    help: str = ""
    errors: tuple[str, ...] = ()
    existing: tuple[Link, ...] = ()

    @property
    def id(self) -> str:
        return f"id_{self.name}"


@dataclass(frozen=True, slots=True)
class UnitGroup:
    """Units of one class (区直部门、乡镇街道 …)."""

    label: str
    units: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPicker(Component):
    """Choosing units without a script.

    One unit: a typed field with suggestions (``{name}_typed``) and a grouped select (``name``); the server
    takes the typed name when it matches a unit. Several units: grouped tick boxes.
    """

    template: ClassVar[str] = "duban/components/unit_picker.html"
    name: str
    label: str
    groups: tuple[UnitGroup, ...]
    multiple: bool = False
    required: bool = False
    help: str = ""
    errors: tuple[str, ...] = ()
    typed: str = ""

    @property
    def id(self) -> str:
        return f"id_{self.name}"

    @property
    def chosen(self) -> int:
        return sum(unit.on for group in self.groups for unit in group.units)


@dataclass(frozen=True, slots=True)
class ErrorSummary(Component):
    """All mistakes of a form at once, each linked to its field: (words, ``#id`` or empty)."""

    template: ClassVar[str] = "duban/components/error_summary.html"
    errors: tuple[tuple[str, str], ...]
    title: str = "有几处需要改正，尚未提交"


# --- the frame around every page -----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """A section that exists and that this person may open."""

    text: str
    href: str
    count: int | None = None
    """What waits there for this person."""
    current: bool = False
    grave: bool = False
    """The count contains something overdue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserMenu:
    """Who is signed in, in which role."""

    name: str
    role: str
    logout_href: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """Everything ``base.html`` shows around the page, as the context variable ``shell``."""

    office: str
    home_href: str = "/"
    nav: tuple[NavItem, ...] = ()
    search_href: str = ""
    search_text: str = ""
    user: UserMenu | None = None
    as_of: datetime | None = None
    """The moment the figures were read."""
    calendar: str = ""
    """Calendar version in words, e.g. ``2026 年节假日安排（国办发明电〔2025〕…号）``."""
    provisional: str = ""
    """Warning while dates rest on a year without notice; empty when none do."""
    version: str = ""

    @property
    def phone_nav(self) -> tuple[NavItem, ...]:
        """The four that fit under a thumb; all are under 更多."""
        return self.nav[:4]

    @property
    def as_of_text(self) -> str:
        return moment_text(self.as_of, with_year=True) if self.as_of else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHead:
    """Title block of a page, as the context variable ``page``."""

    title: str
    crumbs: tuple[Link, ...] = ()
    number: str = ""
    """Document or matter number, set at the right of the title."""
    state: StateChip | None = None
    help: str = ""
    """本页说明: paragraphs separated by a blank line."""
    width: Literal["narrow", "read", "wide"] = "read"
