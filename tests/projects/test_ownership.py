"""A project changes its owner by offer and acceptance, and always has exactly one."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from linkstar.members.models import Member
from linkstar.workspaces.models import Letter
from notifications.models import Notification
from projects.actions.ownership import (
    OfferRefused,
    answer_offer,
    hand_over_work,
    offer_project,
    open_work,
    withdraw_offer,
)
from projects.actions.projects import archive_project
from projects.models import Activity, OwnerOffer, Project
from tests.factories import client_of, make_member, make_project, make_task
from tests.races import RACE, at_once

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def project(owner: Member) -> Project:
    return make_project(make_member(display_name="Old Owner", email="old@acme.test"), name="Q4 launch")


def offer_to(member: Member, project: Project, note: str = "") -> OwnerOffer:
    return offer_project(project, to=member, note=note, actor=project.owner, now=NOW)


def verbs(project: Project) -> list[str]:
    return list(Activity.objects.filter(project=project).order_by("pk").values_list("verb", flat=True))


def test_the_database_keeps_one_owner_and_one_open_offer(project):
    heir = make_member()
    offer_to(heir, project)

    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(owner=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        OwnerOffer.objects.create(project=project, offered_by=project.owner, offered_to=heir)
    with pytest.raises(OfferRefused) as refusal:
        offer_to(make_member(), project)
    assert refusal.value.reason == "on offer"


def test_nothing_changes_until_they_accept_and_they_are_told_at_once(project):
    before, heir = project.owner, make_member(email="heir@acme.test")

    client_of(before).post(f"/projects/{project.pk}/owner/", {"to": heir.pk, "note": "The samples come on Friday."})

    project.refresh_from_db()
    letter = Letter.objects.get(to="heir@acme.test")
    notice = Notification.objects.get(member=heir)
    assert project.owner == before
    assert (letter.name, letter.context["note"]) == ("owner_offered", "The samples come on Friday.")
    assert (notice.kind, notice.data["url"]) == ("owner_offered", project.get_absolute_url())
    assert verbs(project)[-1] == "owner offered"


def test_both_sides_see_the_open_offer_where_it_can_be_answered(project):
    heir = make_member(display_name="New Owner")
    offer = offer_to(heir, project, note="The samples come on Friday.")
    path = f"/offers/{offer.pk}/"

    theirs = client_of(heir).get(project.get_absolute_url()).content.decode()
    mine = client_of(project.owner).get(project.get_absolute_url()).content.decode()
    third = client_of(make_member()).get(project.get_absolute_url()).content.decode()

    assert path in theirs and 'value="accept"' in theirs and 'value="decline"' in theirs
    assert "The samples come on Friday." in theirs
    assert path in mine and 'value="withdraw"' in mine and "New Owner" in mine
    assert 'value="accept"' not in third and 'value="withdraw"' not in third


def test_accepting_changes_the_owner_and_tells_the_old_one(project):
    before, heir = project.owner, make_member(display_name="New Owner")
    admin = make_member("admin")
    offer = offer_project(project, to=heir, note="", actor=admin, now=NOW)

    response = client_of(heir).post(f"/offers/{offer.pk}/", {"answer": "accept"})

    project.refresh_from_db()
    offer.refresh_from_db()
    assert response["Location"] == project.get_absolute_url()
    assert (project.owner, offer.state) == (heir, "accepted") and offer.answered_at is not None
    assert set(Notification.objects.filter(kind="owner_answered").values_list("member", flat=True)) == {
        before.pk,
        admin.pk,
    }
    trace = Activity.objects.filter(verb="project owner changed").get()
    assert (trace.actor, trace.data) == (heir, {"before": "Old Owner", "after": "New Owner"})


def test_declining_keeps_the_owner_and_frees_the_project_for_another_offer(project):
    before, heir = project.owner, make_member()
    offer = offer_to(heir, project)

    client_of(heir).post(f"/offers/{offer.pk}/", {"answer": "decline"})

    project.refresh_from_db()
    assert project.owner == before and verbs(project)[-1] == "owner offer declined"
    assert offer_to(make_member(), project).state == "open"


def test_withdrawing_by_its_owner(project):
    offer = offer_to(make_member(), project)

    client_of(project.owner).post(f"/offers/{offer.pk}/", {"answer": "withdraw"})

    offer.refresh_from_db()
    assert offer.state == "withdrawn" and verbs(project)[-1] == "owner offer withdrawn"


def test_an_answer_that_comes_too_late_is_told_so(project):
    heir = make_member(language="en")
    offer = offer_to(heir, project)
    withdraw_offer(offer, actor=project.owner, now=NOW)

    response = client_of(heir).post(f"/offers/{offer.pk}/", {"answer": "accept"}, follow=True)

    project.refresh_from_db()
    assert "This offer is no longer open." in response.content.decode()
    assert project.owner != heir


@pytest.mark.parametrize("answer", ["accept", "decline", "withdraw", "", "steal"])
def test_a_third_person_answers_nothing(project, answer):
    offer = offer_to(make_member(), project)

    assert client_of(make_member("manager")).post(f"/offers/{offer.pk}/", {"answer": answer}).status_code == 403
    assert client_of(make_member("guest")).post(f"/offers/{offer.pk}/", {"answer": answer}).status_code == 403
    offer.refresh_from_db()
    assert offer.state == "open"


def test_the_owner_cannot_accept_for_the_other(project):
    offer = offer_to(make_member(), project)

    assert client_of(project.owner).post(f"/offers/{offer.pk}/", {"answer": "accept"}).status_code == 403
    assert client_of(project.owner).post("/offers/999999/", {"answer": "accept"}).status_code == 404


@pytest.mark.parametrize("to", ["", "0", "999999", "guest", "left", "owner"])
def test_only_an_active_insider_who_is_not_the_owner_can_be_asked(project, to):
    people = {
        "guest": make_member("guest"),
        "left": make_member(is_active=False, deactivated_at=NOW),
        "owner": project.owner,
    }
    asked = str(people[to].pk) if to in people else to

    response = client_of(project.owner).post(f"/projects/{project.pk}/owner/", {"to": asked, "note": "Keep this"})

    assert response.status_code == 422 and "Keep this" in response.content.decode()
    assert not OwnerOffer.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("admin", 200), ("manager", 403), ("member", 403)])
def test_the_owner_of_the_project_and_admins_hand_it_over(project, role, status):
    assert client_of(make_member(role)).get(f"/projects/{project.pk}/owner/").status_code == status


def test_the_page_with_an_open_offer_says_whom_and_takes_no_second(project):
    offer_to(make_member(display_name="Asked Already"), project)
    client = client_of(project.owner)

    shown = client.get(f"/projects/{project.pk}/owner/").content.decode()
    again = client.post(f"/projects/{project.pk}/owner/", {"to": make_member().pk})

    assert "Asked Already" in shown
    assert again.status_code == 422 and OwnerOffer.objects.count() == 1


def test_an_archived_project_is_declined_but_not_taken_over(project):
    heir = make_member(language="en")
    offer = offer_to(heir, project)
    archive_project(project, actor=project.owner, now=NOW)
    client = client_of(heir)

    refused = client.post(f"/offers/{offer.pk}/", {"answer": "accept"}, follow=True)
    client.post(f"/offers/{offer.pk}/", {"answer": "decline"})

    offer.refresh_from_db()
    assert "This project is archived." in refused.content.decode()
    assert offer.state == "declined"


def test_who_leaves_gives_everything_to_the_heir_and_their_offers_end(project):
    leaver, heir = project.owner, make_member(display_name="Heir")
    second = make_project(heir)
    made, asked = offer_to(make_member(), project), offer_to(leaver, second)
    task = make_task(project, "Open", owner=leaver)
    done = make_task(project, "Done", owner=leaver, completed_at=NOW)
    version = task.version

    told = open_work(leaver)
    hand_over_work(leaver, heir=heir, actor=heir, now=timezone.now())

    for row in (project, task, done, made, asked):
        row.refresh_from_db()
    assert told == ["1 project", "1 open task"]
    assert (project.owner, task.owner, done.owner) == (heir, heir, leaver)
    assert task.version == version + 1
    assert (made.state, asked.state) == ("withdrawn", "withdrawn")
    assert open_work(leaver) == []


def answers_at_once(*acts: Callable[[], None]) -> list[str]:
    """What came of each, in no order: "done" or the reason of the refusal."""
    return sorted(getattr(outcome, "reason", "done") for outcome in at_once(*acts, expected=OfferRefused))


@RACE
@pytest.mark.parametrize("rival", ["accept", "decline", "withdraw"])
def test_of_two_answers_at_once_one_counts(live_workspace, rival):
    before, heir = make_member(), make_member()
    project = make_project(before)
    offer = offer_to(heir, project)
    rivals = {
        "accept": lambda: answer_offer(offer, accept=True, actor=heir, now=NOW),
        "decline": lambda: answer_offer(offer, accept=False, actor=heir, now=NOW),
        "withdraw": lambda: withdraw_offer(offer, actor=before, now=NOW),
    }

    outcomes = answers_at_once(rivals["accept"], rivals[rival])

    project.refresh_from_db()
    offer.refresh_from_db()
    assert outcomes == ["answered", "done"]
    assert project.owner == (heir if offer.state == "accepted" else before)


@RACE
def test_of_two_offers_at_once_one_stands(live_workspace):
    project = make_project(make_member())
    first, second = make_member(), make_member()

    outcomes = answers_at_once(lambda: offer_to(first, project), lambda: offer_to(second, project))

    assert outcomes == ["done", "on offer"]
    assert OwnerOffer.objects.filter(state="open").count() == 1


@RACE
def test_an_acceptance_and_a_leaving_at_once_end_with_one_owner(live_workspace):
    leaver, asked, heir = make_member(), make_member(), make_member()
    project = make_project(leaver)
    offer = offer_to(asked, project)

    answers_at_once(
        lambda: answer_offer(offer, accept=True, actor=asked, now=NOW),
        lambda: hand_over_work(leaver, heir=heir, actor=heir, now=NOW),
    )

    project.refresh_from_db()
    offer.refresh_from_db()
    assert (project.owner, offer.state) in [(asked, "accepted"), (heir, "withdrawn")]
