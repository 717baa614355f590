"""The regulation's page: every pack, every view, every citation leads somewhere."""

import re

import pytest
from django.test import Client

from duban import packs
from duban.server.models import Office, Post
from duban.server.web.regulation import VIEWS, rules_in_words
from tests.server.building import House, post
from tests.server.web.visiting import Counting, visiting

pytestmark = pytest.mark.django_db
PACKS = packs.available()


def reader(pack: str) -> Post:
    office = Office.objects.create(key="lesen", name="样例督查室", pack=pack)
    return post(office, "officer", "officer")


def shown(client: Client, query: str) -> str:
    answer = client.get(f"/regulation/?{query}")
    assert answer.status_code == 200, answer
    return answer.content.decode()


@pytest.mark.parametrize("view", [*VIEWS, "nonsense"])
@pytest.mark.parametrize("pack", PACKS)
def test_every_view_of_every_pack_opens(pack: str, view: str) -> None:
    text = shown(visiting(reader(pack)), f"view={view}")
    assert packs.load(pack).regulation.title in text


@pytest.mark.parametrize("pack", PACKS)
def test_every_rule_stands_under_an_article_that_is_there(pack: str) -> None:
    text = shown(visiting(reader(pack)), "view=articles")
    anchors = set(re.findall(r'id="(a-[^"]+)"', text))
    loaded = packs.load(pack)
    rules = rules_in_words(loaded, {})
    for rule in rules:
        assert rule.words.strip(), rule
        if rule.cite.kind == "article":
            assert f"a-{rule.cite.ref}" in anchors, rule
    assert text.count("<li><b>") == len(rules)
    linked = set(re.findall(r'href="/regulation/#([^"]+)"', text))
    assert linked <= anchors


@pytest.mark.parametrize("pack", PACKS)
def test_readings_and_parameters_are_all_there(pack: str) -> None:
    client, loaded = visiting(reader(pack)), packs.load(pack)
    readings, parameters = shown(client, "view=readings"), shown(client, "view=parameters")
    assert readings.split("readings")[-1].split("</main>")[0].count("<dt>") == len(loaded.readings) + 1
    for p in loaded.parameters:
        assert p.title in parameters
    blank = sum(p.value is None for p in loaded.parameters)
    assert parameters.count("未定（不产生时限）") == blank


def test_an_offices_own_number_is_shown_as_its_own() -> None:
    person = reader("tongren-2014")
    assert "（本机关未定，不产生时限）" in shown(visiting(person), "view=articles")
    Office.objects.update(parameters={"receipt_working_days": 2})
    text = shown(visiting(person), "view=articles")
    assert " 2 个工作日内" in text and "（本机关未定，不产生时限）" not in text
    assert "本机关" in shown(visiting(person), "view=parameters")


def test_the_official_words_stand_beside_the_gist_once_loaded() -> None:
    person = reader("tongren-2014")
    Office.objects.update(articles={"7": "样例原文"})
    assert "样例原文" in shown(visiting(person), "view=articles")


def test_every_role_reads_it(east: House) -> None:
    for person in (east.officer, east.leader, east.finance, east.discipline):
        assert "测试办法" in shown(visiting(person), "")


def test_it_costs_few_queries() -> None:
    client = visiting(reader("district-measures"))
    client.get("/regulation/")
    with Counting() as counted:
        client.get("/regulation/")
    assert counted.count < 15
