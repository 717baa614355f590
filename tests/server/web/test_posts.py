"""One person in several posts: chosen once, and only among one's own of today."""

from datetime import date

import pytest

from duban.server.models import Post
from tests.server.building import House, dispatched
from tests.server.web.visiting import visiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


def test_the_chosen_post_decides_what_one_sees(east: House) -> None:
    dispatched(east, "修路")
    person = east.officer.user
    second = Post.objects.create(user=person, office=east.office, role="liaison", unit=east.roads.unit)
    client = visiting(east.officer)
    assert "修路" in client.get("/ledger/").content.decode()
    shown = client.get("/posts/").content.decode()
    assert "公路局联络员" in shown and "督查员" in shown
    answer = client.post("/posts/", {"post": second.pk}, follow=True)
    assert "公路局联络员" in answer.content.decode()
    assert "修路" not in client.get("/ledger/").content.decode()


@pytest.mark.parametrize("given", ["", "x", "999999", "-1", "1" * 30])
def test_only_ones_own_current_posts_can_be_chosen(east: House, given: str) -> None:
    client = visiting(east.officer)
    assert client.post("/posts/", {"post": given}).status_code == 404
    assert client.post("/posts/", {"post": east.head.pk}).status_code == 404


def test_an_ended_post_is_neither_offered_nor_kept(east: House) -> None:
    second = Post.objects.create(user=east.officer.user, office=east.office, role="head")
    client = visiting(east.officer)
    client.post("/posts/", {"post": second.pk})
    Post.objects.filter(pk=second.pk).update(valid_to=date(2026, 3, 1))
    client.get("/posts/")  # shows the message of having chosen it
    assert "督查室主任" not in client.get("/posts/").content.decode()
    assert client.post("/posts/", {"post": second.pk}).status_code == 404


def test_acting_is_said(east: House) -> None:
    Post.objects.filter(pk=east.officer.pk).update(acting=True)
    assert "督查员（代理）" in visiting(east.officer).get("/").content.decode()
