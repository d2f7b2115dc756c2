"""A questionnaire that stayed open is answered later: steps join, and work that was done is not touched."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from linkstar.lib.deadlines import Deadline
from linkstar.members.models import Member
from notifications.models import Notification
from projects.actions.deadlines import set_deadline
from projects.models import Activity, Project, ProjectAccess, Task
from templates_sop.actions.projects import start_project
from templates_sop.actions.questionnaire import NoQuestions, answer_questions, examine_answers
from templates_sop.answers import Answers
from templates_sop.library import get_template
from templates_sop.models import ProjectOrigin
from templates_sop.origins import open_questions, origin_of
from tests.factories import client_of, make_member
from tests.factories.projects import make_project
from tests.pages import HTMX, text
from tests.races import RACE, meanwhile

pytestmark = pytest.mark.django_db

NOW = datetime(2035, 1, 8, 2, tzinfo=UTC)
LAUNCH = date(2035, 8, 15)


@pytest.fixture
def project(owner: Any) -> Project:
    return start(owner)


def start(by: Any, key: str = "amazon_us_new_product_launch", **values: Any) -> Project:
    options = {"variant": None, "anchor": LAUNCH, "roles": {}, "language": "en", **values}
    waived = Answers({"wood": False}, waived_by=by.pk)
    return start_project(get_template(key), owner=by, actor=by, now=NOW, name="Night light", answers=waived, **options)


def to_done(project: Project, step: str) -> Task:
    done = project.board.columns.get(status="done")
    project.tasks.filter(sop_step=step).update(column=done, completed_at=NOW)
    return project.tasks.get(sop_step=step)


def test_answers_bring_their_steps_and_links(project: Project, owner: Any) -> None:
    buyer = make_member(display_name="Buyer")
    project.tasks.filter(sop_role="compliance").update(owner=buyer)
    before = project.tasks.count()
    outcome = answer_questions(project, {"wood": False, "battery": True}, actor=owner, now=NOW)
    assert [one.step.key for one in outcome.add] == ["q_un383", "q_battery_marks"]
    assert project.tasks.count() == before + 2
    task = project.tasks.get(sop_step="q_un383")
    assert (task.owner, task.title) == (buyer, "Obtain the UN38.3 test summary for cell and pack")
    assert task.description.startswith("Added because: battery → UN38.3.")
    assert set(task.blocked_by_links.values_list("blocker__sop_step", flat=True)) == {"sample_eval"}
    assert set(task.blocks_links.values_list("blocked__sop_step", flat=True)) == {"hazmat_docs", "q_battery_marks"}
    assert project.tasks.get(sop_step="hazmat_docs").duration_days == 5
    assert origin_of(project).answers.properties == {"wood": False, "battery": True}
    trace = Activity.objects.get(project=project, verb="questionnaire answered")
    assert (trace.data["added"], trace.data["removed"], trace.data["retimed"]) == (2, 0, 1)


def test_whoever_has_left_or_may_not_see_it_is_given_no_new_step(project: Project, owner: Any) -> None:
    gone, agency = make_member(display_name="Gone"), make_member("guest", display_name="Agency")
    ProjectAccess.objects.create(project=project, member=agency)
    project.tasks.filter(sop_role="compliance").update(owner=gone)
    Member.objects.filter(pk=gone.pk).update(is_active=False)
    project.tasks.filter(sop_role="logistics").update(owner=agency, may_be_shared=True)
    answer_questions(project, {"battery": True}, actor=owner, now=NOW)
    made = project.tasks.filter(sop_step__in=["q_un383", "q_battery_marks"]).order_by("sop_step")
    assert [(task.sop_role, task.may_be_shared, task.owner) for task in made] == [
        ("logistics", False, None), ("compliance", False, None),
    ]  # fmt: skip
    assert not Notification.objects.filter(member__in=[gone, agency]).exists()


def test_answers_twice_add_once(project: Project, owner: Any) -> None:
    for _time in range(2):
        answer_questions(project, {"battery": True}, actor=owner, now=NOW)
    assert project.tasks.filter(sop_step="q_un383").count() == 1


def test_finished_work_is_not_touched(project: Project, owner: Any) -> None:
    hazmat = to_done(project, "hazmat_docs")
    answer_questions(project, {"battery": True}, actor=owner, now=NOW)
    after = project.tasks.get(pk=hazmat.pk)
    assert (after.duration_days, after.deadline, after.start_on) == (3, hazmat.deadline, hazmat.start_on)
    assert not after.blocked_by_links.filter(blocker__sop_step="q_un383").exists()


def test_what_is_not_needed_goes_unless_somebody_is_at_it(owner: Any) -> None:
    project = start(owner, "compliance_electronics")
    to_done(project, "un383")
    outcome = answer_questions(project, {"battery": False, "wireless": False}, actor=owner, now=NOW)
    assert {task.sop_step for task in outcome.remove} == {"carton_mark", "button_cell", "tcb_grant"}
    assert [task.sop_step for task in outcome.stay] == ["un383"]
    assert set(project.tasks.in_archive().values_list("sop_step", flat=True)) == {
        "carton_mark",
        "button_cell",
        "tcb_grant",
    }


def test_what_was_moved_by_hand_keeps_its_dates(project: Project, owner: Any) -> None:
    task = project.tasks.get(sop_step="hazmat_docs")
    by_hand = Deadline(date(2035, 7, 20), None, "America/Los_Angeles")
    set_deadline(task, by_hand, actor=owner, now=NOW)
    outcome = examine_answers(project, {"hazmat": True}, now=NOW)
    move = next(move for move in outcome.moves if move.task == task)
    assert (move.deadline, move.duration_days) == (by_hand, 8)


def test_a_step_whose_answer_changes_goes_again(project: Project, owner: Any) -> None:
    answer_questions(project, {"pesticide": True}, actor=owner, now=NOW)
    assert project.tasks.current().filter(sop_step="q_epa").exists()
    answer_questions(project, {"pesticide": False}, actor=owner, now=NOW)
    assert not project.tasks.current().filter(sop_step="q_epa").exists()


def test_a_project_without_a_template_has_no_questions(owner: Any) -> None:
    with pytest.raises(NoQuestions):
        examine_answers(make_project(owner=owner), {}, now=NOW)


def test_a_project_from_before_keeps_its_answers_too(owner: Any) -> None:
    project = start(owner)
    ProjectOrigin.objects.all().delete()
    assert len(open_questions(project)) == 8
    answer_questions(project, {"battery": True}, actor=owner, now=NOW)
    assert next(asked.key for asked in open_questions(project)) == "wireless"
    assert ProjectOrigin.objects.get().anchors == {"launch_day": "2035-08-15"}


def test_the_sign_leads_to_the_page(project: Project, owner: Any) -> None:
    browser = client_of(owner)
    page = text(browser.get(project.get_absolute_url()))
    signs = f"/projects/{project.pk}/signs/"
    assert f'hx-get="{signs}"' in page
    sign = text(browser.get(signs))
    assert "chip--soon" in sign
    assert f"/projects/{project.pk}/questionnaire/" in sign
    answer_questions(project, dict.fromkeys(KEYS, False), actor=owner, now=NOW)
    assert "chip" not in text(browser.get(signs))


KEYS = ("battery", "wireless", "textile", "hazmat", "children", "food_contact", "pesticide", "wood")


def test_the_page_shows_what_changes_and_then_does_it(project: Project) -> None:
    member = make_member("manager", display_name="Maya", language="en")
    browser: Client = client_of(member)
    address = f"/projects/{project.pk}/questionnaire/"
    page = text(browser.get(address))
    assert "With these answers no step changes." in page
    assert "7 questions open" in page
    shown = text(browser.post(address, {"q_battery": "yes", "q_wood": "no"}, **HTMX))
    assert "<html" not in shown
    assert "Obtain the UN38.3 test summary" in shown
    assert "added because: battery → UN38.3" in shown
    assert project.tasks.filter(sop_step="q_un383").count() == 0
    response = browser.post(address, {"q_battery": "yes", "q_wood": "no", "step": "apply"})
    assert (response.status_code, response["Location"]) == (302, project.get_absolute_url())
    assert project.tasks.filter(sop_step="q_un383").count() == 1
    assert browser.post(address, {"q_battery": "perhaps"}).status_code == 422


def test_templates_that_ask_nothing_have_no_page(owner: Any) -> None:
    project = start(owner, "quarterly_retrospective", anchor=date(2035, 9, 30))
    assert client_of(owner).get(f"/projects/{project.pk}/questionnaire/").status_code == 404
    assert "chip" not in text(client_of(owner).get(f"/projects/{project.pk}/signs/"))


def test_an_incident_is_answered_too(owner: Any) -> None:
    known = NOW + timedelta(hours=1)
    project = start(owner, "product_recall_return_spike", anchor=known)
    outcome = answer_questions(project, {"battery": True}, actor=owner, now=NOW)
    assert [one.step.key for one in outcome.add] == ["q_thermal"]


@RACE
def test_a_deadline_that_somebody_sets_meanwhile_stays(live_workspace: Any, owner: Any) -> None:
    project = start(owner)
    task = project.tasks.get(sop_step="hazmat_docs")
    assert task.deadline is not None
    wanted = task.deadline.moved_to_day(task.deadline.on + timedelta(days=3))
    with transaction.atomic():
        set_deadline(task, wanted, actor=owner, now=NOW)
        answered = meanwhile(lambda: answer_questions(project, {"battery": True}, actor=owner, now=NOW))
    answered.result(20)
    task = project.tasks.get(pk=task.pk)
    assert (task.deadline, task.duration_days) == (wanted, 5)
