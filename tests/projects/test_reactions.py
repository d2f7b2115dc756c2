"""Signs under comments, and quoting one."""

from typing import Any

import pytest
from django.utils import timezone

from notifications.models import Notification
from projects.actions.comments import add_comment, react
from projects.mentions import mentioned, quotation
from projects.models import Activity, Comment, ProjectAccess, Reaction, Task
from projects.reactions import SIGNS
from projects.stream import stream_of
from tests.factories import client_of, make_member, make_project, make_task
from tests.races import RACE, at_once

HTMX = {"HX-Request": "true"}


@pytest.fixture
def said(owner: Any) -> Comment:
    task = make_task(make_project(owner, name="Launch"), visibility="shared")
    return add_comment(task, "The coupon is live.", is_shared=True, author=owner, now=timezone.now())


@pytest.mark.django_db
class TestReact:
    def test_a_second_press_takes_it_back(self, said: Comment) -> None:
        lin = make_member(display_name="Lin Two")
        assert react(said, "👍", member=lin, now=timezone.now())
        assert not react(said, "👍", member=lin, now=timezone.now())
        assert not Reaction.objects.exists()

    def test_signs_are_counted_in_one_order_with_names(self, said: Comment, owner: Any) -> None:
        lin, now = make_member(display_name="Lin Two"), timezone.now()
        for sign, member in (("👀", lin), ("👍", owner), ("👍", lin)):
            react(said, sign, member=member, now=now)
        [entry] = [each for each in stream_of(said.task, lin).entries if each.comment]
        assert [(sign.sign, sign.count, sign.is_mine, sign.names) for sign in entry.signs] == [
            ("👍", 2, True, [owner.display_name, "Lin Two"]), ("👀", 1, True, ["Lin Two"]),
        ]  # fmt: skip

    def test_nobody_is_told_and_the_trace_stays_as_it_was(self, said: Comment) -> None:
        before = Activity.objects.count(), Notification.objects.count()
        version = Task.objects.get(pk=said.task_id).version
        react(said, "🎉", member=make_member(), now=timezone.now())
        assert (Activity.objects.count(), Notification.objects.count()) == before
        assert Task.objects.get(pk=said.task_id).version == version + 1

    def test_a_guest_counts_but_learns_no_names(self, said: Comment, owner: Any) -> None:
        guest, now = make_member("guest", display_name="Agency"), timezone.now()
        ProjectAccess.objects.create(project=said.task.project, member=guest)
        react(said, "👍", member=owner, now=now)
        react(said, "👍", member=guest, now=now)
        [entry] = stream_of(said.task, guest).entries
        assert [(sign.count, sign.names) for sign in entry.signs] == [(2, ["Agency"])]

    def test_the_answer_is_the_line_of_signs(self, said: Comment, owner: Any) -> None:
        url = f"/comments/{said.pk}/react/"
        answer = client_of(owner).post(url, {"sign": "👍"}, headers=HTMX)
        page = answer.content.decode()
        assert (answer.status_code, 'aria-pressed="true"' in page, "The coupon is live" in page) == (200, True, False)
        assert client_of(owner).post(url, {"sign": "💩"}, headers=HTMX).status_code == 400
        assert client_of(owner).post(url, {"sign": "👍"}).status_code == 302

    def test_the_stream_asks_no_more_for_more_signs(self, said: Comment, django_assert_num_queries: Any) -> None:
        reader = make_member()
        with django_assert_num_queries(2):
            stream_of(said.task, reader)
        for sign in SIGNS:
            react(said, sign, member=reader, now=timezone.now())
        with django_assert_num_queries(2):
            stream_of(said.task, reader)


@RACE
def test_two_presses_at_once_are_one_and_one_more(live_workspace: Any, owner: Any) -> None:
    task = make_task(make_project(owner))
    said = add_comment(task, "Live.", is_shared=False, author=owner, now=timezone.now())

    def press() -> bool:
        return react(Comment.objects.get(pk=said.pk), "👍", member=owner, now=timezone.now())

    assert sorted(at_once(press, press)) == [False, True]
    assert Reaction.objects.count() == 0


class TestQuotation:
    def test_each_line_is_quoted_and_a_line_waits(self) -> None:
        assert quotation("Lin", "One\n\nTwo") == "> **Lin**\n> \n> One\n> \n> Two\n\n"

    def test_of_a_quotation_only_the_answer(self) -> None:
        assert quotation("Lin", "> **Ann**\n> old\n\nnew") == "> **Lin**\n> \n> new\n\n"

    def test_a_long_one_is_shortened(self) -> None:
        assert len(quotation("Lin", "x" * 5000)) < 650

    @pytest.mark.django_db
    def test_quoted_names_call_nobody_again(self) -> None:
        ann = make_member(display_name="Ann")
        assert mentioned("> @Ann look\n\nI did", [ann]) == []
        assert mentioned("> @Ann look\n\n@Ann I did", [ann]) == [ann]

    @pytest.mark.django_db
    def test_page_and_text(self, said: Comment, owner: Any) -> None:
        client = client_of(owner)
        text = client.get(f"/comments/{said.pk}/quote/", headers={"Accept": "text/plain"})
        assert text.content.decode() == quotation(owner.display_name, "The coupon is live.")
        page = client.get(f"/comments/{said.pk}/quote/").content.decode()
        assert f"&gt; **{owner.display_name}**" in page
