"""From ledger rows to matters: every row accounted for, nothing invented, nothing twice."""

from datetime import date
from pathlib import Path

import pytest

from duban import packs
from duban.core.entries import Actor
from duban.core.matter import Matter
from duban.server.exchange import importing
from duban.server.exchange.importing import ImportReport, RowResult, import_ledger
from duban.server.exchange.sheet import MergedRange, Sheet, read_sheet
from duban.server.handle import history, load_directive, load_matter
from duban.server.models import DirectiveRow, Entry, MatterRow, Office, ProposedUnit, Stream, Unit
from duban.server.sweep import sweep
from tests.server.building import MONDAY, House

HEADER = ("文号", "序号", "工作任务", "牵头单位", "配合单位", "完成时限", "类别")


def table(
    *rows: tuple[str, ...], header: tuple[str, ...] = HEADER, merged: tuple[MergedRange, ...] = ()
) -> Sheet:
    width = len(header)
    filled = tuple((*row, *[""] * (width - len(row))) for row in rows)
    return Sheet("台账", "xlsx", (header, *filled), merged)


def run(h: House, *rows: tuple[str, ...]) -> ImportReport:
    return import_ledger(h.office, h.officer, table(*rows), now=MONDAY)


def only(report: ImportReport) -> RowResult:
    (one,) = report.results
    return one


def matter_of(report: ImportReport) -> Matter:
    return load_matter(only(report).stream)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    """Matters, drafts, already there, listed."""
    return (
        report.count("matter"),
        report.count("draft"),
        report.count("already"),
        report.count("listed"),
    )


def test_a_complete_row_becomes_a_matter_taken_over(east: House) -> None:
    report = run(
        east,
        ("示〔2026〕1号", "1", "修缮示例路。含人行道。", "财政局", "公路局", "2026年6月底前", "重点工作"),
    )
    assert counts(report) == (1, 0, 0, 0)
    matter = matter_of(report)
    facts = matter.facts
    assert (facts.title, facts.category, facts.mode) == ("修缮示例路", "key", "assign")
    assert (facts.leads, facts.supports) == (("finance",), ("roads",))
    assert facts.stated_due == date(2026, 6, 30)
    assert facts.stated_by == "示〔2026〕1号"
    assert facts.milestones == ()
    assert facts.content.startswith("修缮示例路。含人行道。\n")
    assert "完成时限：2026年6月底前" in facts.content
    assert facts.taken_over and not matter.confirmed
    assert [d.title for d in matter.directives] == ["示〔2026〕1号"]


def test_nothing_is_raised_until_somebody_confirms(east: House) -> None:
    """The date passed a year ago; the first sweep still leaves the matter alone."""
    stream = only(run(east, ("", "", "修路", "财政局", "", "2025-03-01", "重点工作"))).stream
    swept = sweep(MONDAY)
    assert (swept.changed, swept.failed) == (0, 0)
    assert len(history(stream)) == 1


def test_several_dates_are_milestones_and_the_last_is_the_due_date(east: House) -> None:
    matter = matter_of(
        run(east, ("", "", "修路", "财政局", "", "2026年6月底前开工;2026年12月底前完工", "重点工作"))
    )
    assert [m.due for m in matter.facts.milestones] == [date(2026, 6, 30), date(2026, 12, 31)]
    assert matter.facts.stated_due == date(2026, 12, 31)


def test_a_row_without_category_is_a_draft_and_says_so(east: House) -> None:
    report = run(east, ("", "", "修路", "财政局", "", "", ""))
    assert counts(report) == (0, 1, 0, 0)
    assert matter_of(report).stage == "draft"
    assert "待定：缺类别。" in only(report).notes


def test_a_category_the_regulation_does_not_know_stays_open(east: House) -> None:
    report = run(east, ("", "", "修路", "财政局", "", "", "民生实事"))
    assert matter_of(report).facts.category == ""
    assert "本制度没有“民生实事”这一类别，先空着。" in only(report).notes
    assert "类别：民生实事" in matter_of(report).facts.content


