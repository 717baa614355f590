"""Duties: when they arise, from which day, until when; what discharges, lifts, moves and ends them.

March 2026: Mondays are the 2nd, 9th, 16th, 23rd, 30th; the first days off besides weekends are 4 to 6 April.
"""

from datetime import date, datetime
from typing import Any

import pytest

from duban.core import commands as c
from duban.core import entries as e
from duban.core.pack_reading import read_pack
from duban.core.world import World
from tests.core.packs import CHECKED, FILES, SUPPORTED, UNITS, Office, at, calendar, day_end, person, report

# --- terms and their starts -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "rule", "due"),
    [
        # Received Monday the 2nd: 3, 4, 5, 6 March and Monday the 9th are five working days.
        ("working", "complete-working", day_end(9)),
        # The 12th is the tenth day, a Thursday.
        ("calendar", "complete-calendar", day_end(12)),
        # The same-numbered day of April, a Thursday.
        ("month", "complete-month", day_end(2, month=4)),
        # To the minute.
        ("hours", "complete-hours", at(3, 10, 30)),
        ("sameday", "complete-sameday", day_end(2)),
    ],
)
def test_each_kind_of_term(category: str, rule: str, due: datetime) -> None:
    office = Office()
    office.work(at(2, 10, 30), category=category)
    assert (office.completion().rule, office.completion().due) == (rule, due)


def test_a_calendar_term_that_ends_on_a_holiday_rolls_on() -> None:
    """Ten days from 26 March end on Sunday 5 April, in 清明节; the 7th is the next working day."""
    office = Office()
    office.work(at(26), category="calendar")
    assert office.completion().due == day_end(7, month=4)
    assert office.completion().rolled_from == date(2026, 4, 5)


def test_a_term_in_months_from_the_31st_ends_on_the_last_day() -> None:
    office = Office()
    office.work(at(31), category="month")
    assert office.completion().due == day_end(30, month=4)


def test_terms_that_run_from_the_directive() -> None:
    """Issued Friday 27 February, received on 1 March, dispatched on the 4th.

    Three working days from issue: 28 February is a make-up workday, then 2 and 3 March. Seven days
    from receipt: Sunday the 8th, rolling to Monday the 9th.
    """
    office = Office()
    directive = c.RegisterDirective(name="通知", source="note", issued_on=date(2026, 2, 27))
    office.ok(directive, at(1), stream="D1")
    office.open(at(4), "M1", category="issued", directives=("D1",))
    office.open(at(4), "M2", category="received", directives=("D1",))
    assert office.duty("complete-issued").due == day_end(3)
    assert office.duty("complete-received", stream="M2").due == day_end(9)


def test_a_start_that_is_not_known_makes_no_duty() -> None:
    office = Office()
    office.open(at(4), category="issued")
    assert office.duties("complete-issued") == []


def test_a_term_that_runs_from_a_fact() -> None:
    """Exposed on Thursday the 5th: the 6th, the 9th and the 10th are the three working days."""
    office = Office()
    office.open(at(9), category="fact", facts={"exposed_on": "2026-03-05"})
    assert office.duty("complete-fact").due == day_end(10)
    assert office.duty("complete-fact").starts_on == date(2026, 3, 5)
    other = Office()
    other.open(at(9), category="fact")
    assert other.duties("complete-fact") == []


def test_of_a_group_the_first_rule_that_holds_takes_effect() -> None:
    office = Office()
    office.work(at(2), category="working", stated_due=date(2026, 3, 20))
    assert (office.completion().rule, office.completion().due) == ("complete-stated", day_end(20))


@pytest.mark.parametrize(
    ("authority", "due", "words"),
    [
        # Thirty days from 2 March: 1 April, a Wednesday; the stated 30 April lies beyond.
        ("", day_end(1, month=4), "，最长30日"),
        ("市长批示", day_end(30, month=4), ""),
    ],
)
def test_a_cap_shortens_a_stated_date_unless_it_is_lifted(authority: str, due: datetime, words: str) -> None:
    office = Office()
    office.open(at(2), stated_due=date(2026, 4, 30), authority=authority)
    duty = office.completion()
    assert duty.due == due
    assert duty.term == f"文件、领导或通知写明的日期{words}"


