"""Links between tasks: made, changed, taken away, refused, and what they hold back."""

from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from projects.actions.archive import archive_task
from projects.actions.dependencies import (
    CycleFound,
    LagOutOfRange,
    LinkClosed,
    LinkedAlready,
    LinkInFamily,
    LinkToItself,
    edit_link,
    link_tasks,
    unlink_tasks,
)
from projects.actions.finishing import finish_task
from projects.actions.refusals import StillBlocked
from projects.actions.subtasks import set_parent
from projects.actions.tasks import delete_task, move_task
from projects.actions.undo import undo
from projects.dependencies import links_of
from projects.models import Activity, Dependency, ProjectAccess, Task
from projects.views.boards import reader_of
from tests.factories import client_of, make_member, make_project, make_ready_task, make_task
from tests.factories.projects import make_column
from tests.pages import HTMX, text
from tests.races import RACE, at_once

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def project(maya: Any) -> Any:
    return make_project(maya, name="Launch")


def link(before: Task, after: Task, actor: Any, **values: Any) -> Dependency:
    return link_tasks(before, after, actor=actor, now=NOW, **values)[0]


def test_a_link_across_projects_leaves_a_line_on_both_tasks(maya: Any, project: Any) -> None:
    other = make_project(maya, name="Brand account")
    before, after = make_task(other, "EIN letter"), make_task(project, "Register the shop")
    made = link(before, after, maya, kind="fs", lag_days=3, lag_is_working=True)
    assert (made.blocker_id, made.blocked_id, made.kind, made.lag_days, made.lag_is_working) == (
        before.pk, after.pk, "fs", 3, True,
    )  # fmt: skip
    kept = {"kind": "fs", "lag": 3, "working": True}
    assert list(Activity.objects.filter(verb="dependency added").order_by("task").values_list("task", "data")) == [
        (before.pk, {"number": after.number, "side": "holds", "place": "Launch", **kept}),
        (after.pk, {"number": before.number, "side": "waits", "place": "Brand account", **kept}),
    ]


def test_a_circle_is_refused_and_named(maya: Any, project: Any) -> None:
    a, b, c = (make_task(project, title) for title in "ABC")
    link(a, b, maya)
    link(b, c, maya)
    with pytest.raises(CycleFound) as found:
        link(c, a, maya)
    assert found.value.path == [a.pk, b.pk, c.pk, a.pk]
    answer = client_of(maya).post(f"/tasks/{a.pk}/links/add/", {"side": "waits", "other": c.pk, "kind": "ss"}, **HTMX)
    assert answer.status_code == 422
    assert "They would wait for each other: A → B → C → A." in text(answer)
    assert Dependency.objects.count() == 2


def test_of_a_circle_hidden_tasks_are_counted_and_not_named(maya: Any) -> None:
    member = make_member(language="en")
    project = make_project(maya)
    a, c = make_task(project, "A"), make_task(project, "C")
    hidden = [make_task(project, title, sensitivity="finance") for title in ("Margin", "Budget")]
    for before, after in [(a, hidden[0]), (hidden[0], hidden[1]), (hidden[1], c)]:
        link(before, after, maya)
    page = text(
        client_of(member).post(f"/tasks/{a.pk}/links/add/", {"side": "waits", "other": c.pk, "kind": "fs"}, **HTMX)
    )
    assert "A → (2 tasks that you cannot see) → C → A." in page
    assert "Margin" not in page


@pytest.mark.parametrize("lag", [-500, 366])
def test_a_lag_beyond_a_year_is_refused_and_what_was_typed_stays(maya: Any, project: Any, lag: int) -> None:
    one, other = make_task(project, "One"), make_task(project, "Other")
    with pytest.raises(LagOutOfRange):
        link(one, other, maya, lag_days=lag)
    typed = {"side": "waits", "other": one.pk, "kind": "ff", "lag_days": lag, "q": "One", "lag_is_working": "1"}
    page = text(client_of(maya).post(f"/tasks/{other.pk}/links/add/", typed))
    assert "A lag is between −365 and 365 days." in page
    assert f'value="{lag}"' in page
    assert '<option value="ff" selected>' in page
    assert 'value="One"' in page


