"""The only write path: one command, one transaction — load, decide, append, project.

Two who write to one docket at once collide on its next position; the later one starts again from what the
earlier left, and may then be refused. Nothing else writes entries, projections, receipts or numbers.
"""

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, OperationalError, transaction

from duban.core import chain, codec, lifecycle, obligations
from duban.core import commands as c
from duban.core import entries as e
from duban.core.citation import Citation
from duban.core.context import Context
from duban.core.draft import SYSTEM
from duban.core.errors import DubanError, Notice, Refusal
from duban.core.matter import Directive, Docket, Matter, fold
from duban.server import clock, papers_store, permissions, projections
from duban.server.models import Attachment, Entry, Office, Post, Receipt, Stream
from duban.server.world import context_for

TRIES = 20
LONGEST_ID = 80
"""Characters of the longest ``command_id``."""
EARLIEST = 1990
"""The first year in which something recorded here can have happened; earlier ones are slips of the pen."""
LATEST = 2100
"""The year before which every date lies."""
ON_DIRECTIVES = permissions.ON_DIRECTIVES | {c.Decompose, c.Recount, c.Tick}
"""Commands for the docket of a directive; all others are for matters."""


class UnknownStream(DubanError):
    """没有这份案卷。"""


@dataclass(frozen=True, slots=True)
class Done:
    """What was recorded: the docket, its new entries (none for a repeat), what to tell the person.

    ``repeated``: this very command had been carried out before; nothing was recorded again.
    """

    stream: str
    recorded: tuple[e.Recorded, ...] = ()
    notices: tuple[Notice, ...] = ()
    repeated: bool = False


