"""The page components: what each must show, that it escapes, and that the strict content policy holds."""

import dataclasses
import re
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.template import Context, Engine
from django.template.loader import render_to_string

from duban.server.web import components as ui
from duban.server.web.gallery import gallery_context

ROOT = Path(ui.__file__).parents[2]
STYLE = (ROOT / "static/duban/duban.css").read_text()
ERROR_PAGES = ("400.html", "403.html", "403_csrf.html", "404.html", "500.html")
COMPONENTS = sorted(
    (each for each in vars(ui).values() if isinstance(each, type) and hasattr(each, "template")),
    key=lambda each: each.__name__,
)


def render(content: ui.Content) -> str:
    engine = Engine(
        dirs=[str(ROOT / "templates")], libraries={"duban_ui": "duban.server.templatetags.duban_ui"}
    )
    page = engine.from_string("{% load duban_ui %}{% component x %}")
    return page.render(Context({"x": content, "csrf_token": "token-of-the-page"}))


def words(html: str) -> str:
    """What a reader sees and hears, without any white space."""
    return re.sub(r"\s+|<[^>]*>", "", html)


class Tags(HTMLParser):
    """All start tags with their attributes, the open tags at the end, and text inside script or style."""

    VOID = frozenset(
        ["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "rect", "path", "wbr"]
    )

    def __init__(self, html: str) -> None:
        super().__init__()
        self.starts: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.code = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"attribute twice on <{tag}>: {attrs}"
        self.starts.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.starts.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.code += data.strip()


def components_in(value: object) -> list[ui.Component]:
    """Every component reachable from a gallery value."""
    if isinstance(value, tuple):
        return [each for item in value for each in components_in(item)]
    if not dataclasses.is_dataclass(value):
        return []
    inner = [
        each for field in dataclasses.fields(value) for each in components_in(getattr(value, field.name))
    ]
    return [value, *inner] if isinstance(value, ui.Component) else inner


SAMPLES = [each for value in gallery_context().values() for each in components_in(value)]


@pytest.fixture(scope="module")
def gallery() -> str:
    return render_to_string("duban/gallery.html", gallery_context() | {"csrf_token": "token-of-the-page"})


def assert_policy(html: str) -> None:
    """Nothing a strict content security policy would refuse."""
    tags = Tags(html)
    assert tags.open == []
    assert tags.code == ""
    for tag, attributes in tags.starts:
        assert tag != "style"
        assert "style" not in attributes, f"style= on <{tag}>"
        assert not [name for name in attributes if name.startswith("on")], f"inline handler on <{tag}>"
        assert not (attributes.get("href") or "").startswith("javascript:")
        for name in ("src", "href"):
            assert not (attributes.get(name) or "").startswith(("http:", "https:", "//")), "another host"


# --- all of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", COMPONENTS, ids=lambda kind: kind.__name__)
def test_the_gallery_shows_every_component_and_each_keeps_the_policy(kind: type[ui.Component]) -> None:
    if kind is ui.Component:
        pytest.skip("the base, not a component")
    samples = [each for each in SAMPLES if type(each) is kind]
    assert samples, f"no {kind.__name__} in the gallery"
    for each in samples:
        html = render(each)
        assert words(html)
        assert_policy(html)


@pytest.mark.parametrize("kind", COMPONENTS, ids=lambda kind: kind.__name__)
def test_every_component_is_frozen_and_says_what_it_is(kind: type[ui.Component]) -> None:
    if kind is ui.Component:
        pytest.skip("the base, not a component")
    assert kind.__dataclass_params__.frozen
    assert kind.__doc__ and not kind.__doc__.startswith(f"{kind.__name__}(")


def test_every_component_template_belongs_to_a_component() -> None:
    found = {path.name for path in (ROOT / "templates/duban/components").glob("*.html")}
    named = {Path(kind.template).name for kind in COMPONENTS if kind is not ui.Component}
    assert found - named == {"_errors.html", "bound_field.html"}
    assert named <= found


def test_every_block_named_in_a_template_is_dressed_by_the_style_sheet() -> None:
    """A class is block, block__part or block--variant; a misspelt block would stand on the page undressed."""

    def blocks(names: list[str]) -> set[str]:
        return {re.split(r"__|--", name)[0] for name in names}

    dressed = blocks(re.findall(r"\.([a-z][\w-]*)", STYLE))
    frame = [ROOT / "templates/duban/base.html", ROOT / "templates/duban/gallery.html"]
    for path in [*frame, *(ROOT / "templates/duban/components").glob("*.html")]:
        plain = re.sub(r"{%.*?%}|{{.*?}}", "", path.read_text())
        named = blocks(
            [name for classes in re.findall(r'class="([^"]*)"', plain) for name in classes.split()]
        )
        assert named - dressed == set(), path.name


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample).__name__)
def test_text_is_escaped(sample: ui.Component) -> None:
    """Every text field of every sample, one at a time, carries a tag; none comes out as a tag."""
    evil = "<script>x</script>\"'"
    fixed = {"href", "kind", "state", "weight", "size", "calendar_kind"}
    for field in dataclasses.fields(sample):
        if field.name in fixed or not isinstance(getattr(sample, field.name), str):
            continue
        if type(getattr(sample, field.name)) is not str:
            continue
        html = render(dataclasses.replace(sample, **{field.name: evil}))
        assert "<script" not in html
        Tags(html)