def test_a_date_on_the_cap_itself_stands() -> None:
    office = Office()
    office.open(at(2), stated_due=date(2026, 4, 1))
    assert office.completion().term == "文件、领导或通知写明的日期"


def test_a_blank_parameter_makes_no_duty_and_a_number_makes_one() -> None:
    blank = Office()
    blank.work(at(2))
    assert blank.duties("plan") == []
    office = Office()
    office.world.parameters["plan_days"] = 3
    office.work(at(2))
    assert office.duty("plan").due == day_end(5)
    assert office.duty("plan").cite.kind == "office_decision"


def test_duties_by_unit_and_by_office() -> None:
    """Every unit owes receipt, the supporting unit an opinion; the office asks each unit."""
    office = Office()
    office.work(at(2), **SUPPORTED)
    assert {o.unit for o in office.duties("acknowledge")} == {"fin", "plan"}
    assert {o.unit for o in office.duties("inquire")} == {"fin", "plan"}
    assert {o.unit for o in office.duties("input")} == {"plan"}
    assert {o.unit for o in office.duties("complete-working")} == {"fin"}


def test_the_receipt_of_one_unit_starts_and_ends_its_own_duties_only() -> None:
    office = Office()
    office.open(at(2), **SUPPORTED)
    office.ok(c.Acknowledge(unit="plan"), at(3))
    assert office.duty("acknowledge", "plan").on_time
    assert office.duty("acknowledge", "fin").status == "open"
    assert office.duty("inquire", "plan").status == "discharged"
    assert office.duty("inquire", "fin").status == "open"
    assert office.duties("complete-working") == []


def test_a_directive_owes_its_registration_until_a_matter_comes_of_it() -> None:
    """Received Friday the 6th: one working day ends on Monday the 9th."""
    office = Office()
    office.ok(c.RegisterDirective(name="纪要", source="meeting"), at(6), stream="D1")
    assert office.duty("register", stream="D1").due == day_end(9)
    office.sweep(at(10))
    assert office.duty("register", stream="D1").breached
    office.register(at(10, 11), directives=("D1",))
    assert office.duty("register", stream="D1").on_time is False


def test_milestones_each_have_their_own_date() -> None:
    plans = (
        e.MilestonePlan(id="a", title="开工", due=date(2026, 3, 10)),
        e.MilestonePlan(id="b", title="完工", due=date(2026, 3, 20)),
    )
    office = Office()
    office.work(at(2), category="month", milestones=plans)
    assert [(o.milestone, o.due) for o in office.duties("milestone")] == [
        ("a", day_end(10)),
        ("b", day_end(20)),
    ]
    office.ok(c.ReachMilestone(unit="fin", milestone="b"), at(9))
    assert [o.status for o in office.duties("milestone")] == ["open", "discharged"]
    assert "已经报告完成" in office.refused(c.ReachMilestone(unit="fin", milestone="b"), at(9)).message
    assert "没有这个节点" in office.refused(c.ReachMilestone(unit="fin", milestone="z"), at(9)).message


def test_a_milestone_of_all_leads_is_reached_by_each() -> None:
    plan = e.MilestonePlan(id="a", title="开工", due=date(2026, 3, 10))
    office = Office()
    office.work(at(2), mode="several", leads=("fin", "water"), category="month", milestones=(plan,))
    office.ok(c.ReachMilestone(unit="fin", milestone="a"), at(5))
    assert office.duty("milestone", "water").status == "open"
    office.ok(c.ReachMilestone(unit="water", milestone="a"), at(6))
    assert office.duty("milestone", "water").on_time


def test_a_standing_duty_has_no_date_and_never_lapses() -> None:
    office = Office()
    office.work(at(2), category="open", target="全年")
    duty = office.duty("standing")
    assert duty.due is None
    office.sweep(at(31, month=12))
    assert (office.duty("standing").status, office.duty("standing").breached) == ("open", False)


# --- in time, late, backdated ---------------------------------------------------------------------------


