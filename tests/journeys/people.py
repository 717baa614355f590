"""What people do in the browser: log in, open, fill in, press, read."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.office import PASSWORD, Office


class People:
    """Each role works in a window of its own, logged in once."""

    def __init__(self, browser: Browser, base: str, office: Office) -> None:
        self.browser = browser
        self.base = base
        self.office = office
        self.contexts: dict[str, BrowserContext] = {}
        self.pages: dict[str, Page] = {}

    def leave(self) -> None:
        for context in self.contexts.values():
            context.close()

    def page(self, role: str) -> Page:
        """The window of whoever holds this role, logged in."""
        if role not in self.pages:
            context = self.browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
            self.contexts[role] = context
            self.pages[role] = context.new_page()
            self._log_in(self.pages[role], self.office.accounts[role])
        return self.pages[role]

    def _log_in(self, page: Page, username: str) -> None:
        page.goto(f"{self.base}/accounts/login/")
        page.fill("[name=login]", username)
        page.fill("[name=password]", PASSWORD)
        page.click("button:has-text('登录')")
        expect(page.locator("h1")).to_have_text("工作台")

    # --- the steps of the loop ---

    def open(self, role: str, path: str) -> Page:
        page = self.page(role)
        answer = page.goto(f"{self.base}{path}")
        assert answer is not None and answer.status == 200, f"{path}: {answer and answer.status}"
        return page

    def register(self, role: str, directive: dict[str, str], matter: dict[str, Any]) -> str:
        """Register a directive with one matter; the matter's address."""
        page = self.open(role, "/directives/new/")
        for details in page.locator("fieldset.matter-row").first.locator("details").all():
            details.locator("summary").first.click()
        fill(page, directive)
        fill(page, {f"r0-{name}": value for name, value in matter.items()})
        page.click("button:has-text('登记'):not([name=more])")
        self._recorded(page)
        page.locator("table a[href^='/m/']").first.click()
        return re.sub(r"^https?://[^/]+", "", page.url)

    def act(
        self, role: str, matter: str, word: str, values: dict[str, Any] | None = None, query: str = ""
    ) -> Page:
        """Fill in the form of one act and send it."""
        page = self.open(role, f"{matter}do/{word}/{query}")
        fill(page, values or {})
        page.locator("main form .act button").last.click()
        self._recorded(page)
        return page

    def sign(self, role: str, words: str = "同意") -> Page:
        """Open the first paper that waits for this role and approve it."""
        page = self.open(role, "/approvals/")
        page.locator("main a[href^='/approvals/m']").first.click()
        page.fill("[name=words]", words)
        page.click("button[name=verdict][value=yes]")
        self._recorded(page)
        return page

    def _recorded(self, page: Page) -> None:
        refusal = page.locator(".notice--refusal, .field__error")
        assert refusal.count() == 0, " / ".join(refusal.all_inner_texts())
        expect(page.locator(".message--success").first).to_be_visible()


def fill(page: Page, values: dict[str, Any]) -> None:
    """Fill in fields by name: text and dates, choices, boxes (True), files (Path)."""
    for name, value in values.items():
        if value == ():
            continue
        field = page.locator(f"[name='{name}']")
        kind = field.first.get_attribute("type") or ""
        tag = field.first.evaluate("e => e.tagName")
        if isinstance(value, Path):
            field.first.set_input_files(str(value))
        elif tag == "SELECT":
            field.first.select_option(value)
        elif kind in ("radio", "checkbox"):
            for one in value if isinstance(value, (list, tuple)) else (value,):
                chosen = field if one is True else page.locator(f"[name='{name}'][value='{one}']")
                chosen.first.check()
        else:
            field.first.fill(str(value))
