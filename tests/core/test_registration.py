"""From registration to dispatch: what is taken, what is refused and in which words."""

from datetime import date
from typing import Any

import pytest

from duban.core import commands as c
from duban.core import entries as e
from duban.core.context import OFFICE
from tests.core.packs import SUPPORTED, Office, at, day_end, kinds, person


def test_from_registration_to_dispatch() -> None:
    """Registered, approved in two steps, numbered, dispatched with its own number."""
    office = Office()
    office.open(at(2, 10))
    history = office.world.history["M1"]
    # The officer lays it before; director and leader sign; then the number; then the notice and its duties.
    assert kinds(history) == [
        "Registered",
        "PetitionOpened",
        "PetitionSigned",
        "PetitionSigned",
        "PetitionGranted",
        "Listed",
        "Dispatched",
        "ObligationArose",
        "ObligationArose",
    ]
    assert office.matter.number == "立〔2026〕1号"
    assert history[6].entry.number == "单〔2026〕1号"
    assert office.matter.stage == "dispatched"


def test_numbers_run_on_by_series_and_year_and_a_refusal_takes_none() -> None:
    office = Office()
    office.open(at(2), "M1")
    office.register(at(3), "M2")
    office.ok(c.Submit(), at(3), stream="M2")
    office.refused(c.Dispatch(channel="written", document="sheet"), at(3), stream="M2")
    office.sign("listing", at(3), stream="M2")
    office.sign("listing", at(3), stream="M2")
    assert office.world.matters["M2"].number == "立〔2026〕2号"
    office.open(at(5, month=1).replace(year=2027), "M3")
    assert office.world.matters["M3"].number == "立〔2027〕1号"


def test_restricted_matters_have_numbers_of_their_own() -> None:
    """A gap in the open series would tell that something was kept back."""
    office = Office()
    office.open(at(2), "M1")
    office.open(at(2), "M2", restricted=True)
    office.open(at(2), "M3")
    assert [m.number for m in office.world.matters.values()] == [
        "立〔2026〕1号",
        "限〔2026〕1号",
        "立〔2026〕2号",
    ]
    assert office.entries(e.Dispatched, "M2")[0].entry.number == "密〔2026〕1号"


@pytest.mark.parametrize(
    ("mode", "leads", "supports", "message"),
    [
        ("single", (), (), "主办单位应为1个"),
        ("single", ("fin", "water"), (), "主办单位应为1个"),
        ("single", ("fin",), ("plan",), "不设协办单位"),
        ("joint", ("fin", "plan", "water"), ("force",), "主办单位应为1至2个"),
        ("joint", ("fin",), (), "协办单位应为1至3个"),
        ("joint", ("fin",), ("fin",), "甲局不能既主办又协办"),
        ("own", ("fin",), (), "主办单位应为1个"),
        ("single", ("nobody",), (), "通讯录里没有“nobody”"),
        ("nonsense", ("fin",), (), "没有“nonsense”这个取值"),
    ],
)
def test_units_that_do_not_fit_the_mode(
    mode: str, leads: tuple[str, ...], supports: tuple[str, ...], message: str
) -> None:
    command = c.Register(name="事项", category="working", mode=mode, leads=leads, supports=supports)
    assert message in Office().refused(command, at(2)).message


@pytest.mark.parametrize(
    ("mode", "leads", "supports"),
    [
        ("joint", ("fin", "plan"), ("water",)),
        ("several", ("fin", "plan", "water"), ()),
        ("own", (), ()),
        ("", (), ()),
    ],
)
def test_units_at_the_bounds_of_the_mode(
    mode: str, leads: tuple[str, ...], supports: tuple[str, ...]
) -> None:
    office = Office()
    office.register(at(2), mode=mode, leads=leads, supports=supports)
    assert set(office.matter.assignments) == {*leads, *supports} | ({OFFICE} if mode == "own" else set())


def test_a_temporary_body_takes_work_to_the_last_day_of_its_term_only() -> None:
    """设立期到 3 月 31 日: that day still, the next no more; the refusal names the article on such bodies."""
    office = Office()
    office.register(at(31), "M1", leads=("force",))
    refusal = office.refused(
        c.Register(name="事项", category="working", mode="single", leads=("force",)),
        at(1, month=4),
        stream="M2",
    )
    assert "“临时专班”在2026-04-01不在设立期内" in refusal.message
    assert refusal.citation is not None
    assert refusal.citation.text == "第二条"


@pytest.mark.parametrize(
    "fields",
    [
        {"classified": True},
        {"name": "关于绝密文件的办理"},
        {"content": "附件标有机密★20年"},
        {"content": "按秘密级管理"},
    ],
)
def test_classified_material_is_refused(fields: dict[str, Any]) -> None:
    refusal = Office().refused(c.Register(**{"name": "事项", **fields}), at(2))
    assert "涉密事项不得进入本系统" in refusal.message


