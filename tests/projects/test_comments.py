"""Comments: who reads them, who is told, and what is kept."""

from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from notifications.models import Notification
from projects.actions.comments import add_comment
from projects.actions.guests import remove_guest
from projects.mentions import mark, mentioned
from projects.models import Comment, ProjectAccess, Task
from tests.factories import client_of, make_member, make_project, make_task
from tests.pages import HTMX, text
from tests.races import RACE, meanwhile

pytestmark = pytest.mark.django_db


def make_guest(task: Task, **values: Any) -> Any:
    guest = make_member("guest", language="en", **values)
    ProjectAccess.objects.create(project=task.project, member=guest)
    return guest


def say(who: Any, task: Task, body: str, **values: Any) -> Any:
    return client_of(who).post(reverse("projects:comment-add", args=[task.pk]), {"body": body, **values}, **HTMX)


def told() -> list[tuple[str, str]]:
    found = Notification.objects.exclude(kind="assigned").select_related("member").order_by("pk")
    return sorted((row.member.display_name, row.kind) for row in found)


def test_comment_is_private_unless_shared(maya: Any, task: Task) -> None:
    say(maya, task, "Only us")
    say(maya, task, "For the agency", is_shared="on")
    assert list(Comment.objects.order_by("pk").values_list("body", "is_shared")) == [
        ("Only us", False),
        ("For the agency", True),
    ]
    task.refresh_from_db()
    assert task.comment_count == 2


def test_answer_is_an_empty_composer_and_the_comment(maya: Any, task: Task) -> None:
    response = say(maya, task, "Some **bold** words")
    assert response.status_code == 200
    assert "<strong>bold</strong>" in text(response)
    assert 'hx-swap-oob="beforeend:#stream"' in text(response)


@pytest.mark.parametrize(("body", "said"), [("  ", "Write something first."), ("x" * 20_001, "up to 20000 characters")])
def test_bad_comment_comes_back_as_it_was_typed(maya: Any, task: Task, body: str, said: str) -> None:
    response = say(maya, task, body)
    assert response.status_code == 422
    assert said in text(response)
    assert body in text(response)
    assert Comment.objects.count() == 0


def test_composer_names_the_guests_who_will_read(maya: Any, task: Task) -> None:
    make_guest(task, display_name="Chen", company="Agency")
    page = text(client_of(maya).get(task.get_absolute_url()))
    assert "no guest can open the task" in page
    Task.objects.filter(pk=task.pk).update(visibility="shared")
    page = text(client_of(maya).get(task.get_absolute_url()))
    assert "These guests read it too: Chen (Agency)" in page


def test_guest_writes_to_the_team_and_cannot_hide_it(maya: Any, task: Task) -> None:
    guest = make_guest(task, display_name="Chen")
    Task.objects.filter(pk=task.pk).update(visibility="shared")
    assert say(guest, task, "The drafts are ready").status_code == 200
    assert Comment.objects.get().is_shared
    assert told() == [("Maya", "commented")]


def test_named_people_are_told_once_and_only_if_they_may_see(maya: Any, task: Task) -> None:
    make_member(display_name="Ann")
    make_member(display_name="Ann Lee")
    make_member(display_name="王晓")
    make_guest(task, display_name="Chen")
    gone = make_member(display_name="Gone", is_active=False)
    say(maya, task, "@Ann Lee and @王晓看一下, @Chen @Gone @Nobody, me@Annex.test")
    assert told() == [("Ann Lee", "mentioned"), ("王晓", "mentioned")]
    assert Notification.objects.filter(member=gone).count() == 0


def test_owner_who_is_named_is_not_told_twice(maya: Any, task: Task) -> None:
    ann = make_member(display_name="Ann")
    say(ann, task, "@Maya please look")
    assert told() == [("Maya", "mentioned")]


def test_named_colleague_without_finance_is_not_told_of_a_finance_task(maya: Any, task: Task) -> None:
    make_member(display_name="Ann")
    Task.objects.filter(pk=task.pk).update(sensitivity="finance")
    say(maya, task, "@Ann this is the margin")
    assert told() == []


def test_guest_is_told_only_of_a_shared_comment(maya: Any, task: Task) -> None:
    make_guest(task, display_name="Chen")
    Task.objects.filter(pk=task.pk).update(visibility="shared")
    say(maya, task, "@Chen internal")
    assert told() == []
    say(maya, task, "@Chen please send", is_shared="on")
    assert told() == [("Chen", "mentioned")]


