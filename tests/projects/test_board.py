"""The board's page, its filter, the further cards of a column, quick add, and the columns themselves."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from projects.actions.tasks import create_tasks
from projects.models import Activity, Column, Label, Project, ProjectAccess, Task
from tests.factories import client_of, make_column, make_member, make_project, make_ready_task, make_task
from tests.projects.test_move import statements, titles

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def board(member: Any, project: Project, query: str = "") -> str:
    response = client_of(member).get(f"/projects/{project.pk}/board/{query}")
    assert response.status_code == 200
    return response.content.decode()


def shown(html: str) -> list[int]:
    """The pks of the cards, in the order of the page."""
    return [
        int(part.partition('"')[0]) for part in html.split("<article ")[1:] for part in [part.split('id="task-')[1]]
    ]


class TestPage:
    @pytest.mark.parametrize("count", [3, 300])
    def test_it_takes_the_same_few_statements_for_any_number_of_tasks(self, owner: Any, count: int) -> None:
        project = make_project(owner)
        label = Label.objects.create(name="Ads", tint=2)
        tasks = create_tasks(
            [f"t{n}" for n in range(count)], column=make_column(project), actor=owner, now=NOW, owner=owner
        )
        for task in tasks[:3]:
            task.labels.add(label)
        client = client_of(owner)
        client.get("/rail/")
        with CaptureQueriesContext(connection) as captured:
            html = client.get(f"/projects/{project.pk}/board/").content.decode()
        assert len(statements(captured)) == 8
        assert shown(html) == [task.pk for task in tasks[:30]]
        assert html.count('data-tint="2"') == 3

    def test_the_first_thirty_then_the_rest_by_cursor(self, owner: Any) -> None:
        project = make_project(owner)
        tasks = create_tasks([f"t{n}" for n in range(65)], column=make_column(project), actor=owner, now=NOW)
        client, address = client_of(owner), f"/columns/{make_column(project).pk}/cards/"
        html = board(owner, project)
        assert f'data-next="{tasks[30].pk}"' in html
        seen = shown(html)
        for _page in range(2):
            last = Task.objects.get(pk=seen[-1]).rank
            html = client.get(address, {"after": last}, headers={"HX-Request": "true"}).content.decode()
            seen += shown(html)
        assert seen == [task.pk for task in tasks]
        assert "data-next" not in html
        assert client.get(address, {"after": ""}).status_code == 302

    def test_a_cursor_that_no_page_wrote_finds_what_it_finds(self, owner: Any) -> None:
        task = make_task(make_project(owner))
        address = f"/columns/{task.column_id}/cards/"
        response = client_of(owner).get(address, {"after": "\x00"}, headers={"HX-Request": "true"})
        assert (response.status_code, shown(response.content.decode())) == (200, [task.pk])

    def test_a_guest_is_told_of_no_label_of_what_they_do_not_see(self, owner: Any) -> None:
        project, guest = make_project(owner), make_member("guest")
        ProjectAccess.objects.create(project=project, member=guest)
        for name, task in (
            ("Packaging", make_task(project, "theirs", owner=guest)),
            ("Price war", make_task(project, "internal")),
            ("Layoffs", make_task(make_project(owner))),
        ):
            task.labels.add(Label.objects.create(name=name, tint=1))
        html = board(guest, project)
        assert [name for name in ("Packaging", "Price war", "Layoffs") if name in html] == ["Packaging"]

    def test_words_of_people_are_escaped(self, owner: Any) -> None:
        project = make_project(owner, name="<i>P</i>")
        label = Label.objects.create(name='"><script>', tint=1)
        make_task(project, "<script>alert(1)</script> & <b>").labels.add(label)
        html = board(make_member(display_name="<b>Eve</b>"), project)
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;" in html
        assert "<script>alert" not in html
        assert "&#34;&gt;&lt;script&gt;" in html
        assert "<i>P" not in html
        assert "<b>Eve" not in html

    def test_a_card_shows_both_clocks_progress_and_what_is_missing(self, owner: Any) -> None:
        project = make_project(owner)
        reader = make_member(display_name="Wei Wang", time_zone="Asia/Shanghai", language="en")
        dated = make_task(
            project, owner=reader, deadline=Deadline(date(2026, 11, 27), None, "America/Los_Angeles"),
            checklist_count=4, checklist_done_count=1, comment_count=2, priority=4, is_milestone=True,
            visibility="shared",
        )  # fmt: skip
        make_task(project, "draft", owner=reader)
        html = board(reader, project)
        first, second = html.split("<article ")[1:]
        assert dated.title in first
        for words in (
            "Fri 27 Nov, end of day PST (UTC−8)",
            "Sat 28 Nov, 15:59 for you (UTC+8)",
            "Urgent",
            "Milestone",
            ">1/4<",
            "WW",
        ):
            assert words in first
        assert "due__you--otherday" in first
        assert "Shared with guests" in first
        assert "No deadline" in second
        assert "No owner" not in second.split("</article>")[0]

    def test_a_guest_sees_theirs_without_the_team_the_counts_or_the_tools(self, owner: Any) -> None:
        project = make_project(owner)
        guest = make_member("guest")
        ProjectAccess.objects.create(project=project, member=guest)
        make_task(project, "internal")
        theirs = make_task(project, "theirs", owner=guest, comment_count=9)
        shared = make_task(project, "shared", visibility="shared", file_count=3)
        html = board(guest, project)
        assert shown(html) == [theirs.pk, shared.pk]
        assert f'id="count-{shared.column_id}">2<' in html
        assert html.count("card__move") == 1
        for words in (
            "quick-add",
            'id="filter-helper"',
            "/edit/",
            "icon--comment",
            "icon--attach",
            owner.display_name + "</option>",
        ):
            assert words not in html

    def test_who_may_not_see_it_gets_404_and_strangers_the_sign_in(self, owner: Any, other: Any) -> None:
        project = make_project(owner)
        assert client_of(make_member("guest")).get(f"/projects/{project.pk}/board/").status_code == 404
        assert client_of(None).get(f"/projects/{project.pk}/board/").status_code == 302
        assert client_of(owner).get("/projects/99999999999999999999/board/").status_code == 404

    def test_an_archived_board_is_to_be_read_only(self, owner: Any) -> None:
        project = make_project(owner)
        make_task(project)
        Project.objects.filter(pk=project.pk).update(state="archived", archived_at=NOW)
        html = board(owner, project)
        assert len(shown(html)) == 1
        assert "card__move" not in html
        assert "quick-add" not in html


class TestFilter:
    def test_each_part_and_all_together(self, owner: Any) -> None:
        project = make_project(owner)
        wei = make_member()
        label = Label.objects.create(name="Ads", tint=1)
        yesterday = Deadline(timezone.now().date() - timedelta(days=2), None, "UTC")
        late = make_task(project, "Coupon 优惠券", owner=wei, deadline=yesterday)
        make_task(project, "coupon done", owner=wei, deadline=yesterday, column=make_column(project, "done"))
        draft = make_task(project, "Draft", owner=wei)
        nobody = make_task(project, "100% of it", deadline=yesterday)
        late.labels.add(label)

        found = {
            "?q=优惠": [late],
            "?q=COUPON&overdue=1": [late],
            f"?q=%23{draft.number}": [draft],
            "?q=100%25": [nobody],
            f"?label={label.pk}": [late],
            "?owner=none": [nobody],
            "?draft=1": [draft, nobody],
            f"?owner={wei.pk}&draft=1": [draft],
            "?overdue=1": [late, nobody],
            "?q=nowhere": [],
        }
        assert {query: shown(board(owner, project, query)) for query in found} == {
            query: [task.pk for task in tasks] for query, tasks in found.items()
        }
        assert len(shown(board(owner, project, "?owner=x&label=9999999999999&draft=2"))) == 4

    def test_htmx_gets_the_board_alone_and_the_next_cards_keep_the_filter(self, owner: Any) -> None:
        project = make_project(owner)
        create_tasks([f"t{n}" for n in range(40)], column=make_column(project), actor=owner, now=NOW)
        response = client_of(owner).get(
            f"/projects/{project.pk}/board/?q=t", headers={"HX-Request": "true", "HX-Target": "board"}
        )
        html = response.content.decode()
        assert "<html" not in html
        assert "HX-Request" in response["Vary"]
        assert "&amp;q=t" in html
        assert "40" in html


class TestQuickAdd:
    def add(self, member: Any, column: Column, titles: str, *, htmx: bool = True) -> Any:
        headers = {"HX-Request": "true"} if htmx else {}
        return client_of(member).post(f"/columns/{column.pk}/tasks/add/", {"titles": titles}, headers=headers)

    def test_lines_become_tasks_in_order(self, owner: Any) -> None:
        project = make_project(owner)
        todo = make_column(project)
        make_task(project, "first")
        client, lines = client_of(owner), "  第二 \r\n\r\nthird\u202e\tcolumn\n"
        client.get("/rail/")
        with CaptureQueriesContext(connection) as captured:
            response = client.post(f"/columns/{todo.pk}/tasks/add/", {"titles": lines}, headers={"HX-Request": "true"})
        assert response.status_code == 200
        assert len(statements(captured)) == 10
        assert titles(todo) == ["first", "第二", "third column"]
        html = response.content.decode()
        assert f'hx-swap-oob="beforeend:#cards-{todo.pk}"' in html
        assert f'id="count-{todo.pk}" hx-swap-oob="true">3<' in html
        traces = Activity.objects.filter(verb="task created").order_by("pk")
        assert list(traces.values_list("data__title", flat=True)) == ["first", "第二", "third column"]

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "Type a title first."),
            (" \n\t\n", "Type a title first."),
            ("x" * 301, "A title has up to 300 characters."),
            ("x" * 10_000, "A title has up to 300 characters."),
            ("a\n" * 101, "101 lines are too many"),
        ],
    )
    def test_what_cannot_be_is_refused_whole(self, owner: Any, text: str, words: str) -> None:
        project = make_project(owner)
        todo = make_column(project)
        member = make_member(language="en")
        response = self.add(member, todo, text)
        assert response.status_code == 422
        assert words in response.content.decode()
        assert self.add(member, todo, text, htmx=False).status_code == 302
        assert Task.objects.count() == 0

    def test_hundred_lines_and_three_hundred_characters_are_fine(self, owner: Any) -> None:
        todo = make_column(make_project(owner))
        assert self.add(owner, todo, "\n".join(["字" * 300] * 100)).status_code == 200
        assert Task.objects.count() == 100

    def test_a_full_column_and_who_may_not_add(self, owner: Any) -> None:
        project = make_project(owner)
        doing = make_column(project, "doing")
        Column.objects.filter(pk=doing.pk).update(wip_limit=1)
        make_ready_task(project, column=doing)
        guest = make_member("guest")
        ProjectAccess.objects.create(project=project, member=guest)
        assert self.add(owner, doing, "more").status_code == 422
        assert self.add(guest, doing, "more").status_code == 403
        assert self.add(owner, Column(pk=999), "more").status_code == 404


class TestColumns:
    def names(self, project: Project) -> list[str]:
        return list(project.board.columns.order_by("position").values_list("name", flat=True))

    def test_a_new_one_stands_with_its_status(self, owner: Any) -> None:
        project = make_project(owner, language="en")
        address = f"/projects/{project.pk}/columns/add/"
        response = client_of(owner).post(
            address, {"name": "Waiting", "status": "todo", "wip_limit": ""}, headers={"HX-Request": "true"}
        )
        assert (response.status_code, response["HX-Trigger"]) == (204, '{"dialog:close": true, "board:changed": true}')
        assert self.names(project) == ["To do", "Waiting", "Doing", "In review", "Done"]
        for number in range(7):
            client_of(owner).post(address, {"name": f"C{number}", "status": "doing"})
        refused = client_of(owner).post(address, {"name": "13th", "status": "doing"})
        assert (refused.status_code, project.board.columns.count()) == (422, 12)

    def test_rename_limit_move_and_delete(self, owner: Any) -> None:
        project = make_project(owner, language="en")
        doing = make_column(project, "doing")
        client = client_of(owner)
        assert client.get(f"/columns/{doing.pk}/edit/").status_code == 200
        assert client.post(f"/columns/{doing.pk}/edit/", {"name": "", "wip_limit": "0"}).status_code == 422
        assert client.post(f"/columns/{doing.pk}/edit/", {"name": "Making", "wip_limit": "3"}).status_code == 302
        doing.refresh_from_db()
        assert (doing.name, doing.wip_limit) == ("Making", 3)
        assert Activity.objects.get(verb="column edited").data == {
            "before": {"name": "Doing", "wip_limit": None}, "after": {"name": "Making", "wip_limit": 3},
        }  # fmt: skip
        client.post(f"/columns/{doing.pk}/move/", {"position": "0"})
        assert self.names(project) == ["Making", "To do", "In review", "Done"]

        task = make_ready_task(project, column=doing)
        assert client.post(f"/columns/{doing.pk}/delete/", headers={"HX-Request": "true"}).status_code == 422
        Task.objects.filter(pk=task.pk).delete()
        assert client.post(f"/columns/{doing.pk}/delete/").status_code == 302
        assert self.names(project) == ["To do", "In review", "Done"]
        assert (
            client.post(f"/columns/{make_column(project).pk}/delete/", headers={"HX-Request": "true"}).status_code
            == 422
        )

    def test_only_who_runs_the_project_may(self, owner: Any) -> None:
        project = make_project(owner)
        column = make_column(project)
        for member, status in ((make_member(), 403), (make_member("guest"), 403), (make_member("manager"), 200)):
            client = client_of(member)
            assert client.get(f"/columns/{column.pk}/edit/").status_code == status
            assert client.get(f"/projects/{project.pk}/columns/add/").status_code == status


class TestCard:
    def test_a_changed_card_comes_anew_and_a_gone_one_takes_itself_away(self, owner: Any) -> None:
        project = make_project(owner)
        task, below = make_task(project, "a"), make_task(project, "b")
        response = client_of(owner).get(f"/tasks/{task.pk}/card/", headers={"HX-Request": "true"})
        assert response["HX-Trigger"] == (
            f'{{"task:placed": {{"task": {task.pk}, "column": {task.column_id}, "before": {below.pk}}}}}'
        )
        Task.objects.filter(pk=task.pk).update(deleted_at=NOW)
        gone = client_of(owner).get(f"/tasks/{task.pk}/card/", headers={"HX-Request": "true"})
        assert gone.content.decode() == f'<article id="task-{task.pk}" hx-swap-oob="delete"></article>'