def test_units_not_in_the_directory_are_proposed_and_stay_words(east: House) -> None:
    rows = (
        ("示1号", "1", "修路", "财政局;示例甲局", "示例乙局", "", "重点工作"),
        ("示1号", "2", "架桥", "示例甲局", "", "", "重点工作"),
    )
    report = import_ledger(east.office, east.officer, table(*rows), now=MONDAY)
    assert report.proposed == (("示例甲局", 2), ("示例乙局", 1))
    first = load_matter(report.results[0].stream)
    assert first.facts.leads == ("finance",)
    assert first.facts.mode == ""
    assert "责任单位（待定）：示例甲局" in first.facts.content
    assert "配合单位（待定）：示例乙局" in first.facts.content
    assert dict(ProposedUnit.objects.values_list("name", "count")) == {"示例甲局": 2, "示例乙局": 1}
    assert Unit.objects.filter(office=east.office).count() == 2


def test_a_name_once_resolved_is_read_as_that_unit(east: House) -> None:
    run(east, ("", "", "修路", "老财政", "", "", "重点工作"))
    finance = Unit.objects.get(office=east.office, key="finance")
    ProposedUnit.objects.filter(name="老财政").update(resolved_as=finance)
    report = run(east, ("", "", "架桥", "老财政", "", "", "重点工作"))
    assert matter_of(report).facts.leads == ("finance",)
    assert report.proposed == ()


def test_a_second_import_adds_nothing(east: House) -> None:
    rows = (
        ("示1号", "1", "修路", "财政局", "", "2026-06-30", "重点工作"),
        ("示1号", "2", "架桥", "示例甲局", "", "", ""),
        ("", "", "", "", "", "", "合计"),
    )
    first = run(east, *rows)
    assert counts(first) == (1, 1, 0, 1)
    before = Entry.objects.count(), Stream.objects.count()
    again = run(east, *rows)
    assert counts(again) == (0, 0, 2, 1)
    assert (Entry.objects.count(), Stream.objects.count()) == before
    assert ProposedUnit.objects.get().count == 1
    assert [one.stream for one in again.results[:2]] == [one.stream for one in first.results[:2]]
    assert again.directives == ()


def test_a_row_changed_since_is_pointed_out_and_changes_nothing(east: House) -> None:
    first = run(east, ("示1号", "1", "修路", "财政局", "", "2026-06-30", "重点工作"))
    again = run(east, ("示1号", "1", "修大路", "财政局", "", "2026-09-30", "重点工作"))
    assert only(again).outcome == "already"
    assert "任务内容、完成日期" in only(again).notes[0]
    assert matter_of(first).facts.stated_due == date(2026, 6, 30)


