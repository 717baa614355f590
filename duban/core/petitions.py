"""Papers waiting for signature (签批): one mechanism for every act a route governs.

An act either takes effect at once (the pack names no route for it) or opens a petition whose
steps are signed in order; the last signature brings the effect about.
"""

from collections.abc import Callable
from typing import Any

from duban.core import entries as e
from duban.core.commands import Sign
from duban.core.context import Context
from duban.core.draft import Draft
from duban.core.entries import Actor, Step
from duban.core.errors import Refusal
from duban.core.expressions import holds
from duban.core.matter import ENDED, NOT_ENDED, RUNNING, STAGES, Matter, Petition
from duban.core.pack import Route
from duban.core.vocabulary import View

Effect = Callable[[Draft[Matter], Petition, Sign | None], Refusal | None]
EFFECTS: dict[str, Effect] = {}
REFUSED: dict[str, Effect] = {}

ACTS: dict[str, str] = {
    "listing": "批准立项",
    "dispatch": "审定交办",
    "objection": "答复异议",
    "extension": "批准延期",
    "date": "重新确定期限",
    "milestones": "调整节点",
    "coordination": "协调答复",
    "reading": "领导审阅",
    "close": "办结销号",
    "close_unachieved": "未达成办结",
    "cancel": "撤销事项",
    "suspend": "中止办理",
    "resume": "恢复办理",
    "reopen": "重新督办",
    "upkeep": "转常态化",
    "sign_off_progress": "单位负责人签批进展反馈",
    "sign_off_completion": "单位负责人签批办结报告",
    "urging": "签发催办单",
}

_STAGES: dict[str, frozenset[str]] = {
    "listing": frozenset({"pending"}),
    "dispatch": frozenset({"listed"}),
    "close_unachieved": NOT_ENDED,
    "cancel": NOT_ENDED,
    "resume": frozenset({"suspended"}),
    "reopen": ENDED,
}


def stages_of(act: str) -> frozenset[str]:
    """The stages in which a petition of this act can be signed; most want a matter in work."""
    return _STAGES.get(act.partition(":")[0], RUNNING)


def effect(act: str) -> Callable[[Effect], Effect]:
    """Register what granting a petition of this act does."""

    def register(function: Effect) -> Effect:
        EFFECTS[act] = function
        return function

    return register


def on_refusal(act: str) -> Callable[[Effect], Effect]:
    """Register what refusing a petition of this act does, beyond recording it."""

    def register(function: Effect) -> Effect:
        REFUSED[act] = function
        return function

    return register


def route_for(act: str, context: Context, view: View) -> Route | None:
    """The first route of this act whose condition holds; ``extension:ID`` falls back on ``extension``."""
    for wanted in dict.fromkeys((act, act.partition(":")[0])):
        for route in context.pack.routes:
            if route.act == wanted and holds(route.when, view):
                return route
    return None


def propose(
    draft: Draft[Matter],
    act: str,
    payload: dict[str, Any],
    unit: str = "",
    words: str = "",
    steps: tuple[Step, ...] | None = None,
    cite: Any = None,
    otherwise: tuple[Step, ...] = (),
) -> Refusal | None:
    """Open a petition and sign what the petitioner may sign himself.

    ``steps`` are taken as given; else the pack's route, and where it names none ``otherwise``. Without any
    step the act takes effect at once.
    """
    if steps is None:
        route = route_for(act, draft.context, draft.view(unit))
        steps = tuple(Step(roles=s.roles, title=s.title) for s in route.steps) if route else otherwise
        cite = route.cite if route else cite
    key = f"{act}/{unit or 'office'}/{len(draft.state.petitions) + 1}"
    if not steps:
        return EFFECTS[act.partition(":")[0]](draft, _immediate(draft, key, act, payload, unit, words), None)
    title = title_of(act, draft.context)
    draft.add(
        e.PetitionOpened(
            petition=key,
            act=act,
            title=title,
            steps=steps,
            payload=payload,
            unit=unit,
            words=words,
            cite=cite,
        )
    )
    return _sign_own_steps(draft, key)