def test_the_last_second_of_the_due_day_is_in_time() -> None:
    office = Office()
    office.work(at(2))
    office.complete(at(9, 23, 59, 59))
    assert office.completion().on_time is True
    assert office.entries(e.ObligationBreached) == []


def test_midnight_after_the_due_day_is_late() -> None:
    office = Office()
    office.work(at(2))
    office.complete(at(10, 0))
    duty = office.completion()
    assert (duty.on_time, duty.ever_breached, duty.breached) == (False, True, False)
    # The lapse is recorded at the moment in which the term ran out, not when somebody looked.
    assert office.entries(e.ObligationBreached)[-1].occurred_at == day_end(9)


def test_duties_arise_once_and_lapse_once() -> None:
    office = Office()
    office.work(at(2))
    for day in (10, 11, 12):
        office.sweep(at(day))
    assert len(office.duties("complete-working")) == 1
    assert len(office.entries(e.ObligationBreached)) == 1


def test_a_backdated_report_lifts_the_lapse_and_takes_back_what_was_proposed() -> None:
    """Handed in on paper on Monday the 9th, typed in on the 11th after the sweep had raised everything."""
    office = Office()
    office.work(at(2))
    office.sweep(at(10, 1))
    assert office.completion().breached
    assert len(office.proposals("blue")) == 1
    assert len(office.proposals("deduct")) == 1
    proxy = e.Proxy(recorder=person("officer"), evidence="收文登记簿")
    office.complete(at(9, 16), recorded=at(11), proxy=proxy)
    duty = office.completion()
    assert (duty.status, duty.on_time, duty.breached, duty.ever_breached) == (
        "discharged",
        True,
        False,
        False,
    )
    assert office.proposals("blue") == []
    assert office.proposals("deduct") == []
    assert [r.entry.obligation for r in office.entries(e.BreachLifted)] == [duty.id]


def test_a_late_report_takes_back_the_urging_but_not_the_deduction() -> None:
    office = Office()
    office.work(at(2))
    office.sweep(at(10, 1))
    office.complete(at(11))
    assert office.proposals("blue") == []
    assert [p.points for p in office.proposals("deduct")] == ["1"]


# --- cycles ---------------------------------------------------------------------------------------------


def test_a_weekly_duty_turns_every_monday_to_the_last_working_day() -> None:
    office = Office()
    office.work(at(2), grade="a", category="month")
    office.ok(c.ReportProgress(unit="fin", content=report()), at(5))
    office.sweep(at(17))
    weeks = office.duties("weekly")
    assert [o.due for o in weeks] == [day_end(6), day_end(13), day_end(20)]
    assert [o.status for o in weeks] == ["discharged", "open", "open"]
    assert [o.breached for o in weeks] == [False, True, False]


def test_missed_sweeps_are_made_up_for_one_by_one() -> None:
    """From 2 March to 9 April; the week of 清明节 (30 March to 5 April) ends on Friday the 3rd."""
    office = Office()
    office.work(at(2), grade="a", category="open", target="x")
    office.sweep(at(9, month=4))
    weeks = office.duties("weekly")
    assert [o.due for o in weeks] == [
        day_end(6),
        day_end(13),
        day_end(20),
        day_end(27),
        day_end(3, month=4),
        day_end(10, month=4),
    ]
    assert [o.breached for o in weeks] == [True] * 5 + [False]
    arose = [r.occurred_at for r in office.entries(e.ObligationArose) if r.entry.rule == "weekly"]
    assert arose[1:] == [at(9, 0), at(16, 0), at(23, 0), at(30, 0), at(6, 0, month=4)]


def test_a_week_without_a_working_day_owes_nothing() -> None:
    """春节 2026 is 15 to 23 February: the week of the 16th has no working day, that of the 23rd has."""
    office = Office()
    office.work(at(9, month=2), grade="a", category="open", target="x")
    office.sweep(at(25, month=2))
    # 14 February is a make-up Saturday; 28 February, too.
    assert [o.due for o in office.duties("weekly")] == [day_end(14, month=2), day_end(28, month=2)]


