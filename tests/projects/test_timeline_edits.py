"""Bars that are moved and stretched: what is saved, what is asked first, and what is refused."""

import json
from datetime import date, time
from typing import Any

import pytest

from linkstar.lib.deadlines import Deadline
from projects.models import Activity, Dependency, Task
from projects.scheduling.preview import Dates
from projects.timeline_moves import Bar
from tests.factories import client_of, make_member, make_project, make_task

pytestmark = pytest.mark.django_db
ANGELES, BEIJING = "America/Los_Angeles", "Asia/Shanghai"
DAY = 1440


@pytest.fixture
def maya(_inside_acme: None) -> Any:
    return make_member("owner", display_name="Maya", language="en", time_zone=ANGELES)


def bar(project: Any, title: str = "Shoot the main image", **values: Any) -> Task:
    """Three days of March 2035; Thursday the 1st to Saturday the 3rd."""
    given = {"start_on": date(2035, 3, 1), "deadline": Deadline(date(2035, 3, 3), None, ANGELES), **values}
    return make_task(project, title, **given)


def plan(member: Any, task: Task, mode: str, by: int, **given: Any) -> Any:
    return client_of(member).post(f"/tasks/{task.pk}/plan/", {"mode": mode, "by": by, "version": task.version, **given})


def dates(task: Task) -> tuple[str, str]:
    task.refresh_from_db()
    start = f"{task.start_on} {task.start_time or ''}".strip()
    return start, f"{task.due_on} {task.due_time or ''}".strip()


class TestPlaces:
    def test_whole_days_keep_the_time_of_day_on_its_own_clock(self, maya: Any) -> None:
        task = bar(make_project(maya), deadline=Deadline(date(2035, 3, 10), time(18), BEIJING))
        # Two nights later clocks in Los Angeles have gone forward; the time in Beijing has not.
        assert Bar.of(task, ANGELES).moved("move", 2 * DAY) == Dates(
            date(2035, 3, 3), None, Deadline(date(2035, 3, 12), time(18), BEIJING)
        )

    def test_hours_make_a_time_of_a_day_and_back_to_the_zone_it_was_meant_in(self, maya: Any) -> None:
        task = bar(make_project(maya))
        moved = Bar.of(task, ANGELES).moved("move", 90)
        assert moved == Dates(date(2035, 3, 1), time(1, 30), Deadline(date(2035, 3, 4), time(1, 30), ANGELES))
        theirs = bar(make_project(maya), deadline=Deadline(date(2035, 3, 3), time(9), BEIJING))
        assert Bar.of(theirs, ANGELES).moved("finish", 60).deadline == Deadline(date(2035, 3, 3), time(10), BEIJING)

    def test_an_end_without_a_date_gets_one_only_when_it_is_pulled(self, maya: Any) -> None:
        project = make_project(maya)
        ends = make_task(project, deadline=Deadline(date(2035, 3, 3), None, ANGELES))
        assert Bar.of(ends, ANGELES).moved("move", DAY).start_on is None
        assert Bar.of(ends, ANGELES).moved("start", -DAY).start_on == date(2035, 3, 2)
        begins = make_task(project, start_on=date(2035, 3, 3))
        assert Bar.of(begins, ANGELES).moved("finish", DAY).deadline == Deadline(date(2035, 3, 4), None, ANGELES)