def title_of(act: str, context: Context) -> str:
    base, _, detail = act.partition(":")
    if base == "urging":
        return f"签发{context.pack.title_of('urging', detail)}"
    if base == "extension":
        return f"批准{context.pack.title_of('extensions', detail)}"
    return ACTS[base]


def _immediate(
    draft: Draft[Matter], key: str, act: str, payload: dict[str, Any], unit: str, words: str
) -> Petition:
    return Petition(
        id=key,
        act=act,
        title=title_of(act, draft.context),
        steps=(),
        payload=payload,
        unit=unit,
        words=words,
        opened_at=draft.request.occurred_at,
        opened_by=draft.request.actor,
        cite=None,
        position=draft.state.position,
    )


def _sign_own_steps(draft: Draft[Matter], key: str) -> Refusal | None:
    """The petitioner who holds a step's role has signed that step by acting."""
    while True:
        petition = draft.state.petitions[key]
        if petition.status != "open" or not may_sign(petition, draft.request.actor):
            return None
        refusal = _sign_step(draft, petition, Sign(petition=key))
        if refusal:
            return refusal


def may_sign(petition: Petition, actor: Actor) -> bool:
    """Whether this person, in this role, is the next signatory."""
    step = petition.steps[petition.signed]
    return actor.role in step.roles and step.unit in ("", actor.unit)


def sign(draft: Draft[Matter], command: Sign) -> Refusal | None:
    """Sign or return the petition's next step."""
    petition = draft.state.petitions.get(command.petition) or _by_act(draft.state, command.petition)
    if petition is None or petition.status != "open":
        return Refusal("这份待签件已不存在或已签毕，请刷新后查看。", field="petition")
    if not may_sign(petition, draft.request.actor):
        step = petition.steps[petition.signed]
        titles = "或".join(draft.context.pack.title_of("roles", r) for r in step.roles)
        return Refusal(f"“{petition.title}”须由{titles}签批。", petition.cite, "petition")
    if draft.state.stage not in stages_of(petition.act):
        return Refusal(
            f"事项现在是“{STAGES[draft.state.stage]}”，不能签批“{petition.title}”。", petition.cite
        )
    if not command.approve and not command.words.strip():
        return Refusal("退回须写明意见。", petition.cite, "words")
    return _sign_step(draft, petition, command)


def drop_stale(draft: Draft[Matter], recorded: e.Recorded) -> None:
    """Take back what nobody can sign any more: the matter moved on, or the unit left it.

    What waits while the matter is suspended keeps waiting.
    """
    state = draft.state
    for p in state.open_petitions():
        gone = p.unit != "" and p.unit not in state.assignments
        waits = state.stage in stages_of(p.act) or (
            state.stage == "suspended" and stages_of(p.act) == RUNNING
        )
        if gone or not waits:
            words = "单位不再承办本事项" if gone else f"事项已是“{STAGES[state.stage]}”，无需再签"
            refused = e.PetitionRefused(petition=p.id, words=words)
            draft.add(refused, recorded.occurred_at, recorded.position)


def _by_act(matter: Matter, act: str) -> Petition | None:
    """An open petition named by its act, which is how people and scenarios speak of it."""
    return next((p for p in matter.open_petitions() if p.act == act), None)


def _sign_step(draft: Draft[Matter], petition: Petition, command: Sign) -> Refusal | None:
    draft.add(
        e.PetitionSigned(
            petition=petition.id,
            step=petition.signed,
            role=draft.request.actor.role,
            approved=command.approve,
            words=command.words,
        )
    )
    base = petition.act.partition(":")[0]
    if not command.approve:
        draft.add(e.PetitionRefused(petition=petition.id, words=command.words))
        return REFUSED[base](draft, petition, command) if base in REFUSED else None
    if petition.signed + 1 < len(petition.steps):
        return None
    draft.add(e.PetitionGranted(petition=petition.id))
    return EFFECTS[base](draft, petition, command)