def test_plain_text_tuples_and_nothing() -> None:
    assert render("甲 & 乙") == "甲 &amp; 乙"
    assert render(None) == ""
    assert render(("甲", ui.Link("乙", "/b"))) == '甲 <a class="link" href="/b">乙</a>'


# --- the words themselves --------------------------------------------------------------------------


def test_dates_in_words() -> None:
    """13 October 2026 is a Tuesday; 1 March 2027 a Monday."""
    assert ui.day_text(date(2026, 10, 13)) == "10月13日 周二"
    assert ui.day_text(date(2027, 3, 1), with_year=True) == "2027年3月1日 周一"
    assert ui.moment_text(datetime(2026, 10, 13, 9, 5)) == "10月13日 周二 09:05"


@pytest.mark.parametrize(("days", "said"), [(3, "还剩 3 个工作日"), (0, "今天到期"), (-2, "逾期 2 个工作日")])
def test_remaining_in_words(days: int, said: str) -> None:
    assert ui.remaining_text(days) == said


def test_remaining_in_calendar_days() -> None:
    assert ui.remaining_text(-2, "天") == "逾期 2 天"


@pytest.mark.parametrize(
    ("mark", "shape", "word"),
    [
        (ui.Mark.NORMAL, "●", "正常"),
        (ui.Mark.DUE_SOON, "▲", "临期"),
        (ui.Mark.OVERDUE, "■", "逾期"),
        (ui.Mark.URGED, "◆", "催办中"),
        (ui.Mark.CLOSED, "✓", "办结"),
        (ui.Mark.SUSPENDED, "‖", "中止"),
    ],
)
def test_a_state_has_shape_and_word(mark: ui.Mark, shape: str, word: str) -> None:
    assert words(render(ui.StateChip(mark))) == shape + word


@pytest.mark.parametrize("mark", list(ui.Mark))
def test_every_mark_has_shape_word_and_colour(mark: ui.Mark) -> None:
    shape, word = ui.MARKS[mark]
    assert len(shape) == 1 and word
    assert f".ink--{mark}" in STYLE


def test_no_two_lights_share_a_shape() -> None:
    lights = (
        ui.Mark.NORMAL,
        ui.Mark.DUE_SOON,
        ui.Mark.OVERDUE,
        ui.Mark.URGED,
        ui.Mark.CLOSED,
        ui.Mark.SUSPENDED,
    )
    assert len({ui.MARKS[mark][0] for mark in lights}) == len(lights)


def test_a_date_links_to_its_why_and_says_it_is_provisional() -> None:
    chip = ui.DateChip(
        day=date(2027, 2, 10),
        note="还剩 3 个工作日",
        mark=ui.Mark.DUE_SOON,
        why_href="/why/1",
        provisional=True,
        was=date(2027, 2, 5),
    )
    html = render(chip)
    assert 'href="/why/1"' in html
    assert 'datetime="2027-02-10"' in html
    assert words(html) == "2月10日周三▲还剩3个工作日暂定原定2月5日周五，查看为什么"