class TestMoving:
    def test_a_bar_that_moves_alone_is_saved_at_once_and_can_be_taken_back(self, maya: Any) -> None:
        task = bar(make_project(maya))
        answer = plan(maya, task, "move", 2 * DAY)
        assert dates(task) == ("2035-03-03", "2035-03-05")
        told = json.loads(answer.content)
        assert told["message"] == "The deadline is now Mon 5 Mar 2035, end of day PST (UTC−8)."
        client_of(maya).post(told["undo_url"])
        assert dates(task) == ("2035-03-01", "2035-03-03")

    @pytest.mark.parametrize(
        ("calendar", "by", "words"),
        [
            ("cn", 7, "Lands on a Saturday; the China team does not work"),
            ("us", 8, "Lands on a Sunday; the US team does not work"),
            ("cn", 6, ""),
        ],
    )
    def test_a_bar_that_lands_on_a_weekend_says_so(self, maya: Any, calendar: str, by: int, words: str) -> None:
        """A Saturday seven days on, by the calendar of the task."""
        task = bar(make_project(maya), calendar=calendar)
        message = json.loads(plan(maya, task, "move", by * DAY).content)["message"]
        assert message.partition(").")[2].strip() == words

    def test_the_question_says_which_day_it_lands_on(self, maya: Any) -> None:
        project = make_project(maya)
        first = bar(project, calendar="cn")
        then = bar(project, "then", start_on=date(2035, 3, 5), deadline=Deadline(date(2035, 3, 6), None, ANGELES))
        Dependency.objects.create(blocker=first, blocked=then)
        told = json.loads(plan(maya, first, "move", 7 * DAY).content)
        question = client_of(maya).get(told["question"], headers={"HX-Request": "true"}).content.decode()
        assert "<li>Lands on a Saturday; the China team does not work.</li>" in question

    def test_each_end_moves_by_itself(self, maya: Any) -> None:
        task = bar(make_project(maya), duration_days=2)
        plan(maya, task, "finish", 3 * DAY)
        assert dates(task) == ("2035-03-01", "2035-03-06")
        plan(maya, task, "start", DAY)
        assert dates(task) == ("2035-03-02", "2035-03-06")
        assert task.duration_days == 3

    def test_one_that_moves_others_is_asked_first(self, maya: Any) -> None:
        project = make_project(maya)
        first, then = (
            bar(project),
            bar(project, "then", start_on=date(2035, 3, 5), deadline=Deadline(date(2035, 3, 6), None, ANGELES)),
        )
        Dependency.objects.create(blocker=first, blocked=then)
        told = json.loads(plan(maya, first, "move", 7 * DAY).content)
        assert dates(first) == ("2035-03-01", "2035-03-03")
        assert told["question"].startswith(f"/tasks/{first.pk}/reschedule/?start_on=2035-03-08&on=2035-03-10")
        question = client_of(maya).get(told["question"], headers={"HX-Request": "true"}).content.decode()
        assert "2 tasks move." in question

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"is_fixed": True}, "Fixed by the platform"),
            ({"is_pinned": True}, "Pinned by hand"),
            ({"subtask_count": 1}, "It spans its subtasks"),
        ],
    )
    def test_what_stays_says_why(self, maya: Any, values: dict[str, Any], words: str) -> None:
        task = bar(make_project(maya), **values)
        answer = plan(maya, task, "move", DAY)
        assert (answer.status_code, words in json.loads(answer.content)["message"]) == (422, True)
        assert dates(task) == ("2035-03-01", "2035-03-03")

    def test_a_stale_bar_moves_nothing_and_says_who_was_there(self, maya: Any) -> None:
        project, wei = make_project(maya), make_member(display_name="Wei", language="en")
        task = bar(project)
        seen = task.version
        plan(wei, task, "move", DAY)
        answer = plan(maya, task, "move", DAY, version=seen)
        assert answer.status_code == 409
        assert json.loads(answer.content)["message"] == "Wei changed this meanwhile. The bar shows how it is now."
        assert dates(task) == ("2035-03-02", "2035-03-04")

    @pytest.mark.parametrize(
        "given",
        [
            {"mode": "fly"},
            {"by": "much"},
            {"by": "99999999999"},
            {"version": ""},
            {"mode": "start", "by": 9 * DAY},
            {"by": 18 * 366 * DAY},
        ],
    )
    def test_nonsense_is_refused_with_a_word_of_why(self, maya: Any, given: dict[str, Any]) -> None:
        task = bar(make_project(maya))
        answer = client_of(maya).post(
            f"/tasks/{task.pk}/plan/", {"mode": "move", "by": DAY, "version": task.version, **given}
        )
        assert answer.status_code == 422
        assert json.loads(answer.content)["message"]
        assert dates(task) == ("2035-03-01", "2035-03-03")

    def test_one_trace_a_move(self, maya: Any) -> None:
        task = bar(make_project(maya))
        before = Activity.objects.filter(task=task).count()
        plan(maya, task, "move", DAY)
        assert Activity.objects.filter(task=task).count() == before + 1


class TestJoining:
    def join(self, member: Any, task: Task, **given: Any) -> tuple[int, dict[str, str]]:
        answer = client_of(member).post(f"/tasks/{task.pk}/join/", given)
        return answer.status_code, json.loads(answer.content)

    def test_two_bars_are_joined_and_parted(self, maya: Any) -> None:
        project = make_project(maya)
        first, then = bar(project, "first"), bar(project, "then")
        assert self.join(maya, then, before=first.pk, kind="ss")[1]["message"] == "Linked with “first”."
        link = Dependency.objects.get()
        assert (link.blocker, link.blocked, link.kind) == (first, then, "ss")
        status, told = self.join(maya, then, remove=link.pk)
        assert (status, told["message"]) == (200, "They are not linked any more.")
        assert not Dependency.objects.exists()
        client_of(maya).post(told["undo_url"])
        assert Dependency.objects.get().kind == "ss"

    def test_a_circle_is_refused_and_named(self, maya: Any) -> None:
        project = make_project(maya)
        first, then = bar(project, "first"), bar(project, "then")
        Dependency.objects.create(blocker=first, blocked=then)
        status, told = self.join(maya, first, before=then.pk, kind="fs")
        assert (status, told["message"]) == (422, "They would wait for each other: first → then → first.")

    def test_what_is_hidden_or_gone_is_refused_alike(self, maya: Any) -> None:
        project, member = make_project(maya), make_member("member", language="en")
        task, secret = bar(project), bar(project, "secret deposit")
        Task.objects.filter(pk=secret.pk).update(sensitivity=Task.Sensitivity.FINANCE, may_be_shared=False)
        for given in ({"before": secret.pk}, {"before": 10**9}, {"remove": 10**9}):
            status, told = self.join(member, task, kind="fs", **given)
            assert (status, told["message"]) == (422, "Somebody has removed this link or its task meanwhile.")
