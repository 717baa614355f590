"""The acts a person may do on a matter now, as buttons: the likely ones in sight, the others under 更多."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from duban.core.commands import COMMANDS, UnitCommand
from duban.core.petitions import may_sign
from duban.server import permissions
from duban.server.models import Post, Unit
from duban.server.queries.matter import MatterView
from duban.server.web.act_forms import FORMS
from duban.server.web.components import Act, ActRow, Link

LIKELY = (
    "confirm_take_over",
    "acknowledge",
    "answer_urging",
    "dispatch",
    "submit",
    "review",
    "close",
    "send_for_reading",
    "resume",
    "urge",
    "report_progress",
    "report_completion",
    "submit_input",
    "request_extension",
    "object",
    "inquire",
    "remind",
)
"""What is done most at each stage, the likeliest first; only what may be done now is shown."""
OF_DUTY = {
    "acknowledge": "acknowledge",
    "answer": "answer_urging",
    "complete": "report_completion",
    "report": "report_progress",
    "explain": "explain_delay",
    "plan": "submit_plan",
    "reply": "report_progress",
    "milestone": "reach_milestone",
}
"""The act that discharges a unit's duty of this kind."""
IN_SIGHT = 4


@dataclass(frozen=True)
class MatterActs:
    """``row`` in sight, ``more`` under 更多, ``proxies`` what staff may record for a unit, by unit."""

    row: ActRow
    more: tuple[Act, ...]
    proxies: tuple[tuple[str, tuple[Link, ...]], ...]


def matter_acts(view: MatterView) -> MatterActs:
    """What may be done now. No query: everything was read with the view."""
    open_to = permissions.allowed(view.post, view.matter, view.context)
    words = [w for w in open_to if w in FORMS and _sensible(w, view)]
    likely = [w for w in _likely_first(view) if w in words]
    shown = [*_signing(view), *_editing(view, open_to)]
    row = [*shown, *(_act(w, view) for w in likely[: IN_SIGHT - len(shown)])]
    rest = [w for w in words if w not in likely[: IN_SIGHT - len(shown)]]
    return MatterActs(
        row=ActRow(tuple(_first_is_primary(row))),
        more=tuple(_act(w, view) for w in rest),
        proxies=_proxies(view),
    )


def _sensible(word: str, view: MatterView) -> bool:
    """Leaves out what the core would let one try but that has no object here."""
    if word == "withdraw":
        return any(p.opened_by.person == view.post.user.person for p in view.petitions)
    if word == "urge":
        return any(p.consequence == "urging" for p in view.proposals)
    if word == "withhold":
        return bool(view.proposals)
    if word == "set_readers":
        return view.matter.facts.restricted
    return True


def _likely_first(view: MatterView) -> list[str]:
    """``LIKELY``, with the act that the unit's nearest duty asks for in front."""
    nearest = view.next.obligation if view.next and view.unit else None
    first = OF_DUTY.get(nearest.duty) if nearest else None
    return [*([first] if first else []), *(w for w in LIKELY if w != first)]


def _signing(view: MatterView) -> list[Act]:
    actor = view.post.actor()
    return [
        Act(
            label=f"签批：{p.title}",
            href=reverse("approval", args=[view.row.pk, p.id]),
            consequence="打开待签件，同意或退回。",
            post=False,
        )
        for p in view.petitions
        if may_sign(p, actor)
    ]


def _editing(view: MatterView, open_to: list[str]) -> list[Act]:
    if "amend" not in open_to:
        return []
    href = reverse("edit", args=[view.row.pk])
    return [Act(label="修改立项要素", href=href, consequence="交办之前可以修改，改动记入案卷。", post=False)]


def _first_is_primary(acts: list[Act]) -> list[Act]:
    """The likeliest act stands out; a grave one keeps its own colour, editing never leads."""
    at = next((i for i, a in enumerate(acts) if a.weight == "plain" and a.label != "修改立项要素"), None)
    if at is None:
        return acts
    chosen = acts[at]
    primary = Act(
        label=chosen.label, href=chosen.href, consequence=chosen.consequence, post=False, weight="primary"
    )
    return [primary, *acts[:at], *acts[at + 1 :]]


def _act(word: str, view: MatterView) -> Act:
    form = FORMS[word]
    return Act(
        label=COMMANDS[word].title,
        href=act_href(view.row.pk, word, unit=view.unit if issubclass(COMMANDS[word], UnitCommand) else ""),
        consequence=form.consequence,
        post=False,
        weight="grave" if form.grave else "plain",
    )


def act_href(stream: str, word: str, **values: str) -> str:
    """The page of an act, with some of its fields filled in."""
    given = {k: v for k, v in values.items() if v}
    return reverse("act", args=[stream, word]) + (f"?{urlencode(given)}" if given else "")


def _proxies(view: MatterView) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    """What the office's staff may type in for each unit (代录), worked out as if the unit asked itself."""
    if permissions.role_kind(view.post) not in ("officer", "office_head") or view.post.unit:
        return ()
    role = next((r.id for r in view.context.pack.roles if r.kind == "unit_staff"), "")
    found = []
    for unit in view.matter.assignments if view.matter.running else ():
        if unit not in view.context.units or not role:
            continue
        stand_in = Post(
            user=view.post.user,
            office=view.post.office,
            role=role,
            unit=Unit(key=unit, office=view.post.office),
        )
        words = [w for w in permissions.allowed(stand_in, view.matter, view.context) if w in FORMS]
        links = tuple(
            Link(COMMANDS[w].title, act_href(view.row.pk, w, unit=unit, on_behalf=f"{unit}|{role}"))
            for w in words
            if issubclass(COMMANDS[w], UnitCommand)
        )
        if links:
            found.append((view.context.unit_name(unit), links))
    return tuple(found)
