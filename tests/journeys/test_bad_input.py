"""What goes wrong in a browser: a login that ends in the middle of a form, two windows with one paper."""

import pytest
from playwright.sync_api import expect

from tests.journeys.office import PASSWORD
from tests.journeys.people import People, fill
from tests.journeys.test_loops import LOOPS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PACK = "tongren-2014"


@pytest.mark.parametrize("office", [PACK], indirect=True)
def test_what_was_typed_outlives_the_login(people: People) -> None:
    loop = LOOPS[PACK]
    matter = people.register("officer", loop.directive, loop.matter)
    page = people.open("officer", f"{matter}do/submit/")
    fill(page, {"words": "请批准立项"})
    people.contexts["officer"].clear_cookies(name="sessionid")
    page.locator("main form .act button").last.click()
    expect(page.locator("#messages")).to_contain_text("刚才的内容还没有提交")
    page.fill("[name=login]", people.office.accounts["officer"])
    page.fill("[name=password]", PASSWORD)
    page.click("button:has-text('登录')")
    page.click("button:has-text('接着提交')")
    expect(page.locator(".message--success").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("请批准立项")


@pytest.mark.parametrize("office", [PACK], indirect=True)
def test_a_paper_signed_in_another_window_keeps_the_words(people: People) -> None:
    loop = LOOPS[PACK]
    matter = people.register("officer", loop.directive, loop.matter)
    people.act("officer", matter, "submit")
    page = people.open("office_head", "/approvals/")
    page.locator("main a[href^='/approvals/m']").first.click()
    other = people.contexts["office_head"].new_page()
    other.goto(page.url)
    other.click("button[name=verdict][value=yes]")
    expect(other.locator(".message--success").first).to_be_visible()
    page.fill("[name=words]", "先等一等")
    page.click("button[name=verdict][value=no]")
    expect(page.locator(".notice--refusal")).to_be_visible()
    expect(page.locator("main")).to_contain_text("先等一等")