def test_a_monthly_duty_counts_from_the_months_end() -> None:
    """Five days after 31 March: Sunday 5 April is in 清明节, so Tuesday the 7th. After 30 April: the
    5th of May is a holiday, the 6th is worked."""
    office = Office()
    office.work(at(2), grade="b", category="open", target="x")
    office.sweep(at(2, month=5))
    assert [o.due for o in office.duties("monthly")] == [
        day_end(7, month=4),
        day_end(6, month=5),
        day_end(5, month=6),
    ]


def test_a_report_discharges_the_earliest_open_period_only() -> None:
    office = Office()
    office.work(at(2), grade="a", category="month")
    office.sweep(at(10))
    office.ok(c.ReportProgress(unit="fin", content=report()), at(10))
    assert [(o.status, o.on_time) for o in office.duties("weekly")] == [("discharged", False), ("open", None)]
    office.ok(c.ReportProgress(unit="fin", content=report()), at(11))
    assert [(o.status, o.on_time) for o in office.duties("weekly")] == [
        ("discharged", False),
        ("discharged", True),
    ]


def test_half_years_and_years() -> None:
    """Fewer than ten working days left in a half-year: the first report is owed for the next one.

    From 17 June to 30 June there are eight (the 19th is 端午节); the second half ends on Thursday
    31 December. Fifteen days after 31 December 2026 is 15 January 2027, a Friday.
    """
    office = Office()
    office.open(at(17, month=6), category="open", target="x", grade="c")
    half = office.duty("half-yearly")
    assert (half.period, half.due) == ("2026年下半年", day_end(31, month=12))
    year = office.duty("yearly")
    assert (year.period, year.due) == ("2026年", day_end(15, month=1, year=2027))
    assert year.provisional
    early = Office()
    early.open(at(15, month=6), category="open", target="x", grade="c")
    # The 16th to the 18th, the 22nd to the 26th, the 29th and the 30th: ten.
    assert early.duty("half-yearly").due == day_end(30, month=6)


def test_periodic_reports_rest_while_a_completion_report_is_under_review() -> None:
    office = Office()
    office.work(at(2), grade="a", category="month")
    office.complete(at(5))
    office.sweep(at(24))
    # The week of the report is discharged by it; those of the 9th and 16th rest and end without a lapse.
    assert [(o.status, o.ever_breached) for o in office.duties("weekly")] == [
        ("discharged", False),
        ("ended", False),
        ("ended", False),
        ("open", False),
    ]
    office.ok(c.Review(unit="fin", verdict="return", reason="quality", words="重办"), at(25))
    office.sweep(at(28))
    # The review ended within the week of the 23rd: its report is owed.
    assert office.duties("weekly")[3].breached


def test_cycles_stop_when_the_matter_is_closed() -> None:
    office = Office()
    office.work(at(2), grade="a", category="month")
    office.complete(at(5))
    office.accept(at(6))
    office.close(at(9))
    count = len(office.duties("weekly"))
    office.sweep(at(31, month=12))
    assert len(office.duties("weekly")) == count
    assert {o.status for o in office.duties("weekly")} == {"discharged", "ended"}
    # What closing itself brings about runs on: filing within ten days, to Thursday the 19th.
    assert office.duty("archive").due == day_end(19)
    assert office.duty("archive").breached


def test_cycles_resume_after_a_suspension_within_one_period() -> None:
    """Suspended on Tuesday the 10th, resumed on Thursday the 12th: that week is owed, and the next."""
    office = Office()
    office.work(at(2), grade="a", category="month")
    office.ok(c.ReportProgress(unit="fin", content=report()), at(5))
    office.ok(c.Suspend(reason="停工"), at(10))
    office.sign("suspend", at(10))
    office.ok(c.Resume(due=date(2026, 4, 10)), at(12))
    office.sign("resume", at(12))
    office.sweep(at(24))
    running = [o for o in office.duties("weekly") if o.status == "open"]
    assert [o.due for o in running] == [day_end(13), day_end(20), day_end(27)]


