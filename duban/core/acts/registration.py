"""From the directive to dispatch: 登记、分解、立项、交办."""

from datetime import date
from typing import Any

from pydantic import ValidationError

from duban.core import commands as c
from duban.core import entries as e
from duban.core.acts.common import IN_WORK, NOT_YET_DISPATCHED, check_mode, number, unknown_units
from duban.core.context import OFFICE, Context
from duban.core.draft import Draft
from duban.core.errors import Notice, Refusal
from duban.core.lifecycle import act
from duban.core.matter import NOT_ENDED, Directive, Matter, Petition
from duban.core.pack import Fact
from duban.core.petitions import effect, propose, route_for, sign

NOT_AMENDABLE = frozenset({"taken_over", "papers"})
"""What an amendment cannot touch: how the matter came in, and papers, which are attached."""
SECRET_MARKS = ("绝密", "机密★", "秘密★", "机密级", "秘密级")


# --- the directive ------------------------------------------------------------------------------------------


@act(c.RegisterDirective)
def register_directive(draft: Draft[Directive], command: c.RegisterDirective) -> Refusal | None:
    if refusal := _classified(command.name, command.text):
        return refusal
    sources = draft.context.pack.sources
    if command.source not in {x.id for x in sources}:
        return Refusal(f"请选择立项依据的来源：{'、'.join(x.title for x in sources)}。", field="source")
    fields = command.model_dump(exclude={"name"})
    draft.add(e.DirectiveRegistered(title=command.name, **fields))
    return None


@act(c.Decompose)
def decompose(draft: Draft[Directive], command: c.Decompose) -> Refusal | None:
    draft.add(e.DirectiveDecomposed(matter=command.matter))
    return None


# --- registration --------------------------------------------------------------------------------------------


@act(c.Register)
def register(draft: Draft[Matter], command: c.Register) -> Refusal | None:
    if command.classified or (refusal := _classified(command.name, command.content)):
        return refusal if not command.classified else _secret()
    unknown = [d for d in command.directives if d not in draft.context.directives]
    if unknown:
        return Refusal(f"没有登记过立项依据“{unknown[0]}”。", field="directives")
    facts = _facts(command, draft.context)
    if refusal := _check_facts(facts, draft.context, draft.request.occurred_at.date()):
        return refusal
    on = draft.request.occurred_at.date()
    if facts.stated_due and facts.stated_due < on and not facts.taken_over:
        draft.notice(Notice(f"写明的日期{facts.stated_due.isoformat()}已经过去，交办即逾期，请核对。"))
    directives = tuple(draft.context.directives[d] for d in command.directives)
    draft.add(e.Registered(facts=facts, directives=directives))
    return None


def _facts(command: c.Register, context: Context) -> e.Facts:
    fields = command.model_dump(exclude={"name", "classified", "directives"})
    return _with_office(e.Facts(title=command.name.strip(), **fields), context)


def _with_office(facts: e.Facts, context: Context) -> e.Facts:
    """In a mode in which the office leads, the office is among the leads (自办、为主会同)."""
    mode = next((m for m in context.pack.modes if m.id == facts.mode), None)
    if mode and mode.office_leads and OFFICE not in facts.leads:
        return facts.model_copy(update={"leads": (OFFICE, *facts.leads)})
    return facts


def _classified(*texts: str) -> Refusal | None:
    return _secret() if any(mark in text for text in texts for mark in SECRET_MARKS) else None


def _secret() -> Refusal:
    return Refusal("涉密事项不得进入本系统，请按保密规定在涉密载体上办理。", field="content")


def _check_facts(facts: e.Facts, context: Context, on: date) -> Refusal | None:
    """What is wrong with the registered facts, whatever the pack's own requirements say."""
    if not facts.title:
        return Refusal("请写明事项名称。", field="name")
    for field, part in (
        ("category", "categories"),
        ("grade", "grades"),
        ("urgency", "urgencies"),
        ("mode", "modes"),
    ):
        value = getattr(facts, field)
        if value and value not in {x.id for x in getattr(context.pack, part)}:
            return Refusal(f"本制度没有“{value}”这个取值，请从列表中选择。", field=field)
    both = set(facts.leads) & set(facts.supports)
    if both:
        return Refusal(f"{context.unit_name(min(both))}不能既主办又协办。", field="supports")
    return (
        unknown_units((*facts.leads, *facts.supports), context, on)
        or check_mode(facts, context)
        or _check_pack_facts(facts.facts, context)
        or _check_milestones(facts)
        or _check_years(facts)
    )


