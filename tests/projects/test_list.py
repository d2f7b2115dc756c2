"""The list of a project: its rows and groups, its pages, its columns, and its file for spreadsheets."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linkstar.accounts.models import User
from linkstar.lib.deadlines import Deadline
from linkstar.members.models import Member
from projects.models import Label, Project, ProjectAccess, Task
from tests.factories import client_of, make_column, make_member, make_project, make_task
from tests.projects.test_move import statements

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _reads_english(owner: Any) -> None:
    User.objects.filter(pk=owner.user_id).update(language="en")


def page(member: Any, project: Project, query: str = "", **headers: str) -> str:
    response = client_of(member).get(f"/projects/{project.pk}/list/{query}", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def rows(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'<tr id="row-(\d+)"', html)]


def heads(html: str) -> list[tuple[str, int]]:
    found = re.findall(r'<span class="list__groupname">(.*?)</span> <span class="count" [^>]*>(\d*)<', html)
    return [(name, int(count)) for name, count in found]


def more(html: str) -> str:
    found = re.search(r'id="list-more"><td[^>]*><a href="([^"]*)"', html)
    return found[1].replace("&amp;", "&") if found else ""


def walk(member: Any, project: Project, query: str, between: Any = lambda: None) -> list[int]:
    """The rows of all pages, one after the other; `between` runs after each."""
    html = page(member, project, query)
    seen = rows(html)
    while url := more(html):
        between()
        html = client_of(member).get(url, headers={"HX-Request": "true", "HX-Target": "list-more"}).content.decode()
        seen += rows(html)
    return seen


class TestPage:
    @pytest.mark.parametrize("count", [1, 3])
    def test_it_takes_the_same_few_statements_for_any_number_of_tasks(self, owner: Any, count: int) -> None:
        project, label = make_project(owner), Label.objects.create(name="Ads", tint=2)
        for number in range(count):
            task = make_task(project, f"t{number}", owner=owner)
            task.labels.add(label)
            task.helpers.add(make_member(display_name=f"Helper {number}"))
        client = client_of(owner)
        client.get("/rail/")
        for query in ("", "?group=label&sort=-due&q=t"):
            with CaptureQueriesContext(connection) as captured:
                html = client.get(f"/projects/{project.pk}/list/{query}").content.decode()
            assert len(statements(captured)) == 9
            assert len(rows(html)) == count

    def test_groups_have_heads_with_the_counts_of_all_their_tasks(self, owner: Any) -> None:
        project, label = make_project(owner), Label.objects.create(name="Ads", tint=2)
        first, doing = make_task(project, "a", owner=owner, priority=4), make_column(project, "doing")
        second = make_task(project, "b", column_id=doing.pk, is_milestone=True)
        third = make_task(project, "c")
        third.labels.add(label)
        todo = make_column(project)
        assert heads(page(owner, project)) == [(todo.name, 2), (doing.name, 1)]
        assert rows(page(owner, project)) == [first.pk, third.pk, second.pk]
        assert heads(page(owner, project, "?group=owner")) == [(owner.display_name, 1), ("No owner", 2)]
        assert heads(page(owner, project, "?group=label")) == [("Ads", 1), ("No label", 2)]
        assert heads(page(owner, project, "?group=priority")) == [("Urgent", 1), ("Normal", 2)]
        assert heads(page(owner, project, "?group=status")) == [("To do", 2), ("Doing", 1)]
        assert heads(page(owner, project, "?group=milestone")) == [("Milestones", 1), ("Other tasks", 2)]
        assert heads(page(owner, project, "?group=due")) == [("No deadline", 3)]
        assert heads(page(owner, project, "?group=none")) == []
        assert heads(page(owner, project, "?q=c")) == [(todo.name, 1)]

    def test_groups_by_deadline_are_the_days_of_the_reader(self, owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
        project = make_project(owner)
        for title, on, at in (
            ("overdue", "2026-11-20", None), ("today", "2026-11-24", None), ("week", "2026-11-26", None),
            ("next week", "2026-11-30", time(1)), ("later", "2026-12-20", None),
        ):  # fmt: skip
            make_task(project, title, deadline=Deadline(date.fromisoformat(on), at, owner.time_zone))
        done = make_task(project, "done", deadline=Deadline(date(2026, 11, 1), None, "UTC"))
        Task.objects.filter(pk=done.pk).update(completed_at=NOW)
        assert heads(page(owner, project, "?group=due")) == [
            ("Overdue", 1), ("Today", 1), ("Later this week", 1), ("Next week", 1), ("Later", 1), ("Done", 1),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ("due", "bac"), ("-due", "abc"), ("-priority", "cba"), ("priority", "bac"), ("title", "abc"),
            ("-title", "cba"), ("number", "cba"), ("-number", "abc"), ("owner", "abc"), ("-owner", "bac"),
            ("rank", "cba"), ("-rank", "abc"), ("junk", "cba"),
        ],
    )  # fmt: skip
    def test_it_is_sorted_and_what_is_missing_stands_last(self, owner: Any, sort: str, expected: str) -> None:
        project, wei = make_project(owner), make_member(display_name="Zed")
        make_task(project, "c", priority=4)
        make_task(project, "B", owner=wei, deadline=Deadline(date(2026, 12, 1), None, "UTC"))
        make_task(
            project, "a", owner=make_member(display_name="Abe"), deadline=Deadline(date(2026, 12, 2), None, "UTC")
        )
        titles = {task.pk: task.title.lower() for task in Task.objects.all()}
        assert "".join(titles[pk] for pk in rows(page(owner, project, f"?group=none&sort={sort}"))) == expected

    def test_what_is_gone_from_a_filter_is_told_and_the_rest_applies(self, owner: Any) -> None:
        project = make_project(owner)
        task = make_task(project, "Ads budget")
        make_task(project, "Photos")
        html = page(owner, project, "?label=99999&owner=99999&column=99999&f77=x&q=ads")
        assert rows(html) == [task.pk]
        for kind in ("label", "person", "column", "field"):
            assert f"A {kind} this filter asks for no longer exists." in html
        assert "1 task of 2 fits." in html

    def test_people_who_left_can_still_be_asked_for(self, owner: Any) -> None:
        project, gone = make_project(owner), make_member(display_name="Gone", is_active=False)
        task = make_task(project, "theirs", owner=gone)
        make_task(project)
        html = page(owner, project, f"?owner={gone.pk}")
        assert (rows(html), "no longer exists" in html, "Owner: Gone" in html) == ([task.pk], False, True)

    def test_filtered_empty_is_not_empty(self, owner: Any) -> None:
        project = make_project(owner)
        assert "No task in this project yet" in page(owner, project)
        make_task(project)
        html = page(owner, project, "?q=nothing")
        assert "No task fits this filter." in html and "No task in this project yet" not in html

    def test_the_tabs_keep_what_is_asked(self, owner: Any) -> None:
        project = make_project(owner)
        make_task(project, "Ads")
        html = page(owner, project, "?q=Ads&sort=due&group=owner")
        asked = "?q=Ads&amp;sort=due&amp;group=owner"
        assert f'href="/projects/{project.pk}/board/{asked}"' in html
        board = client_of(owner).get(f"/projects/{project.pk}/board/?q=Ads&sort=due&group=owner").content.decode()
        assert f'href="/projects/{project.pk}/list/{asked}"' in board


class TestPaging:
    def make(self, owner: Any, count: int = 230) -> Project:
        from projects.actions.tasks import create_tasks

        project = make_project(owner)
        for status in ("todo", "done"):
            create_tasks(
                [f"t{n % 7}" for n in range(count // 2)], column=make_column(project, status), actor=owner, now=NOW
            )
        return project

    @pytest.mark.parametrize(
        "query", ["", "?group=none&sort=title", "?group=due&sort=-due", "?group=label&sort=-updated"]
    )
    def test_every_task_stands_once_on_some_page(self, owner: Any, query: str) -> None:
        project = self.make(owner)
        seen = walk(owner, project, query)
        assert len(seen) == len(set(seen)) == 230

    def test_changes_meanwhile_lose_and_repeat_nothing_else(self, owner: Any) -> None:
        project = self.make(owner)
        before = set(Task.objects.values_list("pk", flat=True))

        def meddle() -> None:
            make_task(project, "new")
            Task.objects.filter(pk=Task.objects.filter(deleted_at=None).order_by("pk")[0].pk).update(deleted_at=NOW)

        seen = walk(owner, project, "", meddle)
        gone = set(Task.objects.exclude(deleted_at=None).values_list("pk", flat=True))
        assert len(seen) == len(set(seen))
        assert before - gone <= set(seen)

    @pytest.mark.parametrize(
        "cursor", ["x", "W10", "bnVsbA", "WyIyMDI2LTExLTI0VDAwOjAwOjAwKzAwOjAwIiwxLDIsM10", "é" * 9]
    )
    def test_a_cursor_no_page_wrote_begins_at_the_beginning(self, owner: Any, cursor: str) -> None:
        project = make_project(owner)
        task = make_task(project)
        assert rows(page(owner, project, f"?after={cursor}")) == [task.pk]


class TestGuest:
    def test_they_see_their_rows_and_columns_and_no_people(self, owner: Any) -> None:
        project, guest = make_project(owner), make_member("guest", display_name="Guest")
        ProjectAccess.objects.create(project=project, member=guest)
        colleague = make_member(display_name="Secret Colleague")
        mine = make_task(project, "theirs", owner=guest, visibility="shared", comment_count=7)
        mine.helpers.add(colleague)
        make_task(project, "internal", owner=colleague)
        html = page(guest, project, "?columns=helpers,comments,updated,files,due")
        assert rows(html) == [mine.pk]
        assert "Secret Colleague" not in html
        # Nor by trying who is asked for.
        for path in (f"/projects/{project.pk}/list/", f"/projects/{project.pk}/calendar/", "/"):
            asked = [client_of(guest).get(f"{path}?helper={pk}").content.decode() for pk in (colleague.pk, owner.pk)]
            assert ["theirs" in html for html in asked] in ([True, True], [False, False])
        assert re.findall(r'data-cell="(\w+)"', html) == ["number", "title", "due"]
        assert client_of(guest).get(f"/tasks/{mine.pk}/row/").status_code == 200


class TestColumns:
    def test_the_choice_is_the_persons_and_the_address_overrules_it(self, owner: Any) -> None:
        project = make_project(owner)
        make_task(project)
        client = client_of(owner)
        address = f"/projects/{project.pk}/list/columns/"
        answer = client.post(address, {"columns": ["due", "updated", "junk"], "query": "q=a&columns=owner"})
        assert answer.headers["Location"] == f"/projects/{project.pk}/list/?q=a"
        assert Member.objects.get(pk=owner.pk).list_columns == ["due", "updated"]
        cells = lambda html: re.findall(r'data-cell="(\w+)"', html)  # noqa: E731
        assert cells(page(owner, project)) == ["number", "title", "due", "updated"]
        assert cells(page(owner, project, "?columns=owner")) == ["number", "title", "owner"]
        client.post(address, {"reset": "1"})
        assert "checklist" in cells(page(owner, project))


class TestFile:
    def text(self, member: Any, project: Project, query: str = "") -> list[str]:
        answer = client_of(member).get(f"/projects/{project.pk}/list.csv{query}")
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        content = b"".join(answer.streaming_content)
        assert content.startswith(b"\xef\xbb\xbf")
        return content.decode("utf-8-sig").split("\r\n")

    def test_it_holds_what_is_filtered_in_both_clocks(self, owner: Any) -> None:
        project, label = make_project(owner, name="秋季 launch"), Label.objects.create(name="主图", tint=1)
        make_task(project, "not this")
        due = Deadline(date(2026, 11, 27), time(18), "America/Los_Angeles")
        make_task(project, '拍主图, "A+"', owner=owner, deadline=due, priority=4).labels.add(label)
        make_task(project, '=HYPERLINK("x")', deadline=Deadline(date(2026, 7, 1), None, "Asia/Shanghai"), priority=4)
        lines = self.text(owner, project, "?priority=4&columns=column,owner,due,labels,checklist")
        todo = make_column(project).name
        assert lines == [
            "Number,Title,Status,Owner,Deadline,Time zone,Offset,Deadline (UTC),Labels,"
            '"Checklist, done","Checklist, all"',
            f'2,"拍主图, ""A+""",{todo},{owner.display_name},2026-11-27 18:00,America/Los_Angeles,UTC-08:00,'
            "2026-11-28T02:00:00Z,主图,0,0",
            f'3,"\'=HYPERLINK(""x"")",{todo},,2026-07-01,Asia/Shanghai,UTC+08:00,2026-07-01T15:59:59Z,,0,0',
            "",
        ]

    @pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "\u3000=1"])
    def test_no_cell_is_a_formula(self, owner: Any, title: str) -> None:
        from projects.list_csv import safe

        assert safe(title) == f"'{title}"
        assert safe("A=1") == "A=1"

    def test_it_has_every_page(self, owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("projects.list_csv.LINES_PER_PAGE", 2)
        project = make_project(owner)
        for number in range(5):
            make_task(project, f"t{number}")
        assert [line.split(",")[1] for line in self.text(owner, project)[1:-1]] == ["t0", "t1", "t2", "t3", "t4"]


class TestCells:
    HTMX = {"HX-Request": "true"}

    def post(self, member: Any, task: Task, cell: str, **given: Any) -> Any:
        return client_of(member).post(f"/tasks/{task.pk}/cell/{cell}/", given, headers=self.HTMX)

    def test_each_is_opened_and_saved_and_the_row_comes_back(self, owner: Any) -> None:
        project, label = make_project(owner), Label.objects.create(name="Ads", tint=1)
        task, done = make_task(project, "Before"), make_column(project, "done")
        for cell, given, shown in (
            ("title", {"text": "After", "was": "Before"}, ">After</a>"),
            ("owner", {"owner": str(owner.pk), "was": ""}, owner.display_name),
            ("priority", {"priority": "4", "was": "2"}, "Urgent"),
            ("labels", {"labels": [str(label.pk)], "new": "Photo", "was": ""}, ">Photo</span>"),
            ("due", {"typed": "2027-03-01 18:00", "zone": "UTC", "was": ""}, 'datetime="2027-03-01T18:00:00Z"'),
            ("column", {"column": str(done.pk), "was": str(task.column_id)}, done.name),
        ):
            editor = client_of(owner).get(f"/tasks/{task.pk}/cell/{cell}/", headers=self.HTMX)
            assert editor.status_code == 200
            answer = self.post(owner, task, cell, **given)
            assert (answer.status_code, answer.headers["HX-Reswap"]) == (200, "none"), answer.content
            assert f'<tr id="row-{task.pk}"' in answer.content.decode()
            assert shown in answer.content.decode()
        task.refresh_from_db()
        assert (task.title, task.owner, task.priority, task.is_done) == ("After", owner, 4, True)
        assert sorted(task.labels.values_list("name", flat=True)) == ["Ads", "Photo"]
        self.post(owner, task, "due", clear="1", was="2027-03-01|18:00:00|UTC")
        task.refresh_from_db()
        assert task.due_on is None

    def test_what_is_refused_keeps_what_was_typed(self, owner: Any) -> None:
        task = make_task(make_project(owner), "Before")
        answer = self.post(owner, task, "title", text="x" * 400, was="Before")
        assert answer.status_code == 422
        assert "x" * 400 in answer.content.decode() and "A title has up to 300 characters" in answer.content.decode()
        answer = self.post(owner, task, "due", typed="someday", zone="UTC", was="")
        assert answer.status_code == 422
        assert 'value="someday"' in answer.content.decode()
        answer = self.post(
            owner, task, "column", column=str(make_column(task.project, "doing").pk), was=str(task.column_id)
        )
        assert answer.status_code == 422
        assert Task.objects.get().title == "Before"

    @pytest.mark.parametrize(
        ("cell", "theirs", "given", "words"),
        [
            ("title", {"title": "Theirs"}, {"text": "Mine", "was": "Before"}, "Now it says: “Theirs”"),
            ("priority", {"priority": 4}, {"priority": "3", "was": "2"}, "Now it says: “Urgent”"),
        ],
    )
    def test_what_somebody_else_changed_meanwhile_is_shown_and_not_overwritten(
        self, owner: Any, cell: str, theirs: Any, given: Any, words: str
    ) -> None:
        task = make_task(make_project(owner), "Before")
        Task.objects.update(**theirs)
        task.refresh_from_db()
        before = {key: getattr(task, key) for key in theirs}
        answer = self.post(owner, task, cell, **given)
        html = answer.content.decode()
        assert (answer.status_code, words in html, "Save mine over it" in html) == (409, True, True)
        assert {key: getattr(Task.objects.get(), key) for key in theirs} == before
        now = re.search(r'name="was" value="([^"]*)"', html)
        assert now and self.post(owner, task, cell, **{**given, "was": now[1]}).status_code == 200

    def test_a_guest_edits_nothing_but_where_theirs_stands(self, owner: Any) -> None:
        project, guest = make_project(owner), make_member("guest")
        ProjectAccess.objects.create(project=project, member=guest)
        task = make_task(project, "theirs", owner=guest, visibility="shared")
        assert self.post(guest, task, "title", text="x", was="theirs").status_code == 403
        done = make_column(project, "done")
        assert self.post(guest, task, "column", column=str(done.pk), was=str(task.column_id)).status_code == 200
        assert client_of(guest).get(f"/tasks/{task.pk}/cell/junk/").status_code == 404


def test_lines_typed_on_the_list_come_back_as_rows(owner: Any) -> None:
    project = make_project(owner)
    address = f"/columns/{make_column(project).pk}/tasks/add/"
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://acme.localhost/projects/{project.pk}/list/?columns=due"}
    answer = client_of(owner).post(address, {"titles": "One\nTwo"}, headers=headers)
    html = answer.content.decode()
    assert rows(html) == list(Task.objects.order_by("pk").values_list("pk", flat=True))
    assert re.findall(r'data-cell="(\w+)"', html) == ["number", "title", "due"] * 2
    answer = client_of(owner).post(address, {"titles": " "}, headers=headers)
    assert (answer.status_code, "Type a title first." in answer.content.decode()) == (422, True)