def test_nothing_turns_during_a_suspension() -> None:
    office = Office()
    office.work(at(2), grade="a", category="month")
    office.ok(c.Suspend(reason="停工"), at(4))
    office.sign("suspend", at(4))
    office.sweep(at(31))
    assert {o.status for o in office.matter.obligations.values()} <= {"discharged", "ended"}
    office.ok(c.Resume(due=date(2026, 4, 30)), at(31))
    office.sign("resume", at(31))
    assert office.completion().due == day_end(30, month=4)
    office.sweep(at(8, month=4))
    running = [o for o in office.duties("weekly") if o.status == "open"]
    assert [o.due for o in running] == [day_end(3, month=4), day_end(10, month=4)]


def test_what_was_reported_before_a_suspension_is_not_owed_again() -> None:
    office = Office()
    office.work(at(2))
    office.complete(at(5))
    office.ok(c.Suspend(reason="停工"), at(6))
    office.sign("suspend", at(6))
    office.ok(c.Resume(due=date(2026, 4, 10)), at(9))
    office.sign("resume", at(9))
    assert office.matter.stage == "reported"
    assert office.completion().status == "discharged"


# --- return, reading, closing, reopening ----------------------------------------------------------------


def returned(**fields: Any) -> Office:
    """Reported on the 5th, returned on the 6th; the original date is the 9th."""
    office = Office()
    office.work(at(2))
    office.complete(at(5))
    office.ok(c.Review(unit="fin", verdict="return", reason="facts", words="不实", **fields), at(6))
    return office


def test_a_return_reopens_the_duty_with_its_original_date() -> None:
    office = returned()
    duty = office.completion()
    assert (duty.status, duty.due, duty.on_time, office.matter.stage) == ("open", day_end(9), None, "working")
    assert office.matter.assignments["fin"].returns == 1


def test_a_return_may_give_more_time_but_never_less() -> None:
    later = returned(redo_by=date(2026, 3, 13)).completion()
    assert (later.due, later.original_due) == (day_end(13), day_end(9))
    assert returned(redo_by=date(2026, 3, 7)).completion().due == day_end(9)


def test_a_return_after_the_date_needs_a_new_one() -> None:
    office = Office()
    office.work(at(2))
    office.complete(at(9))
    bare = c.Review(unit="fin", verdict="return", reason="facts", words="不实")
    assert office.refused(bare, at(10)).field == "redo_by"
    past = bare.model_copy(update={"redo_by": date(2026, 3, 9)})
    assert office.refused(past, at(10)).message == "重办期限不能早于今天。"
    office.ok(bare.model_copy(update={"redo_by": date(2026, 3, 12)}), at(10))
    assert office.completion().due == day_end(12)


def test_a_return_needs_a_listed_reason_and_words() -> None:
    office = Office()
    office.work(at(2))
    office.complete(at(5))
    ask = c.Review(unit="fin", verdict="return", reason="mood", words="不好")
    assert office.refused(ask, at(6)).message == "退回须选择原因：质量不高、情况不实。"
    assert office.refused(c.Review(unit="fin", verdict="return", reason="facts"), at(6)).field == "words"


def test_acceptance_wants_every_point_checked() -> None:
    office = Office()
    office.work(at(2))
    office.complete(at(5))
    refusal = office.refused(c.Review(unit="fin", checklist=("true",)), at(6))
    assert refusal.message == "审核要点未全部确认：结果明确。"
    office.ok(c.Review(unit="fin", checklist=CHECKED), at(6))
    assert office.matter.stage == "reviewed"
    assert "没有待审核的报告" in office.refused(c.Review(unit="fin", checklist=CHECKED), at(6)).message


def test_every_lead_must_be_accepted_before_the_leaders_reading() -> None:
    office = Office()
    office.work(at(2), mode="several", leads=("fin", "water"))
    office.complete(at(5), "fin")
    office.accept(at(5), "fin")
    assert office.matter.stage == "working"
    assert "待审阅" not in office.refused(c.SendForReading(), at(5)).message
    office.complete(at(6), "water")
    assert office.matter.stage == "reported"
    office.accept(at(6), "water")
    assert office.matter.stage == "reviewed"


