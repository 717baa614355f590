"""Urging and judgement: proposed when the ground arises, signed by the right hand, settled when answered.

The matter is received on Monday 2 March and due on Monday the 9th.
"""

from datetime import date

from duban.core import commands as c
from duban.core import entries as e
from duban.core.context import OFFICE
from tests.core.packs import SUPPORTED, Office, at, day_end, person, report


def overdue() -> Office:
    office = Office()
    office.work(at(2))
    office.sweep(at(10))
    return office


def test_a_lapse_proposes_the_first_step_at_the_moment_it_happened() -> None:
    office = overdue()
    (proposal,) = office.proposals("blue")
    assert (proposal.at, proposal.signatory, proposal.unit) == (day_end(9), "director", "fin")
    assert proposal.reason == "五个工作日内办结逾期"
    assert proposal.causes == (f"{office.completion().id}@2026-03-09 23:59:59",)
    assert proposal.cite.text == "第一条"
    assert office.proposals("yellow") == []


def test_the_points_of_a_deduction_are_those_of_the_grade() -> None:
    assert [p.points for p in overdue().proposals("deduct")] == ["1"]
    office = Office()
    office.work(at(2), grade="a")
    office.sweep(at(10))
    assert [p.points for p in office.proposals("deduct")] == ["3"]


def test_no_step_without_its_ground_its_predecessor_and_its_limit() -> None:
    office = Office()
    office.work(at(2))
    blue = c.Urge(unit="fin", level="blue", limit=date(2026, 3, 12))
    assert office.refused(blue, at(9)).message == "尚不具备签发蓝色催办单的条件。"
    office.sweep(at(10))
    yellow = c.Urge(unit="fin", level="yellow", limit=date(2026, 3, 12))
    assert office.refused(yellow, at(10)).message == "黄色催办单须在蓝色催办单之后。"
    no_limit = c.Urge(unit="fin", level="blue")
    assert office.refused(no_limit, at(10)).message == "蓝色催办单须写明限期。"
    past = c.Urge(unit="fin", level="blue", limit=date(2026, 3, 9))
    assert office.refused(past, at(10)).message == "限期不能早于今天。"
    assert "请选择催办的等级" in office.refused(c.Urge(unit="fin", level="pink"), at(10)).message
    assert "不承办本事项" in office.refused(blue.model_copy(update={"unit": "water"}), at(10)).message


def test_the_ladder_with_its_signatories() -> None:
    """Blue by the director on the 10th, unanswered to the 12th; yellow by the chief; red by the mayor."""
    office = overdue()
    blue = c.Urge(unit="fin", level="blue", limit=date(2026, 3, 12))
    assert office.refused(blue, at(10), by=person("mayor")).message == "蓝色催办单须由督查室主任签发。"
    office.ok(blue, at(10))
    assert office.refused(blue, at(10)).message == "蓝色催办单已在报签。"
    refusal = office.refused(c.Sign(petition="urging:blue"), at(10), by=person("chief"))
    assert refusal.message == "“签发蓝色催办单”须由督查室主任签批。"
    office.sign("urging:blue", at(10))
    assert [p.status for p in office.matter.proposals.values() if p.rule == "blue"] == ["followed"]
    issued = office.entries(e.UrgingIssued)[0].entry
    assert (issued.number, issued.signatory, issued.limit) == ("催〔2026〕1号", "director", date(2026, 3, 12))
    assert office.refused(blue, at(11)).message == "本轮已签发过蓝色催办单。"
    assert office.duty("answer-urging").due == day_end(12)

    office.sweep(at(13))
    assert [(p.signatory, p.at) for p in office.proposals("yellow")] == [("chief", day_end(12))]
    office.urge("yellow", at(13), date(2026, 3, 16))
    assert office.entries(e.UrgingIssued)[1].entry.copies == ("inspector",)

    office.sweep(at(17))
    assert [p.signatory for p in office.proposals("red")] == ["mayor"]
    office.urge("red", at(17), date(2026, 3, 19))
    # A red notice wants an explanation in person within one working day.
    assert office.duty("explain-red").due == day_end(18)


def test_who_may_sign_and_acts_himself_has_signed() -> None:
    office = overdue()
    office.ok(c.Urge(unit="fin", level="blue", limit=date(2026, 3, 12)), at(10), by=person("director"))
    assert office.matter.notices["U1"].level == "blue"


def test_an_answer_and_the_report_settle_a_round_and_a_new_lapse_begins_another() -> None:
    office = overdue()
    office.urge("blue", at(10), date(2026, 3, 12))
    office.ok(c.AnswerUrging(unit="fin", words="正在办"), at(11))
    assert (office.matter.notices["U1"].answered, office.matter.notices["U1"].settled) == (True, False)
    assert "没有待答复的催办单" in office.refused(c.AnswerUrging(unit="fin", words="再答"), at(11)).message
    office.complete(at(11))
    assert office.matter.notices["U1"].settled
    # Returned on the 12th for the 16th; not redone: a second round begins with blue.
    returned = c.Review(unit="fin", verdict="return", reason="facts", words="重办", redo_by=date(2026, 3, 16))
    office.ok(returned, at(12))
    office.sweep(at(17))
    assert [p.at for p in office.proposals("blue")] == [day_end(16)]
    office.urge("blue", at(17), date(2026, 3, 19))
    assert [(n.level, n.settled) for n in office.matter.notices.values()] == [("blue", True), ("blue", False)]