def test_the_three_kinds_of_ground_differ_in_seal_and_in_words() -> None:
    seen = {kind: words(render(ui.CitationBadge(kind=kind, label="某处"))) for kind in ui.CitationKind}
    assert seen == {
        ui.CitationKind.ARTICLE: "条制度条文某处",
        ui.CitationKind.DECISION: "决本机关决定某处",
        ui.CitationKind.DEFAULT: "默产品默认值，制度未规定某处",
    }


def test_an_obligation_reads_as_a_sentence() -> None:
    line = ui.ObligationLine(
        bearer="甲局",
        what="报送进展",
        due=ui.DateChip(day=date(2026, 10, 16), note="还剩 1 个工作日", mark=ui.Mark.DUE_SOON, why_href="/w"),
        state=ui.StateChip(ui.Mark.DUE_SOON),
        citations=(ui.CitationBadge(kind=ui.CitationKind.ARTICLE, label="第八条"),),
    )
    said = words(render(line))
    assert said.startswith("甲局须于10月16日周五，查看为什么前报送进展")
    assert said.endswith("▲还剩1个工作日▲临期条制度条文第八条")


def test_an_obligation_whose_term_has_not_begun_says_what_starts_it() -> None:
    line = ui.ObligationLine(
        bearer="督查室", what="审核", due=None, pending="收到报告后起算", state=ui.StateChip(ui.Mark.WAITING)
    )
    assert "督查室（收到报告后起算）审核" in words(render(line))


def test_an_entry_shows_both_times_the_proxy_and_what_followed() -> None:
    entry = ui.TimelineEntry(
        position=7,
        act="进展反馈",
        actor="甲某某",
        proxy_for="乙局",
        occurred_at=datetime(2026, 10, 8, 10, 0),
        recorded_at=datetime(2026, 10, 9, 8, 40),
        lag="补录，晚 1 个工作日",
        caused=(ui.SystemNote(text="时钟停止"),),
    )
    html = render(entry)
    said = words(html)
    assert 'id="e7"' in html
    assert "10月8日周四10:00" in said
    assert "记录于10月9日周五08:40·补录，晚1个工作日" in said
    assert "甲某某代录代乙局" in said
    assert "时钟停止" in said


def test_the_docket_is_headed_by_year() -> None:
    said = words(render(next(each for each in SAMPLES if isinstance(each, ui.Timeline))))
    assert said.index("2026年") < said.index("第12号") < said.index("2025年") < said.index("第1号")


def test_the_day_strip_says_each_day_and_starts_under_its_weekday() -> None:
    """30 September 2026 is a Wednesday: third column; Saturday 10 October is a make-up workday."""
    strip = ui.DayStrip(
        caption="第 2 个工作日",
        days=(
            ui.Day(date(2026, 9, 30), ui.DayKind.START),
            ui.Day(date(2026, 10, 1), ui.DayKind.HOLIDAY, name="国庆节"),
            ui.Day(date(2026, 10, 10), ui.DayKind.MAKEUP, 1),
            ui.Day(date(2026, 10, 12), ui.DayKind.WORKDAY, 2, due=True),
        ),
    )
    html = render(strip)
    heard = re.findall(r'<span class="unseen">(.*?)</span>', html)
    assert heard == [
        "9月30日 周三：起算日，不计入",
        "10月1日 周四：国庆节",
        "10月10日 周六：调休上班日，第 1 日",
        "10月12日 周一：工作日，第 2 日，到期日",
    ]
    assert "day--start day--col3" in html
    assert ui.Day(date(2026, 10, 10), ui.DayKind.MAKEUP, 1, rolled=True).words.endswith("原止于此，顺延")


def test_totals_add_up_and_the_drawn_rule_has_no_gap() -> None:
    counts = (
        ui.LightCount(ui.Mark.NORMAL, 5),
        ui.LightCount(ui.Mark.DUE_SOON, 0),
        ui.LightCount(ui.Mark.OVERDUE, 2),
    )
    totals = ui.LightTotals(counts)
    assert totals.total == 7
    assert totals.segments == ((ui.Mark.NORMAL, 0, 5), (ui.Mark.OVERDUE, 5, 2))
    assert words(render(totals)) == "共7件●正常5▲临期0■逾期2"