def test_closing_wants_acceptance_and_reading() -> None:
    office = Office()
    office.work(at(2))
    assert "审核通过后才能销号" in office.refused(c.Close(), at(3)).message
    office.complete(at(5))
    office.accept(at(5))
    assert "须先送领导审阅" in office.refused(c.Close(), at(5)).message
    office.close(at(6))
    assert (office.matter.stage, office.matter.ended_at) == ("closed", at(6))


def read_with(when: datetime, **fields: Any) -> Office:
    office = Office()
    office.work(at(2))
    office.complete(at(5))
    office.accept(at(5))
    office.ok(c.SendForReading(opinion="已落实"), at(6))
    office.ok(c.Sign(petition="reading", approve=False, words="再办", **fields), when)
    return office


def test_a_rejected_reading_starts_supervision_again() -> None:
    office = read_with(at(6))
    assert office.matter.stage == "working"
    assert (office.completion().status, office.completion().due) == ("open", day_end(9))
    assert office.matter.assignments["fin"].accepted is False
    assert read_with(at(6), due=date(2026, 3, 20)).completion().due == day_end(20)


def test_a_reading_rejected_after_the_date_needs_a_new_one() -> None:
    office = Office()
    office.work(at(2))
    office.complete(at(9))
    office.accept(at(9))
    office.ok(c.SendForReading(), at(9))
    reject = c.Sign(petition="reading", approve=False, words="再办")
    assert office.refused(reject, at(10)).field == "due"
    office.ok(reject.model_copy(update={"due": date(2026, 3, 20)}), at(10))
    assert office.completion().due == day_end(20)


def test_a_closed_matter_can_be_reopened_with_a_new_date() -> None:
    office = Office()
    office.work(at(2))
    office.complete(at(5))
    office.accept(at(5))
    office.close(at(6))
    past = c.Reopen(reason="反弹", due=date(2026, 3, 8))
    assert office.refused(past, at(9)).message == "新期限不能早于今天。"
    office.ok(c.Reopen(reason="反弹", due=date(2026, 3, 20)), at(9))
    assert office.matter.stage == "closed"
    office.sign("reopen", at(9))
    assert office.matter.stage == "working"
    assert (office.completion().status, office.completion().due) == ("open", day_end(20))
    office.complete(at(20))
    office.accept(at(20))
    assert "须先送领导审阅" in office.refused(c.Close(), at(20)).message
    office.close(at(21))
    assert office.matter.stage == "closed"


def test_conversion_to_upkeep_ends_the_old_duties_and_starts_the_new_cycle() -> None:
    """Converted on 16 March: from the next quarter on, whose last working day is Tuesday 30 June."""
    office = Office()
    office.work(at(2), grade="a", category="month")
    assert "督查等级" in office.refused(c.ConvertToUpkeep(grade="z"), at(16)).message
    office.ok(c.ConvertToUpkeep(grade="c"), at(16))
    office.sign("upkeep", at(16))
    assert office.matter.upkeep
    assert office.completion().status == "ended"
    assert {o.status for o in office.duties("weekly")} == {"ended"}
    assert office.duty("quarterly").due == day_end(30, month=6)
    office.sweep(at(2, month=7))
    assert [o.due for o in office.duties("quarterly")] == [day_end(30, month=6), day_end(30, month=9)]
    # It may then be struck off without a completion report.
    office.ok(c.Close(), at(3, month=7))


def test_a_matter_taken_over_raises_nothing_until_it_is_confirmed() -> None:
    office = Office()
    office.work(at(2), taken_over=True)
    office.sweep(at(20))
    assert office.entries(e.ObligationBreached) == []
    assert office.entries(e.ConsequenceProposed) == []
    office.ok(c.ConfirmTakeOver(), at(20))
    assert [r.occurred_at for r in office.entries(e.ObligationBreached)] == [day_end(9)]
    assert len(office.proposals("blue")) == 1
    assert "无需确认" in office.refused(c.ConfirmTakeOver(), at(20)).message


# --- units that come and go ----------------------------------------------------------------------------