def _check_pack_facts(given: dict[str, Any], context: Context) -> Refusal | None:
    known = {f.id: f for f in context.pack.facts}
    for key, value in given.items():
        if key not in known:
            return Refusal(f"本制度没有“{key}”这一栏。", field=key)
        if message := _fact_mistake(known[key], value):
            return Refusal(message, field=key)
    return None


def _fact_mistake(fact: Fact, value: object) -> str:
    if fact.type == "date":
        try:
            year = date.fromisoformat(str(value)).year
        except ValueError:
            return f"“{fact.title}”应为日期，如 2026-03-01。"
        return "" if 2000 <= year < 2100 else f"“{fact.title}”的年份不对，请核对。"
    if fact.type == "choice" and value not in fact.choices:
        return f"“{fact.title}”应为{'、'.join(fact.choices)}之一。"
    if (fact.type == "bool") != isinstance(value, bool):
        return f"“{fact.title}”应填是或否。" if fact.type == "bool" else f"“{fact.title}”填写有误。"
    if fact.type == "int" and not isinstance(value, int):
        return f"“{fact.title}”应为整数。"
    return ""


def _check_milestones(facts: e.Facts) -> Refusal | None:
    ids = [m.id for m in facts.milestones]
    if len(ids) != len(set(ids)):
        return Refusal("节点编号重复。", field="milestones")
    strangers = [
        m.title for m in facts.milestones if m.unit and m.unit not in (*facts.leads, *facts.supports)
    ]
    if strangers:
        return Refusal(f"节点“{strangers[0]}”的单位不承办本事项。", field="milestones")
    return None


def _check_years(facts: e.Facts) -> Refusal | None:
    """A slip of the pen such as the year 202 or 20266."""
    dates = [("stated_due", facts.stated_due), *(("milestones", m.due) for m in facts.milestones)]
    for name, day in dates:
        if day and not 2000 <= day.year < 2100:
            return Refusal(f"日期{day.isoformat()}的年份不对，请核对。", field=name)
    return None


@act(c.Amend, NOT_YET_DISPATCHED)
def amend(draft: Draft[Matter], command: c.Amend) -> Refusal | None:
    before = draft.state.facts
    fixed = sorted(set(command.changes) & NOT_AMENDABLE)
    if fixed or not command.changes:
        return Refusal(
            "没有可以修改的内容。" if not fixed else f"“{fixed[0]}”不能修改。",
            field=fixed[0] if fixed else None,
        )
    try:
        facts = e.Facts.model_validate(before.model_dump() | command.changes)
    except ValidationError as error:
        return Refusal(
            f"“{error.errors()[0]['loc'][0]}”填写有误，请核对。", field=str(error.errors()[0]["loc"][0])
        )
    facts = _with_office(facts, draft.context)
    if refusal := _classified(facts.title, facts.content):
        return refusal
    if any(p.act == "dispatch" for p in draft.state.open_petitions()):
        return Refusal("交办正在签批，不能修改；请先撤回报批。")
    if draft.state.number and facts.restricted != draft.state.facts.restricted:
        return Refusal("事项已编号，不能再改知悉范围；请撤销后重新登记。", field="restricted")
    if refusal := _check_facts(facts, draft.context, draft.request.occurred_at.date()):
        return refusal
    dumped = facts.model_dump(mode="json")
    changed = [k for k in dumped if k in command.changes or (k == "leads" and facts.leads != before.leads)]
    draft.add(e.Amended(changes={k: dumped[k] for k in changed}, words=command.words))
    return None


@act(c.SetReaders)
def set_readers(draft: Draft[Matter], command: c.SetReaders) -> Refusal | None:
    if not draft.state.facts.restricted:
        return Refusal("本事项不限定知悉范围，无须指定知悉人员。")
    if not command.readers:
        return Refusal("限定知悉的事项至少要有一名知悉人员。", field="readers")
    draft.add(e.ReadersSet(readers=command.readers, words=command.words))
    return None


@act(c.JoinDirective, NOT_ENDED)
def join_directive(draft: Draft[Matter], command: c.JoinDirective) -> Refusal | None:
    if command.directive not in draft.context.directives:
        return Refusal("没有登记过这个立项依据。", field="directive")
    if command.directive in {d.id for d in draft.state.directives}:
        return Refusal("这个立项依据已经并入本事项。", field="directive")
    draft.add(e.DirectiveJoined(directive=draft.context.directives[command.directive]))
    return None