def test_what_cannot_be_linked_says_why(maya: Any, project: Any) -> None:
    task, child = make_task(project, "Task"), make_task(project, "Child")
    set_parent(child, task, actor=maya, now=NOW)
    done, binned, archived = (make_task(project, title) for title in ("Done", "Binned", "Archived"))
    finish_task(done, actor=maya, now=NOW)
    delete_task(binned, actor=maya, now=NOW)
    archive_task(archived, actor=maya, now=NOW)
    linked = make_task(project, "Linked")
    link(linked, task, maya)
    for other, refusal in [
        (task, LinkToItself), (child, LinkInFamily), (done, LinkClosed), (binned, LinkClosed), (archived, LinkClosed),
        (linked, LinkedAlready),
    ]:  # fmt: skip
        with pytest.raises(refusal):
            link(other, task, maya)
    browser = client_of(maya)
    for other, words in [
        (task, "A task cannot wait for itself."), (child, "One of them is a part of the other"),
        (done, "“Done” is done already"), (binned, "This task is not there any more."),
        (archived, "“Archived” is archived."), (linked, "These two are linked already."),
    ]:  # fmt: skip
        answer = browser.post(
            f"/tasks/{task.pk}/links/add/", {"side": "waits", "other": other.pk, "kind": "fs"}, **HTMX
        )
        assert (answer.status_code, words in text(answer)) == (422, True), words


def test_a_link_is_changed_removed_and_both_are_undone(maya: Any, project: Any) -> None:
    one, other = make_task(project, "One"), make_task(project, "Other")
    made = link(one, other, maya)
    changed = edit_link(made, kind="ss", lag_days=-2, lag_is_working=False, actor=maya, now=NOW)
    assert changed is not None
    assert edit_link(made, kind="ss", lag_days=-2, lag_is_working=False, actor=maya, now=NOW) is None
    undo(changed, actor=maya, now=NOW)
    assert list(Dependency.objects.values_list("kind", "lag_days")) == [("fs", 0)]
    removed = unlink_tasks(Dependency.objects.get(), actor=maya, now=NOW)
    assert not Dependency.objects.exists()
    undone = undo(removed, actor=maya, now=NOW)
    assert [task.pk for task in undone.tasks] == [other.pk]
    assert list(Dependency.objects.values_list("blocker", "blocked")) == [(one.pk, other.pk)]


def test_undo_brings_no_circle_back(maya: Any, project: Any) -> None:
    one, other = make_task(project, "One"), make_task(project, "Other")
    removed = unlink_tasks(link(one, other, maya), actor=maya, now=NOW)
    link(other, one, maya)
    assert undo(removed, actor=maya, now=NOW).left == {"changed": 1}
    assert list(Dependency.objects.values_list("blocker", "blocked")) == [(other.pk, one.pk)]


@RACE
def test_two_people_who_close_a_circle_from_both_ends_make_one_link(live_workspace: Any, owner: Any) -> None:
    project = make_project(owner)
    tasks = [make_task(project, title) for title in "ABCD"]
    pairs = [(tasks[0], tasks[1]), (tasks[1], tasks[2]), (tasks[2], tasks[3]), (tasks[3], tasks[0])]
    results = at_once(
        *(lambda pair=pair: link_tasks(*pair, actor=owner, now=NOW) for pair in pairs), expected=CycleFound
    )
    assert sum(isinstance(result, CycleFound) for result in results) == 1
    assert Dependency.objects.count() == 3


def start(task: Task, actor: Any, **values: Any) -> None:
    doing = make_column(task.project, "doing")
    move_task(Task.objects.get(pk=task.pk), column=doing, before=None, actor=actor, now=NOW, **values)