def test_a_table_names_its_sort_its_rows_and_refuses_a_missing_cell() -> None:
    columns = (
        ui.Column(label="编号", sort_href="?s=1", sorted="descending"),
        ui.Column(label="事项", on_phone="title"),
    )
    row = ui.Row(cells=("1", ui.Link("修路", "/m/1")), key="1", name="修路", mark=ui.Mark.OVERDUE)
    html = render(ui.Table(caption="台账", columns=columns, rows=(row,), select_name="m"))
    assert 'aria-sort="descending"' in html
    assert 'name="m" value="1" aria-label="选择 修路"' in html
    assert "phone--title" in html and "row--overdue" in html
    with pytest.raises(ValueError, match="zip"):
        render(ui.Table(caption="台账", columns=columns, rows=(ui.Row(cells=("1",)),)))


def test_an_empty_table_says_so_instead_of_an_empty_grid() -> None:
    html = render(ui.Table(caption="台账", columns=(), rows=(), empty=ui.EmptyState(title="没有事项")))
    assert "没有事项" in html and "<table" not in html


def test_acts_carry_their_consequence_and_the_token() -> None:
    html = render(ui.Act(label="退回", href="/r", consequence="5 个工作日内重报", hidden=(("v", "3"),)))
    assert '<form method="post" action="/r">' in html
    assert 'name="csrfmiddlewaretoken" value="token-of-the-page"' in html
    assert '<input type="hidden" name="v" value="3">' in html
    assert words(html) == "退回5个工作日内重报"


def test_a_barred_act_gives_the_reason_and_no_form() -> None:
    html = render(ui.Act(label="延期", href="/x", barred="已过原定时限"))
    assert "已过原定时限" in html and 'aria-disabled="true"' in html
    assert "<form" not in html and "/x" not in html


def test_a_confirmed_act_posts_only_from_its_second_step() -> None:
    act = ui.Act(label="退回", href="/r", confirm=ui.Confirm(consequence="将重新计时", yes="退回甲局"))
    html = render(act)
    assert html.index("<details") < html.index("将重新计时") < html.index("退回甲局")
    assert html.count("<form") == 1


def test_a_refusal_is_an_alert_with_its_article() -> None:
    refusal = ui.Notice(
        kind="refusal",
        title="不能延期",
        citation=ui.CitationBadge(kind=ui.CitationKind.ARTICLE, label="第十二条"),
    )
    html = render(refusal)
    assert 'role="alert"' in html
    assert words(html) == "✕未能办理不能延期条制度条文第十二条"


def test_a_field_ties_label_help_and_error_to_its_control() -> None:
    field = ui.FormField(name="tel", label="电话", help="区号在前", errors=("太短",), required=True)
    html = render(field)
    assert '<label for="id_tel">电话</label>' in html
    assert 'aria-describedby="id_tel_helptext id_tel_error"' in html
    assert 'id="id_tel_helptext"' in html and 'id="id_tel_error"' in html
    assert 'aria-invalid="true"' in html
    assert "必填" in html


def test_a_textarea_keeps_the_first_line_break_of_its_value() -> None:
    assert "<textarea" in (
        html := render(ui.FormField(name="t", label="文", kind="textarea", value="\n首行"))
    )
    assert ">\n\n首行</textarea>" in html


class SampleForm(forms.Form):
    title = forms.CharField(label="事项", help_text="一事一项", max_length=3)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)
    cycle = forms.ChoiceField(label="频度", choices=[("w", "每周")], widget=forms.RadioSelect)


def bound(form: forms.Form, name: str) -> str:
    engine = Engine(
        dirs=[str(ROOT / "templates")], libraries={"duban_ui": "duban.server.templatetags.duban_ui"}
    )
    page = engine.from_string("{% load duban_ui %}{% form_field f %}")
    return page.render(Context({"f": form[name]}))