class _Refused(Exception):
    """Carries a refusal out of the transaction, which gives back the numbers taken in it."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class _Order:
    """One call of ``handle``, the same for every try."""

    office: Office
    command: c.Command
    actor: e.Actor
    stream: str | None
    occurred_at: datetime
    recorded_at: datetime
    proxy: e.Proxy | None
    command_id: str
    context: Context

    @property
    def fingerprint(self) -> str:
        command = _with_digests(self.command.model_dump(mode="json"), self.office)
        return chain.sm3(codec.canonical([self.command.word, command, self.actor.person, self.stream]))


def handle(
    office: Office,
    command: c.Command,
    actor: Post | e.Actor,
    *,
    stream: str | None = None,
    occurred_at: datetime | None = None,
    proxy: e.Proxy | None = None,
    command_id: str = "",
    now: datetime | None = None,
    context: Context | None = None,
) -> Done | Refusal:
    """Carry out a command, or answer why not; a refusal leaves nothing behind.

    ``actor``: the post that acts, or for acts by proxy, imports and the sweep the actor as such. ``stream``:
    the docket; none for registering, which makes one. ``occurred_at``: China Standard Time (an aware moment is turned
    into it), by default now. ``command_id``: repeated with the same content, the first answer is given again. ``now`` and
    ``context`` spare the sweep and imports their repetition.

    Raises ``NotVisible`` for a docket the post may not see, ``UnknownStream`` for one that is not the office's.
    """
    recorded_at = now or clock.now()
    context = context or context_for(office)
    acting = actor if isinstance(actor, e.Actor) else actor.actor()
    occurred = occurred_at or recorded_at
    occurred = clock.to_local(occurred) if occurred.tzinfo else occurred
    order = _Order(office, command, acting, stream, occurred, recorded_at, proxy, command_id, context)
    refusal = _not_in_office(order, actor) if isinstance(actor, Post) else None
    refusal = refusal or _improper(order)
    if refusal:
        return refusal
    return _with_retries(order)


def _not_in_office(order: _Order, post: Post) -> Refusal | None:
    if post.office_id != order.office.pk:
        raise permissions.NotVisible
    if order.stream is not None:
        permissions.access_stream(post, order.stream)
    if not post.is_current(order.recorded_at.date()):
        return Refusal("您的这一任职已经结束，不能再以此身份办理。")
    return None


def _improper(order: _Order) -> Refusal | None:
    """What no docket needs to be looked at for."""
    if order.command.side == "system" and order.actor != SYSTEM:
        return Refusal(f"“{order.command.title}”由系统办理。")
    if not _storable(order.command) or not _storable(order.proxy):
        return Refusal("内容里有不能保存的控制字符，请重新输入。")
    if len(order.command_id) > LONGEST_ID or not order.command_id.isprintable():
        return Refusal("表单编号不对，请刷新页面后重新提交。")
    if order.occurred_at.year < EARLIEST:
        return Refusal("发生时间过早，请核对年份。", field="occurred_at")
    if wrong := _wrong_year(order.command):
        return wrong
    if order.proxy and not permissions.may_record_for(order.proxy.recorder, order.actor, order.context):
        return Refusal("代签代录由督查机构或本单位的人员办理。")
    return None


def _wrong_year(command: c.Command) -> Refusal | None:
    """A slip of the pen such as the year 202 or 9999: nothing is counted towards it."""
    for name in type(command).model_fields:
        day = getattr(command, name)
        if isinstance(day, date) and not EARLIEST <= day.year < LATEST:
            return Refusal(f"日期{day.isoformat()}的年份不对，请核对。", field=name)
    return None


def _storable(value: e.Record | None) -> bool:
    """Whether PostgreSQL and UTF-8 can keep the texts: no NUL, no half of a surrogate pair."""
    try:
        return value is None or "\\u0000" not in value.model_dump_json()
    except ValueError:
        return False


def _with_retries(order: _Order) -> Done | Refusal:
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return _repeat_of(order) or _carry_out(order)
        except _Refused as refused:
            return refused.refusal
        except (IntegrityError, OperationalError) as error:
            if attempt == TRIES or not _is_collision(error):
                raise
            time.sleep(secrets.randbelow(20) * attempt / 1000)
    raise AssertionError("unreachable")


def _is_collision(error: Exception) -> bool:
    """Another writer was there first (unique keys), or two wait for each other (deadlock)."""
    state = getattr(error.__cause__, "sqlstate", None)
    if state is not None:
        return state in ("23505", "40P01", "40001")
    return "UNIQUE" in str(error) or "position is taken" in str(error)


def _repeat_of(order: _Order) -> Done | None:
    if not order.command_id:
        return None
    receipt = Receipt.objects.filter(office=order.office, command_id=order.command_id).first()
    if receipt is None:
        return None
    if receipt.fingerprint != order.fingerprint:
        raise _Refused(Refusal("这份表单已经提交过，内容与这一次不同。请刷新页面后重新填写。"))
    return Done(receipt.stream_id, (), tuple(_notice(values) for values in receipt.notices), repeated=True)


def _notice(values: dict[str, Any]) -> Notice:
    citation = Citation.model_validate(values["citation"]) if values["citation"] else None
    return Notice(values["message"], citation, values["recorded_as"])


def _carry_out(order: _Order) -> Done:
    stream = _stream_for(order)
    done = _decide_and_append(order, stream)
    for directive in _directives_named(order.command):
        part = Stream.objects.get(pk=directive, office=order.office)
        decompose = c.Decompose(matter=stream.pk)
        _decide_and_append(replace(order, command=decompose, actor=SYSTEM, proxy=None), part)
    _adopt_papers(order, stream)
    if order.command_id:
        _keep_receipt(order, done)
    return done


def _stream_for(order: _Order) -> Stream:
    if isinstance(order.command, c.Register | c.RegisterDirective):
        kind = "matter" if isinstance(order.command, c.Register) else "directive"
        return Stream.objects.create(
            id=new_stream_id(kind, order.recorded_at), office=order.office, kind=kind
        )
    found = Stream.objects.filter(pk=order.stream, office=order.office).first()
    if found is None:
        raise UnknownStream(UnknownStream.__doc__)
    if found.kind == "directive" and type(order.command) not in ON_DIRECTIVES:
        raise _Refused(Refusal(f"“{order.command.title}”针对督查事项，不能用于立项依据。"))
    if found.kind == "matter" and isinstance(order.command, c.Decompose):
        raise _Refused(Refusal("只有立项依据可以分解立项。"))
    return found


def new_stream_id(kind: str, at: datetime) -> str:
    """A name that tells nothing but the kind and sorts by time: matters ``m…``, directives ``d…``."""
    return f"{kind[0]}{int(clock.to_db(at).timestamp()):09x}{secrets.token_hex(8)}"


def _directives_named(command: c.Command) -> list[str]:
    """Directives that must know of this matter; in one order, so that two writers never cross."""
    if isinstance(command, c.Register):
        return sorted(set(command.directives))
    return [command.directive] if isinstance(command, c.JoinDirective) else []


def _decide_and_append(order: _Order, stream: Stream) -> Done:
    past, previous = _load(stream)
    state = fold(_blank(stream), past)
    request = c.Request(
        command=order.command,
        actor=order.actor,
        occurred_at=order.occurred_at,
        recorded_at=order.recorded_at,
        proxy=order.proxy,
        command_id=order.command_id,
    )
    decision = lifecycle.decide(request, state, order.context)
    if isinstance(decision, Refusal):
        raise _Refused(decision)
    stream.head_digest = _append(stream, previous, decision.recorded)
    stream.head_position = decision.state.position
    stream.look_again_at = wake_at(decision.state, order.context)
    stream.save(update_fields=["head_digest", "head_position", "look_again_at"])
    if decision.recorded:
        history = [*past, *decision.recorded]
        projections.write(stream, projections.expected(stream, decision.state, history, order.context.pack))
    return Done(stream.pk, decision.recorded, decision.notices)


def wake_at(state: Docket, context: Context) -> datetime | None:
    """When the sweep should look again (aware); never for a matter taken over and not yet confirmed."""
    if isinstance(state, Matter) and not state.confirmed:
        return None
    return clock.maybe_to_db(obligations.look_again_at(state, context))


def _append(stream: Stream, previous: str, recorded: tuple[e.Recorded, ...]) -> str:
    rows = []
    for r in recorded:
        values = codec.encode(r)
        digest = chain.link(previous, values)
        rows.append(_row(stream, r, values, previous, digest))
        previous = digest
    Entry.objects.bulk_create(rows)
    return previous


def _row(stream: Stream, r: e.Recorded, values: dict[str, Any], previous: str, digest: str) -> Entry:
    same = ("position", "kind", "data", "actor", "proxy", "command_id", "cause", "pack", "calendar")
    return Entry(
        stream=stream,
        office_id=stream.office_id,
        occurred_at=clock.to_db(r.occurred_at),
        recorded_at=clock.to_db(r.recorded_at),
        previous=previous,
        digest=digest,
        **{name: values[name] for name in same},
    )


def _adopt_papers(order: _Order, stream: Stream) -> None:
    persons = {order.actor.person} | ({order.proxy.recorder.person} if order.proxy else set())
    refs = {ref for ref in _refs(order.command.model_dump()) if ref}
    if refs and papers_store.adopt(order.office, stream.pk, refs, persons):
        raise _Refused(Refusal("附件不存在或已用于别的案卷，请重新上传。", field="papers"))


def _refs(value: Any) -> Iterator[str]:
    """The refs of all papers in a dumped command, however deep."""
    if isinstance(value, dict):
        if value.keys() == e.Paper.model_fields.keys():
            yield value["ref"]
        for inner in value.values():
            yield from _refs(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _refs(inner)


def _with_digests(command: dict[str, Any], office: Office) -> dict[str, Any]:
    """The dumped command with each file's digest for its ref: a form sent twice uploads its files twice."""
    refs = {int(ref) for ref in _refs(command) if ref.isascii() and ref.isdecimal() and len(ref) <= 18}
    if not refs:
        return command
    known = Attachment.objects.filter(office=office, pk__in=refs).values_list("pk", "digest")
    digests = {str(pk): digest for pk, digest in known}

    def told(value: Any) -> Any:
        if isinstance(value, list):
            return [told(inner) for inner in value]
        if not isinstance(value, dict):
            return value
        changed = {key: told(inner) for key, inner in value.items()}
        if value.keys() == e.Paper.model_fields.keys():
            changed["ref"] = digests.get(value["ref"], value["ref"])
        return changed

    answer: dict[str, Any] = told(command)
    return answer


