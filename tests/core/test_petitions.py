"""Papers waiting for signature: order, hands, returns, withdrawal, the unit head's sign-off."""

import pytest

from duban.core import commands as c
from duban.core import entries as e
from tests.core.packs import Office, at, day_end, kinds, person, report


def submitted() -> Office:
    office = Office()
    office.register()
    office.ok(c.Submit(words="请审批"), at(2))
    return office


def test_steps_are_signed_in_order_and_the_refusal_names_who_must_sign() -> None:
    office = submitted()
    refusal = office.refused(c.Sign(petition="listing"), at(2), by=person("chief"))
    assert refusal.message == "“批准立项”须由督查室主任签批。"
    assert refusal.citation is not None
    assert refusal.citation.text == "第一条"
    office.ok(c.Sign(petition="listing"), at(2), by=person("director"))
    refusal = office.refused(c.Sign(petition="listing"), at(2), by=person("director"))
    assert refusal.message == "“批准立项”须由分管领导或主要领导签批。"
    # Any one of the roles of a step.
    office.ok(c.Sign(petition="listing"), at(2), by=person("mayor"))
    assert office.matter.stage == "listed"
    signed = [(r.entry.step, r.entry.role) for r in office.entries(e.PetitionSigned)]
    assert signed == [(0, "director"), (1, "mayor")]


def test_who_lays_a_paper_before_himself_has_signed_it() -> None:
    office = Office()
    office.register()
    office.ok(c.Submit(), at(2), by=person("director"))
    assert office.petition("listing").signed == 1
    assert office.matter.stage == "pending"


def test_a_signed_paper_is_not_signed_again() -> None:
    office = submitted()
    office.sign("listing", at(2))
    office.sign("listing", at(2))
    refusal = office.refused(c.Sign(petition="listing/office/1"), at(2), by=person("chief"))
    assert "已不存在或已签毕" in refusal.message


def test_a_return_needs_words_and_gives_the_draft_back() -> None:
    office = submitted()
    bare = c.Sign(petition="listing", approve=False, words=" ")
    assert office.refused(bare, at(2)).field == "words"
    office.ok(c.Sign(petition="listing", approve=False, words="名称不准"), at(2))
    assert office.matter.stage == "draft"
    assert office.matter.open_petitions() == ()
    # It can be corrected and laid before again; the first step starts anew.
    office.ok(c.Submit(), at(3))
    assert office.petition("listing").signed == 0


def test_a_return_at_the_second_step_undoes_the_first() -> None:
    office = submitted()
    office.sign("listing", at(2))
    office.ok(c.Sign(petition="listing", approve=False, words="不立"), at(2))
    assert office.matter.stage == "draft"
    assert office.matter.number == ""


def test_only_the_petitioner_withdraws() -> None:
    office = submitted()
    key = office.petition("listing").id
    refusal = office.refused(c.WithdrawPetition(petition=key), at(2), by=person("officer", name="别人"))
    assert refusal.message == "只有报批人可以撤回。"
    office.ok(c.WithdrawPetition(petition=key), at(2))
    assert office.matter.stage == "draft"
    assert "已不存在" in office.refused(c.WithdrawPetition(petition=key), at(2)).message


def test_a_unit_withdraws_what_it_laid_before() -> None:
    office = Office()
    office.work()
    office.ok(c.RequestCoordination(unit="fin", words="请协调"), at(3))
    key = office.petition("coordination").id
    office.ok(c.WithdrawPetition(petition=key), at(3), by=person("liaison", "fin"))
    assert office.matter.open_petitions() == ()


# --- the unit head's sign-off ---------------------------------------------------------------------------


def laid_before_the_head() -> Office:
    """Receipt on Monday the 2nd: five working days end on Monday the 9th."""
    office = Office()
    office.work(at(2))
    office.ok(c.ReportCompletion(unit="fin", content=report(signed_by=""), for_sign_off=True), at(9, 17))
    return office


def test_a_report_is_made_when_the_units_head_signs_it() -> None:
    office = laid_before_the_head()
    assert office.matter.reports == {}
    other_head = office.refused(c.Sign(petition="sign_off_completion"), at(9, 18), by=person("head", "water"))
    assert other_head.message == "“单位负责人签批办结报告”须由单位主要负责人签批。"
    office.sign("sign_off_completion", at(9, 20))
    made = office.matter.reports["R1"]
    assert made.content.signed_by == "某head"
    assert made.at == at(9, 20)
    assert office.completion().on_time


