"""The regulation pack (制度包): one regulation as data, typed and frozen.

Every rule carries a citation; a rule without one does not load. The TOML files of a pack
are read into these models by :mod:`duban.core.pack_reading`, which also checks what types
alone cannot: names, references, expressions, cycles.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from duban.core.citation import Citation

Cite = Annotated[Citation, BeforeValidator(lambda value: _citation(value))]


def _citation(value: object) -> object:
    """``"7.1"`` is an article; ``{decision = "…"}`` and ``{default = "…"}`` are the other kinds."""
    if isinstance(value, str):
        return {"kind": "article", "ref": value, "text": value}
    if isinstance(value, dict) and set(value) == {"decision"}:
        return {"kind": "office_decision", "text": value["decision"]}
    if isinstance(value, dict) and set(value) == {"default"}:
        return {"kind": "product_default", "text": value["default"]}
    return value


class Part(BaseModel):
    """Base of everything in a pack: frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Titled(Part):
    """Something with an id that rules use and a Chinese title that people read."""

    id: str
    title: str
    cite: Cite


class Article(Part):
    """An article of the regulation, its rule told in our own words (``gist``)."""

    id: str
    label: Annotated[str, Field(min_length=1)]
    title: str = ""
    gist: Annotated[str, Field(min_length=1)]
    clauses: tuple[str, ...] = ()


class Regulation(Part):
    title: str
    issuer: str
    number: str = ""
    date: str = ""
    note: str = ""


class Reading(Part):
    """A choice the pack makes where the text is ambiguous (理解口径), and why."""

    id: str
    question: str
    answer: str
    ground: str
    cite: Cite


class TimeReading(Part):
    """How time is counted: ``rolls`` — a calendar term ending on a day off ends on the next
    working day; ``day_ends`` — the last moment of a due day, "24:00" or a close of business."""

    rolls: bool
    day_ends: str = "24:00"
    cite: Cite


class Role(Titled):
    """A role in the regulation's own words, mapped to people by the office.

    ``kind``: officer (督查员), office_head (督查室/办公室负责人), leader (领导), unit_staff
    (联络员、承办人), unit_head (单位主要负责人), linked_body (纪检、组织、绩效 …).
    """

    kind: Literal["officer", "office_head", "leader", "unit_staff", "unit_head", "linked_body"]


class Category(Titled):
    group: str = ""


class Grade(Titled):
    rank: int


class Source(Titled):
    """A kind of directive (立项依据的来源): deployment, meeting, leader's instruction, document, press …"""


class Mode(Titled):
    """A handling mode (转办/会办/自办/为主会同) and how many units it takes.

    ``office_leads``: the office itself is the lead unit."""

    min_leads: int = 1
    max_leads: int = 1
    min_supports: int = 0
    max_supports: int = 99
    office_leads: bool = False


class Fact(Part):
    """A fact of a matter that this pack asks for beyond the common ones."""

    id: str
    title: str
    type: Literal["date", "bool", "int", "text", "choice"]
    choices: tuple[str, ...] = ()
    help: str = ""
    cite: Cite


class Parameter(Part):
    """A number the regulation leaves to the office. Blank: rules that need it make no line."""

    id: str
    title: str
    unit: str
    value: int | None = None
    cite: Cite


class Document(Titled):
    """A kind of paper that dispatches (督查通知、督办通知单 …) and the series that numbers it."""

    series: str


class Series(Part):
    """A number series; ``format`` uses {year} and {n}. ``restricted`` matters have their own,
    so that a gap in the open series tells nothing."""

    id: str
    title: str
    use: Literal["register", "dispatch", "urging"]
    format: str
    restricted: bool = False
    cite: Cite


def _count(value: int | str) -> int | str:
    good = value >= 0 if isinstance(value, int) else value.startswith("param:")
    if not good:
        raise ValueError("应为不小于 0 的整数，或 param:参数编号")
    return value


Count = Annotated[int | str, AfterValidator(_count)]
"""A number, or ``param:ID`` for an office parameter."""


class Term(Part):
    """How long (时限): exactly one of the keys.

    ``stated``: the matter's own date. ``asked``: the date in the notice that starts it.
    ``milestone``: each milestone's own date. ``standing``: a duty without a date.
    ``same_day``: by the end of the starting day.
    """

    working_days: Count | None = None
    days: Count | None = None
    months: Count | None = None
    hours: Count | None = None
    same_day: bool = False
    stated: bool = False
    asked: bool = False
    milestone: bool = False
    standing: bool = False

    @model_validator(mode="after")
    def _exactly_one(self) -> "Term":
        if len(self.model_fields_set) != 1:
            raise ValueError(
                "时限必须且只能写一种：working_days、days、months、hours、same_day、"
                "stated、asked、milestone、standing"
            )
        return self

    @property
    def kind(self) -> str:
        return next(iter(self.model_fields_set))


class Cycle(Part):
    """A duty that returns each period (周期). ``days_after``: that many calendar days after the
    period's end; otherwise by the period's last working day. ``first``: whether the period in
    which it starts counts; ``min_working_days``: unless fewer working days than this are left."""

    every: Literal["week", "month", "quarter", "half_year", "year"]
    days_after: int | None = None
    first: Literal["current", "next"] = "current"
    min_working_days: int = 0


class Cap(Part):
    """No later than this, counted from the obligation's start (最长时限)."""

    term: Term
    unless: str = ""
    cite: Cite


