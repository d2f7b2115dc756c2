"""A project changes its time zone: what its deadlines keep, in one transaction, with one undo."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.urls import reverse

from linkstar.lib.deadlines import Deadline
from linkstar.lib.recurrence import Rule
from linkstar.workspaces.due import run_due
from notifications.models import Notification
from projects.actions.finishing import finish_task
from projects.actions.recurrence import repeat_task
from projects.actions.undo import undo
from projects.actions.zones import change_zone
from projects.models import Activity, Change, Project, Recurrence, Task
from projects.scheduling.rezoning import examine_zone
from projects.trace import sentence
from tests.factories import client_of, make_member, make_project, make_ready_task, make_task

pytestmark = pytest.mark.django_db
PACIFIC, EASTERN, SHANGHAI = "America/Los_Angeles", "America/New_York", "Asia/Shanghai"
NOW = datetime(2034, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def maya(_inside_acme: None) -> Any:
    return make_member(display_name="Maya", time_zone=EASTERN)


@pytest.fixture
def project(maya: Any) -> Project:
    return make_project(maya, name="Launch", time_zone=PACIFIC, now=NOW)


def due(project: Project, title: str, on: str, at: time | None, zone: str = PACIFIC, **values: Any) -> Task:
    deadline = Deadline(date.fromisoformat(on), at, zone)
    return make_task(project, title, **{"owner": project.owner, "deadline": deadline, "now": NOW, **values})


def lay(project: Project) -> None:
    due(project, "timed", "2034-11-27", time(18))
    due(project, "day", "2034-11-28", None)
    due(project, "elsewhere", "2034-11-29", time(9), SHANGHAI)
    fixed = due(project, "fixed", "2034-11-30", time(0, 1))
    Task.objects.filter(pk=fixed.pk).update(is_fixed=True)
    finished = make_ready_task(
        project, "finished", owner=project.owner, deadline=Deadline(date(2034, 11, 30), time(18), PACIFIC)
    )
    finish_task(finished, actor=project.owner, now=NOW)
    make_task(project, "without", now=NOW)


def dates(project: Project) -> dict[str, tuple[str, str, str]]:
    return {
        task.title: (f"{task.due_on:%m-%d}", f"{task.due_time:%H:%M}" if task.due_time else "", task.due_zone)
        for task in project.tasks.exclude(due_on=None)
    }


def instants(project: Project) -> dict[str, datetime]:
    return dict(project.tasks.exclude(due_on=None).values_list("title", "due_at"))


def change(project: Project, maya: Any, zone: str, keep: Any) -> Change:
    preview = examine_zone(project, zone, keep, actor=maya)
    _preview, done = change_zone(project, zone, keep=keep, seal=preview.seal, actor=maya, now=NOW)
    assert done is not None
    return done


def test_the_times_are_kept(project, maya):
    lay(project)
    before = dates(project)

    change(project, maya, EASTERN, "wall")

    project.refresh_from_db()
    assert project.time_zone == EASTERN
    assert dates(project) == {
        **before, "timed": ("11-27", "18:00", EASTERN), "day": ("11-28", "", EASTERN),
    }  # fmt: skip
    assert instants(project)["timed"] == datetime(2034, 11, 27, 23, tzinfo=UTC)
    assert instants(project)["day"] == datetime(2034, 11, 29, 4, 59, 59, tzinfo=UTC)
    assert instants(project)["fixed"] == datetime(2034, 11, 30, 8, 1, tzinfo=UTC)


def test_the_moments_are_kept(project, maya):
    lay(project)
    before, when = dates(project), instants(project)

    change(project, maya, SHANGHAI, "instant")

    assert instants(project) == when
    assert dates(project) == {
        **before, "timed": ("11-28", "10:00", SHANGHAI), "fixed": ("11-30", "16:01", SHANGHAI),
    }  # fmt: skip


def test_one_undo_puts_everything_back(project, maya):
    lay(project)
    before, when = dates(project), instants(project)
    done = change(project, maya, SHANGHAI, "wall")
    assert dates(project) != before

    undo(done, actor=maya, now=NOW)

    project.refresh_from_db()
    assert (project.time_zone, dates(project), instants(project)) == (PACIFIC, before, when)


def test_a_start_that_would_come_after_its_deadline_comes_along(project, maya):
    task = due(project, "early", "2034-11-27", time(2), SHANGHAI, start_on=date(2034, 11, 27))
    Project.objects.filter(pk=project.pk).update(time_zone=SHANGHAI)
    project.refresh_from_db()

    change(project, maya, PACIFIC, "instant")

    task.refresh_from_db()
    assert (task.start_on, task.due_on, task.due_time) == (date(2034, 11, 26), date(2034, 11, 26), time(10))


def test_a_start_with_a_time_keeps_its_moment_too(project, maya):
    task = due(project, "both", "2034-11-27", time(18), start_on=date(2034, 11, 27))
    alone = make_task(project, "alone", now=NOW)
    Task.objects.filter(pk=task.pk).update(start_time=time(9))
    Task.objects.filter(pk=alone.pk).update(start_on=date(2034, 11, 27), start_time=time(9))

    change(project, maya, SHANGHAI, "instant")

    for each in (task, alone):
        each.refresh_from_db()
        assert (each.start_on, each.start_time) == (date(2034, 11, 28), time(1))


def test_doubled_and_skipped_times_keep_their_moment(project, maya):
    """The second 01:30 of the night clocks go back in Los Angeles, seen from Shanghai and back."""
    second = datetime(2034, 11, 5, 9, 30, tzinfo=UTC)
    task = make_task(project, "second", owner=maya, deadline=Deadline.from_instant(second, PACIFIC), now=NOW)
    change(project, maya, SHANGHAI, "instant")
    task.refresh_from_db()
    assert (task.due_at, task.due_time) == (second, time(17, 30))
    project.refresh_from_db()
    change(project, maya, PACIFIC, "instant")
    task.refresh_from_db()
    assert (task.due_at, task.due_time, task.deadline.fold) == (second, time(1, 30), 1)


def test_the_trace_says_it_and_owners_hear_only_of_moments_that_move(project, maya):
    lin = make_member(display_name="Lin")
    due(project, "timed", "2034-11-27", time(18), owner=lin)

    change(project, maya, SHANGHAI, "instant")
    assert not Notification.objects.filter(member=lin, kind="rescheduled").exists()
    project.refresh_from_db()
    change(project, maya, EASTERN, "wall")
    assert Notification.objects.filter(member=lin, kind="rescheduled").count() == 1

    said = Activity.objects.filter(verb="zone changed").select_related("actor").order_by("pk")
    assert next(sentence(line) for line in said) == (
        "<b>Maya</b> moved the project from the time zone America/Los_Angeles to Asia/Shanghai, and 1 deadline with it."
    )


def standup(project: Project, owner: Any) -> Recurrence:
    """Each Tuesday at nine, on the project's clock; the first is done, the next is to come on 14 November 2034."""
    task = due(project, "standup", "2034-11-07", time(9), owner=owner)
    rule = Rule("weeks", date(2034, 11, 7), PACIFIC, time(9), weekdays=(1,))
    repeat_task(task, rule=rule, window_days=3, ends_on=None, most_copies=None, actor=owner, now=NOW)
    finish_task(Task.objects.get(pk=task.pk), actor=owner, now=NOW)
    return Recurrence.objects.get()