def test_a_second_round_begins_also_when_the_old_date_stands() -> None:
    """Reported late, returned without a new date: the duty is overdue again at once, on its old date."""
    office = overdue()
    office.urge("blue", at(10), date(2026, 3, 12))
    office.ok(c.AnswerUrging(unit="fin", words="正在办"), at(11))
    office.complete(at(11))
    office.ok(c.Review(unit="fin", verdict="return", reason="facts", words="重办"), at(12))
    assert office.completion().breached
    assert len(office.proposals("blue")) == 1


def test_the_report_alone_does_not_settle_what_awaits_an_answer() -> None:
    office = overdue()
    office.urge("blue", at(10), date(2026, 3, 12))
    office.complete(at(11))
    assert not office.matter.notices["U1"].settled
    office.ok(c.AnswerUrging(unit="fin", words="已报"), at(11))
    assert office.matter.notices["U1"].settled


def test_a_withheld_step_is_not_proposed_again_until_there_is_a_new_ground() -> None:
    office = Office()
    office.work(at(2), grade="a")
    office.ok(c.ReportProgress(unit="fin", content=report()), at(3))
    office.sweep(at(10))
    key = office.proposals("blue")[0].id
    refusal = office.refused(c.Withhold(proposal=key, words="情有可原"), at(10), by=person("chief"))
    assert refusal.message == "是否采纳由督查室主任决定。"
    assert office.refused(c.Withhold(proposal=key, words=" "), at(10), by=person("director")).field == "words"
    office.ok(c.Withhold(proposal=key, words="情有可原"), at(10), by=person("director"))
    office.sweep(at(13))
    assert office.proposals("blue") == []
    # The week's report of the 13th is a new ground.
    office.sweep(at(14))
    assert len(office.proposals("blue")) == 1
    assert "每周反馈逾期" in office.proposals("blue")[0].reason


def test_the_offices_own_lateness_is_no_ground_against_a_unit() -> None:
    """The office did not ask within two working days (4 March); the unit's receipt lapsed on the 3rd."""
    office = Office()
    office.open(at(2))
    office.sweep(at(4))
    key = office.proposals("blue")[0].id
    office.ok(c.Withhold(proposal=key, words="节后"), at(4), by=person("director"))
    office.sweep(at(6))
    assert office.duty("inquire").breached
    assert office.proposals("blue") == []


def test_a_finding_is_signed_with_words_and_evidence_and_is_a_ground_once() -> None:
    office = Office()
    office.work(at(2))
    finding = c.RecordFinding(unit="fin", finding="passive", words="三次催问无人应", evidence="电话记录")
    assert office.refused(finding, at(3)).message == "“办理不积极”须由督查室主任或分管领导认定。"
    bare = finding.model_copy(update={"evidence": " "})
    assert office.refused(bare, at(3), by=person("chief")).field == "evidence"
    odd = finding.model_copy(update={"finding": "odd"})
    assert office.refused(odd, at(3), by=person("chief")).message == "请选择认定的种类：办理不积极。"
    office.ok(finding, at(3), by=person("chief"))
    assert [(p.reason, p.at) for p in office.proposals("blue")] == [("已有认定", at(3))]
    office.urge("blue", at(3), date(2026, 3, 5))
    office.ok(c.AnswerUrging(unit="fin", words="整改"), at(4))
    assert office.matter.notices["U1"].settled
    # The same finding does not begin a second round by itself.
    assert office.proposals("blue") == []


def test_a_unit_that_leaves_takes_its_proposals_and_notices_along() -> None:
    office = overdue()
    office.urge("blue", at(10), date(2026, 3, 12))
    office.sweep(at(13))
    assert len(office.proposals("yellow")) == 1
    office.ok(c.Object(unit="fin", words="职责已划转", asked_leads=("water",)), at(13))
    office.sign("objection", at(13), words="同意")
    assert office.proposals("yellow") == []
    assert office.matter.notices["U1"].settled


def test_proposals_rest_with_the_matter() -> None:
    office = overdue()
    office.ok(c.Suspend(reason="停工"), at(10))
    office.sign("suspend", at(10))
    assert office.proposals("blue") == []
    assert office.proposals("deduct") != []


def test_units_are_urged_each_for_itself() -> None:
    """The supporting unit's opinion was due on the 5th; the lead is not urged for it."""
    office = Office()
    office.work(at(2), **SUPPORTED)
    office.sweep(at(6))
    assert [p.unit for p in office.proposals("blue")] == ["plan"]
    office.ok(c.SubmitInput(unit="plan", text="同意"), at(6))
    assert office.proposals("blue") == []


def test_an_answer_in_person_and_a_reminder() -> None:
    office = overdue()
    assert "不承办" in office.refused(c.Remind(unit="water"), at(10)).message
    office.ok(c.Remind(unit="fin", words="请抓紧"), at(10))
    assert office.refused(c.ExplainInPerson(unit="fin", words=" "), at(10)).field == "words"
    office.ok(c.ExplainInPerson(unit="fin", to="分管领导", words="说明"), at(10))
    assert office.matter.assignments.keys() == {"fin"}
    assert OFFICE not in office.matter.assignments