def test_an_upheld_objection_brings_a_new_unit_in_and_lets_the_old_one_go() -> None:
    office = Office()
    office.work(at(2))
    office.ok(c.Object(unit="fin", words="应由丙局办理", asked_leads=("water",)), at(4))
    office.sign("objection", at(5), words="同意")
    assert list(office.matter.assignments) == ["water"]
    assert (office.completion("fin").status, office.completion("fin").ended_because) == ("ended", "不再承办")
    assert (office.duty("acknowledge", "water").due, office.duty("acknowledge", "water").status) == (
        day_end(6),
        "open",
    )
    office.ok(c.Acknowledge(unit="water"), at(6))
    # Five working days from Friday the 6th: Friday the 13th.
    assert office.completion("water").due == day_end(13)
    assert (
        "不是本事项的承办单位"
        in office.refused(c.ReportProgress(unit="fin", content=report()), at(6)).message
    )


def test_the_signatory_may_name_other_units_and_another_date() -> None:
    office = Office()
    office.work(at(2), stated_due=date(2026, 3, 20), **SUPPORTED)
    office.ok(c.Object(unit="fin", points=("deadline",), words="来不及", asked_due=date(2026, 3, 25)), at(3))
    office.sign("objection", at(4), words="准", due=date(2026, 3, 24))
    assert (office.completion().due, office.completion().original_due) == (day_end(24), day_end(20))
    assert set(office.matter.assignments) == {"fin", "plan"}


@pytest.mark.parametrize(("day", "late"), [(4, False), (5, True)])
def test_the_window_for_objections(day: int, late: bool) -> None:
    """Received Monday the 2nd: two working days end with Wednesday the 4th. A late one is taken, and said so."""
    office = Office()
    office.work(at(2))
    notices = office.ok(c.Object(unit="fin", words="有异议"), at(day, 23))
    assert office.entries(e.ObjectionRaised)[0].entry.late is late
    assert bool(notices) is late
    # The term runs on either way.
    assert office.completion().due == day_end(9)
    office.ok(c.Sign(petition="objection", approve=False, words="不成立"), at(6))
    decided = office.entries(e.ObjectionDecided)[0].entry
    assert (decided.upheld, decided.words) == (False, "不成立")
    assert office.completion().status == "open"


def test_an_objection_cannot_bring_in_an_unknown_unit() -> None:
    office = Office()
    office.work(at(2))
    office.ok(c.Object(unit="fin", words="不属本单位"), at(3))
    refusal = office.refused(c.Sign(petition="objection", leads=("nobody",), words="转"), at(3))
    assert "通讯录里没有" in refusal.message


def test_a_promise_later_than_the_date_is_refused() -> None:
    office = Office()
    office.open(at(2))
    late = c.Acknowledge(unit="fin", committed_date=date(2026, 3, 10))
    assert office.refused(late, at(2)).message == "承诺时限不得晚于办结期限2026-03-09。"
    office.ok(c.Acknowledge(unit="fin", committed_date=date(2026, 3, 9)), at(2))
    assert office.refused(c.Acknowledge(unit="fin"), at(3)).message == "本单位已经签收。"


def test_reports_want_receipt_first_and_a_lead() -> None:
    office = Office()
    office.open(at(2), **SUPPORTED)
    progress = c.ReportProgress(unit="fin", content=report())
    assert office.refused(progress, at(2)).message == "请先签收，再反馈。"
    office.ok(c.Acknowledge(unit="fin"), at(2))
    office.ok(c.Acknowledge(unit="plan"), at(2))
    refusal = office.refused(c.ReportCompletion(unit="plan", content=report()), at(3))
    assert "由主办单位综合后上报" in refusal.message
    unsigned = c.ReportCompletion(unit="fin", content=report(signed_by=""))
    assert office.refused(unsigned, at(3)).message == "办结报告须经单位负责人签字。"
    office.ok(unsigned, at(3), by=person("head", "fin"))


def test_a_completion_without_the_supporting_opinions_says_so() -> None:
    office = Office()
    office.work(at(2), **SUPPORTED)
    assert [n.message for n in office.complete(at(3))] == ["尚缺协办意见：乙局。"]
    other = Office()
    other.work(at(2), **SUPPORTED)
    assert "主办单位请报送进展" in other.refused(c.SubmitInput(unit="fin", text="x"), at(3)).message
    other.ok(c.SubmitInput(unit="plan", text="同意"), at(3))
    assert other.duty("input").on_time
    assert other.complete(at(3)) == ()