def next_copy(project: Project) -> Task:
    run_due(datetime(2034, 11, 13, 12, tzinfo=UTC))
    return project.tasks.get(title="standup", completed_at=None)


def test_what_repeats_keeps_its_time_and_comes_by_the_new_clock(project, maya):
    standup(project, maya)
    assert examine_zone(project, EASTERN, "wall", actor=maya).repeating == 1
    change(project, maya, EASTERN, "wall")
    copy = next_copy(project)
    assert (copy.due_zone, copy.due_time, copy.due_at) == (EASTERN, time(9), datetime(2034, 11, 14, 14, tzinfo=UTC))


def test_what_repeats_keeps_its_moments_by_staying_on_the_old_clock(project, maya):
    standup(project, maya)
    change(project, maya, SHANGHAI, "instant")
    copy = next_copy(project)
    assert (copy.due_zone, copy.due_at) == (PACIFIC, datetime(2034, 11, 14, 17, tzinfo=UTC))


def test_undo_puts_what_repeats_back_on_its_clock_and_leaves_what_was_on_the_new_one(project, maya):
    known = standup(project, maya)
    rule = Rule("weeks", date(2034, 11, 8), EASTERN, time(9), weekdays=(2,))
    other = due(project, "other", "2034-11-08", time(9), EASTERN)
    repeat_task(other, rule=rule, window_days=3, ends_on=None, most_copies=None, actor=maya, now=NOW)
    done = change(project, maya, EASTERN, "wall")
    undo(done, actor=maya, now=NOW)
    zones = dict(Recurrence.objects.values_list("pk", "zone"))
    assert zones == {known.pk: PACIFIC, Task.objects.get(pk=other.pk).recurrence_id: EASTERN}