def _keep_receipt(order: _Order, done: Done) -> None:
    notices = [
        {
            "message": n.message,
            "citation": n.citation.model_dump(mode="json") if n.citation else None,
            "recorded_as": n.recorded_as,
        }
        for n in done.notices
    ]
    positions = [r.position for r in done.recorded] or [0]
    Receipt.objects.create(
        office=order.office,
        command_id=order.command_id,
        stream_id=done.stream,
        first=positions[0],
        last=positions[-1],
        notices=notices,
        fingerprint=order.fingerprint,
    )


# --- reading dockets -------------------------------------------------------------------------------------


def _blank(stream: Stream) -> Docket:
    return Matter(stream.pk) if stream.kind == "matter" else Directive(stream.pk)


def stored_values(entry: Entry) -> dict[str, Any]:
    """The encoded values of a stored entry, exactly as they were digested."""
    return {
        "stream": entry.stream_id,
        "position": entry.position,
        "occurred_at": clock.to_local(entry.occurred_at).isoformat(),
        "recorded_at": clock.to_local(entry.recorded_at).isoformat(),
        "actor": entry.actor,
        "proxy": entry.proxy,
        "command_id": entry.command_id,
        "cause": entry.cause,
        "pack": entry.pack,
        "calendar": entry.calendar,
        "kind": entry.kind,
        "data": entry.data,
    }


def _load(stream: Stream) -> tuple[list[e.Recorded], str]:
    """All entries of a stream in order, and the digest of the last."""
    rows = list(Entry.objects.filter(stream=stream).order_by("position"))
    return [codec.decode(stored_values(r)) for r in rows], rows[-1].digest if rows else chain.genesis(
        stream.pk
    )


def history(stream: str) -> list[e.Recorded]:
    """All entries of a docket, in order; empty for one that is not there."""
    rows = Entry.objects.filter(stream=stream).order_by("position")
    return [codec.decode(stored_values(r)) for r in rows]


def load_matter(stream: str) -> Matter:
    """The state of a matter. Raises :class:`UnknownStream`."""
    return fold(Matter(stream), _known(stream, "matter"))


def load_directive(stream: str) -> Directive:
    """The state of a directive. Raises :class:`UnknownStream`."""
    return fold(Directive(stream), _known(stream, "directive"))


def _known(stream: str, kind: str) -> list[e.Recorded]:
    if not Stream.objects.filter(pk=stream, kind=kind).exists():
        raise UnknownStream(UnknownStream.__doc__)
    return history(stream)


def state_of(stream: Stream) -> tuple[Docket, list[e.Recorded]]:
    """A docket's state and history, whatever its kind."""
    past, _ = _load(stream)
    return fold(_blank(stream), past), past


def rebuild(stream: Stream, context: Context) -> None:
    """Write the projections of one stream anew from its entries."""
    state, past = state_of(stream)
    projections.write(stream, projections.expected(stream, state, past, context.pack))
    Stream.objects.filter(pk=stream.pk).update(look_again_at=wake_at(state, context))