@pytest.mark.parametrize("how", ["key is taken", "key has run out"])
def test_guest_who_sees_the_project_no_more_is_not_told(maya: Any, task: Task, how: str) -> None:
    guest = make_guest(task, display_name="Studio")
    task.helpers.add(guest)
    now = timezone.now()
    Task.objects.filter(pk=task.pk).update(completed_at=now)
    key = ProjectAccess.objects.get(member=guest)
    if how == "key is taken":
        remove_guest(key, actor=maya, now=now)
    else:
        ProjectAccess.objects.filter(pk=key.pk).update(expires_at=now)
    add_comment(task, "Next year another agency does it", is_shared=True, author=maya, now=timezone.now())
    assert told() == []


@RACE
def test_two_comments_at_once_are_both_counted(live_workspace: Any, owner: Any) -> None:
    task, now = make_task(make_project(owner)), timezone.now()
    with transaction.atomic():
        add_comment(task, "one", is_shared=False, author=owner, now=now)
        other = meanwhile(
            lambda: add_comment(Task.objects.get(pk=task.pk), "two", is_shared=False, author=owner, now=now)
        )
    other.result(10)
    assert Task.objects.get(pk=task.pk).comment_count == 2


def test_own_comment_is_edited_marked_and_the_old_words_kept(maya: Any, task: Task) -> None:
    make_member(display_name="Ann")
    comment = add_comment(task, "Frist", is_shared=False, author=maya, now=timezone.now())
    address = reverse("projects:comment-edit", args=[comment.pk])
    browser = client_of(maya)
    assert "Frist" in text(browser.get(address, **HTMX))
    response = browser.post(address, {"body": "First @Ann"}, **HTMX)
    assert "edited" in text(response)
    change = task.activity.get(verb="comment edited")
    assert (change.data["before"], change.data["after"]) == ("Frist", "First @Ann")
    assert told() == [("Ann", "mentioned")]
    assert browser.post(address, {"body": ""}, **HTMX).status_code == 422


def test_comment_of_another_is_not_edited_and_only_an_admin_deletes_it(maya: Any, task: Task) -> None:
    comment = add_comment(task, "Mine", is_shared=False, author=maya, now=timezone.now())
    colleague, admin = make_member(), make_member("admin")
    edit, delete = (reverse(f"projects:comment-{verb}", args=[comment.pk]) for verb in ("edit", "delete"))
    assert client_of(admin).post(edit, {"body": "Theirs"}).status_code == 403
    assert client_of(colleague).post(delete).status_code == 403
    assert client_of(admin).post(delete, **HTMX).status_code == 200
    task.refresh_from_db()
    assert task.comment_count == 0
    assert "Mine" not in text(client_of(maya).get(task.get_absolute_url())).partition("task-stream")[2]


def test_guest_cannot_reach_an_internal_comment(maya: Any, task: Task) -> None:
    guest = make_guest(task)
    Task.objects.filter(pk=task.pk).update(visibility="shared")
    comment = add_comment(task, "Only us", is_shared=False, author=maya, now=timezone.now())
    names = ("comment-edit", "comment-delete")
    found = [client_of(guest).post(reverse(f"projects:{name}", args=[comment.pk])).status_code for name in names]
    assert found == [404, 404]


def test_people_are_offered_by_any_part_of_their_name(maya: Any, task: Task) -> None:
    make_member(display_name="王晓")
    make_member(display_name="Ann")
    guest = make_guest(task, display_name="王设计")
    address = reverse("projects:people", args=[task.pk])
    page = text(client_of(maya).get(address, {"q": "王"}, **HTMX))
    assert "王晓" in page
    assert "王设计" in page
    assert "Ann" not in page
    assert client_of(guest).get(address).status_code == 403


def test_a_name_with_a_nul_is_looked_up_like_any_other(maya: Any, task: Task) -> None:
    assert client_of(maya).get(reverse("projects:people", args=[task.pk]), {"q": "\x00"}, **HTMX).status_code == 200


def test_mentions_take_the_longest_name_and_leave_tags_and_code_alone(maya: Any) -> None:
    people = [make_member(display_name=name) for name in ("Ann", "Ann Lee", "王晓", "A&B")]
    assert [member.display_name for member in mentioned("@ann lee, @王晓你好 @Anna", people)] == ["Ann Lee", "王晓"]
    names = [member.display_name for member in people]
    assert mark("<p>@Ann Lee @A&amp;B</p>", names) == (
        '<p><span class="mention">@Ann Lee</span> <span class="mention">@A&amp;B</span></p>'
    )
    assert mark('<code>@Ann</code> <a href="https://x.test/@Ann">x</a>', names) == (
        '<code>@Ann</code> <a href="https://x.test/@Ann">x</a>'
    )
