"""The form of each act: its fields, read from the command, with the choices the office has.

One table serves every command; a page for an act is the table's row shown, filled and posted
(:mod:`duban.server.web.acts`). Rules are not here: what is missing or wrong, the core says.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from duban.core.commands import COMMANDS
from duban.core.entries import Report
from duban.core.matter import Matter
from duban.server.models import Post
from duban.server.web.components import Choice, FieldKind, FormField
from duban.server.web.present import Presenter

Choices = Callable[["Where"], tuple[Choice, ...]]


@dataclass(frozen=True)
class Where:
    """Where a form is filled in: the matter, the unit it is about, the presenter."""

    matter: Matter
    presenter: Presenter
    unit: str = ""

    @property
    def pack(self) -> Any:
        return self.presenter.context.pack


@dataclass(frozen=True)
class Spec:
    """One field of a form. ``many``: its values are a list; ``paper``: a file field."""

    name: str
    label: str
    kind: FieldKind = "text"
    required: bool = False
    help: str = ""
    choices: Choices | None = None
    many: bool = False
    size: Literal["short", "medium", "full"] = "full"
    rows: int = 4
    start: Callable[[Where], str | tuple[str, ...]] | None = None

    def shown(self, where: Where, values: Mapping[str, list[str]], errors: tuple[str, ...]) -> FormField:
        """The field with what was typed, or with its starting value."""
        typed = values.get(self.name)
        begun = self.start(where) if self.start else ()
        chosen = typed if typed is not None else [begun] if isinstance(begun, str) else list(begun)
        choices = tuple(replace(c, on=c.value in chosen) for c in self.choices(where)) if self.choices else ()
        if self.kind == "checkbox":
            choices = (Choice("on", self.label, on="on" in chosen),)
        return FormField(
            name=self.name,
            label=self.label,
            kind=self.kind,
            value="on" if self.kind == "checkbox" else (chosen[0] if chosen else ""),
            choices=choices,
            required=self.required,
            help=self.help,
            errors=errors,
            rows=self.rows,
            size=self.size,
        )


@dataclass(frozen=True)
class Form:
    """All fields of one act. ``consequence`` is written under its button; ``papers``: files may be added.

    ``passed``: fields that come with the address and go unseen with the form.
    """

    specs: tuple[Spec, ...]
    consequence: str
    papers: str = ""
    grave: bool = False
    verb: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    passed: tuple[str, ...] = ()


def _titled(part: str) -> Choices:
    def choices(where: Where) -> tuple[Choice, ...]:
        return (Choice("", "请选择"), *(Choice(x.id, x.title) for x in getattr(where.pack, part)))

    return choices


def _ticked(get: Callable[[Any], Any]) -> Choices:
    return lambda where: tuple(Choice(x.id, x.title) for x in get(where.pack))


def _units(where: Where) -> tuple[Choice, ...]:
    keys = [a.unit for a in where.matter.assignments.values()]
    first = (Choice("", "请选择"),) if len(keys) != 1 else ()
    return (*first, *(Choice(k, where.presenter.unit(k)) for k in keys))


def _any_units(where: Where) -> tuple[Choice, ...]:
    units = where.presenter.context.units.values()
    return tuple(Choice(u.id, u.name) for u in units if u.active_on(where.presenter.now.date()))


def _people(where: Where) -> tuple[Choice, ...]:
    """Everybody who holds a post in the office or one of its units today; one query."""
    held = Post.objects.filter(office=where.presenter.office).current(where.presenter.now.date())
    people = {p.user.person: p for p in held.select_related("user", "unit").order_by("pk")}
    return tuple(
        Choice(key, f"{p.user}（{p.unit or where.pack.title_of('roles', p.role)}）")
        for key, p in people.items()
    )


def _milestones(where: Where) -> tuple[Choice, ...]:
    mine = [
        m
        for m in where.matter.milestones.values()
        if m.reached_at is None and m.plan.unit in ("", where.unit)
    ]
    return (Choice("", "请选择"), *(Choice(m.plan.id, f"{m.plan.title}（{m.plan.due}）") for m in mine))


def _proposals(where: Where) -> tuple[Choice, ...]:
    opened = [p for p in where.matter.proposals.values() if p.status == "open"]
    return tuple(Choice(p.id, f"{where.presenter.unit(p.unit)}：{p.reason}（{p.cite}）") for p in opened)


def _petitions(where: Where) -> tuple[Choice, ...]:
    return tuple(Choice(p.id, f"{p.title}（{p.opened_by.name}报请）") for p in where.matter.open_petitions())


def _last(attribute: str) -> Callable[[Where], str]:
    """What the unit wrote last time, so that a report starts from the one before."""

    def start(where: Where) -> str:
        mine = [r for r in where.matter.reports.values() if r.unit == where.unit]
        return str(getattr(mine[-1].content, attribute)) if mine else ""

    return start


def _extension_choices(where: Where) -> tuple[Choice, ...]:
    return tuple(Choice(x.id, x.title) for x in where.pack.extensions)


_POINTS = (
    Choice("responsibility", "责任分工"),
    Choice("deadline", "完成时限"),
    Choice("content", "办理内容"),
    Choice("other", "其他"),
)
_SUBJECTS = (
    Choice("receipt", "是否收到"),
    Choice("progress", "办理进展"),
    Choice("latest", "最新进展（即时报）"),
)
_VERDICTS = (
    Choice("accept", "符合要求，通过"),
    Choice("return", "不符合要求，退回重办"),
    Choice("ask", "再问一问"),
)
_WORDS = Spec("words", "意见", "textarea", rows=3)
_REASON = Spec("reason", "原因", "textarea", required=True, rows=3)
_DUE = Spec("due", "新期限", "date", required=True, size="short")
UNIT = _UNIT = Spec("unit", "单位", "select", required=True, choices=_units, size="medium")

FORMS: dict[str, Form] = {
    "submit": Form((_WORDS,), "报请批准立项；签批前不能再改。", verb="报批"),
    "dispatch": Form(
        (
            Spec("document", "文种", "select", choices=_titled("documents"), size="medium"),
            Spec("channel", "交办方式", "radio", required=True, choices=_ticked(lambda p: p.channels)),
        ),
        "编号、通知承办单位；办理时限按制度起算。",
        papers="original",
        verb="交办",
    ),
    "withdraw": Form(
        (Spec("petition", "撤回哪一件", "radio", required=True, choices=_petitions), _WORDS),
        "撤回后不再等待签批，可以修改后重新报请。",
        verb="撤回",
    ),
    "inquire": Form(
        (_UNIT, Spec("subject", "问什么", "radio", required=True, choices=lambda w: _SUBJECTS), _WORDS),
        "记入案卷；制度要求即时报告的，单位当日须答复。",
    ),
    "acknowledge": Form(
        (
            Spec("responsible_leader", "主管领导", size="medium", help="本单位分管此事的领导"),
            Spec("section", "经办科室", size="medium"),
            Spec("responsible_person", "责任人", size="medium"),
            Spec("handler", "具体承办人", size="medium"),
            Spec("committed_date", "承诺办结日期", "date", size="short", help="可早于期限，不能晚于期限"),
        ),
        "确认收到；按制度从接到之时起算办理时限。",
        verb="签收",
    ),
    "object": Form(
        (
            Spec(
                "points",
                "对哪些要求有异议",
                "checkboxes",
                required=True,
                choices=lambda w: _POINTS,
                many=True,
            ),
            Spec("words", "异议内容和建议", "textarea", required=True),
            Spec("asked_due", "建议的完成期限", "date", size="short"),
            Spec("asked_leads", "建议的主办单位", "checkboxes", choices=_any_units, many=True),
        ),
        "送督查机构答复；答复之前时限照常计算。",
    ),
    "submit_plan": Form(
        (
            Spec("text", "工作计划", "textarea", required=True, rows=6),
            Spec("measures", "落实措施", "textarea"),
        ),
        "记入案卷，督查机构可见。",
    ),
    "break_down": Form(
        (
            Spec(
                "items",
                "分解任务",
                "textarea",
                required=True,
                rows=6,
                help="每行一项：任务；承办人；日期（如 2026-03-01，可不写）",
            ),
        ),
        "记入本单位台账。",
    ),
    "reach_milestone": Form(
        (Spec("milestone", "节点", "select", required=True, choices=_milestones), _WORDS), "节点记为完成。"
    ),
    "report_progress": Form(
        (
            Spec("text", "进展情况", "textarea", required=True, rows=5, start=_last("text")),
            Spec("problems", "存在问题", "textarea", rows=2, start=_last("problems")),
            Spec("next_step", "下一步打算", "textarea", rows=2, start=_last("next_step")),
            Spec("document_number", "发文字号", size="medium"),
            Spec(
                "signed_by",
                "签字的单位负责人",
                size="medium",
                help="负责人已在纸质件上签字的，写姓名并附扫描件",
            ),
            Spec("sealed", "已加盖公章", "checkbox"),
            Spec("dynamic", "这是动态信息（媒体曝光等须先报的情况）", "checkbox"),
            Spec("for_sign_off", "先送本单位负责人签批", "checkbox"),
        ),
        "报送督查机构；本期反馈义务即告履行。",
        papers="report",
        verb="报送",
    ),
    "report_completion": Form(
        (
            Spec("text", "办理结果", "textarea", required=True, rows=6, start=_last("text")),
            Spec("problems", "遗留问题", "textarea", rows=2),
            Spec("document_number", "发文字号", size="medium", help="以本单位正式文件上报的字号"),
            Spec(
                "signed_by",
                "签字的单位负责人",
                size="medium",
                help="负责人已在纸质件上签字的，写姓名并附扫描件",
            ),
            Spec("sealed", "已加盖公章", "checkbox"),
            Spec("for_sign_off", "先送本单位负责人签批", "checkbox"),
        ),
        "报送督查机构审核；审核期间时限停在报送之时。",
        papers="report",
        verb="报送",
    ),
    "submit_input": Form(
        (Spec("text", "协办意见", "textarea", required=True, rows=5),),
        "送主办单位综合。",
        papers="report",
        verb="报送",
    ),
    "request_extension": Form(
        (
            Spec("extension", "依据", "select", choices=_extension_choices),
            Spec("reason", "原因", "textarea", required=True, rows=3),
            Spec("progress", "进展情况", "textarea", rows=3),
            Spec("next_step", "下一步打算", "textarea", rows=3),
            Spec("opinion", "办理意见", "textarea", rows=3),
            Spec("asked_due", "申请延至", "date", required=True, size="short"),
        ),
        "送签批；批准之前期限不变。",
    ),
    "explain_delay": Form(
        (
            _REASON,
            Spec("progress", "进展情况", "textarea", rows=3),
            Spec("next_step", "下一步打算", "textarea", rows=3),
            Spec("signed_by", "签字的主要负责人", size="medium"),
        ),
        "只作记录：不改期限，催办照常。",
    ),
    "request_coordination": Form(
        (Spec("words", "需要协调的问题", "textarea", required=True),), "送分管领导；期限不变，除非领导另定。"
    ),
    "answer_urging": Form(
        (Spec("words", "办理情况", "textarea", required=True),),
        "答复催办单。",
        verb="答复",
        passed=("notice",),
    ),
    "review": Form(
        (
            Spec(
                "verdict",
                "审核意见",
                "radio",
                required=True,
                choices=lambda w: _VERDICTS,
                start=lambda w: "accept",
            ),
            Spec(
                "checklist",
                "审核要点",
                "checkboxes",
                choices=_ticked(lambda p: p.review.checklist),
                many=True,
            ),
            Spec(
                "reason",
                "退回原因",
                "select",
                choices=lambda w: (Choice("", "（退回时选择）"), *_ticked(lambda p: p.review.reasons)(w)),
            ),
            Spec("words", "意见", "textarea", rows=3),
            Spec("redo_by", "重办期限", "date", size="short", help="原期限已过时必填"),
        ),
        "通过后送领导审阅或销号；退回则义务恢复。",
        verb="提交审核意见",
        passed=("report",),
    ),
    "send_for_reading": Form(
        (Spec("opinion", "综合意见", "textarea", required=True),), "送领导审阅。", verb="送审阅"
    ),
    "set_date": Form(
        (
            _DUE,
            Spec(
                "unit",
                "只对这个单位",
                "select",
                choices=lambda w: (Choice("", "全部主办单位"), *_units(w)),
                size="medium",
            ),
            Spec("set_by", "由谁确定", size="medium", help="领导姓名、职务或文件"),
            _WORDS,
        ),
        "签批后期限改为新日期，原日期保留在案卷上。",
    ),
    "record_finding": Form(
        (
            _UNIT,
            Spec("finding", "认定", "select", required=True, choices=_titled("findings")),
            Spec("words", "事实", "textarea", required=True, rows=3),
            Spec("evidence", "证据", "textarea", required=True, rows=2),
        ),
        "记入案卷；制度规定的后果由系统提出建议，签字才生效。",
        grave=True,
    ),
    "remind": Form((_UNIT, _WORDS), "记入案卷。"),
    "urge": Form(
        (
            _UNIT,
            Spec("level", "等级", "select", required=True, choices=_titled("urging"), size="medium"),
            Spec("limit", "限期", "date", size="short"),
            Spec("words", "要求", "textarea", rows=3),
        ),
        "送有权签发的人签发；签发后单位即负答复义务。",
        grave=True,
        verb="报签",
    ),
    "withhold": Form(
        (
            Spec("proposal", "建议", "radio", required=True, choices=_proposals),
            replace(_WORDS, label="理由", required=True),
        ),
        "不采纳的理由记入案卷；有新的依据时系统会再提出。",
    ),
    "explain_in_person": Form(
        (_UNIT, Spec("to", "向谁说明", size="medium"), Spec("words", "说明内容", "textarea", required=True)),
        "记入案卷。",
    ),
    "close": Form((_WORDS,), "办结销号：各项义务终止，进入归档。", verb="销号"),
    "close_unachieved": Form((_REASON,), "如实记为未达成办结，须经批准。", grave=True),
    "cancel": Form((_REASON,), "撤销事项，须经批准；案卷保留。", grave=True),
    "suspend": Form((_REASON,), "中止期间不计逾期，须经批准。", grave=True),
    "resume": Form((_DUE, _WORDS), "恢复办理，按新期限计算，须经批准。"),
    "reopen": Form((_REASON, _DUE), "重新督办，须经批准。", grave=True),
    "convert_to_upkeep": Form(
        (Spec("grade", "转常态化后的等级", "select", choices=_titled("grades"), size="medium"), _WORDS),
        "办结期限终止，按等级的周期继续反馈。",
    ),
    "confirm_take_over": Form((_WORDS,), "从此按现有日期计算逾期和催办。"),
    "set_readers": Form(
        (
            Spec(
                "readers",
                "知悉人员",
                "checkboxes",
                required=True,
                choices=_people,
                many=True,
                start=lambda w: w.matter.facts.readers,
            ),
            _WORDS,
        ),
        "此后只有名单上的人和经办、签批的人可以查看；改动记入案卷。",
    ),
    "attach": Form((), "记入案卷。", papers="other"),
    "correct": Form(
        (
            Spec("position", "更正第几号记录", "number", required=True, size="short"),
            replace(_WORDS, label="更正内容和原因", required=True),
        ),
        "原记录保留，更正另列一条。",
    ),
}


def form_for(word: str) -> Form:
    """The form of an act; ``KeyError`` for acts that have pages of their own (register, sign …)."""
    return FORMS[word]


def command_values(word: str, form: Form, values: Mapping[str, list[str]], unit: str) -> dict[str, Any]:
    """What was posted, as the command's fields; empty answers are left out."""
    kind = COMMANDS[word]
    out: dict[str, Any] = dict(form.fixed)
    content: dict[str, Any] = {}
    for spec in form.specs:
        typed = [v.strip() for v in values.get(spec.name, []) if v.strip()]
        if not typed:
            continue
        value: Any = tuple(typed) if spec.many else True if spec.kind == "checkbox" else typed[0]
        if spec.name == "items":
            value = _items(typed[0])
        into = content if _of_report(word, spec.name) else out
        into[spec.name] = value
    for name in form.passed:
        if given := "".join(values.get(name, [])[:1]).strip():
            out[name] = given
    if "content" in kind.model_fields and word != "register":
        out["content"] = content
    if asks_unit_silently(word, form) and unit:
        out["unit"] = unit
    return out


def asks_unit_silently(word: str, form: Form) -> bool:
    """Whether the command is about a unit that its form has no field for: the page must know it."""
    return "unit" in COMMANDS[word].model_fields and all(spec.name != "unit" for spec in form.specs)


def _of_report(word: str, name: str) -> bool:
    kind = COMMANDS[word]
    return "content" in kind.model_fields and name in Report.model_fields and name not in kind.model_fields


def _items(text: str) -> list[dict[str, str]]:
    """Lines of 任务；承办人；日期."""
    rows = [
        [part.strip() for part in line.replace(";", "；").split("；")]
        for line in text.splitlines()
        if line.strip()
    ]
    names = ("title", "handler", "due")
    return [{n: v for n, v in zip(names, row, strict=False) if v} for row in rows]
