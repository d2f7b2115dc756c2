"""The trace in words, and the page of a project that shows it."""

import ast
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from linkstar.lib.deadlines import Deadline
from projects import trace
from projects.actions.deadlines import set_deadline
from projects.actions.edits import edit_text, set_priority
from projects.actions.tasks import delete_task
from projects.actions.trace import leave_trace
from projects.models import Activity, Task
from projects.trace_kinds import KINDS
from tests.factories import client_of, make_member, make_project, make_task
from tests.pages import HTMX, text

pytestmark = pytest.mark.django_db
LEAVERS = {"leave_trace", "leave_traces", "leave_change"}
# They write what their callers name.
PASSING_ON = {"trace.py", "remembering.py"}


def verbs_in(path: Path) -> set[str]:
    """Every verb that the calls of leave_trace in a file can write."""
    found: set[str] = set()
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.FunctionDef):
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") in LEAVERS:
                    found |= words_of(call.args[0], function, path)
    return found


def table_in(path: Path, name: str) -> set[str]:
    """The values of a dictionary of constants that the module keeps under this name."""
    for line in ast.parse(path.read_text()).body:
        targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
        value = getattr(line, "value", None)
        if any(getattr(target, "id", "") == name for target in targets) and isinstance(value, ast.Dict):
            return {str(one.value) for one in value.values if isinstance(one, ast.Constant)}
    raise AssertionError(f"{path}: {name} is no table that this test can read")


def words_of(node: ast.expr, function: ast.FunctionDef, path: Path) -> set[str]:
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    if isinstance(node, ast.IfExp):
        return words_of(node.body, function, path) | words_of(node.orelse, function, path)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        # Out of a table of the module, or else as the call says.
        return table_in(path, getattr(node.func.value, "id", "")) | words_of(node.args[1], function, path)
    if isinstance(node, ast.Name):
        values = [
            line.value
            for line in ast.walk(function)
            if isinstance(line, ast.Assign) and any(getattr(target, "id", "") == node.id for target in line.targets)
        ]
        if values:
            return set().union(*(words_of(value, function, path) for value in values))
    raise AssertionError(f"{path}:{node.lineno}: write the verb so that this test can read it")


def all_verbs() -> set[str]:
    rooms = (
        "projects/actions",
        "templates_sop/actions",
        "notifications/actions",
        "linkstar/members/actions",
        "integrations/actions",
    )
    files = [path for room in rooms for path in (settings.BASE_DIR / room).glob("*.py")]
    return set().union(*(verbs_in(path) for path in files if path.name not in PASSING_ON))


def test_every_verb_in_the_source_has_words_and_a_kind() -> None:
    verbs = all_verbs()
    assert len(verbs) > 35
    assert sorted(verb for verb in verbs if not trace.knows(verb)) == []
    kinds = [verb for _name, of_kind in KINDS.values() for verb in of_kind]
    assert sorted(verbs - set(kinds)) == []
    assert len(kinds) == len(set(kinds))


@pytest.fixture
def maya(_inside_acme: None) -> Any:
    return make_member(display_name="Maya <i>", language="en", time_zone="America/New_York")


@pytest.fixture
def project(maya: Any) -> Any:
    return make_project(maya, name="Launch")


def read(activity: Activity, *, language: str = "en", zone: str = "America/New_York") -> str:
    with translation.override(language), timezone.override(zone):
        return str(trace.sentence(activity))


def test_sentence_escapes_names_and_values(maya: Any, project: Any) -> None:
    task = make_task(project, title="<b>Old</b>")
    edit_text(task, "title", "100% <new>", was=None, actor=maya, now=timezone.now())
    assert read(task.activity.get(verb="title changed")) == (
        "<b>Maya &lt;i&gt;</b> changed the title from “&lt;b&gt;Old&lt;/b&gt;” to “100% &lt;new&gt;”."
    )


def test_deadline_is_told_on_its_own_clock_and_the_readers(maya: Any, project: Any) -> None:
    task = make_task(project)
    set_deadline(task, Deadline(date(2029, 11, 30), time(18), "America/Los_Angeles"), actor=maya, now=timezone.now())
    said = read(task.activity.get(verb="deadline changed"), zone="Asia/Shanghai")
    assert "Fri 30 Nov 2029, 18:00 PST (UTC−8)" in said
    assert "Sat 1 Dec 2029, 10:00 for you (UTC+8)" in said