def test_a_blocked_task_is_begun_only_with_a_reason(maya: Any, project: Any) -> None:
    before, after = make_ready_task(project, "EIN letter"), make_ready_task(project, "Register")
    link(before, after, maya)
    with pytest.raises(StillBlocked):
        start(after, maya)
    with pytest.raises(StillBlocked):
        finish_task(Task.objects.get(pk=after.pk), actor=maya, now=NOW)
    start(after, maya, despite="The number came by phone")
    assert list(Activity.objects.filter(verb="begun despite").values_list("task", "data")) == [
        (after.pk, {"reason": "The number came by phone"})
    ]
    # Begun in spite of it, it is not asked again.
    finish_task(Task.objects.get(pk=after.pk), actor=maya, now=NOW)
    assert Task.objects.get(pk=after.pk).is_done


@pytest.mark.parametrize(
    ("kind", "lag", "may_start", "may_finish"),
    [("fs", 0, False, False), ("fs", -2, False, False), ("ss", 0, False, False), ("ff", 0, True, False),
     ("sf", 0, True, False)],
)  # fmt: skip
def test_each_kind_holds_back_its_own_end(
    maya: Any, project: Any, kind: str, lag: int, may_start: bool, may_finish: bool
) -> None:
    # Due tomorrow: a lead of two days has begun once somebody is at it.
    tomorrow = Deadline((NOW + timedelta(days=1)).date(), time(12), "UTC")
    before, after = make_ready_task(project, "Before", deadline=tomorrow), make_ready_task(project, "After")
    link(before, after, maya, kind=kind, lag_days=lag)
    if may_start:
        start(after, maya)
    else:
        with pytest.raises(StillBlocked):
            start(after, maya)
    with pytest.raises(StillBlocked):
        finish_task(Task.objects.get(pk=after.pk), actor=maya, now=NOW)
    # Once the blocker has begun, those that wait for a start or may overlap are free.
    start(before, maya)
    is_free = kind in ("ss", "sf") or lag < 0
    if is_free:
        start(after, maya) if not may_start else finish_task(Task.objects.get(pk=after.pk), actor=maya, now=NOW)
    else:
        with pytest.raises(StillBlocked):
            finish_task(Task.objects.get(pk=after.pk), actor=maya, now=NOW)


def test_a_blocker_that_is_binned_or_archived_holds_nobody_up(maya: Any, project: Any) -> None:
    one, two, after = (make_ready_task(project, title) for title in ("One", "Two", "After"))
    link(one, after, maya)
    link(two, after, maya)
    archive_task(one, actor=maya, now=NOW)
    delete_task(two, actor=maya, now=NOW)
    start(after, maya)
    assert Task.objects.get(pk=after.pk).column.is_doing


def chain_of_us_08(project: Any, actor: Any) -> list[Task]:
    titles = ["EIN letter", "Document pack", "Clean environment", "Seller registration"]
    tasks = [make_ready_task(project, title) for title in titles]
    for before, after in pairwise(tasks):
        link(before, after, actor)
    return tasks


def test_every_way_to_begin_asks_with_the_chain(maya: Any, project: Any) -> None:
    """US-08: the letter is open, so the registration shows what stands before it."""
    tasks = chain_of_us_08(project, maya)
    last, browser = tasks[-1], client_of(maya)
    doing, done = make_column(project, "doing"), make_column(project, "done")
    ways = [
        (f"/tasks/{last.pk}/move/", {"column": doing.pk, "before": ""}),
        (f"/tasks/{last.pk}/set/column/", {"column": doing.pk}),
        (f"/tasks/{last.pk}/cell/column/", {"column": doing.pk, "was": str(last.column_id)}),
        (f"/tasks/{last.pk}/finish/", {}),
        (f"/tasks/{last.pk}/check/", {}),
        (f"/tasks/{last.pk}/move/", {"column": done.pk, "before": ""}),
    ]
    for path, values in ways:
        answer = browser.post(path, values, **HTMX)
        assert (answer.status_code, answer["HX-Retarget"]) == (422, "#dialog"), path
        page = text(answer)
        places = [page.index(f">{task.title}<") for task in tasks]
        assert places == sorted(places), path
        assert 'name="reason"' in page
    plain = browser.post(f"/tasks/{last.pk}/move/", {"column": doing.pk, "before": ""})
    assert plain["Location"] == f"/tasks/{last.pk}/begin/?column={doing.pk}&before="
    assert Task.objects.get(pk=last.pk).column.status == "todo"


