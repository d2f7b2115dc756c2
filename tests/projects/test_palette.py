"""The command palette: what it offers to whom, for what was typed; and quick add from anywhere."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linkstar.accounts.models import User
from linkstar.lib.text import clean_line
from projects.actions.projects import archive_project
from projects.models import Label, Project, ProjectAccess, Task
from projects.palette import Option, Query, fits
from tests.factories import client_of, make_column, make_member, make_project, make_task
from tests.pages import HTMX, text
from tests.projects.test_move import statements

pytestmark = pytest.mark.django_db


def asked(member: Any, q: str = "", path: str = "/") -> str:
    response = client_of(member).get("/palette/", {"q": q, "path": path}, **HTMX)
    assert response.status_code == 200
    return text(response)


def titles(html: str) -> list[str]:
    parts = html.split('<span class="palette__title">')[1:]
    return [part.partition("</span>")[0] for part in parts]


@pytest.fixture
def project(owner: Any) -> Project:
    return make_project(owner, name="黑五大促")


class TestFound:
    def test_chinese_names_by_initials_and_whole_pinyin(self, owner: Any, project: Project) -> None:
        lin = make_member(display_name="王芳", language="en")
        make_task(project, "写主图文案")
        for typed, title in (
            ("hw", "黑五大促"),
            ("heiwu", "黑五大促"),
            ("+hw", "黑五大促"),
            ("wf", "王芳"),
            ("@wangf", "王芳"),
        ):
            assert title in titles(asked(lin, typed))
        assert "写主图文案" in titles(asked(lin, "ztwa"))
        assert "写主图文案" in titles(asked(lin, "主图"))
        assert titles(asked(lin, "@hw")) == []

    def test_tasks_as_the_search_finds_them(self, owner: Any, project: Project) -> None:
        task = make_task(project, "核对 B0CXYZ1234 的优惠券 coupon")
        put_away = make_task(project, "旧的优惠券", archived_at=timezone.now())
        for typed in ("優惠券", "b0cxyz", "yhq", "coupon B0CX", "owner:none 优惠"):
            found = titles(asked(owner, typed))
            assert (task.title in found, put_away.title in found) == (True, False)

    def test_by_number_and_finished_ones_last(self, owner: Any, project: Project) -> None:
        done = make_task(project, "Order boxes", column=make_column(project, "done"))
        still = make_task(project, "Order labels")
        found = titles(asked(owner, "order"))
        assert [title for title in found if title.startswith("Order")] == ["Order labels", "Order boxes"]
        assert still.title in titles(asked(owner, f"#{still.number}"))
        assert done.title in titles(asked(owner, f"{done.number}"))

    @pytest.mark.parametrize(
        ("typed", "page"),
        [
            ("inbox", "Inbox"),
            ("inbxo", "Inbox"),
            ("templtes", "SOP templates"),
            ("成员", "Members"),
            ("setings", "Settings"),
        ],
    )
    def test_pages_also_when_mistyped(self, owner: Any, typed: str, page: str) -> None:
        admin = make_member("admin", language="en")
        assert page in titles(asked(admin, typed))

    def test_with_nothing_typed_what_was_last(self, owner: Any, project: Project) -> None:
        reader = make_member(language="en")
        mine = make_task(project, "Mine", owner=reader)
        make_task(project, "Not mine")
        html = asked(reader)
        assert "Recent tasks" in html
        assert [title for title in titles(html) if title in (mine.title, "Not mine", project.name)] == [
            "Mine",
            "黑五大促",
        ]

    @pytest.mark.parametrize(
        "q", ["\x00", "(.*", "%", "x" * 5000, "😀", ">", "@", "#", "+", "'\"<b>", "#99999999999999"]
    )
    def test_it_answers_whatever_is_typed(self, owner: Any, project: Project, q: str) -> None:
        asked(owner, q, path="/projects/x/../%00")

    def test_what_was_typed_is_escaped(self, owner: Any, project: Project) -> None:
        assert "<b>" not in asked(owner, "<b>bold")


class TestAccess:
    def test_a_guest_sees_theirs_and_no_hidden_name(self, owner: Any, project: Project) -> None:
        guest = make_member("guest", display_name="Agency", language="en")
        ProjectAccess.objects.create(project=project, member=guest)
        hidden = make_project(owner, name="Hidden launch")
        make_task(project, "Hidden price floor")
        make_task(hidden, "Hidden plan", owner=guest)
        Label.objects.create(name="Hidden label", tint=1)
        make_member(display_name="Hidden colleague")
        mine = make_task(project, "Shoot the hidden angle", owner=guest)
        assert titles(asked(guest, "hidden")) == [mine.title, "Search everything for “hidden”"]
        for q in ("", "Hidden", "@", "@Hidden", "#", "#Hidden", "+", ">", "h"):
            for path in ("/", f"/projects/{hidden.pk}/board/", f"/tasks/{Task.objects.get(title='Hidden plan').pk}/"):
                html = asked(guest, q, path)
                for secret in ("Hidden launch", "Hidden price", "Hidden plan", "Hidden label", "Hidden colleague"):
                    assert secret not in html.replace(f"“{q}”", "")
        assert "Create" not in asked(guest, "hidden")
        assert "Members" not in titles(asked(guest, "members"))

    def test_a_member_opens_no_settings_and_no_finance_task(self, owner: Any, project: Project) -> None:
        member = make_member(language="en")
        task = make_task(project, "Pay the deposit")
        Task.objects.filter(pk=task.pk).update(sensitivity="finance", may_be_shared=False)
        assert task.title not in titles(asked(member, "deposit"))
        assert task.title in titles(asked(owner, "deposit"))
        assert "Settings" not in titles(asked(member, "settings"))


class TestActions:
    def test_of_the_open_task(self, owner: Any, project: Project) -> None:
        member = make_member(language="en")
        task = make_task(project, "Open one")
        doing = make_column(project, "doing")
        html = asked(member, ">", f"/tasks/{task.pk}/")
        found = titles(html)
        for title in ("Mark done", "Assign to me", "Priority: Urgent", f"Move to “{doing.name}”", "Copy the address"):
            assert title in found
        assert f'action="/tasks/{task.pk}/set/owner/"' in html
        assert "Assign to me" in titles(asked(member, "assign", f"/tasks/{task.pk}/"))
        archive_project(project, actor=owner, now=timezone.now())
        assert [one for one in titles(asked(member, ">", f"/tasks/{task.pk}/")) if one in found[:6]] == []

    def test_a_subtask_of_the_open_task_is_named_or_begun(self, owner: Any, project: Project) -> None:
        member, task = make_member(language="en"), make_task(project, "Open one")
        path = f"/tasks/{task.pk}/"
        html = asked(member, "Buy tape", path)
        assert "Add the subtask “Buy tape”" in titles(html)
        assert f'action="{path}subtasks/add/"' in html
        assert "Add a subtask" in titles(asked(member, "> subtask", path))
        assert "Add the subtask “Buy tape”" not in titles(asked(member, "Buy tape", "/"))
        guest = make_member("guest", language="en")
        ProjectAccess.objects.create(project=project, member=guest)
        Task.objects.filter(pk=task.pk).update(owner=guest)
        assert "Add the subtask “Buy tape”" not in titles(asked(guest, "Buy tape", path))

    def test_of_the_open_board_and_of_how_things_look(self, owner: Any, project: Project) -> None:
        html = asked(make_member("manager", language="en"), ">", f"/projects/{project.pk}/board/")
        for title in ("Only my cards", "New column", "New task", "New project", "Dark", "Compact"):
            assert title in titles(html)
        assert f'href="/projects/{project.pk}/board/?owner=me"' in html

    def test_the_look_is_kept(self, owner: Any) -> None:
        member = make_member()
        response = client_of(member).post("/profile/look/", {"theme": "dark"}, **HTMX)
        assert (response.status_code, response["HX-Refresh"]) == (204, "true")
        client_of(member).post("/profile/look/", {"density": "compact"})
        user = User.objects.get(pk=member.user_id)
        assert (user.theme, user.density) == ("dark", "compact")
        assert client_of(member).post("/profile/look/", {"theme": "pink"}).status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_six_statements_at_most(owner: Any, project: Project, count: int) -> None:
    tasks = [make_task(project, f"launch {number}") for number in range(count)]
    for number in range(count):
        make_project(owner, name=f"launch {number}")
        make_member(display_name=f"launch {number}")
        Label.objects.create(name=f"launch {number}", tint=1)
    client = client_of(owner)
    client.get("/rail/")
    with CaptureQueriesContext(connection) as before:
        client.get("/rail/")
    rail = len(statements(before)) - 1
    for q, path, own in (("", "/", 2), ("launch", "/", 4), ("launch", f"/tasks/{tasks[0].pk}/", 6)):
        with CaptureQueriesContext(connection) as captured:
            client.get("/palette/", {"q": q, "path": path}, **HTMX)
        assert len(statements(captured)) - rail == own


def test_scopes_and_near_words() -> None:
    assert Query.read("> dark") == Query("dark", "actions")
    assert Query.read("  @林悦 ") == Query("林悦", "people")
    assert Query.read("plain") == Query("plain")
    assert clean_line("", 3) == Query.read("").text
    option = Option("收件箱", "/inbox/", "inbox", words="inbox")
    assert [fits(option, typed) for typed in ("inb", "sjx", "inbxo", "收件", "outbox", "inz")] == [
        True, True, True, True, False, False,
    ]  # fmt: skip


class TestQuick:
    def test_it_goes_where_the_line_or_the_form_says_and_remembers(self, owner: Any, project: Project) -> None:
        other = make_project(owner, name="Spring launch")
        client = client_of(owner)
        response = client.post("/quick/", {"titles": "交主图 +hw @me", "project": other.pk}, **HTMX)
        assert response.status_code == 200
        task = Task.objects.get()
        assert (task.title, task.project, task.owner, task.column) == ("交主图", project, owner, make_column(project))
        assert '"board:changed"' in response["HX-Trigger"]
        assert task.title in text(response)
        client.post("/quick/", {"titles": "b >doing @me tomorrow", "project": other.pk}, **HTMX)
        assert Task.objects.get(title="b").column == make_column(other, "doing")
        make_project(owner, name="Newest")
        assert f'<option value="{other.pk}" selected>' in text(client.get("/quick/", **HTMX))
        assert f'<option value="{project.pk}" selected>' in text(client.get(f"/quick/?project={project.pk}", **HTMX))

    def test_what_cannot_be_is_said_and_nothing_typed_is_lost(self, owner: Any, project: Project) -> None:
        member = make_member(language="en")
        response = client_of(member).post("/quick/", {"titles": "x >doing", "project": project.pk}, **HTMX)
        assert response.status_code == 422
        assert "needs an owner and a deadline" in text(response)
        plain = client_of(member).post("/quick/", {"titles": "x >doing", "project": project.pk})
        assert (plain.status_code, 'value="x &gt;doing"' in text(plain)) == (422, True)
        assert Task.objects.count() == 0

    def test_without_a_project_it_leads_to_a_new_one(self, owner: Any) -> None:
        assert "/projects/new/" in text(client_of(owner).get("/quick/", **HTMX))
        assert client_of(owner).post("/quick/", {"titles": "x"}, **HTMX).status_code == 200
        assert text(client_of(owner).get("/quick/read/?line=x", **HTMX)) == ""

    def test_a_line_is_read_with_the_names_of_its_project(self, owner: Any, project: Project) -> None:
        guest = make_member("guest", display_name="Brand Kim")
        ProjectAccess.objects.create(project=project, member=guest)
        other, client = make_project(owner, name="Spring launch"), client_of(owner)
        address = {"line": "x @brand +hw", "project": other.pk}
        assert "Brand Kim" in text(client.get("/quick/read/", address, **HTMX))
        assert "Brand Kim" not in text(client.get("/quick/read/", {**address, "line": "x @brand"}, **HTMX))
