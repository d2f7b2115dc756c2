"""The questionnaire, further anchors, what would help and who has room, on the page that starts a project."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linkstar.calendars.models import Closure
from linkstar.lib.deadlines import Deadline
from projects.models import Activity, Project
from projects.scheduling.computing import computed_schedule
from templates_sop.actions.anchors import examine, planned
from templates_sop.actions.projects import start_project
from templates_sop.actions.templates import copy_built_in, publish
from templates_sop.answers import Answers
from templates_sop.library import get_template
from templates_sop.models import ProjectOrigin
from tests.factories import client_of, make_member
from tests.factories.projects import make_project, make_task
from tests.pages import HTMX, text

pytestmark = pytest.mark.django_db

START = "/templates/amazon_us_new_product_launch/start/"
ASKED = ("battery", "wireless", "textile", "hazmat", "children", "food_contact", "pesticide", "wood")
# Far enough ahead for every step of a launch to be still to come.
LAUNCH = timezone.now().date() + timedelta(days=210)


@pytest.fixture
def member(_inside_acme: None) -> Any:
    return make_member(display_name="Maya", language="en", time_zone="America/New_York")


@pytest.fixture
def browser(member: Any) -> Client:
    return client_of(member)


def answers(member: Any, **values: Any) -> dict[str, Any]:
    return {
        "name": "Night light",
        "variant": "none",
        "anchor_on": LAUNCH.isoformat(),
        "anchor_zone": "America/Los_Angeles",
        "channel": "amazon_us",
        "owner": member.pk,
        "language": "en",
        **{f"q_{key}": "no" for key in ASKED},
        **values,
    }


def without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def test_the_page_asks_what_matters_and_nothing_is_answered_yet(browser: Client) -> None:
    page = text(browser.get(START))
    assert "Does it contain or come with a battery?" in page
    assert "8 questions about the product are open." in page
    short = text(browser.get("/templates/amazon_ads_launch/start/"))
    assert "2 questions about the product are open." in short
    assert "battery?" not in short
    assert "About the product" not in text(browser.get("/templates/quarterly_retrospective/start/"))


def test_no_project_begins_with_a_question_open(browser: Client, member: Any) -> None:
    response = browser.post(START, without(answers(member, q_battery="yes"), "q_wood"))
    page = text(response)
    assert response.status_code == 422
    assert page.count("Answer yes or no.") == 1
    assert 'name="q_battery" value="yes" required' not in page
    assert "Night light" in page
    assert Project.objects.count() == 0


def test_the_owner_may_waive_and_it_leaves_a_trace(browser: Client, member: Any) -> None:
    response = browser.post(START, without(answers(member, waive="on"), "q_wood", "q_textile"))
    assert response.status_code == 302
    project = Project.objects.get()
    origin = ProjectOrigin.objects.get(project=project)
    assert origin.answers["waived_by"] == member.pk
    assert set(ASKED) - origin.answers["properties"].keys() == {"wood", "textile"}
    assert Activity.objects.filter(project=project, verb="questionnaire waived", actor=member).exists()


def test_nobody_waives_for_another_owner(browser: Client, member: Any) -> None:
    boss = make_member("manager", display_name="Zhao")
    response = browser.post(START, without(answers(member, waive="on", owner=boss.pk), "q_wood"))
    assert response.status_code == 422
    assert "Only the project&#x27;s owner may start without the answers." in response.content.decode()
    assert Project.objects.count() == 0


def test_a_waiver_with_every_answer_given_is_none(browser: Client, member: Any) -> None:
    browser.post(START, answers(member, waive="on"))
    assert "waived_by" not in ProjectOrigin.objects.get().answers
    assert not Activity.objects.filter(verb="questionnaire waived").exists()


def test_answers_become_tasks_that_say_why(browser: Client, member: Any) -> None:
    preview = text(browser.get(START, answers(member, q_battery="yes"), **HTMX))
    assert "added because: battery → UN38.3" in preview
    assert "3 working days → 5 working days because: battery → the hazmat review takes longer" in preview
    assert browser.post(START, answers(member, q_battery="yes")).status_code == 302
    project = Project.objects.get()
    task = project.tasks.get(sop_step="q_un383")
    assert task.description.startswith("Added because: battery → UN38.3.")
    assert set(task.blocks_links.values_list("blocked__sop_step", flat=True)) == {"hazmat_docs", "q_battery_marks"}
    assert project.tasks.get(sop_step="hazmat_docs").duration_days == 5
    assert ProjectOrigin.objects.get().answers["properties"]["battery"] is True


def test_a_further_date_can_be_chosen(browser: Client, member: Any) -> None:
    usual, chosen = LAUNCH - timedelta(days=8), LAUNCH - timedelta(days=20)
    page = text(browser.get(START, answers(member), **HTMX))
    assert "usual distance" in page
    browser.post(START, answers(member, anchor_for_fba_check_in=chosen.isoformat()))
    project = Project.objects.get()
    received = project.tasks.get(sop_step="fba_received")
    assert received.due_on is not None
    assert received.due_on <= chosen < usual
    anchors = ProjectOrigin.objects.get().anchors
    assert anchors == {"launch_day": LAUNCH.isoformat(), "fba_check_in": chosen.isoformat()}


def test_dates_the_wrong_way_round_are_refused_in_words(browser: Client, member: Any) -> None:
    wrong = answers(member, anchor_for_fba_check_in=(LAUNCH + timedelta(days=3)).isoformat())
    said = "“FBA check-in (units received)” ("
    preview = text(browser.get(START, wrong, **HTMX))
    assert said in preview
    assert "must not come after" in preview
    assert "Until it is put right the usual distance is shown." in preview
    response = browser.post(START, wrong)
    assert response.status_code == 422
    assert said in text(response)
    assert Project.objects.count() == 0


def test_an_anchor_that_is_past_is_said(browser: Client, member: Any) -> None:
    page = text(browser.get(START, answers(member, anchor_on="2026-01-08"), **HTMX))
    assert "Thu 8 Jan 2026 is past already." in page
    assert "36 deadlines are already past." in page


def test_fixes_change_the_form_and_lose_nothing(browser: Client, member: Any) -> None:
    late = answers(member, anchor_on=(timezone.now().date() + timedelta(days=20)).isoformat(), store="HEYFINCH US")
    page = text(browser.get(START, late))
    assert "Move the main date to" in page
    assert "optional steps that are late" in page
    target = LAUNCH.isoformat()
    moved = text(browser.post(START, {**late, "fix": f"anchor:{target}"}))
    assert f'value="{target}"' in moved
    assert "HEYFINCH US" in moved
    assert "Already past" not in moved
    roomy = browser.post(START, {**late, "fix": "room"})
    assert roomy.status_code == 200
    assert 'name="has_room" id="id_has_room" checked' in " ".join(text(roomy).split())
    dropped = text(browser.post(START, {**late, "fix": "drop:video_edit,vine_enroll"}))
    assert "left out to save time" in dropped
    assert browser.post(START, {**late, "fix": "nonsense:1"}).status_code == 200
    assert Project.objects.count() == 0


def test_steps_left_out_are_not_made_and_gates_are_not_on_offer(browser: Client, member: Any) -> None:
    assert browser.post(START, answers(member, leave_out=["final_check"])).status_code == 422
    browser.post(START, answers(member, leave_out=["vine_enroll"]))
    steps = set(Project.objects.get().tasks.values_list("sop_step", flat=True))
    assert "vine_enroll" not in steps
    assert "final_check" in steps


def test_a_week_that_is_too_full_is_marked_and_somebody_with_room_is_named(browser: Client, member: Any) -> None:
    free = make_member(display_name="Free Fang")
    everything = {f"role_{role}": member.pk for role in ("operations", "product", "design", "compliance", "logistics")}
    page = text(browser.get(START, answers(member, **everything), **HTMX))
    assert "too full" in page
    assert "is-over" in page
    offered = re.search(rf'value="(give:(\w+):{free.pk})"', page)
    assert offered
    given = text(browser.post(START, answers(member, **everything, fix=offered[1])))
    select = given[given.index(f'id="id_role_{offered[2]}"') :]
    assert f'<option value="{free.pk}" selected>Free Fang</option>' in select[: select.index("</select>")]


def test_other_work_counts(browser: Client, member: Any) -> None:
    busy = answers(member, role_finance=member.pk)
    assert "Everybody has room" in text(browser.get(START, busy, **HTMX))
    project, day = make_project(owner=member), LAUNCH - timedelta(days=122)
    for number in range(12):
        task = make_task(project, f"Busy {number}", deadline=Deadline(day, None, "Asia/Shanghai"), owner=member)
        task.start_on, task.duration_days = day - timedelta(days=6), 5
        task.save(update_fields=["start_on", "duration_days"])
    assert "too full" in text(browser.get(START, busy, **HTMX))


def test_holidays_and_closures_stand_in_the_way(browser: Client, member: Any) -> None:
    first = LAUNCH - timedelta(days=100)
    Closure.objects.create(
        name="Factory stocktaking", first_on=first, last_on=first + timedelta(days=6), created_by=member
    )
    page = text(browser.get(START, answers(member), **HTMX))
    assert "Holidays in the way" in page
    assert "Factory stocktaking" in page
    browser.post(START, answers(member))
    due = set(Project.objects.get().tasks.values_list("due_on", flat=True))
    assert not due & {first + timedelta(days=number) for number in range(7)}


def test_the_preview_asks_as_often_for_many_as_for_few(browser: Client, member: Any) -> None:
    values = answers(member, role_design=member.pk)
    counts = []
    for extra in (1, 6):
        project = make_project(owner=member)
        for number in range(extra):
            make_task(project, f"T{number}", deadline=Deadline(LAUNCH, None, "Asia/Shanghai"), owner=member)
            make_member()
        browser.get(START, values, **HTMX)
        with CaptureQueriesContext(connection) as captured:
            browser.get(START, values, **HTMX)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 20


def test_moving_the_anchor_keeps_answers_and_chosen_dates(browser: Client, member: Any) -> None:
    chosen = LAUNCH - timedelta(days=20)
    browser.post(START, answers(member, q_battery="yes", anchor_for_fba_check_in=chosen.isoformat()))
    project = Project.objects.get()
    stand = {task.sop_step: task.deadline for task in project.tasks.all()}
    assert {one.step.key: one.deadline for one in planned(project, LAUNCH).steps} == stand
    later = examine(project, LAUNCH + timedelta(days=14), actor=member, now=timezone.now())
    moved = {move.task.sop_step for move in later.moves}
    assert "go_live" in moved
    assert "fba_received" not in moved


def test_the_workspaces_own_template_asks_and_starts_too(browser: Client, member: Any, owner: Any) -> None:
    now = timezone.now()
    ours = copy_built_in(get_template("amazon_us_new_product_launch"), actor=owner, now=now)
    publish(ours, what_changed="Ours", actor=owner, now=now)
    address = f"/templates/{ours.key}/start/"
    assert "8 questions about the product are open." in text(browser.get(address))
    assert browser.post(address, answers(member, q_battery="yes")).status_code == 302
    project = Project.objects.get()
    assert project.sop_template == ours.key
    assert project.tasks.filter(sop_step="q_un383").exists()


def test_an_anchor_moved_to_the_wrong_side_of_a_chosen_one_is_said(browser: Client, member: Any) -> None:
    chosen = LAUNCH - timedelta(days=20)
    browser.post(START, answers(member, anchor_for_fba_check_in=chosen.isoformat()))
    address = f"/projects/{Project.objects.get().pk}/anchor/"
    early = (chosen - timedelta(days=3)).isoformat()
    assert "must not come after" in text(browser.post(address, {"anchor_on": early}))
    assert "must not come after" not in text(browser.post(address, {"anchor_on": LAUNCH.isoformat()}))
    # What is no task's number is passed over, even where Unicode calls it a digit.
    assert browser.post(address, {"anchor_on": early, "decide-²": "keep"}).status_code == 200


def test_the_start_and_the_planner_agree(owner: Any) -> None:
    """What the template dates, the project's own planner finds in order: nothing begins before what it waits for."""
    for day in (date(2026, 3, 10), date(2026, 11, 2), date(2028, 6, 20)):
        project = start_project(
            get_template("amazon_us_new_product_launch"),
            variant="electronics",
            anchor=day,
            owner=owner,
            roles={},
            name="Agree",
            actor=owner,
            now=datetime.combine(
                day - timedelta(days=200), datetime.min.time(), tzinfo=timezone.get_current_timezone()
            ),
            language="en",
            answers=Answers({"battery": True, "wireless": True, "children": True}, has_room=True),
        )
        schedule = computed_schedule(project, today=day - timedelta(days=200))
        assert schedule.refused == ()
        assert schedule.breaches == {}