def test_an_import_that_broke_off_is_repeated(east: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second row fails after its matter was registered: nothing of it stays, the first row does."""
    rows = (
        ("示1号", "1", "修路", "财政局", "", "", "重点工作"),
        ("示1号", "2", "架桥", "示例甲局", "", "", ""),
    )

    def fail(self: object, row: object) -> None:
        if getattr(row, "seq", "") == "2":
            raise RuntimeError("断电")

    with monkeypatch.context() as patch:
        patch.setattr(importing._Importer, "_propose", fail)
        with pytest.raises(RuntimeError, match="断电"):
            run(east, *rows)
    assert MatterRow.objects.filter(office=east.office).count() == 1
    assert counts(run(east, *rows)) == (0, 1, 1, 0)
    assert DirectiveRow.objects.filter(office=east.office).count() == 1


def test_one_document_is_one_directive_that_knows_its_matters(east: House) -> None:
    rows = [("示1号", str(n), f"事项{n}", "财政局", "", "", "重点工作") for n in range(1, 4)]
    report = run(east, *rows)
    assert report.directives == ("示1号",)
    directive = DirectiveRow.objects.get(office=east.office)
    assert load_directive(directive.pk).matters == tuple(one.stream for one in report.results)


def test_what_is_marked_secret_is_listed_and_not_kept(east: House) -> None:
    report = run(east, ("示2号", "1", "机密级事项", "财政局", "", "", "重点工作"))
    assert counts(report) == (0, 0, 0, 1)
    assert "涉密事项不得进入本系统" in only(report).notes[0]
    assert Stream.objects.count() == 0


def test_too_many_leads_for_the_mode_leave_it_open(east: House) -> None:
    """The mode takes two leads at most."""
    for key in ("a", "b"):
        Unit.objects.create(office=east.office, key=key, name=f"示例{key}局")
    report = run(east, ("", "", "修路", "财政局;示例a局;示例b局", "", "", "重点工作"))
    matter = matter_of(report)
    assert matter.facts.leads == ("finance", "a", "b")
    assert (matter.facts.mode, matter.stage) == ("", "draft")


def test_a_unit_whose_term_is_over_becomes_words(east: House) -> None:
    Unit.objects.create(office=east.office, key="old", name="示例指挥部", active_to=date(2025, 12, 31))
    report = run(east, ("", "", "修路", "示例指挥部", "", "", "重点工作"))
    matter = matter_of(report)
    assert matter.facts.leads == ()
    assert "主办单位（待定）：示例指挥部" in matter.facts.content
    assert any("不在设立期内" in note for note in only(report).notes)


def test_a_date_the_regulation_asks_for_and_nobody_gave(east: House) -> None:
    """Tongren 7.2: other than a leader's instruction, a matter needs its date; without it the row is a draft."""
    office = Office.objects.create(key="tr", name="示例股", pack="tongren-2014")
    Unit.objects.create(office=office, key="a", name="示例甲局")
    officer = Actor(person="import", name="台账导入", role="officer")
    rows = (("", "", "落实部署", "示例甲局", "", "", "上级和本级重大决策部署"),)
    report = import_ledger(office, officer, table(*rows), now=MONDAY)
    assert counts(report) == (0, 1, 0, 0)
    matter = matter_of(report)
    assert (matter.facts.category, matter.facts.mode, matter.facts.leads) == ("", "transfer", ("a",))
    assert any(note.startswith("类别未采用：这类事项没有缺省期限") for note in only(report).notes)


def test_a_merged_unit_cell_counts_for_all_its_rows(east: House) -> None:
    rows = (("", "1", "修路", "财政局"), ("", "2", "架桥", ""))
    merged = (MergedRange(2, 4, 3, 4),)
    report = import_ledger(east.office, east.officer, table(*rows, merged=merged), now=MONDAY)
    assert [load_matter(one.stream).facts.leads for one in report.results] == [("finance",)] * 2
    assert "取自第 2 行" in report.results[1].notes[0]


def test_another_office_imports_the_same_file_for_itself(east: House, west: House) -> None:
    row = ("示1号", "1", "修路", "财政局", "", "", "重点工作")
    assert counts(run(east, row)) == (1, 0, 0, 0)
    assert counts(run(west, row)) == (1, 0, 0, 0)


# Rows of each real table, counted by hand, and how many different documents they come from.
GOLD = {"A01": 53, "A03": 39, "A06": 21, "A10": 99, "A12": 44, "A16": 58, "A18": 25, "A19": 2}


@pytest.mark.shared
@pytest.mark.django_db
@pytest.mark.parametrize("pack_id", packs.available())
def test_the_real_tables_go_in_completely_under_every_regulation(shared_dir: Path, pack_id: str) -> None:
    office = Office.objects.create(key="gold", name="示例督查室", pack=pack_id)
    role = next(role.id for role in packs.load(pack_id).roles if role.kind == "officer")
    officer = Actor(person="import", name="台账导入", role=role)
    for name, rows in GOLD.items():
        sheet = read_sheet(shared_dir / f"data/tasks/gold/{name}.csv")
        first = import_ledger(office, officer, sheet, now=MONDAY)
        assert (first.rows, counts(first)) == (rows, (0, rows, 0, 0)), name
        assert first.directives == (name,)
        again = import_ledger(office, officer, sheet, now=MONDAY)
        assert counts(again) == (0, 0, rows, 0), name
    assert MatterRow.objects.filter(office=office).count() == sum(GOLD.values()) == 341
    assert sweep(MONDAY).changed == 0


@pytest.mark.shared
@pytest.mark.django_db
def test_units_of_a_real_table_that_are_in_the_directory_are_found(shared_dir: Path) -> None:
    """A12 row 1: 市发展改革委 leads; 市委组织部 and 市人力资源和社会保障局 support, 各区、县级市 is no unit."""
    office = Office.objects.create(key="gold", name="示例督查室", pack="tongren-2014")
    for key, name in (("fgw", "市发展改革委"), ("zzb", "市委组织部"), ("rsj", "市人力资源和社会保障局")):
        Unit.objects.create(office=office, key=key, name=name)
    sheet = read_sheet(shared_dir / "data/tasks/gold/A12.csv")
    officer = Actor(person="import", name="台账导入", role="officer")
    report = import_ledger(office, officer, sheet, now=MONDAY)
    first = load_matter(report.results[0].stream)
    assert (first.facts.leads, first.facts.supports) == (("fgw",), ("zzb", "rsj"))
    assert "配合单位（待定）：各区、县级市" in first.facts.content
    assert dict(report.proposed)["各区、县级市"] == 33
