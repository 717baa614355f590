"""An office for journeys: two units, and for every role of the pack a person with an account."""

from dataclasses import dataclass

from django.core.management import call_command

from duban import packs
from duban.server import models

PASSWORD = "journey-password-1"
UNITS = {"finance": "示例财政局", "planning": "示例规划局"}


@dataclass(frozen=True)
class Office:
    """``accounts``: user name by role id, or by ``unit.role`` for people of a unit."""

    key: str
    pack: str
    accounts: dict[str, str]


def furnish(pack_id: str) -> Office:
    """Create the office with its units and accounts."""
    call_command("createcachetable", verbosity=0)
    pack = packs.load(pack_id)
    office = models.Office.objects.create(key="journey", name="示例督查室", pack=pack_id)
    kind = pack.unit_kinds[0].id if pack.unit_kinds else ""
    units = {
        key: models.Unit.objects.create(office=office, key=key, name=name, kind=kind)
        for key, name in UNITS.items()
    }
    accounts: dict[str, str] = {}
    for role in pack.roles:
        if role.kind in ("unit_staff", "unit_head"):
            for key, unit in units.items():
                accounts[f"{key}.{role.kind}"] = _person(office, f"{key}-{role.id}", role.id, unit)
        else:
            accounts[role.id] = _person(office, role.id, role.id, None)
    return Office(office.key, pack_id, accounts)


def _person(office: models.Office, username: str, role: str, unit: models.Unit | None) -> str:
    user = models.User.objects.create_user(
        username=username, password=PASSWORD, display_name=f"演示{username}"
    )
    models.Post.objects.create(user=user, office=office, role=role, unit=unit)
    return username
