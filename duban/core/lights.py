"""Lights (灯号): read off obligations and the present moment, never stored as truth."""

from datetime import date, datetime, timedelta

from duban.core.context import Context
from duban.core.matter import Matter, Obligation
from duban.core.obligations import rests
from duban.core.terms import amount
from duban.core.working_days import count_working_days

OBLIGATION_STATES: dict[str, str] = {
    "open": "未到期",
    "near": "临期",
    "late": "逾期",
    "resting": "待审核暂停",
    "discharged": "按期履行",
    "discharged_late": "逾期履行",
    "ended": "已终止",
}
LIGHTS: dict[str, str] = {
    "none": "无",
    "normal": "正常",
    "near": "临期",
    "late": "逾期",
    "urged": "催办中",
}


def near_until(today: date, context: Context) -> date:
    """The last due date that counts as near today (临期): so many working days ahead.

    Where the office has not set the number, nothing is near: yesterday.
    """
    days = amount(context.pack.light.near_working_days, context.pack, context.parameters)
    if days is None:
        return today - timedelta(days=1)
    return count_working_days(context.calendar, today, days).end


def obligation_state(o: Obligation, matter: Matter | None, now: datetime, near: date) -> str:
    """The state of one obligation at a moment; a key of ``OBLIGATION_STATES``."""
    if o.status == "discharged":
        return "discharged" if o.on_time else "discharged_late"
    if o.status == "ended":
        return "ended"
    if o.due is None:
        return "open"
    if matter and o.period and rests(matter, o.unit, now):
        return "resting"
    if o.due < now:
        return "late"
    return "near" if o.due.date() <= near else "open"


def matter_light(matter: Matter, now: datetime, near: date) -> str:
    """The worst light among the units' open obligations; a key of ``LIGHTS``.

    The office's own lateness is shown against the office, not on the matter.
    """
    if not matter.running:
        return "none"
    if any(not n.settled for n in matter.notices.values()):
        return "urged"
    states = {
        obligation_state(o, matter, now, near) for o in matter.open_obligations() if o.bearer != "office"
    }
    return next((s for s in ("late", "near") if s in states), "normal")