def test_deed_of_nobody_is_linkstars_own_and_an_unknown_verb_breaks_no_page(maya: Any, project: Any) -> None:
    leave_trace("invented", project=project, actor=None, now=timezone.now())
    assert read(Activity.objects.get(verb="invented")) == "<b>LinkStar</b> changed something (invented)."
    assert client_of(maya).get(reverse("projects:activity", args=[project.pk])).status_code == 200


def test_page_filters_by_person_and_kind(maya: Any, project: Any) -> None:
    lin = make_member(display_name="Lin Two")
    task = make_task(project, title="A task", actor=maya)
    set_priority(task, 4, actor=lin, now=timezone.now())
    set_deadline(task, Deadline(date(2029, 11, 30), None, "America/Los_Angeles"), actor=lin, now=timezone.now())
    address, browser = reverse("projects:activity", args=[project.pk]), client_of(maya)
    by_lin = text(browser.get(address, {"person": lin.pk}))
    assert ("changed the priority" in by_lin, "created the task" in by_lin) == (True, False)
    dates = text(browser.get(address, {"kind": "dates"}))
    assert ("set the deadline" in dates, "changed the priority" in dates) == (True, False)
    nothing = text(browser.get(address, {"kind": "files"}))
    assert "Nothing of this kind has happened" in nothing
    bad = [{"kind": "secrets"}, {"person": "me"}, {"before": "1"}]
    assert [browser.get(address, query).status_code for query in bad] == [400, 400, 400]


def test_page_goes_back_without_gap_or_repeat(maya: Any, project: Any) -> None:
    now = timezone.now() + timedelta(seconds=1)
    for number in range(120):
        at = now + timedelta(seconds=number // 40)
        leave_trace("column added", project=project, actor=maya, now=at, name=f"n{number:03d}.", status="todo")
    address, browser, seen = reverse("projects:activity", args=[project.pk]), client_of(maya), []
    query: dict[str, str] = {}
    while True:
        response = browser.get(address, query, **HTMX)
        page = text(response)
        seen += sorted((page.index(name), name) for name in names() if name in page)
        if "?before=" not in page:
            break
        query = {"before": unquote(page.partition("?before=")[2].partition("&")[0])}
    assert [name for _place, name in seen] == list(reversed(names()))


def names() -> list[str]:
    return [f"n{number:03d}." for number in range(120)]


def test_page_asks_the_same_for_few_and_many(maya: Any, project: Any) -> None:
    address, browser, counts = reverse("projects:activity", args=[project.pk]), client_of(maya), []
    for rows in (1, 3):
        for number in range(rows):
            member = make_member(display_name=f"Person {rows} {number}")
            make_task(project, title=f"Task {rows} {number}", actor=member)
        browser.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        counts.append(len([query for query in captured if "search_path" not in query["sql"]]))
    assert counts[0] == counts[1]
    assert counts[0] <= 8


def test_binned_task_stays_in_the_trace_and_a_hidden_one_never_shows(maya: Any, project: Any) -> None:
    binned = make_task(project, title="Gone to the bin")
    delete_task(binned, actor=maya, now=timezone.now())
    owner = make_member(display_name="Owner", can_see_finance=True)
    hidden = make_task(project, title="Secret margin", actor=owner)
    Task.objects.filter(pk=hidden.pk).update(sensitivity="finance")
    address = reverse("projects:activity", args=[project.pk])
    page = text(client_of(maya).get(address))
    assert "moved the task “Gone to the bin” to the bin" in page
    assert "Secret margin" not in page
    assert "Secret margin" in text(client_of(owner).get(address))


def test_guest_reads_no_trace(project: Any) -> None:
    from projects.models import ProjectAccess

    guest = make_member("guest")
    ProjectAccess.objects.create(project=project, member=guest)
    assert client_of(guest).get(reverse("projects:activity", args=[project.pk])).status_code == 403
