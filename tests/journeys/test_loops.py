"""Each regulation's loop from registration to strike-off, every role logging in for its own step."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from duban.server import clock
from tests.journeys.people import People

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOON = (clock.today() + timedelta(days=60)).isoformat()


@dataclass(frozen=True)
class Loop:
    """What one regulation asks for at each step, and who signs."""

    directive: dict[str, str]
    matter: dict[str, Any]
    listed_by: tuple[str, ...]
    dispatch: dict[str, Any]
    acknowledge: dict[str, Any]
    completion: dict[str, Any]
    checklist: tuple[str, ...]
    dispatched_by: tuple[str, ...] = ()
    signed_off: bool = False
    paper: bool = False
    read_by: tuple[str, ...] = ()
    supports: bool = False
    basis: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


LOOPS = {
    "tongren-2014": Loop(
        directive={"name": "主任关于道路改造的批示", "source": "instruction"},
        matter={
            "name": "改造三条示例道路",
            "category": "instruction",
            "urgency": "general",
            "mode": "transfer",
            "leads": "示例财政局",
            "authority": "主任批示",
            "proposed_handling": "转示例财政局办理",
        },
        listed_by=("office_head",),
        dispatch={"document": "sheet", "channel": "written"},
        acknowledge={"handler": "甲二"},
        completion={"text": "三条道路已改造完成"},
        checklist=("truthful", "concise"),
        read_by=("leader",),
        basis="第七条第（一）项",
    ),
    "jinan-2016": Loop(
        directive={"name": "市领导关于供水的批示", "source": "instruction", "text": "限期解决供水问题"},
        matter={
            "name": "解决示例小区供水",
            "content": "更换老旧管网",
            "category": "leader",
            "mode": "joint",
            "leads": "示例财政局",
            "supports": "示例规划局",
            "target": "更换管网三公里",
            "responsible_person": "甲一",
            "fact_supervision_type": "综合督查",
        },
        listed_by=("office_director",),
        dispatch={"document": "notice", "channel": "written"},
        dispatched_by=("secretary_general",),
        acknowledge={"responsible_person": "甲一", "responsible_leader": "甲三", "handler": "甲二"},
        completion={"text": "管网已更换", "sealed": True, "for_sign_off": True},
        signed_off=True,
        checklist=("fulfilled", "accurate", "regular", "signed"),
        read_by=("office_director", "city_leader"),
        supports=True,
        basis="第十六条第（六）项",
    ),
    "county-opinion": Loop(
        directive={"name": "县委关于项目建设的部署", "source": "deployment"},
        matter={"name": "推进示例项目建设", "category": "annual", "mode": "assign", "leads": "示例财政局"},
        listed_by=(),
        dispatch={"document": "breakdown", "channel": "written"},
        acknowledge={
            "responsible_leader": "甲零",
            "responsible_person": "甲一",
            "handler": "甲二",
            "committed_date": "soon",
        },
        completion={"text": "项目已开工"},
        checklist=(),
        basis="二、3",
    ),
    "district-measures": Loop(
        directive={"name": "区长办公会议纪要", "source": "meeting"},
        matter={
            "name": "整治示例市场",
            "content": "整治占道经营",
            "category": "local-instruction",
            "grade": "general",
            "mode": "undertake",
            "leads": "示例财政局",
            "stated_due": SOON,
        },
        listed_by=("office_head",),
        dispatch={"document": "sheet", "channel": "written"},
        acknowledge={"responsible_leader": "甲一", "section": "示例科", "handler": "甲二"},
        completion={"text": "占道经营已整治"},
        checklist=("clear", "conclusion", "handled", "in_time", "procedure"),
        read_by=("leader_in_charge", "chief_leader"),
        basis="第九条",
    ),
    "huarong-draft": Loop(
        directive={"name": "区政府常务会议纪要", "source": "document"},
        matter={
            "name": "落实示例惠民工程",
            "category": "assigned",
            "mode": "transfer",
            "leads": "示例财政局",
            "proposed_handling": "转示例财政局办理",
        },
        listed_by=("office_leader",),
        dispatch={"document": "notice", "channel": "written"},
        paper=True,
        acknowledge={},
        completion={"text": "惠民工程已落实", "document_number": "示财〔2026〕3号"},
        checklist=("own-name", "facts", "conclusion", "handling", "form"),
        read_by=("office_leader", "leader"),
        basis="第十条",
    ),
}


@pytest.mark.clause("TR-6.1", "JN-7.3", "JN-7.6", "XC-2.1", "QU-9", "QU-13", "HR-8.1", "HR-9.1", "HR-9.2")
@pytest.mark.parametrize(("office", "loop"), LOOPS.items(), indirect=["office"], ids=list(LOOPS))
def test_from_registration_to_strike_off(people: People, loop: Loop, tmp_path: Path) -> None:
    matter = people.register("officer", loop.directive, loop.matter)
    people.act("officer", matter, "submit")
    for role in loop.listed_by:
        people.sign(role)
    people.act("officer", matter, "dispatch", loop.dispatch | _paper(loop, tmp_path))
    for role in loop.dispatched_by:
        people.sign(role)
    _acknowledge(people, matter, loop)
    _report(people, matter, loop)
    people.act(
        "officer", matter, "review", {"verdict": "accept", "checklist": loop.checklist}, "?unit=finance"
    )
    if loop.read_by:
        people.act("officer", matter, "send_for_reading", {"opinion": "已办结，拟予销号"})
    for role in loop.read_by:
        people.sign(role)
    page = people.act("officer", matter, "close")
    expect(page.locator("header.head")).to_contain_text("已办结")
    ledger = people.open("officer", "/ledger/?state=closed")
    expect(ledger.locator("table")).to_contain_text(loop.matter["name"])
    unit = people.open("finance.unit_staff", matter)
    expect(unit.locator("header.head")).to_contain_text("已办结")


def _paper(loop: Loop, folder: Path) -> dict[str, Any]:
    if not loop.paper:
        return {}
    path = folder / "会议纪要.txt"
    path.write_text("示例会议纪要", encoding="utf-8")
    return {"papers": path}


def _acknowledge(people: People, matter: str, loop: Loop) -> None:
    """Each unit signs for the matter; the lead then sees a due date with its article."""
    soon = (clock.today() + timedelta(days=3)).isoformat()
    values = {k: soon if v == "soon" else v for k, v in loop.acknowledge.items()}
    desk = people.open("finance.unit_staff", "/")
    expect(desk.locator("main")).to_contain_text(loop.matter["name"])
    people.act("finance.unit_staff", matter, "acknowledge", values)
    if loop.supports:
        people.act("planning.unit_staff", matter, "acknowledge", values)
        people.act("planning.unit_staff", matter, "submit_input", {"text": "规划已核定"})
    page = people.open("finance.unit_staff", f"{matter}?tab=obligations")
    expect(page.locator("main")).to_contain_text(loop.basis)


def _report(people: People, matter: str, loop: Loop) -> None:
    people.act("finance.unit_staff", matter, "report_completion", loop.completion)
    if loop.signed_off:
        people.sign("finance.unit_head")
