"""Registering a directive with its matters: all or nothing, keeping what was typed, once only."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from duban.core import commands as c
from duban.server import clock
from duban.server.handle import handle, load_directive, load_matter
from duban.server.models import Attachment, DirectiveRow, MatterRow
from duban.server.papers_store import open_file
from duban.server.queries.matter import paper_for
from tests.server.building import House, dispatched, done, registered
from tests.server.web.visiting import Counting, visiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"


def form(*matters: dict[str, str], **directive: str) -> dict[str, Any]:
    """The form as a browser sends it."""
    data = {
        "command_id": "abc",
        "count": str(max(3, len(matters))),
        "name": "某领导关于修路的批示",
        "source": "instruction",
        "leader": "样例领导",
        "paper_kind": "instruction_copy",
    } | directive
    for i, matter in enumerate(matters):
        data |= {f"r{i}-{k}": v for k, v in matter.items()}
    return data


def row(name: str = "修路", **more: str) -> dict[str, str]:
    return {"name": name, "category": "key", "mode": "assign", "leads": "财政局"} | more


def pdf(name: str = "批示.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def kept(text: str) -> list[str]:
    return re.findall(r'name="kept" value="(\d+)"', text)


# --- who -------------------------------------------------------------------------------------------------------------


def test_only_staff_register(east: House, west: House) -> None:
    stream = _registered(east)
    for person in (east.leader, east.finance, east.finance_chief, east.discipline):
        client = visiting(person)
        assert client.get("/directives/new/").status_code == 404
        assert client.post("/directives/new/", form(row())).status_code == 404
        assert client.get(f"/directives/{stream}/matters/").status_code == 404
    assert visiting(east.leader).get(f"/directives/{stream}/").status_code == 200
    for person in (east.finance, west.officer):
        assert visiting(person).get(f"/directives/{stream}/").status_code == 404
        assert "修路的批示" not in shown(visiting(person), "/directives/")


def _registered(h: House) -> str:
    order = c.RegisterDirective(name="某领导关于修路的批示", source="instruction", number="〔2026〕1号")
    return done(handle(h.office, order, h.officer)).stream


# --- registering -----------------------------------------------------------------------------------------------------


def test_a_directive_and_its_rows_are_registered_together(east: House) -> None:
    answer = visiting(east.officer).post(
        "/directives/new/",
        form(
            row("修路", leads="czj", supports="公路局", stated_due="2026-04-30"),
            {},
            row("架桥", leads="公路局、财政局", restricted="on", readers="east head、甲"),
            issued_on="2026-02-27",
            received_at="2026-02-28T10:00",
        ),
    )
    assert answer.status_code == 302
    directive = DirectiveRow.objects.get()
    assert answer["Location"] == f"/directives/{directive.pk}/"
    assert directive.registered_at == clock.to_db(datetime(2026, 2, 28, 10))
    road, bridge = (MatterRow.objects.get(title=t) for t in ("修路", "架桥"))
    assert [(a.unit, a.lead) for a in road.assignments.all()] == [("finance", True), ("roads", False)]
    facts = load_matter(bridge.pk).facts
    assert facts.leads == ("roads", "finance") and facts.restricted and facts.readers == ("east head", "甲")
    text = shown(visiting(east.officer), f"/directives/{directive.pk}/")
    assert "修路" in text and "架桥" in text and "2 件" in text


def test_a_directive_without_matters_is_broken_down_later(east: House) -> None:
    client = visiting(east.officer)
    assert client.post("/directives/new/", form()).status_code == 302
    stream = DirectiveRow.objects.get().pk
    path = f"/directives/{stream}/matters/"
    assert client.post(path, form()).status_code == 422
    assert client.post(path, form(row("架桥")) | {"command_id": "d2"}).status_code == 302
    assert load_directive(stream).matters == (MatterRow.objects.get().pk,)


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (row("架桥", leads="没有的局"), "通讯录里没有，或名称不唯一：没有的局"),
        (row("架桥", leads="财政局、公路局、本机构"), "督查机构不能列为承办单位"),
        (row("", leads="财政局"), "请写明事项名称"),
        (row("架桥", stated_due="月底"), "完成日期应写成"),
        (row("架桥", milestones="打桩；四月"), "第 1 行应写成"),
        (row("架桥", milestones="打桩；2026-04-01；没有的局"), "没有“没有的局”"),
        (row("架桥", content="秘密★一年"), "涉密事项不得进入本系统"),
    ],
)
def test_one_wrong_row_saves_nothing_and_keeps_everything(
    east: House, second: dict[str, str], words: str
) -> None:
    answer = visiting(east.officer).post("/directives/new/", form(row("修路"), second, number="文号一"))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert words in text, re.findall(r"field__error.*?</p>", text)
    assert "修路" in text and 'value="文号一"' in text
    assert f">\n{second['name']}</textarea>" in text
    # The refusal stands in the second row, not in the first.
    assert words not in text.split("第 1 项")[1].split("第 2 项")[0]
    assert not DirectiveRow.objects.exists() and not MatterRow.objects.exists()


def test_a_rules_refusal_stands_in_its_row_with_its_article(east: House) -> None:
    answer = visiting(east.officer).post("/directives/new/", form(row("修路"), row("架桥", leads="本机构")))
    second = answer.content.decode().split("第 2 项")[1].split("第 3 项")[0]
    assert answer.status_code == 422 and "督查机构不能列为承办单位。（第一条）" in second


def test_a_value_that_the_regulation_does_not_know_is_refused(east: House) -> None:
    answer = visiting(east.officer).post("/directives/new/", form(row(mode="nonsense")))
    assert answer.status_code == 422 and "本制度没有“nonsense”这个取值" in answer.content.decode()


@pytest.mark.parametrize(
    ("directive", "words"),
    [
        ({"name": ""}, "请写明依据的名称"),
        ({"source": ""}, "请选择立项依据的来源"),
        ({"issued_on": "三月"}, "日期应写成"),
        ({"received_at": "昨天"}, "时间应写成"),
        ({"received_at": "2027-01-01T10:00"}, "晚于"),
        ({"text": "机密★"}, "涉密"),
    ],
)
def test_a_wrong_directive_is_refused_at_its_field(
    east: House, directive: dict[str, str], words: str
) -> None:
    answer = visiting(east.officer).post("/directives/new/", form(row(), **directive))
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not DirectiveRow.objects.exists()


def test_more_rows_keep_what_was_typed(east: House) -> None:
    data = form(row("修路")) | {"more": "1"}
    text = visiting(east.officer).post("/directives/new/", data).content.decode()
    assert text.count('class="matter-row"') == 8 and ">\n修路</textarea>" in text
    for count in ("-5", "x", "²", "99999", ""):
        answer = visiting(east.officer).post("/directives/new/", data | {"count": count})
        assert answer.status_code == 200


def test_sending_twice_registers_once(east: House) -> None:
    client = visiting(east.officer)
    for _ in range(2):
        answer = client.post("/directives/new/", form(row(), row("架桥")) | {"papers": pdf()})
        assert answer.status_code == 302
    assert DirectiveRow.objects.count() == 1 and MatterRow.objects.count() == 2
    stream = DirectiveRow.objects.get().pk
    assert "没有再登记一遍" in shown(client, f"/directives/{stream}/")
    for _ in range(2):
        client.post(f"/directives/{stream}/matters/", form(row("绿化")) | {"command_id": "zwei"})
    assert MatterRow.objects.count() == 3


# --- papers ----------------------------------------------------------------------------------------------------------


def test_each_matter_gets_its_own_copy_which_its_unit_can_open(east: House) -> None:
    data = form(row("修路"), row("架桥", leads="公路局"), copies="on") | {"papers": pdf()}
    assert visiting(east.officer).post("/directives/new/", data).status_code == 302
    directive = DirectiveRow.objects.get()
    original = Attachment.objects.get(stream=directive.pk)
    road = MatterRow.objects.get(title="修路")
    copy = Attachment.objects.get(stream=road.pk)
    assert (copy.name, copy.kind, copy.digest) == ("批示.pdf", "instruction_copy", original.digest)
    with open_file(copy) as file:
        assert file.read() == PDF
    assert [p.kind for p in load_matter(road.pk).facts.papers] == ["instruction_copy"]
    for command, person in (
        (c.Submit(), east.officer),
        (c.Sign(petition="listing"), east.head),
        (c.Dispatch(channel="paper"), east.officer),
    ):
        done(handle(east.office, command, person, stream=road.pk))
    assert paper_for(east.finance, copy.pk) == copy
    assert visiting(east.finance).get(f"/papers/{original.pk}/").status_code == 404
    assert visiting(east.roads).get(f"/papers/{copy.pk}/").status_code == 404
    assert f"/papers/{original.pk}/" in shown(visiting(east.officer), f"/directives/{directive.pk}/")


def test_without_the_tick_the_paper_stays_with_the_directive(east: House) -> None:
    visiting(east.officer).post("/directives/new/", form(row()) | {"papers": pdf()})
    assert Attachment.objects.get().stream_id == DirectiveRow.objects.get().pk
    assert load_matter(MatterRow.objects.get().pk).facts.papers == ()


def test_a_refusal_does_not_lose_the_file(east: House) -> None:
    client = visiting(east.officer)
    answer = client.post("/directives/new/", form(row(leads="没有的局")) | {"papers": pdf()})
    text = answer.content.decode()
    assert answer.status_code == 422 and "批示.pdf" in text and len(kept(text)) == 1
    again = form(row(), copies="on") | {"kept": kept(text)}
    assert client.post("/directives/new/", again).status_code == 302
    assert Attachment.objects.get(stream=DirectiveRow.objects.get().pk).name == "批示.pdf"


def test_a_program_is_not_taken_for_a_paper(east: House) -> None:
    bad = SimpleUploadedFile("批示.pdf", b"MZ\x90\x00" + b"\0" * 200, "application/pdf")
    answer = visiting(east.officer).post("/directives/new/", form(row()) | {"papers": bad})
    assert answer.status_code == 422 and 'id="id_papers_error"' in answer.content.decode()
    assert not DirectiveRow.objects.exists()


def test_another_persons_upload_cannot_be_named(east: House) -> None:
    first = visiting(east.officer).post("/directives/new/", form(row(leads="没有的局")) | {"papers": pdf()})
    stolen = form(row()) | {"kept": kept(first.content.decode())}
    visiting(east.head).post("/directives/new/", stolen)
    assert Attachment.objects.get().stream_id is None


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_list_finds_and_pages(east: House) -> None:
    for i in range(52):
        order = c.RegisterDirective(name=f"批示{i:02}", source="instruction")
        done(handle(east.office, order, east.officer))
    client = visiting(east.officer)
    assert "第 1–50 条，共 52 条" in shown(client, "/directives/")
    assert "第 51–52 条，共 52 条" in shown(client, "/directives/?page=2")
    assert "共 1 条" in shown(client, "/directives/?q=批示07")
    for q in ("%25", "%22", "%F0%9F%98%80", "x" * 2000, "_"):
        assert "没有符合条件" in shown(client, f"/directives/?q={q}")
    assert "共 52 条" in shown(client, "/directives/?q=%00")
    # The breakdown is owed within one working day: by Tuesday 3 March.
    assert "3月3日 周二" in shown(client, "/directives/")


def test_queries_do_not_grow_with_directives(east: House) -> None:
    client = visiting(east.officer)

    def fill(n: int) -> None:
        for _ in range(n):
            registered(east, directives=(_registered(east),))

    fill(5)
    client.get("/directives/")
    with Counting() as few:
        client.get("/directives/")
    fill(45)
    with Counting() as many:
        client.get("/directives/")
    assert many.count == few.count


def test_a_restricted_matter_is_not_counted_for_others(east: House) -> None:
    stream = _registered(east)
    registered(east, "密事", directives=(stream,), restricted=True, readers=("east head",))
    assert "密事" in shown(visiting(east.officer), f"/directives/{stream}/")
    text = shown(visiting(east.leader), f"/directives/{stream}/")
    assert "密事" not in text and "0 件" in text


# --- amending a draft ------------------------------------------------------------------------------------------------


def edited(text: str) -> dict[str, str]:
    """The form of a draft as the browser would send it back unchanged."""
    data = dict(
        re.findall(r'<input type="(?:text|date|number|hidden)" name="([^"]+)"[^>]*? value="([^"]*)"', text)
    )
    data |= dict(re.findall(r'<textarea name="([^"]+)"[^>]*>\n([^<]*)</textarea>', text))
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', text):
        chosen = re.search(r'value="([^"]*)" selected', options)
        data[name] = chosen[1] if chosen else ""
    return data


def test_a_draft_is_changed_and_the_rest_stays(east: House) -> None:
    plan = [{"id": "N1", "title": "打桩", "due": "2026-03-05", "unit": "finance"}]
    stream = registered(east, content="原内容", target="十公里", milestones=plan, stated_due="2026-04-30")
    client = visiting(east.officer)
    data = edited(shown(client, f"/m/{stream}/edit/"))
    before = load_matter(stream).facts
    assert (
        client.post(f"/m/{stream}/edit/", data | {"content": "新内容", "words": "核对后修改"}).status_code
        == 302
    )
    assert load_matter(stream).facts == before.model_copy(update={"content": "新内容"})
    again = client.post(f"/m/{stream}/edit/", data | {"content": "新内容", "leads": "没有的局"})
    assert again.status_code == 422 and "没有的局" in again.content.decode()


def test_what_is_dispatched_is_not_amended(east: House) -> None:
    stream = dispatched(east)
    client = visiting(east.officer)
    assert "现在不能修改" in shown(client, f"/m/{stream}/edit/")
    answer = client.post(f"/m/{stream}/edit/", row("改了"))
    assert answer.status_code == 422 and MatterRow.objects.get().title == "修路"
    for person in (east.finance, east.leader):
        assert visiting(person).get(f"/m/{stream}/edit/").status_code == 404


# --- joining (并案) ---------------------------------------------------------------------------------------------------


def test_a_directive_joins_a_matter_by_its_number(east: House) -> None:
    stream, matter = _registered(east), dispatched(east)
    number = MatterRow.objects.get(pk=matter).number
    answer = visiting(east.officer).post(
        f"/directives/{stream}/join/", {"number": number, "command_id": "j1"}
    )
    assert answer.status_code == 302
    assert stream in {d.id for d in load_matter(matter).directives}
    assert matter in load_directive(stream).matters


def test_a_number_that_is_not_there_is_said_and_nothing_joins(east: House, west: House) -> None:
    stream = _registered(east)
    foreign = MatterRow.objects.get(pk=dispatched(west)).number
    client = visiting(east.officer)
    page = client.post(f"/directives/{stream}/join/", {"number": f"{foreign}-x"}, follow=True)
    assert "没有编号为" in page.content.decode()
    assert load_directive(stream).matters == ()
    assert client.get(f"/directives/{stream}/join/").status_code == 405
    assert visiting(east.finance).post(f"/directives/{stream}/join/", {"number": "1"}).status_code == 404
