"""Every page for every kind of role, in a real browser: readable by all, usable by keyboard, without a script, on a phone.

The pages come from ``duban.server.web.urls``: a new address without an example here fails a test.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response, expect
from pytest_django.live_server_helper import LiveServer

from duban.server import models
from duban.server.web.urls import urlpatterns
from tests.journeys import test_loops
from tests.journeys.office import PASSWORD, Office, furnish
from tests.journeys.people import People

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PACK = "district-measures"
ROLES = (
    "officer",
    "office_head",
    "leader_in_charge",
    "finance.unit_staff",
    "finance.unit_head",
    "administrator",
)
"""One of every kind: who works here, who heads it, who reads, who reports, who signs for a unit, who administers."""
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
WITHOUT_PAGE = {"paper", "join_directive"}
"""Addresses that answer with a file, or only take a form."""
ACTS = (
    "acknowledge",
    "report_progress",
    "report_completion",
    "request_extension",
    "object",
    "review?unit=finance",
    "urge?unit=finance",
    "remind",
    "cancel",
    "set_readers",
    "attach",
)


@pytest.fixture
def office(transactional_db: None) -> Office:
    """The office of the journeys, and its administrator."""
    made = furnish(PACK)
    administrator = models.User.objects.create_user(
        username="administrator", password=PASSWORD, display_name="演示administrator"
    )
    models.Post.objects.create(
        user=administrator, office=models.Office.objects.get(key=made.key), role="administrator"
    )
    return made.__class__(made.key, made.pack, made.accounts | {"administrator": "administrator"})


# --- something on every page -----------------------------------------------------------------------------------

LONG = "示例区关于加快推进老旧小区综合整治与城市更新暨历史文化街区保护利用工作协调推进的联合专班（临时）"


@dataclass
class Scene:
    """Examples for the addresses: a matter in work with a report, a paper that waits, a draft."""

    working: str
    pending: str
    draft: str
    paths: dict[str, list[str]] = field(default_factory=dict)


def _act(path: str, word: str) -> str:
    word, _, query = word.partition("?")
    return f"{path}do/{word}/{f'?{query}' if query else ''}"


@pytest.fixture
def scene(people: People, tmp_path: Path) -> Scene:
    """Made through the pages themselves."""
    loop = test_loops.LOOPS[PACK]
    models.Unit.objects.filter(key="planning").update(name=LONG)
    matters = []
    for name in ("整治占道经营", LONG * 2, "补齐示例设施"):
        matters.append(people.register("officer", loop.directive, loop.matter | {"name": name}))
    working, pending, draft = matters
    for matter in (working, pending):
        people.act("officer", matter, "submit")
    _sign(people, working)
    people.act("officer", working, "dispatch", loop.dispatch)
    people.act("finance.unit_staff", working, "acknowledge", loop.acknowledge)
    people.act("finance.unit_staff", working, "report_progress", {"text": "主体已完成"})
    return Scene(working, pending, draft, _paths(working, pending, draft))


def _sign(people: People, matter: str) -> None:
    key = matter.strip("/").partition("/")[2]
    petition = models.PetitionRow.objects.get(matter_id=key, status="open")
    page = people.open("office_head", f"/approvals/{key}/{petition.petition}/")
    page.fill("[name=words]", "同意")
    page.click("button[name=verdict][value=yes]")
    expect(page.locator(".message--success").first).to_be_visible()


def _paths(working: str, pending: str, draft: str) -> dict[str, list[str]]:
    """Examples for every address, by its name."""
    key = pending.strip("/").partition("/")[2]
    petition = models.PetitionRow.objects.get(matter_id=key, status="open").petition
    directive = models.MatterDirective.objects.filter(matter_id=key).values_list("directive_id", flat=True)[0]
    duty = models.ObligationRow.objects.filter(
        matter_id=working.strip("/").partition("/")[2], due__isnull=False
    )
    owed = models.ObligationRow.objects.filter(directive__isnull=False).first()
    head = models.User.objects.get(username="office_head").pk
    return {
        "desk": ["/", "/?list=late"],
        "posts": ["/posts/"],
        "ledger": ["/ledger/", "/ledger/?state=running&sort=title", "/ledger/?q=没有这样的"],
        "directives": ["/directives/"],
        "register": ["/directives/new/"],
        "directive": [f"/directives/{directive}/"],
        "add_matters": [f"/directives/{directive}/matters/"],
        "directive_why": [f"/directives/{owed.stream_id}/why/{owed.obligation}/"] if owed else [],
        "matter": [
            *(f"{working}?tab={tab}" for tab in ("docket", "obligations", "units", "papers", "reports")),
            pending,
            draft,
        ],
        "edit": [f"{draft}edit/"],
        "act": [*(_act(working, word) for word in ACTS), _act(draft, "submit")],
        "why": [f"{working}why/{duty[0].obligation}/"],
        "approvals": ["/approvals/"],
        "approval": [f"/approvals/{key}/{petition}/"],
        "reviews": ["/reviews/"],
        "urgings": ["/urgings/", "/urgings/?show=other"],
        "units": ["/units/"],
        "new_unit": ["/units/new/"],
        "unit_names": ["/units/names/"],
        "unit": ["/units/finance/"],
        "edit_unit": ["/units/planning/edit/"],
        "regulation": [
            f"/regulation/?view={v}" for v in ("articles", "readings", "cases", "parameters", "days")
        ],
        "settings": [
            f"/settings/?view={view}" for view in ("people", "office", "parameters", "days", "state")
        ],
        "new_person": ["/settings/people/new/"],
        "person": [f"/settings/people/{head}/"],
        "account": ["/accounts/password/change/", "/accounts/logout/"],
        "nothing": ["/m/none/"],
    }


# --- looking ----------------------------------------------------------------------------------------------------


class Watch:
    """What the browser complains of on one page: script errors, refused resources, breaches of the policy."""

    def __init__(self, page: Page) -> None:
        self.said: list[str] = []
        page.on("console", lambda m: self.said.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def faults(self, expected_status: int) -> list[str]:
        said, self.said = self.said, []
        missing = "Failed to load resource: the server responded with a status of 404"
        return [s for s in said if not (expected_status == 404 and s.startswith(missing))]


def _faults(page: Page, watch: Watch, answer: Response | None) -> Iterator[str]:
    """What is wrong with the page shown, at both widths."""
    status = answer.status if answer else 0
    if status not in (200, 404):
        yield f"status {status}"
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        if page.evaluate("document.scrollingElement.scrollWidth > innerWidth"):
            yield f"scrolls sideways at {size['width']}"
        found = Axe().run(page)
        for v in found.response["violations"]:
            yield f"{size['width']}: {v['id']}: {[n['target'] for n in v['nodes']][:3]} {v['help']}"
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    yield from watch.faults(status)


@pytest.mark.parametrize("role", ROLES)
def test_no_page_shuts_anybody_out(people: People, scene: Scene, role: str) -> None:
    page = people.page(role)
    watch = Watch(page)
    wrong, opened = [], set()
    for name, paths in scene.paths.items():
        for path in paths:
            answer = page.goto(f"{people.base}{path}")
            wrong += [f"{path}: {fault}" for fault in _faults(page, watch, answer)]
            if answer and answer.status == 200:
                opened.add(name)
    assert not wrong, "\n".join(wrong)
    assert {"desk", "ledger", "units", "regulation", "account"} <= opened
    assert "nothing" not in opened
    mine = {
        "officer": {"register", "edit", "act", "approvals", "reviews", "urgings", "directive", "add_matters"},
        "office_head": {"approvals", "approval"},
        "finance.unit_staff": {"matter", "act", "why"},
        "administrator": {"settings", "person", "new_person", "new_unit", "edit_unit", "unit_names"},
    }
    assert mine.get(role, set()) <= opened


def test_every_address_has_an_example(people: People, scene: Scene) -> None:
    named = {pattern.name for pattern in urlpatterns} - WITHOUT_PAGE
    assert named <= set(scene.paths)


def test_the_login_page(browser: Browser, live_server: LiveServer, office: Office) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    watch = Watch(page)
    answer = page.goto(f"{live_server.url}/accounts/login/")
    assert not list(_faults(page, watch, answer))
    page.fill("[name=login]", "officer")
    page.fill("[name=password]", "wrong")
    page.click("button:has-text('登录')")
    expect(page.locator("main")).to_contain_text("密码")
    assert not list(_faults(page, watch, None if page.is_closed() else answer))
    context.close()


# --- keyboard ---------------------------------------------------------------------------------------------------


def _focused(page: Page, selector: str) -> bool:
    return bool(page.evaluate("s => !!document.activeElement.closest(s)", selector))


def test_the_first_tab_skips_to_the_text(people: People, scene: Scene) -> None:
    page = people.open("officer", "/ledger/")
    page.keyboard.press("Tab")
    assert _focused(page, ".skip")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_rows_and_search_by_keys(people: People, scene: Scene) -> None:
    page = people.open("officer", "/ledger/")
    rows = page.locator("[data-row]")
    page.keyboard.press("j")
    expect(rows.nth(0).locator("a").first).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1).locator("a").first).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0).locator("a").first).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("jk?")
    expect(page.locator("#search")).to_have_value("jk?")
    page = people.open("officer", "/ledger/")
    page.keyboard.press("j")
    first = rows.nth(0).locator("a").first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{first}")


def test_dialogs_and_menus_close_with_escape(people: People, scene: Scene) -> None:
    page = people.open("officer", scene.working)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    why = page.locator("main a[data-sheet]").first
    why.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sheet")).to_be_visible()
    expect(page.locator("#sheet")).to_contain_text("为什么")
    assert not [v["id"] for v in Axe().run(page).response["violations"]]
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(why).to_be_focused()
    page.locator(".menu > summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".menu__sheet")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".menu__sheet")).to_be_hidden()
    expect(page.locator(".menu > summary")).to_be_focused()


def test_tab_reaches_every_act_in_order(people: People, scene: Scene) -> None:
    page = people.open("officer", scene.working)
    offered = page.locator(".doing > .acts .button").all_inner_texts()
    reached: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        if _focused(page, ".doing > .acts .button"):
            reached.append(page.evaluate("document.activeElement.innerText"))
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
    assert offered
    assert reached == offered


# --- without a script -------------------------------------------------------------------------------------------


class Scriptless(People):
    """People whose browsers run no script."""

    def page(self, role: str) -> Page:
        if role not in self.pages:
            context = self.browser.new_context(viewport=DESKTOP, locale="zh-CN", java_script_enabled=False)  # type: ignore[arg-type]
            self.contexts[role] = context
            self.pages[role] = context.new_page()
            self._log_in(self.pages[role], self.office.accounts[role])
        return self.pages[role]


@pytest.fixture
def scriptless(browser: Browser, live_server: LiveServer, office: Office) -> Iterator[Scriptless]:
    crew = Scriptless(browser, live_server.url, office)
    yield crew
    crew.leave()


def test_the_whole_loop_without_a_script(scriptless: Scriptless, tmp_path: Path) -> None:
    test_loops.test_from_registration_to_strike_off(scriptless, test_loops.LOOPS[PACK], tmp_path)