def test_classified_text_does_not_come_in_by_amendment_or_directive() -> None:
    office = Office()
    office.register()
    assert "涉密" in office.refused(c.Amend(changes={"content": "机密级材料"}), at(2)).message
    directive = c.RegisterDirective(name="纪要", source="meeting", text="绝密")
    assert "涉密" in office.refused(directive, at(2), stream="D1").message


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"exposed_on": "三月三日"}, "“曝光日期”应为日期"),
        ({"outlet": "电台"}, "“媒体”应为报纸、电视之一"),
        ({"copies": "三"}, "“份数”应为整数"),
        ({"copies": True}, "“份数”填写有误"),
        ({"public": "是"}, "“是否公开”应填是或否"),
        ({"unknown": "x"}, "没有“unknown”这一栏"),
    ],
)
def test_facts_of_the_pack_are_checked(facts: dict[str, Any], message: str) -> None:
    assert message in Office().refused(c.Register(name="事项", facts=facts), at(2)).message


def test_good_facts_are_kept_as_given() -> None:
    office = Office()
    given = {"exposed_on": "2026-03-01", "outlet": "报纸", "copies": 3, "public": True, "memo": "无"}
    office.register(facts=given)
    assert office.matter.facts.facts == given
    assert type(office.matter.facts.facts["public"]) is bool


def test_what_a_pack_needs_names_the_field_and_the_article() -> None:
    refusal = Office().refused(c.Register(name="事项", category="open"), at(2))
    assert (refusal.message, refusal.field) == ("长期件须写明量化目标。", "target")
    assert refusal.citation is not None
    assert refusal.citation.text == "第一条"


def test_milestones_belong_to_units_of_the_matter_and_have_different_ids() -> None:
    plan = e.MilestonePlan(id="m1", title="开工", due=date(2026, 3, 20))
    twice = c.Register(name="事项", milestones=(plan, plan))
    assert "节点编号重复" in Office().refused(twice, at(2)).message
    stranger = c.Register(
        name="事项", mode="single", leads=("fin",), milestones=(plan.model_copy(update={"unit": "water"}),)
    )
    assert "节点“开工”的单位不承办本事项" in Office().refused(stranger, at(2)).message


def test_a_draft_needs_category_mode_and_lead_before_approval() -> None:
    office = Office()
    office.ok(c.Register(name="事项"), at(2))
    assert office.refused(c.Submit(), at(2)).field == "category"
    office.ok(c.Amend(changes={"category": "working"}), at(2))
    assert office.refused(c.Submit(), at(2)).field == "mode"
    office.ok(c.Amend(changes={"mode": "single", "leads": ["fin"]}), at(2))
    office.ok(c.Submit(), at(2))
    assert office.matter.stage == "pending"


def test_an_amendment_to_office_led_brings_the_office_in() -> None:
    office = Office()
    office.ok(c.Register(name="事项"), at(2))
    office.ok(c.Amend(changes={"category": "working", "mode": "own"}), at(2))
    assert office.matter.facts.leads == (OFFICE,)


def test_amending_is_possible_before_dispatch_only() -> None:
    office = Office()
    office.open(at(2))
    refusal = office.refused(c.Amend(changes={"content": "新内容"}), at(2))
    assert refusal.message == "事项现在是“待签收”，不能办理“修改立项要素”。"


@pytest.mark.parametrize("changes", [{"leads": 5}, {"nonsense": "x"}, {"stated_due": "明天"}])
def test_an_amendment_that_cannot_be_read_names_its_field(changes: dict[str, Any]) -> None:
    office = Office()
    office.register()
    assert office.refused(c.Amend(changes=changes), at(2)).field == next(iter(changes))


def test_dispatch_wants_approval_a_channel_and_a_document() -> None:
    office = Office()
    office.register()
    assert "尚未批准立项" in office.refused(c.Dispatch(channel="meeting"), at(2)).message
    office.ok(c.Submit(), at(2))
    office.sign("listing", at(2))
    office.sign("listing", at(2))
    assert office.refused(c.Dispatch(), at(2)).message == "书面交办请选择文种。"
    assert (
        office.refused(c.Dispatch(channel="pigeon", document="sheet"), at(2)).message
        == "请选择交办方式：书面、会议。"
    )
    assert "交办文种" in office.refused(c.Dispatch(channel="meeting", document="letter"), at(2)).message
    office.ok(c.Dispatch(channel="meeting"), at(2))
    assert office.entries(e.Dispatched)[0].entry.number == ""


