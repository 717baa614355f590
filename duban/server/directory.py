"""Keeping the directory (单位通讯录): units with their names and terms, and the people they name."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from duban.core.context import OFFICE
from duban.core.errors import DubanError
from duban.server.models import Office, Post, ProposedUnit, Unit, UnitContact
from duban.server.pinyin import initials

log = logging.getLogger(__name__)
LONGEST_NAME = 100
TAKEN_KEYS = frozenset({OFFICE, "new", "names"})
"""Keys that mean something else: the office itself, and pages beside those of the units."""


class DirectoryRefused(DubanError):
    """What was typed cannot stand in the directory; ``errors``: field → what to correct."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("；".join(errors.values()))


@dataclass(frozen=True)
class UnitFacts:
    """What the directory holds of a unit besides its people. ``parent``: the key of the unit above it."""

    name: str
    short_name: str = ""
    aliases: tuple[str, ...] = ()
    kind: str = ""
    parent: str = ""
    active_from: date | None = None
    active_to: date | None = None
    order: int = 0


def save(
    by: Post, unit: Unit | None, facts: UnitFacts | None, contacts: Mapping[str, tuple[str, str]]
) -> Unit:
    """A unit's facts (none: they stay) and its people together, or, with :class:`DirectoryRefused`, neither."""
    with transaction.atomic():
        kept = save_unit(by, unit, facts) if facts else unit
        assert kept is not None, "a new unit needs facts"
        save_contacts(by, kept, contacts)
    return kept


def save_unit(by: Post, unit: Unit | None, facts: UnitFacts) -> Unit:
    """Add a unit, or change one; a name it had before stays among its aliases.

    Raises :class:`DirectoryRefused`, and then nothing is kept.
    """
    office = by.office
    with transaction.atomic():
        Office.objects.select_for_update().get(pk=office.pk)
        others = [u for u in Unit.objects.filter(office=office) if unit is None or u.pk != unit.pk]
        errors = _errors(facts, unit, others)
        if errors:
            raise DirectoryRefused(errors)
        kept = unit or Unit(office=office, key=_new_key(facts.name, {u.key for u in others}))
        before = tuple(x for x in (kept.name, kept.short_name) if x)
        names = {facts.name, facts.short_name, ""}
        kept.aliases = [x for x in dict.fromkeys((*facts.aliases, *before)) if x not in names]
        kept.name, kept.short_name, kept.kind, kept.order = (
            facts.name,
            facts.short_name,
            facts.kind,
            facts.order,
        )
        kept.active_from, kept.active_to = facts.active_from, facts.active_to
        kept.parent = next((u for u in others if facts.parent and u.key == facts.parent), None)
        kept.save()
        ProposedUnit.objects.filter(office=office, name=kept.name, resolved_as=None).update(resolved_as=kept)
    log.info("Unit %s of office %s saved by %s", kept.key, office.key, by.user.person)
    return kept


def _errors(facts: UnitFacts, unit: Unit | None, others: list[Unit]) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not facts.name:
        errors["name"] = "请写明单位名称。"
    for field, text, longest in (
        ("name", facts.name, LONGEST_NAME),
        ("short_name", facts.short_name, 40),
        ("aliases", max(facts.aliases, key=len, default=""), LONGEST_NAME),
    ):
        if len(text) > longest:
            errors[field] = f"不能超过 {longest} 个字。"
    for field, names in (
        ("name", [facts.name]),
        ("short_name", [facts.short_name]),
        ("aliases", list(facts.aliases)),
    ):
        taken = next(((n, u) for n in names if n for u in others if n in _names(u)), None)
        if taken and field not in errors:
            errors[field] = f"“{taken[0]}”已是“{taken[1].name}”的名称或别名，同名会分不清。"
    if facts.active_from and facts.active_to and facts.active_to < facts.active_from:
        errors["active_to"] = "终止日不能早于设立日。"
    if unit and facts.parent and facts.parent in _below(unit, others):
        errors["parent"] = "上级单位不能是它自己或它的下属。"
    return errors


def _names(unit: Unit) -> set[str]:
    return {unit.name, unit.short_name, *unit.aliases}


def _below(unit: Unit, others: list[Unit]) -> set[str]:
    """The keys of the unit and of everything under it."""
    keys, found = {unit.key}, {unit.pk}
    while more := [u for u in others if u.parent_id in found and u.pk not in found]:
        found |= {u.pk for u in more}
        keys |= {u.key for u in more}
    return keys


def _new_key(name: str, taken: set[str]) -> str:
    """Pinyin initials, with a number where another unit has them already."""
    stem = "".join(sign for sign in initials(name) if sign.isascii())[:50] or "unit"
    number, key = 1, stem
    while key in taken or key in TAKEN_KEYS:
        number += 1
        key = f"{stem}{number}"
    return key


def save_contacts(by: Post, unit: Unit, named: Mapping[str, tuple[str, str]]) -> None:
    """The people a unit names, by role: (name, phone). An empty name takes the entry away.

    Raises :class:`DirectoryRefused` for a phone without a name.
    """
    errors = {}
    for role, (name, phone) in named.items():
        if phone and not name:
            errors[f"{role}_name"] = "只有电话，没有姓名。"
        if len(name) > 60:
            errors[f"{role}_name"] = "不能超过 60 个字。"
        if len(phone) > 40:
            errors[f"{role}_phone"] = "不能超过 40 个字。"
    if errors:
        raise DirectoryRefused(errors)
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        for role, (name, phone) in named.items():
            found = UnitContact.objects.filter(unit=unit, role=role)
            if not name:
                found.delete()
            elif first := found.first():
                found.exclude(pk=first.pk).delete()
                found.filter(pk=first.pk).update(name=name, phone=phone)
            else:
                UnitContact.objects.create(unit=unit, role=role, name=name, phone=phone)
    log.info("Contacts of unit %s of office %s saved by %s", unit.key, by.office.key, by.user.person)


def resolve(by: Post, proposed: ProposedUnit, unit: Unit) -> None:
    """Say that a name met in an imported ledger means this unit: it becomes one of its aliases.

    Raises :class:`DirectoryRefused` where another unit has the name already.
    """
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        for other in Unit.objects.filter(office=by.office).exclude(pk=unit.pk):
            if proposed.name in _names(other):
                raise DirectoryRefused({"": f"“{proposed.name}”已是“{other.name}”的名称或别名。"})
        if proposed.name not in _names(unit) and len(proposed.name) <= LONGEST_NAME:
            unit.aliases = [*unit.aliases, proposed.name]
            unit.save()
        proposed.resolved_as = unit
        proposed.save(update_fields=["resolved_as"])
    log.info("Name proposed to office %s resolved by %s", by.office.key, by.user.person)
