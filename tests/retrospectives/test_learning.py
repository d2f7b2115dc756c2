"""How long steps took the last times, and what that says of the template."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.quantiles import quantile
from linkstar.retrospectives.actions.changes import accept_change, propose_change
from linkstar.retrospectives.learning import FEWEST, LAST_PROJECTS, Case, Verdict, judged, learnt_steps, verdict_on
from linkstar.retrospectives.lineage import current_template
from linkstar.retrospectives.models import ProposedChange
from projects.actions.tasks import move_task
from projects.models import Project, Task
from templates_sop.actions.projects import start_project
from templates_sop.library import get_template
from tests.factories import client_of, make_column, make_member
from tests.pages import text

KEY, STEP = "amazon_coupon_deal_promotion", "promo_images"
NOW = datetime(2026, 11, 2, 18, tzinfo=UTC)
# Shanghai, in the morning: Monday 2 March 2026.
MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)
DAY = timedelta(days=1)
IMAGES = next(step for step in get_template(KEY).steps if step.key == STEP)


def cases(days: list[int]) -> list[Case]:
    return [Case(number, "", each, True, NOW) for number, each in enumerate(days)]


@given(st.lists(st.integers(1, 60), max_size=14), st.sampled_from([0.5, 1, 2, 5, 10, 30]))
def test_a_verdict_needs_cases_and_its_proposal_fits_four_of_five(days: list[int], says: float) -> None:
    found = judged(replace(IMAGES, duration_days=says), cases(days))
    if len(days) < FEWEST:
        assert (found.verdict, found.p80, found.proposal) == (Verdict.FEW, None, None)
        return
    assert (found.p50, found.p80) == (quantile(days, 50), quantile(days, 80))
    if found.proposal is not None:
        assert found.proposal in days
        assert sum(each <= found.proposal for each in days) * 5 >= 4 * len(days)
        # Once the template says so, it is left alone.
        assert verdict_on(found.proposal, found.proposal) is Verdict.FITS


@pytest.mark.parametrize(
    ("says", "p80", "verdict"),
    [
        (7, 11, Verdict.SHORT),
        (7, 7, Verdict.FITS),
        (0.5, 1, Verdict.FITS),
        (0.5, 2, Verdict.SHORT),
        (2, 1, Verdict.FITS),
        (3, 1, Verdict.LONG),
        (30, 25, Verdict.FITS),
        (30, 20, Verdict.LONG),
    ],
)
def test_what_is_said_of_a_duration(says: float, p80: int, verdict: Verdict) -> None:
    assert verdict_on(says, p80) is verdict


def run(owner: Any, began: datetime, days: int, *, step: str = STEP, made: datetime = MONDAY) -> Task:
    """A project of the SOP in which the step was taken up at `began` and done `days` later."""
    project = start_project(
        get_template(KEY),
        variant="home",
        anchor=date(2026, 6, 1),
        owner=owner,
        roles={"design": owner},
        name=f"Coupon of {made:%d %b}",
        actor=owner,
        now=made,
        language="en",
    )
    task = project.tasks.get(sop_step=step)
    finish(task, owner, began, days)
    return task


def move(task: Task, status: str, owner: Any, now: datetime) -> None:
    found = Task.objects.select_related("project", "column__board", "owner").get(pk=task.pk)
    column = make_column(found.project, status)
    move_task(found, column=column, before=None, actor=owner, now=now, despite="It can")


def finish(task: Task, owner: Any, began: datetime, days: int) -> None:
    move(task, "doing", owner, began)
    move(task, "done", owner, began + days * DAY)


def learnt(member: Any, key: str = KEY, step: str = STEP) -> Any:
    found = {one.step.key: one for one in learnt_steps(current_template(key), member, now=NOW)}
    return found.get(step)


@pytest.mark.django_db
class TestHistory:
    def test_three_projects_say_something_and_two_do_not(self, owner: Any) -> None:
        run(owner, MONDAY, 1)
        run(owner, MONDAY, 2, made=MONDAY + DAY)
        assert (learnt(owner).verdict, learnt(owner).count) == (Verdict.FEW, 2)
        # Over a weekend: from Monday to Wednesday of the next week.
        run(owner, MONDAY, 9, made=MONDAY + 2 * DAY)
        found = learnt(owner)
        assert ([case.days for case in found.cases], found.p50, found.p80) == ([8, 3, 2], 3, 8)
        assert (found.verdict, found.proposal) == (Verdict.SHORT, 8)
        assert [case.name for case in found.cases] == ["Coupon of 04 Mar", "Coupon of 03 Mar", "Coupon of 02 Mar"]

    def test_a_task_that_was_opened_again_counts_the_days_of_work(self, owner: Any) -> None:
        task = run(owner, MONDAY, 1)
        finish(task, owner, MONDAY + 14 * DAY, 1)
        assert [case.days for case in learnt(owner).cases] == [4]

    def test_holidays_of_the_steps_own_calendar_do_not_count(self, owner: Any) -> None:
        # Spring Festival: off in China from 15 to 23 February 2026, and made up for on the 14th and the 28th.
        run(owner, datetime(2026, 2, 13, 2, tzinfo=UTC), 11, made=datetime(2026, 2, 1, tzinfo=UTC))
        assert [case.days for case in learnt(owner).cases] == [3]

    def test_a_step_with_another_name_is_the_same(self, owner: Any) -> None:
        task = run(owner, MONDAY, 1)
        Task.objects.filter(pk=task.pk).update(title="Something else")
        assert learnt(owner).count == 1

    def test_of_a_step_that_is_no_longer_in_the_template_nothing_is_asked(self, owner: Any) -> None:
        run(owner, MONDAY, 1)
        template = get_template(KEY)
        left = replace(template, steps=tuple(step for step in template.steps if step.key != STEP))
        assert STEP not in {one.step.key for one in learnt_steps(left, owner, now=NOW)}

    def test_the_marketplaces_moments_take_no_time(self, owner: Any) -> None:
        assert learnt(owner, step="promo_on") is None

    def test_what_the_workspace_made_of_it_knows_it_too(self, owner: Any) -> None:
        run(owner, MONDAY, 1)
        change = propose_change(
            get_template(KEY), kind="duration", step=STEP, after=5, reason="x", source="person", actor=owner, now=NOW
        )
        version = accept_change(change, actor=owner, now=NOW)
        assert learnt(owner, version.template.key).count == 1
        assert learnt(owner, KEY).says == 5

    def test_finance_is_not_told_to_who_may_not_see_it(self, owner: Any) -> None:
        task = run(owner, MONDAY, 1)
        Task.objects.filter(pk=task.pk).update(sensitivity="finance", may_be_shared=False)
        assert (learnt(owner).count, learnt(make_member()).count) == (1, 0)

    def test_the_last_projects_count_alone(self, owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("linkstar.retrospectives.learning.LAST_PROJECTS", 2)
        for number in range(3):
            run(owner, MONDAY, number + 1, made=MONDAY + number * DAY)
        assert [case.days for case in learnt(owner).cases] == [4, 3]
        assert LAST_PROJECTS == 12

    def test_statements_do_not_grow_with_the_projects(self, owner: Any) -> None:
        def count() -> int:
            with CaptureQueriesContext(connection) as queries:
                learnt_steps(get_template(KEY), owner, now=NOW)
            return len(queries)

        run(owner, MONDAY, 1)
        before = count()
        run(owner, MONDAY, 2)
        assert count() == before
        assert before <= 9


@pytest.mark.django_db
class TestPage:
    def test_one_press_proposes(self, owner: Any) -> None:
        for number in range(3):
            run(owner, MONDAY, 9 + number % 2, made=MONDAY + number * DAY)
        browser = client_of(make_member(language="en"))
        url = f"/templates/{KEY}/learning/"
        shown = text(browser.get(url))
        title = IMAGES.title.en
        assert f"Your “{title}” took 9 days (P80 of 3), the template says 2." in shown.replace("&amp;", "&")
        press = f"/templates/{KEY}/steps/{STEP}/propose-duration/"
        assert press in shown
        assert browser.post(press).status_code == 302
        made = ProposedChange.objects.get()
        assert (made.before, made.after, made.source, made.evidence) == (
            2, 9, "learning", {"count": 3, "p50": 8, "p80": 9},
        )  # fmt: skip
        assert press not in text(browser.get(url))
        browser.post(press)
        assert ProposedChange.objects.count() == 1

    def test_where_nothing_is_known_nothing_is_proposed(self, owner: Any) -> None:
        browser = client_of(owner)
        assert browser.post(f"/templates/{KEY}/steps/{STEP}/propose-duration/").status_code == 302
        assert browser.post(f"/templates/{KEY}/steps/gone/propose-duration/").status_code == 404
        assert not ProposedChange.objects.exists()
        assert browser.get("/templates/nothing/learning/").status_code == 404

    def test_projects_are_named(self, owner: Any) -> None:
        run(owner, MONDAY, 1)
        assert "Coupon of 02 Mar" in text(client_of(owner).get(f"/templates/{KEY}/learning/"))
        assert Project.objects.count() == 1