def test_a_django_field_wears_the_same_dress() -> None:
    html = bound(SampleForm({"title": "<b>四字"}), "title")
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext"' in html and 'id="id_title_error"' in html
    assert "&lt;b&gt;" in html
    assert_policy(html)
    assert "<legend" in bound(SampleForm(), "cycle")
    assert bound(SampleForm(), "secret").startswith('<input type="hidden"')


def test_several_units_are_ticked_and_one_is_typed_or_chosen() -> None:
    groups = (ui.UnitGroup("区直", (ui.Choice("a", "甲局", True), ui.Choice("b", "乙局"))),)
    many = render(ui.UnitPicker(name="u", label="协办", groups=groups, multiple=True))
    assert many.count('type="checkbox"') == 2 and many.count(" checked") == 1
    assert "已选 1 个" in many
    one = render(ui.UnitPicker(name="u", label="主办", groups=groups))
    assert 'name="u_typed"' in one and 'list="id_u_list"' in one
    assert '<option value="a" selected>甲局</option>' in one


def test_every_upload_warns_of_secrets() -> None:
    assert "不得上传涉密材料" in render(ui.FileField(name="f", label="附件"))


# --- the frame -------------------------------------------------------------------------------------


def test_the_gallery_keeps_the_policy_and_repeats_no_id(gallery: str) -> None:
    assert_policy(gallery)
    ids = [attributes["id"] for _, attributes in Tags(gallery).starts if "id" in attributes]
    assert sorted(ids) == sorted(set(ids))


def test_the_frame_has_its_parts(gallery: str) -> None:
    said = words(gallery)
    assert gallery.index('class="skip"') < gallery.index("<header")
    assert '<html lang="zh-Hans">' in gallery
    assert "数据截至2026年10月15日周四09:05" in said
    assert "日历2026年放假安排第1版" in said
    assert "▲2027年放假通知尚未发布" in said
    assert re.search(
        r'<form method="post" action="[^"]*"><input [^>]*csrfmiddlewaretoken[^>]*><button[^>]*>退出登录',
        gallery,
    )
    assert gallery.count('aria-current="page"') >= 3


def test_the_frame_shows_only_the_sections_it_is_given() -> None:
    shell = ui.Shell(office="示例办", nav=(ui.NavItem(text="台账", href="/l"),))
    html = render_to_string("duban/base.html", {"shell": shell})
    assert "台账" in html
    for absent in ("工作台", "签批", "设置", "退出登录", 'type="search"'):
        assert absent not in html


def test_the_frame_stands_without_any_context() -> None:
    html = render_to_string("duban/base.html", {})
    assert_policy(html)
    assert "<nav" not in html


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_error_pages_need_no_context(name: str) -> None:
    html = render_to_string(name, {})
    assert_policy(html)
    assert re.search(r"<h1[^>]*>[^<]+</h1>", html)


def test_a_refused_page_gives_the_reason_escaped() -> None:
    assert "&lt;i&gt;无权" in render_to_string("403.html", {"exception": "<i>无权"})


# --- style and script ------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("ground", ["#ffffff", "tint", "accent-tint"])
@pytest.mark.parametrize(
    "ink",
    [
        "ink",
        "ink-2",
        "ink-3",
        "accent",
        "accent-2",
        "normal",
        "due-soon",
        "overdue",
        "urged",
        "quiet",
        "notice-blue",
        "notice-yellow",
    ],
)
def test_text_colours_reach_aa_on_every_ground(ink: str, ground: str) -> None:
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", STYLE))
    assert contrast(colours[ink], colours.get(ground, ground)) >= 4.5


def test_field_borders_reach_three_to_one() -> None:
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", STYLE))
    assert contrast(colours["edge"], "#ffffff") >= 3


def test_the_style_sheet_loads_only_our_own_existing_files() -> None:
    assert "@import" not in STYLE
    for address in re.findall(r"url\(\"?([^\")]+)", STYLE):
        assert finders.find(f"duban/{address}"), address


def test_the_script_builds_no_code_from_text() -> None:
    script = (ROOT / "static/duban/app.js").read_text()
    for forbidden in ("eval(", "innerHTML", "new Function", ".style.", "document.write", "http"):
        assert forbidden not in script