def test_the_dialog_wants_a_reason_and_keeps_what_was_typed(maya: Any, project: Any) -> None:
    last, doing = chain_of_us_08(project, maya)[-1], make_column(project, "doing")
    browser, path = client_of(maya), f"/tasks/{last.pk}/begin/"
    empty = browser.post(path, {"column": doing.pk, "before": "", "reason": " "}, **HTMX)
    assert (empty.status_code, "Say in a few words why" in text(empty)) == (422, True)
    long = browser.post(path, {"column": doing.pk, "before": "", "reason": "x" * 501}, **HTMX)
    assert (long.status_code, "x" * 501 in text(long)) == (422, True)
    begun = browser.post(path, {"column": doing.pk, "before": "", "reason": "The number came by phone"}, **HTMX)
    assert (begun.status_code, Task.objects.get(pk=last.pk).column_id) == (200, doing.pk)
    assert "did not wait for the tasks before it: The number came by phone" in text(browser.get(f"/tasks/{last.pk}/"))


def test_a_guest_is_told_that_something_hidden_comes_before_and_may_say_why(maya: Any, project: Any) -> None:
    guest = make_member("guest", language="en")
    ProjectAccess.objects.create(project=project, member=guest)
    other = make_project(maya, name="Secret brand")
    hidden = [make_ready_task(other, title) for title in ("Margin", "Budget")]
    theirs = make_ready_task(project, "Draw the label", owner=guest)
    later = make_ready_task(other, "Price list")
    link(hidden[0], hidden[1], maya)
    link(hidden[1], theirs, maya)
    link(theirs, later, maya)
    browser, doing = client_of(guest), make_column(project, "doing")
    pages = [
        text(browser.get(f"/tasks/{theirs.pk}/")),
        text(browser.get(f"/tasks/{theirs.pk}/chain/")),
        text(browser.post(f"/tasks/{theirs.pk}/move/", {"column": doing.pk, "before": ""}, **HTMX)),
    ]
    assert "blocked by a task you cannot see" in pages[0]
    assert [page.count("a task that you cannot see") for page in pages[1:]] == [1, 1]
    for page in pages:
        for secret in ("Margin", "Budget", "Secret brand", "Price list"):
            assert secret not in page
    said = {"column": doing.pk, "before": "", "reason": "The draft is enough"}
    browser.post(f"/tasks/{theirs.pk}/begin/", said, **HTMX)
    assert Task.objects.get(pk=theirs.pk).column_id == doing.pk


def test_many_at_once_list_the_blocked_ones_and_take_a_reason(maya: Any, project: Any) -> None:
    before, after, free = (make_ready_task(project, title) for title in ("Before", "After", "Free"))
    link(before, after, maya)
    browser, url = client_of(maya), f"/projects/{project.pk}/bulk/"
    values = {"tasks": f"{after.pk},{free.pk}", "kind": "finish"}
    page = text(browser.post(url, values, **HTMX))
    assert "1 stays: it waits for work that is not done yet." in page
    assert 'name="despite"' in page
    said = {**values, "shown": "1", "despite": "Sold out anyway", "said": "", "step": "apply", "seal": "old"}
    shown = browser.post(url, said, **HTMX)
    assert (shown.status_code, "2 tasks are marked done." in text(shown)) == (200, True)
    seal = text(shown).partition('name="seal" value="')[2].partition('"')[0]
    browser.post(url, {**said, "said": "Sold out anyway", "seal": seal}, **HTMX)
    assert set(Task.objects.filter(completed_at__isnull=False).values_list("title", flat=True)) == {"After", "Free"}
    assert list(Activity.objects.filter(verb="begun despite").values_list("task", "data")) == [
        (after.pk, {"reason": "Sold out anyway"})
    ]