def test_a_matter_is_registered_once() -> None:
    """A second registration would replace what the first one said."""
    office = Office()
    office.open(at(2))
    again = c.Register(name="另一事项", category="month", mode="single", leads=("water",))
    assert office.refused(again, at(3)).message == "已经登记，不能重复登记；内容有变请修改或更正。"
    assert office.matter.facts.title == "示例事项"


def test_commands_stay_with_their_kind_of_docket() -> None:
    office = Office()
    office.ok(c.RegisterDirective(name="纪要", source="meeting"), at(2), stream="D1")
    assert "不能用于立项依据" in office.refused(c.Close(), at(2), stream="D1").message
    office.register()
    assert "不能用于督查事项" in office.refused(c.Decompose(matter="M1"), at(2)).message
    assert "还没有登记" in office.refused(c.Cancel(reason="误"), at(2), stream="M9").message


def test_a_joined_directive_is_known_and_new() -> None:
    office = Office()
    office.ok(c.RegisterDirective(name="纪要", source="meeting"), at(2), stream="D1")
    office.ok(c.RegisterDirective(name="批示", source="note", leader="某领导"), at(2), stream="D2")
    office.register(directives=("D1",))
    assert office.world.directives["D1"].matters == ("M1",)
    assert "已经并入" in office.refused(c.JoinDirective(directive="D1"), at(3)).message
    assert "没有登记过" in office.refused(c.JoinDirective(directive="D9"), at(3)).message
    office.ok(c.JoinDirective(directive="D2"), at(3))
    assert [d.id for d in office.matter.directives] == ["D1", "D2"]


def test_the_office_leads_and_needs_no_receipt() -> None:
    """自办: the office has received its own matter by dispatching it; the term runs from that day."""
    office = Office()
    office.open(at(2), mode="own", leads=())
    assert office.matter.stage == "working"
    assert office.completion(OFFICE).due == day_end(9)
    office.ok(
        c.ReportCompletion(unit=OFFICE, content=e.Report(text="办结", signed_by="主任")),
        at(9),
        by=person("officer"),
    )
    assert office.completion(OFFICE).on_time


# --- who, when, for whom -----------------------------------------------------------------------------


def test_each_side_does_its_own_acts() -> None:
    office = Office()
    office.open(at(2), **SUPPORTED)
    dispatching = office.refused(c.Inquire(unit="fin"), at(2), by=person("liaison", "fin"))
    assert dispatching.message == "“询问”由督查机构办理。"
    other = office.refused(c.Acknowledge(unit="fin"), at(2), by=person("liaison", "plan"))
    assert "须由甲局自己办理" in other.message
    by_office = office.refused(c.Acknowledge(unit="fin"), at(2), by=person("officer"))
    assert "代录请注明代谁办理和依据" in by_office.message
    stranger = office.refused(c.Acknowledge(unit="water"), at(2))
    assert stranger.message == "丙局不是本事项的承办单位。"
    seconded = office.refused(c.Inquire(unit="fin"), at(2), by=person("officer", "fin"))
    assert seconded.message == "“询问”由督查机构办理。"


def test_the_future_is_not_recorded() -> None:
    office = Office()
    office.open(at(2))
    refusal = office.refused(c.Acknowledge(unit="fin"), at(3, 9, 0, 1), recorded=at(3, 9))
    assert (refusal.message, refusal.field) == ("发生时间晚于现在，请核对。", "occurred_at")


def test_an_act_by_proxy_needs_evidence_and_shows_who_recorded_it() -> None:
    office = Office()
    office.open(at(2))
    clerk = person("officer", name="录入员")
    empty = e.Proxy(recorder=clerk, evidence="  ")
    assert office.refused(c.Acknowledge(unit="fin"), at(2), proxy=empty).field == "evidence"
    call = e.Proxy(recorder=clerk, evidence="电话记录")
    office.ok(c.Acknowledge(unit="fin"), at(2, 10), recorded=at(2, 15), proxy=call)
    entry = office.entries(e.Acknowledged)[0]
    assert (entry.actor.unit, entry.proxy) == ("fin", call)
    assert (entry.occurred_at, entry.recorded_at) == (at(2, 10), at(2, 15))
    # The duties that follow are the system's doing, not the unit's by proxy.
    own = office.entries(e.ObligationDischarged)[0]
    assert (own.actor.role, own.proxy, own.cause) == ("system", None, entry.position)


def test_a_correction_stands_beside_what_it_corrects() -> None:
    office = Office()
    office.register()
    assert office.refused(c.Correct(position=2, words="错字"), at(2)).message == "没有这一条目。"
    assert office.refused(c.Correct(position=1, words=" "), at(2)).field == "words"
    office.ok(c.Correct(position=1, words="应为甲局"), at(2))
    assert kinds(office.world.history["M1"]) == ["Registered", "Corrected"]