class ObligationRule(Part):
    """Who must do what by when, on which event, on which ground.

    ``group``: among rules of a group only the first whose ``when`` holds takes effect.
    ``start``: ``event`` (when it happened), ``directive`` (its receipt by the office),
    ``issued`` (the directive's own date) or ``fact:ID`` (a date fact); ``directive:ID`` and
    ``issued:ID`` take the first directive of that source.
    """

    id: str
    duty: str
    name: str
    bearer: Literal["office", "lead", "support", "each"]
    per_unit: bool = False
    on: tuple[str, ...]
    when: str = "true"
    group: str = ""
    start: str = "event"
    term: Term | None = None
    cycle: Cycle | None = None
    cap: Cap | None = None
    discharged_by: tuple[str, ...] = ()
    cite: Cite

    @model_validator(mode="after")
    def _term_or_cycle(self) -> "ObligationRule":
        if (self.term is None) == (self.cycle is None):
            raise ValueError("必须写 term（一次性时限）或 cycle（周期）之一")
        return self


class Requirement(Part):
    """What a command must bring along, else it is refused with this message and citation."""

    id: str
    on: tuple[str, ...]
    when: str = "true"
    needs: tuple[str, ...] = ()
    require: str = "true"
    message: str
    cite: Cite


Roles = Annotated[tuple[str, ...], Field(min_length=1)]
"""Role ids of which any one may act; at least one."""


class RouteStep(Part):
    roles: Roles
    title: str = ""


class Route(Part):
    """Who signs an act, step by step; the first route of an act whose ``when`` holds is taken."""

    id: str
    act: str
    when: str = "true"
    steps: Annotated[tuple[RouteStep, ...], Field(min_length=1)]
    cite: Cite


class ExtensionRule(Part):
    """Extension (延期) where the regulation grants it; ``cap`` counts from the original start.

    ``in_advance``: must be asked while the date has not passed; otherwise it is recorded as a
    written explanation only. ``needs``: fields of the request that must be filled.
    """

    id: str
    title: str
    when: str = "true"
    in_advance: bool = True
    needs: tuple[Literal["reason", "progress", "next_step", "opinion"], ...] = ("reason",)
    cap: Term | None = None
    cite: Cite


class Objection(Part):
    """How long after its receipt a unit may object (异议期); a later objection is taken as late."""

    window: Term
    cite: Cite


class Explanation(Part):
    """A written explanation of lateness (书面说明): it is recorded and moves no date."""

    needs: tuple[Literal["reason", "progress", "next_step", "signed_by"], ...] = ("reason",)
    cite: Cite


class ReviewRule(Part):
    """Review (审核): the points to check, and the reasons for which a report is returned."""

    checklist: tuple[Titled, ...] = ()
    reasons: tuple[Titled, ...] = ()
    cite: Cite


class UrgingRule(Titled):
    """One step of the urging ladder (催办). ``after``: the level that must have been issued."""

    colour: Literal["blue", "yellow", "red", ""] = ""
    after: str = ""
    when: str
    signatory: Roles
    needs_limit: bool = False
    repeatable: bool = False
    copies: tuple[str, ...] = ()


class FindingKind(Titled):
    """A judgement only a person can make (认定), and which roles may sign it."""

    roles: Roles


class ProposalRule(Part):
    """A consequence proposed when one of the events ``on`` happens and ``when`` holds.

    ``points`` are by grade id, or under ``any``; written as decimal text, never computed here.
    """

    id: str
    consequence: str
    level: str = ""
    on: tuple[str, ...]
    when: str = "true"
    signatory: str
    points: dict[str, str] = Field(default_factory=dict)
    reason: str = ""
    cite: Cite


class UnitContact(Part):
    """A person each unit must name in the directory (通讯录)."""

    role: Literal["deputy", "liaison", "supervisor"]
    title: str
    phone: bool = False
    cite: Cite


class UnitKind(Titled):
    temporary: bool = False


class Light(Part):
    """When an open obligation counts as near its date (临期), in working days."""

    near_working_days: Count = 2
    cite: Cite


class RegulationPack(Part):
    """One regulation, complete and checked. ``digest`` is SM3 over its files."""

    id: str
    digest: str = ""
    regulation: Regulation
    time: TimeReading
    light: Light
    articles: tuple[Article, ...]
    readings: tuple[Reading, ...] = ()
    roles: tuple[Role, ...]
    unit_kinds: tuple[UnitKind, ...] = ()
    sources: tuple[Source, ...]
    categories: tuple[Category, ...]
    grades: tuple[Grade, ...] = ()
    urgencies: tuple[Titled, ...] = ()
    modes: tuple[Mode, ...]
    channels: tuple[Titled, ...]
    documents: tuple[Document, ...]
    series: tuple[Series, ...]
    facts: tuple[Fact, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    directory: tuple[UnitContact, ...] = ()
    obligations: tuple[ObligationRule, ...]
    requirements: tuple[Requirement, ...] = ()
    routes: tuple[Route, ...] = ()
    objection: Objection | None = None
    extensions: tuple[ExtensionRule, ...] = ()
    explanation: Explanation
    review: ReviewRule
    urging: tuple[UrgingRule, ...] = ()
    findings: tuple[FindingKind, ...] = ()
    proposals: tuple[ProposalRule, ...] = ()

    def article(self, ref: str) -> Article | None:
        return next((a for a in self.articles if a.id == ref), None)

    def role(self, ref: str) -> Role | None:
        return next((r for r in self.roles if r.id == ref), None)

    def title_of(self, part: str, ref: str) -> str:
        """The Chinese title of an id in ``categories``, ``grades``, ``urging`` …; the id if unknown."""
        return next((x.title for x in getattr(self, part) if x.id == ref), ref)