# --- in a browser ----------------------------------------------------------------------------------

POLICY = "default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'"


@pytest.fixture(scope="module")
def browser(chromium_path: str):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def open_gallery(browser, html: str, width: int, **options):
    """The gallery at a width, under a strict policy; complaints of the console are collected on the page."""

    def serve(route):
        path = route.request.url.removeprefix("http://duban.test")
        if path == "/why/1":
            return route.fulfill(
                body="<html><body><div data-sheet-part>首日不计入</div></body></html>",
                headers={"content-type": "text/html; charset=utf-8"},
            )
        if not path.startswith("/static/"):
            return route.fulfill(
                body=html, headers={"content-type": "text/html", "content-security-policy": POLICY}
            )
        file = finders.find(path.removeprefix("/static/"))
        return route.fulfill(path=file) if file else route.fulfill(status=404)

    page = browser.new_page(viewport={"width": width, "height": 800}, **options)
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.route("**/*", serve)
    page.goto("http://duban.test/")
    return page


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 800, 1024, 1440])
def test_no_page_scrolls_sideways_and_axe_finds_nothing(browser, gallery: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_gallery(browser, gallery, width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    # At rest: a sticky head lying over a half-scrolled row is not a small target.
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    standards = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = Axe().run(page, options=standards).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    assert page.complaints == []
    page.close()


@pytest.mark.browser
def test_everything_is_reached_without_a_script(browser, gallery: str) -> None:
    page = open_gallery(browser, gallery, 1024, java_script_enabled=False)
    page.locator("details.confirm summary").click()
    assert page.locator("textarea#act_id_reason").is_visible()
    page.locator("details.menu summary").click()
    assert page.get_by_role("button", name="退出登录").is_visible()
    assert not page.locator("[data-open], [data-close], [data-tick-all]").first.is_visible()
    page.close()


@pytest.mark.browser
def test_keys_move_search_and_explain(browser, gallery: str) -> None:
    page = open_gallery(browser, gallery, 1440)
    focused = "document.activeElement.textContent.trim()"
    page.keyboard.press("j")
    assert page.evaluate(focused) == "老旧小区供水管网改造年内完成 20 处"
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("input[name=matter]:checked").evaluate_all("all => all.map(e => e.value)") == ["23"]
    page.keyboard.press("k")
    assert page.evaluate(focused) == "老旧小区供水管网改造年内完成 20 处"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("j?")
    assert page.input_value("#search") == "j?"
    page.locator("h1").click()
    page.keyboard.press("?")
    assert page.locator("dialog#keys").is_visible()
    page.locator("[data-keys-off]").check()
    page.get_by_role("button", name="关闭").click()
    page.keyboard.press("?")
    assert not page.locator("dialog#keys").is_visible()
    page.close()


@pytest.mark.browser
def test_a_second_click_sends_nothing(browser, gallery: str) -> None:
    page = open_gallery(browser, gallery, 1440)
    page.evaluate(
        "() => { window.sent = 0; addEventListener('submit', e => { if (!e.defaultPrevented) window.sent++;"
        " e.preventDefault(); }); }"
    )
    button = page.get_by_role("button", name="同意办结")
    button.click()
    button.click(force=True)
    assert page.evaluate("window.sent") == 1
    page.close()


@pytest.mark.browser
def test_why_opens_over_the_page_and_is_followed_where_it_has_no_such_part(browser, gallery: str) -> None:
    page = open_gallery(browser, gallery.replace('href="#why"', 'href="/why/1"'), 1440)
    page.locator("a.date").first.click()
    sheet = page.locator("dialog#sheet")
    assert sheet.get_by_text("首日不计入").is_visible()
    assert page.locator("[data-sheet-page]").get_attribute("href") == "http://duban.test/why/1"
    page.keyboard.press("Escape")
    assert not sheet.is_visible()
    page.close()
    page = open_gallery(browser, gallery.replace('href="#why"', 'href="/elsewhere"'), 1440)
    page.locator("a.date").first.click()
    page.wait_for_url("http://duban.test/elsewhere")
    page.close()