def test_a_project_in_which_only_something_repeats_is_asked_too(project, maya):
    standup(project, maya)
    given = {"name": "Launch", "channel": "", "store": "", "description": "", "time_zone": EASTERN}
    edit = reverse("projects:project-edit", args=[project.pk], urlconf="linkstar.urls")
    page = client_of(maya).post(edit, given, follow=True).content.decode()
    assert "1 task that repeats comes by the new clock from its next copy on." in page
    assert "1 task that repeats goes on by the old clock, so that its moments stay." in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_question_is_asked_in_a_constant_number_of_statements(project, maya, count, django_assert_num_queries):
    for number in range(count):
        due(project, f"timed {number}", "2034-11-27", time(18))
    client, url = client_of(maya), reverse("projects:project-zone", args=[project.pk], urlconf="linkstar.urls")
    client.get(url, {"to": EASTERN})
    with django_assert_num_queries(10):
        page = client.get(url, {"to": EASTERN}).content.decode()
    assert f"{count} deadline" in page


def test_the_pages_ask_and_do_it(project, maya):
    lay(project)
    client = client_of(maya)
    settings = reverse("projects:project-edit", args=[project.pk], urlconf="linkstar.urls")
    url = reverse("projects:project-zone", args=[project.pk], urlconf="linkstar.urls")
    given = {"name": "Launch 2", "channel": "", "store": "", "description": "", "time_zone": EASTERN}

    asked = client.post(settings, given)
    project.refresh_from_db()
    assert asked.headers["Location"] == f"{url}?to={EASTERN}"
    assert (project.name, project.time_zone) == ("Launch 2", PACIFIC)
    page = client.get(asked.headers["Location"]).content.decode()
    assert "2 deadlines become other moments." in page
    assert "1 moment of a marketplace does not move." in page
    assert "1 deadline names a day without a time." in page
    seal = examine_zone(project, EASTERN, "wall", actor=maya).seal
    done = client.post(url, {"to": EASTERN, "keep": "wall", "seal": seal}, follow=True)
    project.refresh_from_db()
    assert project.time_zone == EASTERN
    assert "2 deadlines kept their time and moved with it." in done.content.decode()


def test_a_moment_that_is_kept_is_not_called_later(project, maya):
    due(project, "timed", "2034-11-27", time(18))
    url = reverse("projects:project-zone", args=[project.pk], urlconf="linkstar.urls")
    page = client_of(maya).get(url, {"to": SHANGHAI}).content.decode()
    assert "Tue 28 Nov 2034, 10:00 Beijing time" in page
    assert "day later" not in page


def test_a_project_without_open_deadlines_is_not_asked(project, maya):
    given = {"name": "Launch", "channel": "", "store": "", "description": "", "time_zone": EASTERN}
    client_of(maya).post(reverse("projects:project-edit", args=[project.pk], urlconf="linkstar.urls"), given)
    project.refresh_from_db()
    assert project.time_zone == EASTERN


def test_what_changed_meanwhile_is_shown_again(project, maya):
    task = due(project, "timed", "2034-11-27", time(18))
    url = reverse("projects:project-zone", args=[project.pk], urlconf="linkstar.urls")
    seal = examine_zone(project, EASTERN, "wall", actor=maya).seal
    Task.objects.filter(pk=task.pk).update(version=task.version + 1)

    response = client_of(maya).post(url, {"to": EASTERN, "keep": "wall", "seal": seal})

    project.refresh_from_db()
    assert response.status_code == 409
    assert "Somebody has changed these tasks meanwhile" in response.content.decode()
    assert project.time_zone == PACIFIC


@pytest.mark.parametrize(
    "given", [{"to": "Mars/Olympus", "keep": "wall"}, {"to": "", "keep": "wall"}, {"to": EASTERN, "keep": "both"}]
)
def test_nonsense_is_refused(project, maya, given):
    url = reverse("projects:project-zone", args=[project.pk], urlconf="linkstar.urls")
    assert client_of(maya).post(url, given).status_code == 422
    project.refresh_from_db()
    assert project.time_zone == PACIFIC


def test_a_reader_who_does_not_see_finance_learns_how_many_and_nothing_else(project, maya):
    secret = due(project, "Pay the deposit", "2034-11-27", time(18), owner=None)
    Task.objects.filter(pk=secret.pk).update(sensitivity="finance", may_be_shared=False)
    preview = examine_zone(project, EASTERN, "wall", actor=maya)
    assert (len(preview.moves), len(preview.unseen)) == (0, 1)
    url = reverse("projects:project-zone", args=[project.pk], urlconf="linkstar.urls")
    page = client_of(maya).get(url, {"to": EASTERN}).content.decode()
    assert "1 task that you may not see moves along." in page
    assert "Pay the deposit" not in page


def test_nothing_is_said_of_a_choice_before_one_was_made(project, maya):
    client, url = client_of(maya), f"/projects/{project.pk}/zone/"
    said = "This is the clock of the project already"
    assert said not in client.get(url).content.decode()
    assert said in client.get(f"{url}?to={project.time_zone}").content.decode()
    refused = client.post(url, {"to": "Mars/Base", "keep": "wall"})
    assert refused.status_code == 422
    assert "Choose one of the options offered." in refused.content.decode()