def test_cards_and_rows_say_blocked_and_the_filter_finds_them(maya: Any, project: Any) -> None:
    before, after = make_ready_task(project, "Comes before"), make_ready_task(project, "Comes after")
    link(before, after, maya)
    browser = client_of(maya)
    board = text(browser.get(f"/projects/{project.pk}/board/?blocked=1"))
    assert (board.count("icon--blocked"), "Comes before" in board) == (1, False)
    assert text(browser.get(f"/projects/{project.pk}/list/?blocked=1")).count("icon--blocked") == 1
    finish_task(before, actor=maya, now=NOW)
    assert "icon--blocked" not in text(browser.get(f"/projects/{project.pk}/board/"))


def test_the_sheet_reads_links_in_one_statement(maya: Any, project: Any, rf: Any) -> None:
    request = rf.get("/")
    request.member = maya
    task = make_ready_task(project, "Middle")
    counts = []
    for count in (1, 3):
        for _ in range(count):
            link(make_ready_task(project, "Before"), task, maya)
            link(task, make_ready_task(make_project(maya, name="Other"), "After"), maya)
        with CaptureQueriesContext(connection) as captured:
            links = links_of(task, reader_of(request))
        counts.append(len(captured))
    assert (counts, len(links.waits_for), len(links.holds_up)) == ([1, 1], 4, 4)


def test_dates_that_contradict_a_link_are_said(maya: Any, project: Any) -> None:
    before, after = make_task(project, "Before"), make_task(project, "After")
    Task.objects.filter(pk=before.pk).update(**_due(Deadline(date(2031, 11, 28), time(9), "Asia/Shanghai")))
    Task.objects.filter(pk=after.pk).update(start_on=date(2031, 11, 26))
    link(before, after, maya)
    page = text(client_of(maya).get(f"/tasks/{after.pk}/"))
    # 28 November, 09:00 in Beijing is still the 27th in Los Angeles, where the project reads its days.
    assert "It starts on Wed 26 Nov, but what it waits for is due on Thu 27 Nov." in page
    Task.objects.filter(pk=after.pk).update(start_on=date(2031, 11, 27))
    assert "but what it waits for" not in text(client_of(maya).get(f"/tasks/{after.pk}/"))


def _due(deadline: Deadline) -> dict[str, Any]:
    return {"due_on": deadline.on, "due_time": deadline.time, "due_zone": deadline.zone, "due_at": deadline.instant}


def test_the_picker_finds_in_every_project_by_word_number_and_pinyin(maya: Any, project: Any) -> None:
    other = make_project(maya, name="Brand")
    task, found = make_task(project, "Register"), make_task(other, "拍摄主图")
    browser = client_of(maya)
    for words in ("主图", "zhutu", "zt"):
        page = text(browser.get(f"/tasks/{task.pk}/links/add/?q={words}", **HTMX))
        assert f'value="{found.pk}"' in page, words
    secret = make_task(other, "拍摄利润", sensitivity="finance")
    member = client_of(make_member(language="en"))
    assert f'value="{secret.pk}"' not in text(member.get(f"/tasks/{task.pk}/links/add/?q=拍摄", **HTMX))


def test_the_chain_pages_and_takes_the_same_statements(maya: Any, project: Any) -> None:
    tasks = [make_task(project, f"Step {number:02}") for number in range(30)]
    Dependency.objects.bulk_create(Dependency(blocker=before, blocked=after) for before, after in pairwise(tasks))
    browser = client_of(maya)
    page = text(browser.get(f"/tasks/{tasks[-1].pk}/chain/", **HTMX))
    assert ("4 tasks further before" in page, "Step 03" in page, "Step 04" in page) == (True, False, True)
    assert "Step 00" in text(browser.get(f"/tasks/{tasks[-1].pk}/chain/?before=2", **HTMX))
    counts = []
    for task in (tasks[1], tasks[20]):
        with CaptureQueriesContext(connection) as captured:
            browser.get(f"/tasks/{task.pk}/chain/", **HTMX)
        counts.append(len([query for query in captured if "search_path" not in query["sql"]]))
    assert counts[0] == counts[1]