def test_a_report_signed_after_the_date_is_late_whenever_it_was_written() -> None:
    office = laid_before_the_head()
    office.sign("sign_off_completion", at(10, 8))
    assert office.completion().on_time is False
    assert office.completion().due == day_end(9)


def test_the_head_returns_a_report_to_the_units_own_staff() -> None:
    office = laid_before_the_head()
    office.ok(c.Sign(petition="sign_off_completion", approve=False, words="再核"), at(9, 18))
    assert office.matter.reports == {}
    assert office.completion().status == "open"


def test_two_sign_offs_do_not_make_two_completion_reports() -> None:
    office = laid_before_the_head()
    again = c.ReportCompletion(unit="fin", content=report("另一稿", signed_by=""), for_sign_off=True)
    assert "正在报单位负责人签批" in office.refused(again, at(9, 18)).message
    office.complete(at(9, 19))
    refusal = office.refused(c.Sign(petition="sign_off_completion"), at(9, 20))
    assert refusal.message == "办结报告已报送，正在审核。"
    assert list(office.matter.reports) == ["R1"]


def test_progress_may_be_signed_off_too() -> None:
    office = Office()
    office.work(at(2))
    progress = c.ReportProgress(unit="fin", content=report(signed_by=""), for_sign_off=True)
    office.ok(progress, at(3))
    office.sign("sign_off_progress", at(4))
    assert office.matter.reports["R1"].kind == "progress"
    assert office.matter.reports["R1"].content.signed_by == "某head"


# --- papers whose matter has moved on ------------------------------------------------------------------


def test_a_cancelled_matter_takes_its_waiting_papers_along() -> None:
    """Otherwise a late signature would bring the matter back to life."""
    office = submitted()
    office.ok(c.Cancel(reason="上级撤销"), at(3))
    key = office.petition("listing").id
    office.sign("cancel", at(3))
    assert office.matter.stage == "cancelled"
    assert office.matter.open_petitions() == ()
    refusal = office.refused(c.Sign(petition=key), at(4), by=person("director"))
    assert "已签毕" in refusal.message
    assert kinds(office.world.history["M1"])[-2:] == ["Cancelled", "PetitionRefused"]


def test_a_second_resumption_is_not_signed() -> None:
    office = Office()
    office.work(at(2))
    office.ok(c.Suspend(reason="停工"), at(3))
    office.sign("suspend", at(3))
    office.ok(c.Resume(due=at(20).date()), at(4))
    office.ok(c.Resume(due=at(25).date()), at(4))
    second = office.matter.open_petitions()[1]
    office.sign("resume", at(5))
    assert office.completion().due == day_end(20)
    assert "已签毕" in office.refused(c.Sign(petition=second.id), at(5), by=person("director")).message
    assert office.matter.stage == "working"
    assert office.matter.open_petitions() == ()


def test_what_waits_when_a_matter_is_suspended_goes_on_waiting() -> None:
    office = Office()
    office.work(at(2))
    office.ok(c.SetDate(due=at(25).date()), at(3))
    office.ok(c.Suspend(reason="停工"), at(3))
    office.sign("suspend", at(3))
    refusal = office.refused(c.Sign(petition="date"), at(4), by=person("chief"))
    assert refusal.message == "事项现在是“中止”，不能签批“重新确定期限”。"
    office.ok(c.Resume(due=at(20).date()), at(5))
    office.sign("resume", at(5))
    office.sign("date", at(6))
    assert office.completion().due == day_end(25)


@pytest.mark.parametrize("act", ["close_unachieved", "cancel", "suspend"])
def test_endings_are_decided_by_a_head_or_a_leader_even_without_a_route(act: str) -> None:
    office = Office()
    office.work(at(2))
    made = {
        "close_unachieved": c.CloseUnachieved(reason="无法达成"),
        "cancel": c.Cancel(reason="上级撤销"),
        "suspend": c.Suspend(reason="停工"),
    }[act]
    assert office.refused(made.model_copy(update={"reason": " "}), at(3)).field == "reason"
    office.ok(made, at(3))
    assert office.petition(act).steps[0].roles == ("director", "chief", "mayor")
    assert office.matter.stage == "working"
    office.sign(act, at(3))
    assert office.matter.stage == {"close_unachieved": "closed_unachieved", "cancel": "cancelled"}.get(
        act, "suspended"
    )