# --- how a day ends, what a unit keeps for itself ----------------------------------------------------------


def test_a_pack_may_end_the_day_at_close_of_business() -> None:
    files = {
        **FILES,
        "base.toml": FILES["base.toml"].replace("rolls = true", 'rolls = true\nday_ends = "17:30"'),
    }
    office = Office(World(read_pack("neutral", files), calendar(), dict(UNITS)))
    office.work(at(2))
    assert office.completion().due == at(9, 17, 30)
    office.complete(at(9, 17, 31))
    assert office.completion().on_time is False


def test_a_calendar_term_does_not_roll_where_the_pack_says_so() -> None:
    """Ten days from 26 March: Sunday 5 April, whatever day it is."""
    files = {**FILES, "base.toml": FILES["base.toml"].replace("rolls = true", "rolls = false")}
    office = Office(World(read_pack("neutral", files), calendar(), dict(UNITS)))
    office.work(at(26), category="calendar")
    assert (office.completion().due, office.completion().rolled_from) == (day_end(5, month=4), None)


def test_a_plan_and_a_breakdown_are_the_units_own() -> None:
    office = Office()
    office.world.parameters["plan_days"] = 3
    office.work(at(2))
    assert office.refused(c.SubmitPlan(unit="fin", text=" "), at(3)).field == "text"
    office.ok(c.SubmitPlan(unit="fin", text="分三步"), at(5))
    assert office.duty("plan").on_time
    assert office.refused(c.BreakDown(unit="fin", items=()), at(5)).field == "items"
    office.ok(c.BreakDown(unit="fin", items=(e.TaskItem(title="踏勘"),)), at(5))
    assert (
        office.refused(c.ReportProgress(unit="fin", content=e.Report()), at(5)).message == "请写明进展情况。"
    )


def test_a_report_can_be_asked_about_without_being_returned() -> None:
    office = Office()
    office.work(at(2))
    office.complete(at(5))
    assert office.refused(c.Review(unit="fin", verdict="ask"), at(6)).field == "words"
    office.ok(c.Review(unit="fin", verdict="ask", words="数据来源？"), at(6))
    assert (office.matter.stage, office.completion().status) == ("reported", "discharged")


def test_a_unit_does_nothing_before_the_matter_is_dispatched() -> None:
    """A receipt dated before the dispatch would let the term run from a day on which nothing was asked."""
    office = Office()
    office.open(at(9))
    signed = e.Proxy(recorder=person("officer"), evidence="送达回证")
    early = office.refused(c.Acknowledge(unit="fin"), at(6), recorded=at(9), proxy=signed)
    assert (early.message, early.field) == ("发生时间早于交办时间，请核对。", "occurred_at")


def test_a_unit_does_not_date_its_own_acts_back() -> None:
    """Due on Monday the 9th and reported on the 10th "as of the 9th": only the office records that, on evidence."""
    office = Office()
    office.work(at(2))
    told = c.ReportCompletion(unit="fin", content=report())
    own = e.Proxy(recorder=person("liaison", "fin"), evidence="自述")
    assert office.refused(told, at(9), recorded=at(10)).field == "occurred_at"
    assert office.refused(told, at(9), recorded=at(10), proxy=own).field == "occurred_at"
    office.ok(told, at(9), recorded=at(10), proxy=e.Proxy(recorder=person("officer"), evidence="收文登记簿"))
    assert office.completion().on_time


def test_the_report_of_a_unit_that_left_is_not_reviewed() -> None:
    office = Office()
    office.work(at(2))
    office.complete(at(3))
    office.ok(c.Object(unit="fin", words="职责已划转", asked_leads=("water",)), at(3))
    office.sign("objection", at(3), words="同意")
    back = c.Review(unit="fin", verdict="return", reason="facts", words="重办")
    assert office.refused(back, at(4)).message == "没有待审核的报告。"
