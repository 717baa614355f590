"""Dates that move and explanations that do not: extension, new dates, coordination."""

from datetime import date

from duban.core import commands as c
from duban.core import entries as e
from tests.core.packs import Office, at, day_end, person


def asking(day: int, reason: str = "雨季", next_step: str = "抢工") -> c.RequestExtension:
    return c.RequestExtension(unit="fin", asked_due=date(2026, 3, day), reason=reason, next_step=next_step)


def test_an_extension_asked_in_time_moves_the_date_and_keeps_the_old_one() -> None:
    """Received on the 2nd, due on the 9th; asked on the 9th itself."""
    office = Office()
    office.work(at(2))
    office.ok(asking(13), at(9, 18))
    assert office.completion().due == day_end(9)
    office.sign("extension:ordinary", at(9, 19))
    duty = office.completion()
    assert (duty.due, duty.original_due, len(duty.moves)) == (day_end(13), day_end(9), 1)
    assert sum(a.extensions for a in office.matter.assignments.values()) == 1


def test_the_signatory_may_grant_less() -> None:
    office = Office()
    office.work(at(2))
    office.ok(asking(20), at(6))
    office.sign("extension:ordinary", at(6), due=date(2026, 3, 12))
    assert office.completion().due == day_end(12)
    early = Office()
    early.work(at(2))
    early.ok(asking(20), at(6))
    refusal = early.refused(c.Sign(petition="extension:ordinary", due=date(2026, 3, 9)), at(6))
    assert "应晚于现在的期限2026-03-09" in refusal.message


def test_a_refused_extension_changes_nothing() -> None:
    office = Office()
    office.work(at(2))
    office.ok(asking(13), at(6))
    office.ok(c.Sign(petition="extension:ordinary", approve=False, words="按期办"), at(6))
    assert office.completion().due == day_end(9)
    assert sum(a.extensions for a in office.matter.assignments.values()) == 0
    assert office.entries(e.ExtensionRefused)[0].entry.words == "按期办"


def test_a_late_request_is_taken_as_an_explanation() -> None:
    office = Office()
    office.work(at(2))
    notices = office.ok(asking(13), at(10))
    assert [(n.recorded_as, "期限已过" in n.message) for n in notices] == [("explain_delay", True)]
    assert office.entries(e.DelayExplained)[0].entry.instead_of == "request_extension"
    assert office.completion().due == day_end(9)
    assert office.completion().breached
    assert office.matter.open_petitions() == ()
    assert len(office.proposals("blue")) == 1


def test_without_a_rule_a_request_is_an_explanation_too() -> None:
    office = Office()
    office.work(at(2), category="calendar")
    notices = office.ok(asking(25), at(3))
    assert "本制度没有延期的规定" in notices[0].message
    assert office.completion().due == day_end(12)
    assert office.refused(asking(25, reason=" "), at(3)).field == "reason"


def test_the_longest_extension_counts_from_the_original_start() -> None:
    """Twenty working days from Monday 2 March: Monday the 30th."""
    office = Office()
    office.work(at(2))
    assert office.refused(asking(31), at(3)).message == "延期后最迟不得超过2026-03-30。"
    office.ok(asking(30), at(3))
    office.sign("extension:ordinary", at(3))
    assert office.completion().due == day_end(30)
    # A second extension has the same limit.
    assert "最迟不得超过2026-03-30" in office.refused(asking(31), at(20)).message


def test_an_extension_names_what_is_missing() -> None:
    office = Office()
    office.work(at(2))
    assert office.refused(asking(13, next_step=""), at(3)).message == "申请延期须写明下一步打算。"
    assert "应晚于现在的期限" in office.refused(asking(9), at(3)).message
    unreceived = Office()
    unreceived.open(at(2))
    assert "还没有可以延长的办理期限" in unreceived.refused(asking(13), at(3)).message


def test_an_extension_granted_after_the_date_passed_ends_the_lateness() -> None:
    """Asked in time, signed too late: until the signature the unit was overdue, then no more."""
    office = Office()
    office.work(at(2))
    office.ok(asking(13), at(9))
    office.sweep(at(10, 1))
    assert office.completion().breached
    office.sign("extension:ordinary", at(10, 9))
    assert (office.completion().breached, office.completion().ever_breached) == (False, True)
    assert office.proposals("blue") == []
    office.sweep(at(14))
    assert office.completion().breached
    assert [r.occurred_at for r in office.entries(e.ObligationBreached)] == [day_end(9), day_end(13)]


def test_an_explanation_moves_no_date() -> None:
    office = Office()
    office.work(at(2))
    assert office.refused(c.ExplainDelay(unit="fin"), at(3)).message == "书面说明须写明原因。"
    notices = office.ok(c.ExplainDelay(unit="fin", reason="雨季"), at(3))
    assert "期限不变" in notices[0].message
    assert (office.completion().due, office.matter.explained) == (day_end(9), 1)


def test_a_leader_sets_a_new_date_and_the_old_one_stays() -> None:
    office = Office()
    office.work(at(2), mode="several", leads=("fin", "water"))
    assert office.refused(c.SetDate(due=date(2026, 3, 3)), at(4)).message == "新期限不能早于今天。"
    assert office.refused(c.SetDate(due=date(2026, 3, 9), unit="plan"), at(4)).field == "unit"
    # A leader who may decide has decided by asking.
    office.ok(c.SetDate(due=date(2026, 3, 20), words="会议定"), at(4), by=person("mayor"))
    assert [(o.due, o.original_due) for o in office.duties("complete-working")] == [
        (day_end(20), day_end(9))
    ] * 2
    assert office.matter.facts.stated_due == date(2026, 3, 20)


def test_a_date_for_one_unit_moves_only_that_units_duty() -> None:
    office = Office()
    office.work(at(2), mode="several", leads=("fin", "water"))
    office.ok(c.SetDate(due=date(2026, 3, 20), unit="water"), at(4))
    office.sign("date", at(4), due=date(2026, 3, 18))
    assert office.completion("fin").due == day_end(9)
    assert office.completion("water").due == day_end(18)
    assert office.matter.facts.stated_due is None


def test_coordination_may_bring_a_new_date() -> None:
    office = Office()
    office.work(at(2), mode="several", leads=("fin", "water"))
    assert office.refused(c.RequestCoordination(unit="fin", words=" "), at(3)).field == "words"
    office.ok(c.RequestCoordination(unit="fin", words="请协调用地"), at(3))
    assert office.refused(c.Sign(petition="coordination"), at(4)).message == "请写明协调意见。"
    office.sign("coordination", at(4), words="自然资源局配合", due=date(2026, 3, 16))
    assert (office.completion("fin").due, office.completion("water").due) == (day_end(16), day_end(9))


def test_coordination_may_be_declined() -> None:
    office = Office()
    office.work(at(2))
    office.ok(c.RequestCoordination(unit="fin", words="请协调"), at(3))
    office.ok(c.Sign(petition="coordination", approve=False, words="自行解决"), at(4))
    assert office.entries(e.CoordinationAnswered)[0].entry.words == "自行解决"
    assert office.completion().due == day_end(9)
