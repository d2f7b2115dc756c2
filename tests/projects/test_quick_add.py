"""Quick add reads its lines: who, when, which labels, how urgent, which column."""

from datetime import date, time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from notifications.models import Notification
from projects.actions.projects import archive_project
from projects.models import Column, Label, Project, ProjectAccess, Task
from tests.factories import client_of, make_column, make_member, make_project
from tests.pages import HTMX, text
from tests.projects.test_move import statements, titles

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(owner: Any) -> Project:
    return make_project(owner, name="黑五大促")


def add(member: Any, column: Column, lines: str) -> Any:
    return client_of(member).post(f"/columns/{column.pk}/tasks/add/", {"titles": lines}, **HTMX)


def read(member: Any, column: Column, line: str) -> str:
    response = client_of(member).get(f"/columns/{column.pk}/tasks/read/", {"line": line}, **HTMX)
    assert response.status_code == 200
    return text(response)


class TestAdd:
    def test_a_line_says_who_when_and_how(self, owner: Any, project: Project) -> None:
        lin, guest = make_member(display_name="王芳"), make_member("guest", display_name="Brand Kim")
        ProjectAccess.objects.create(project=project, member=guest)
        coupon = Label.objects.create(name="coupon", tint=2)
        response = add(owner, make_column(project), "交主图 @wangfang @brand 2030-05-06 18:00 #coupon !紧急 >doing")
        assert response.status_code == 200
        task = Task.objects.get()
        assert (task.title, task.owner, task.priority) == ("交主图", lin, Task.Priority.URGENT)
        assert task.column == make_column(project, "doing")
        assert task.deadline == Deadline(date(2030, 5, 6), time(18), "America/Los_Angeles")
        assert list(task.helpers.all()) == [guest]
        assert list(task.labels.all()) == [coupon]
        assert sorted(Notification.objects.values_list("kind", "member__display_name")) == [
            ("assigned", "Brand Kim"),
            ("assigned", "王芳"),
        ]
        html = text(response)
        assert f'hx-swap-oob="beforeend:#cards-{task.column_id}"' in html
        assert f'id="count-{task.column_id}" hx-swap-oob="true">1<' in html

    def test_lines_go_each_their_way_and_keep_their_order(self, owner: Any, project: Project) -> None:
        todo, doing = make_column(project), make_column(project, "doing")
        make_member(display_name="王芳")
        lines = "一 @王芳\n二\n三 @王芳 tomorrow >doing\n四 !high\n五 @me"
        assert add(owner, todo, lines).status_code == 200
        assert titles(todo) == ["一", "二", "四", "五"]
        assert titles(doing) == ["三"]
        assert list(Task.objects.order_by("title").values_list("title", "owner__display_name", "priority")) == [
            ("一", "王芳", 2), ("三", "王芳", 2), ("二", None, 2), ("五", owner.display_name, 2), ("四", None, 3),
        ]  # fmt: skip

    def test_a_draft_does_not_go_to_doing_and_nothing_of_the_paste_is_made(self, owner: Any, project: Project) -> None:
        response = add(owner, make_column(project), "one\ntwo >doing")
        assert response.status_code == 422
        assert "要先定好负责人和截止时间" in text(response)
        assert Task.objects.count() == 0

    def test_whom_the_project_does_not_know_stays_text(self, owner: Any, project: Project) -> None:
        elsewhere = make_member("guest", display_name="Hidden Helper")
        ProjectAccess.objects.create(project=make_project(owner), member=elsewhere)
        make_member(display_name="Gone Girl", is_active=False)
        add(owner, make_column(project), "Ask @Hidden Helper and @Gone Girl #nolabel")
        task = Task.objects.get()
        assert (task.title, task.owner) == ("Ask @Hidden Helper and @Gone Girl #nolabel", None)

    def test_a_list_does_not_get_past_what_a_task_takes(
        self, owner: Any, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("projects.actions.family_limits.MOST_SUBTASKS", 2)
        response = client_of(owner).post(
            reverse("projects:task-add", args=[make_column(project).pk]), {"titles": "Parent\n  a\n  b\n  c"}, **HTMX
        )
        assert (response.status_code, Task.objects.count()) == (422, 0)

    def test_indented_lines_are_subtasks(self, owner: Any, project: Project) -> None:
        column = make_column(project)
        lines = "Launch @me\n\tPhotos\n\t\tMain image !high\n\tText\nAfter it"
        assert add(owner, column, lines).status_code == 200
        assert titles(column) == ["Launch", "Photos", "Main image", "Text", "After it"]
        assert dict(Task.objects.values_list("title", "parent__title")) == {
            "Launch": None, "Photos": "Launch", "Main image": "Photos", "Text": "Launch", "After it": None,
        }  # fmt: skip
        assert Task.objects.get(title="Launch").subtask_count == 2
        deep = "\n".join(f"{' ' * number}d{number}" for number in range(9))
        assert add(owner, column, deep).status_code == 200
        assert Task.objects.get(title="d8").parent == Task.objects.get(title="d3")

    def test_emoji_and_right_to_left_stay_as_they_are(self, owner: Any, project: Project) -> None:
        lines = ["📦 Pack 👩‍👩‍👧 boxes", "שלום עולם 5", "C# > C++ & a+b@c.d ~ !"]
        add(owner, make_column(project), "\n".join(lines))
        assert titles(make_column(project)) == lines

    @pytest.mark.parametrize(
        ("lines", "words"),
        [
            ("a task of a pasted list\n" * 10_000, "10000 lines are too many: up to 100 tasks at a time."),
            ("x" * 301 + " !high", "A title has up to 300 characters."),
            ("@me " * 200, "A title has up to 300 characters."),
        ],
    )
    def test_what_is_too_much_is_refused_whole(self, owner: Any, project: Project, lines: str, words: str) -> None:
        member = make_member(language="en")
        response = add(member, make_column(project), lines)
        assert response.status_code == 422
        assert words in text(response)
        assert Task.objects.count() == 0

    def test_three_hundred_characters_have_room_for_what_is_said_beside_them(
        self, owner: Any, project: Project
    ) -> None:
        assert add(owner, make_column(project), "字" * 300 + " @me !high").status_code == 200
        assert Task.objects.get().title == "字" * 300

    @pytest.mark.parametrize("count", [1, 3])
    def test_names_are_fetched_once_for_all_lines(self, owner: Any, project: Project, count: int) -> None:
        Label.objects.create(name="coupon", tint=1)
        client, column = client_of(owner), make_column(project)
        client.get("/rail/")
        with CaptureQueriesContext(connection) as captured:
            lines = "\n".join(f"{number} @me #coupon !high" for number in range(count))
            client.post(f"/columns/{column.pk}/tasks/add/", {"titles": lines}, **HTMX)
        assert Task.objects.filter(owner=owner, priority=3, labels__name="coupon").count() == count
        assert len(statements(captured)) == 14


class TestRead:
    def test_chips_show_what_was_understood(self, owner: Any, project: Project) -> None:
        reader = make_member(display_name="王芳", time_zone="Asia/Shanghai", language="en")
        Label.objects.create(name="coupon", tint=4)
        html = read(reader, make_column(project), "交主图 @wf 2030-05-06 18:00 #coupon !1 >done")
        for words in (
            'data-text="@wf"',
            "王芳",
            "Mon 6 May 2030, 18:00 PDT (UTC−7)",
            "Tue 7 May 2030, 09:00 for you (UTC+8)",
            'data-tint="4"',
            "Urgent",
            make_column(project, "done").name,
        ):
            assert words in html
        assert html.count("data-text=") == 5

    def test_what_is_not_known_is_said_and_managers_may_make_the_label(self, owner: Any, project: Project) -> None:
        make_member(display_name="Ann Lee"), make_member(display_name="Ann Wu")
        line, column = "x #<new @ann @zed", make_column(project)
        managers = read(make_member("manager", language="en"), column, line)
        members = read(make_member(language="en"), column, line)
        for html in (managers, members):
            assert "There is no label “&lt;new”; it stays in the title." in html
            assert "“ann” could be Ann Lee, Ann Wu." in html
            assert "Nobody here is called “zed”." in html
        assert "/labels/add/" in managers
        assert "/labels/add/" not in members

    @pytest.mark.parametrize("line", ["", "plain words", "\x00", "@" * 5000, "😀 שלום \u202e"])
    def test_it_answers_whatever_is_typed(self, owner: Any, project: Project, line: str) -> None:
        assert "data-text=" not in read(owner, make_column(project), line)

    def test_no_guest_and_no_archived_project(self, owner: Any, project: Project) -> None:
        guest, address = make_member("guest"), f"/columns/{make_column(project).pk}/tasks/read/"
        ProjectAccess.objects.create(project=project, member=guest)
        assert client_of(guest).get(address, {"line": "@me"}).status_code == 403
        archive_project(project, actor=owner, now=timezone.now())
        assert client_of(owner).get(address, {"line": "@me"}).status_code == 403


class TestLabel:
    def test_a_manager_makes_it_once(self, owner: Any) -> None:
        for name in ("coupon", "Coupon"):
            response = client_of(owner).post("/labels/add/", {"name": name}, **HTMX)
            label = Label.objects.get()
            assert (response.status_code, response["HX-Trigger"]) == (204, f'{{"label:made": {{"label": {label.pk}}}}}')
        for name in ("", "x" * 41):
            assert client_of(owner).post("/labels/add/", {"name": name}, **HTMX).status_code == 422
        assert client_of(make_member()).post("/labels/add/", {"name": "mine"}, **HTMX).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "title", "minutes"),
    [("Shoot it ~3h", "Shoot it", 180), ("拍主图 ~半天", "拍主图", 240), ("About ~ten", "About ~ten", None),
     ("~3", "~3", None)],
)  # fmt: skip
def test_an_effort_becomes_the_estimate(owner: Any, line: str, title: str, minutes: int | None) -> None:
    column = make_column(make_project(owner))
    client_of(owner).post(f"/columns/{column.pk}/tasks/add/", {"titles": line})
    task = Task.objects.get()
    assert (task.title, task.estimate_minutes) == (title, minutes)


@pytest.mark.django_db
def test_the_preview_says_how_long(owner: Any) -> None:
    column = make_column(make_project(owner))
    page = client_of(owner).get(f"/columns/{column.pk}/tasks/read/", {"line": "拍主图 ~半天"}, headers=HTMX)
    assert "4小时" in text(page)
