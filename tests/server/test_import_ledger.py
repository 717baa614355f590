"""duban import-ledger: files as people have them, the four numbers, and clear words for bad files."""

import json
import subprocess
import sys
import zipfile
from io import StringIO
from pathlib import Path

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command

from duban.server.handle import history, load_matter
from duban.server.models import Entry, MatterRow, Stream
from tests.server.building import House

pytestmark = pytest.mark.usefixtures("monday")


def workbook(path: Path, *rows: tuple[object, ...]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("台账")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return path


def ledger(path: Path) -> Path:
    """Two rows to take and a sum, under a title line."""
    return workbook(
        path,
        ("2026年重点工作台账",),
        ("序号", "工作任务", "责任单位", "完成时限", "类别"),
        (1, "修缮示例路", "财政局", "2026年6月底前", "重点工作"),
        (2, "整治内涝", "示例水务局", "长期坚持", ""),
        ("合计", "", "", "", ""),
    )


def run(path: Path, *options: str) -> str:
    out = StringIO()
    call_command("import_ledger", str(path), "--office", "east", *options, stdout=out)
    return out.getvalue()


def as_json(path: Path, *options: str) -> dict[str, object]:
    found = json.loads(run(path, "--json", *options))
    assert isinstance(found, dict)
    return found


def test_the_summary_says_the_four_numbers(east: House, tmp_path: Path) -> None:
    text = run(ledger(tmp_path / "a.xlsx"))
    assert "共 3 行 = 事项 1 + 待定 1 + 以前已导入 0 + 未导入 1" in text
    assert "第 5 行：没有任务内容" in text
    assert "示例水务局（1）" in text


def test_a_second_import_adds_nothing(east: House, tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    run(path)
    before = Entry.objects.count()
    assert "共 3 行 = 事项 0 + 待定 0 + 以前已导入 2 + 未导入 1" in run(path)
    renamed = path.rename(tmp_path / "改名.xlsx")
    assert "以前已导入 2" in run(renamed)
    assert Entry.objects.count() == before


def test_a_trial_reports_the_same_and_registers_nothing(east: House, tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    trial = as_json(path, "--dry-run")
    assert (trial["rows"], trial["matters"], trial["drafts"], trial["listed"]) == (3, 1, 1, 1)
    assert trial["dry_run"] is True
    assert (Stream.objects.count(), Entry.objects.count()) == (0, 0)


def test_the_json_report_accounts_for_every_row(east: House, tmp_path: Path) -> None:
    found = as_json(ledger(tmp_path / "a.xlsx"))
    results = found["results"]
    assert isinstance(results, list)
    assert [(one["row"], one["outcome"]) for one in results] == [(3, "matter"), (4, "draft"), (5, "listed")]
    assert found["proposed_units"] == [{"name": "示例水务局", "rows": 1}]
    assert load_matter(results[0]["stream"]).facts.title == "修缮示例路"


def test_the_mapping_names_the_columns(east: House, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ("事由描述", "谁来办"), ("修路", "财政局"))
    assert "事项 0 + 待定 1" in run(path, "--mapping", "task=事由描述,lead_units=谁来办")
    assert MatterRow.objects.get().lead_unit == "finance"


def test_in_whose_name(east: House, tmp_path: Path) -> None:
    """Without a name the import signs for itself; with one the officer does; others may not."""
    path = workbook(tmp_path / "a.xlsx", ("任务", "单位", "责任单位"), ("修路", "", "财政局"))
    run(path)
    assert history(MatterRow.objects.get().pk)[0].actor.name == "台账导入"
    other = workbook(tmp_path / "b.xlsx", ("任务", "单位", "责任单位"), ("架桥", "", "财政局"))
    run(other, "--as", "east-officer")
    actors = {history(row.pk)[0].actor.person for row in MatterRow.objects.all()}
    assert actors == {"import", east.officer.user.person}
    for name in ("east-leader", "east-finance", "west-officer"):
        with pytest.raises(CommandError) as refused:
            run(other, "--as", name)
        assert refused.value.returncode == 2


def test_a_formula_without_result_is_pointed_out(east: House, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("台账")
    sheet.write_row(0, 0, ("工作任务", "责任单位", "完成时限"))
    sheet.write_row(1, 0, ("修路", "财政局"))
    sheet.write_formula(1, 2, "=A1", None, "")
    book.close()
    found = as_json(path)
    results = found["results"]
    assert isinstance(results, list)
    assert (results[0]["row"], results[0]["outcome"]) == (2, "draft")
    assert any("单元格是公式" in note for note in results[0]["notes"])


def test_merged_cells(east: House, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("台账")
    sheet.write_row(0, 0, ("工作任务", "责任单位"))
    sheet.write(1, 0, "修路")
    sheet.write(2, 0, "架桥")
    sheet.merge_range(1, 1, 2, 1, "财政局")
    book.close()
    run(path)
    rows = set(MatterRow.objects.values_list("title", "lead_unit"))
    assert rows == {("修路", "finance"), ("架桥", "finance")}


def bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 60 * 1024 * 1024)
    return path


def test_bad_files_are_refused_in_words_with_status_2(east: House, tmp_path: Path) -> None:
    not_a_sheet = tmp_path / "a.docx"
    not_a_sheet.write_bytes(b"x")
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK nonsense")
    for path, says in (
        (tmp_path / "absent.xlsx", "找不到文件"),
        (not_a_sheet, "只能导入 .xlsx 或 .csv"),
        (broken, "已损坏"),
        (bomb(tmp_path / "bomb.xlsx"), "解压后为 60 MB"),
        (workbook(tmp_path / "wrong.xlsx", ("姓名", "电话"), ("甲一", "1")), "还缺字段"),
    ):
        with pytest.raises(CommandError, match=says) as refused:
            run(path)
        assert refused.value.returncode == 2, path
    with pytest.raises(CommandError, match="读不懂") as refused:
        run(ledger(tmp_path / "a.xlsx"), "--mapping", "nonsense")
    assert refused.value.returncode == 2
    assert Stream.objects.count() == 0


def test_an_unknown_office(east: House, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="没有代号为“nobody”的督查机构") as refused:
        call_command("import_ledger", str(ledger(tmp_path / "a.xlsx")), "--office", "nobody")
    assert refused.value.returncode == 2


def test_the_command_line_ends_with_status_2_and_without_traceback(tmp_path: Path) -> None:
    env = {"DUBAN_DATA_DIR": str(tmp_path / "data"), "PATH": "/usr/bin:/bin"}
    subprocess.run(
        [sys.executable, "-m", "duban", "migrate", "-v0"], env=env, check=True, capture_output=True
    )
    command = [sys.executable, "-m", "duban", "import-ledger", "absent.xlsx", "--office", "east"]
    ended = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "没有代号为“east”的督查机构" in ended.stderr
    assert "Traceback" not in ended.stderr
