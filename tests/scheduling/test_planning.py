"""A project planned anew: forward from a day, backward from a day, and what stays."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from unittest.mock import patch

import pytest
from django.urls import reverse

from projects.actions.undo import undo
from projects.models import Activity, Change, Project, Task
from projects.scheduling.planning import examine_plan
from projects.scheduling.preview import Preview, Stays
from tests.factories import client_of, make_column, make_task
from tests.pages import HTMX, text
from tests.scheduling.conftest import NOW, chain, dated, moved

pytestmark = pytest.mark.django_db
# The preview of a plan, its project and the person included.
QUERIES = 10


@pytest.fixture(autouse=True)
def _on_the_first_of_september() -> Iterator[None]:
    with patch("django.utils.timezone.now", return_value=NOW):
        yield


@pytest.fixture
def three(project: Project) -> list[Task]:
    """Two days, one day and one day of work; the last has no dates yet."""
    tasks = [
        dated(project, "Photos", "09-08", "09-09 17:00", duration_days=2),
        dated(project, "Listing", "09-17", "09-17 17:00", duration_days=1),
        make_task(project, "Review", owner=project.owner, now=NOW),
    ]
    Task.objects.filter(pk=tasks[2].pk).update(calendar="us")
    chain(*tasks)
    return tasks


def examine(project: Project, way: Any, on: str, maya: Any) -> Preview:
    day = date.fromisoformat(f"2026-{on}")
    return examine_plan(project, way=way, on=day, actor=maya, now=NOW)


def test_forward_each_is_as_early_as_it_can_be(project: Project, three: list[Task], maya: Any) -> None:
    """From Friday: two days until Monday at five, then what is left of that day counts."""
    assert moved(examine(project, "forward", "09-11", maya)) == {
        "Photos": ("09-11", "09-14 17:00"),
        "Listing": ("09-14", "09-15 17:00"),
        "Review": ("09-15", "09-16"),
    }


def test_backward_each_is_as_late_as_it_may_be(project: Project, three: list[Task], maya: Any) -> None:
    found = moved(examine(project, "backward", "09-25", maya))
    assert found["Review"] == ("09-25", "09-25")
    assert found["Listing"][1] == "09-24 17:00"
    assert found["Photos"][1] == "09-23 17:00"


def test_what_stays_is_said(project: Project, three: list[Task], maya: Any) -> None:
    Task.objects.filter(pk=three[0].pk).update(is_pinned=True)
    Task.objects.filter(pk=three[1].pk).update(column=make_column(project, "doing"))
    preview = examine(project, "forward", "09-11", maya)
    assert list(moved(preview)) == ["Review"]
    assert sorted((stay.task.title, stay.why) for stay in preview.stays) == [
        ("Listing", Stays.BEGUN),
        ("Photos", Stays.PINNED),
    ]


def test_a_fixed_moment_holds_what_leads_to_it(project: Project, three: list[Task], maya: Any) -> None:
    """Backward from far behind, the photos are still due before the moment that the marketplace fixed."""
    Task.objects.filter(pk=three[1].pk).update(is_fixed=True)
    preview = examine(project, "backward", "10-30", maya)
    assert "Listing" not in moved(preview)
    assert moved(preview)["Photos"][1] <= "09-17 17:00"


def test_backward_nothing_is_due_after_the_moment_it_leads_to(project: Project, maya: Any) -> None:
    """The moment is a Saturday at four; what is due at six leads to it on Friday, with all that is before it."""
    check = dated(project, "Check", "09-07", "09-07 19:00", duration_days=1)
    gate = dated(project, "Gate", "09-10", "09-10 18:00", is_milestone=True)
    live = dated(project, "Live", "09-12", "09-12 16:00", is_fixed=True)
    chain(check, gate, live)
    found = moved(examine(project, "backward", "10-30", maya))
    assert (found["Gate"][1], found["Check"][1]) == ("09-11 18:00", "09-10 19:00")


def test_the_page_plans_in_one_go_and_takes_it_back(project: Project, three: list[Task], maya: Any) -> None:
    browser, address = client_of(maya), reverse("projects:project-reschedule", args=[project.pk])
    assert 'value="forward"' in text(browser.get(address))
    sent = {"way": "forward", "on": "2026-09-11"}
    page = text(browser.post(address, sent, **HTMX))
    assert "3 tasks move." in page
    seal = page.partition('name="seal" value="')[2].partition('"')[0]
    assert browser.post(address, {**sent, "step": "apply", "seal": "stale"}, **HTMX).status_code == 409
    assert browser.post(address, {**sent, "step": "apply", "seal": seal}).status_code == 302
    three[2].refresh_from_db()
    assert three[2].due_at == datetime(2026, 9, 17, 6, 59, 59, tzinfo=UTC)
    assert Activity.objects.get(verb="project planned").data["tasks"] == 3
    undo(Change.objects.get(), actor=maya, now=NOW)
    three[2].refresh_from_db()
    assert three[2].due_at is None


@pytest.mark.parametrize("sent", [{"way": "sideways", "on": "2026-09-11"}, {"way": "forward", "on": "1900-01-01"}, {}])
def test_what_cannot_be_is_refused(project: Project, maya: Any, sent: dict[str, str]) -> None:
    answer = client_of(maya).post(reverse("projects:project-reschedule", args=[project.pk]), sent, **HTMX)
    assert answer.status_code == 422


def test_the_policy_is_a_setting_of_the_project(project: Project, maya: Any) -> None:
    browser, address = client_of(maya), reverse("projects:project-edit", args=[project.pk])
    sent = {"name": project.name, "time_zone": project.time_zone, "channel": ""}
    browser.post(address, {**sent, "schedule_policy": "push_only"})
    project.refresh_from_db()
    assert project.schedule_policy == "push_only"
    browser.post(address, sent)
    project.refresh_from_db()
    assert project.schedule_policy == "push_only"


def test_statements_do_not_grow_with_the_tasks(project: Project, maya: Any, django_assert_num_queries: Any) -> None:
    browser, address = client_of(maya), reverse("projects:project-reschedule", args=[project.pk])
    sent = {"way": "forward", "on": "2026-09-11"}
    for number in (1, 2, 3):
        dated(project, f"Step {number}", "09-08", "09-09")
        if number == 2:
            continue
        browser.post(address, sent, **HTMX)
        with django_assert_num_queries(QUERIES):
            browser.post(address, sent, **HTMX)