# --- approval and dispatch ------------------------------------------------------------------------------------


@act(c.Submit, {"draft"})
def submit(draft: Draft[Matter], command: c.Submit) -> Refusal | None:
    return _incomplete(draft.state) or propose(draft, "listing", {}, words=command.words)


def _incomplete(matter: Matter) -> Refusal | None:
    """A draft (待定) becomes a matter once category, mode and leads are known."""
    for field, title in (("category", "类别"), ("mode", "办理方式"), ("leads", "主办单位")):
        if not getattr(matter.facts, field):
            return Refusal(f"立项前请确定{title}。", field=field)
    return None


@effect("listing")
def list_matter(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    draft.add(e.Listed(number=number(draft, "register")))
    return None


@act(c.Sign)
def sign_petition(draft: Draft[Matter], command: c.Sign) -> Refusal | None:
    return sign(draft, command)


@act(c.WithdrawPetition)
def withdraw_petition(draft: Draft[Matter], command: c.WithdrawPetition) -> Refusal | None:
    petition = draft.state.petitions.get(command.petition)
    if petition is None or petition.status != "open":
        return Refusal("这份待签件已不存在或已签毕。", field="petition")
    if petition.opened_by.person != draft.request.actor.person:
        return Refusal("只有报批人可以撤回。", field="petition")
    draft.add(e.PetitionRefused(petition=petition.id, words=command.words or "报批人撤回"))
    return None


@act(c.Dispatch, {"draft", "listed"})
def dispatch(draft: Draft[Matter], command: c.Dispatch) -> Refusal | None:
    if draft.state.stage == "draft":
        if refusal := _incomplete(draft.state):
            return refusal
        route = route_for("listing", draft.context, draft.view())
        if route:
            return Refusal("事项尚未批准立项，请先报批。", route.cite)
        list_matter(draft, _no_petition(draft), None)
    pack = draft.context.pack
    if command.channel not in {x.id for x in pack.channels}:
        return Refusal(f"请选择交办方式：{'、'.join(x.title for x in pack.channels)}。", field="channel")
    if command.document and command.document not in {x.id for x in pack.documents}:
        return Refusal("请选择本制度的交办文种。", field="document")
    if any(p.act == "dispatch" for p in draft.state.open_petitions()):
        return Refusal("交办已在报批，请等待签批。")
    return propose(draft, "dispatch", command.model_dump(mode="json"))


def _no_petition(draft: Draft[Matter]) -> Petition:
    r = draft.request
    return Petition("", "listing", "", (), {}, "", "", r.occurred_at, r.actor, None, 0)


@effect("dispatch")
def dispatched(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    order = c.Dispatch.model_validate(petition.payload)
    document = next((d for d in draft.context.pack.documents if d.id == order.document), None)
    draft.add(
        e.Dispatched(
            channel=order.channel,
            document=order.document,
            number=number(draft, "dispatch", document.series) if document else "",
            named_authority=draft.state.facts.authority,
            papers=order.papers,
        )
    )
    if OFFICE in draft.state.assignments:
        draft.add(e.Acknowledged(unit=OFFICE))
    return None


@act(c.Inquire, IN_WORK)
def inquire(draft: Draft[Matter], command: c.Inquire) -> Refusal | None:
    if command.unit not in draft.state.assignments:
        return Refusal("该单位不承办本事项。", field="unit")
    draft.add(e.Inquired(unit=command.unit, subject=command.subject, words=command.words))
    return None


@act(c.ConfirmTakeOver)
def confirm_take_over(draft: Draft[Matter], command: c.ConfirmTakeOver) -> Refusal | None:
    if draft.state.confirmed:
        return Refusal("本事项无需确认接转。")
    draft.add(e.TakeOverConfirmed(words=command.words))
    return None


@act(c.Attach)
def attach(draft: Draft[Matter], command: c.Attach) -> Refusal | None:
    draft.add(e.Attached(paper=command.paper))
    return None


@act(c.Correct)
def correct(draft: Draft[Matter], command: c.Correct) -> Refusal | None:
    if not 1 <= command.position <= draft.state.position:
        return Refusal("没有这一条目。", field="position")
    if not command.words.strip():
        return Refusal("更正须写明内容和原因。", field="words")
    draft.add(e.Corrected(position=command.position, words=command.words))
    return None
