"""Inviting somebody to one project, and their way in."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone

from linkstar.accounts.models import User
from linkstar.members.actions.links import InvitationRefused
from linkstar.members.models import Member
from linkstar.members.models.links import hash_of
from linkstar.workspaces.models import Letter, Membership
from notifications.models import Notification
from projects.actions.guests import (
    accept_guest_invitation,
    invite_guest,
    remove_guest,
    withdraw_invitation,
)
from projects.actions.projects import archive_project
from projects.models import Activity, GuestInvitation, Project, ProjectAccess, Task
from tests.factories import client_of, make_member, make_project, make_task, make_user
from tests.factories.members import WorkspaceClient
from tests.races import RACE, at_once

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NEW_PERSON = {
    "full_name": "周 建国",
    "password": "a-long-enough-1",
    "language": "zh-hans",
    "time_zone": "Asia/Shanghai",
}
QUERIES = 10


@pytest.fixture
def project(owner: Member) -> Project:
    return make_project(owner, name="Q4 launch")


def invite(project: Project, email: str = "new@factory.test", company: str = "Hengfa") -> tuple[GuestInvitation, str]:
    """An invitation as of the real now, and the path in its letter."""
    invitation = invite_guest(project, email=email, company=company, actor=project.owner, now=timezone.now())
    return invitation, link_to(email)


def link_to(email: str) -> str:
    return re.sub(r"^http://acme\.localhost", "", Letter.objects.filter(to=email).latest("pk").context["url"])


def verbs(project: Project) -> list[str]:
    return list(Activity.objects.filter(project=project).order_by("pk").values_list("verb", flat=True))


# Inviting


def test_the_letter_carries_the_token_and_the_row_only_its_hash(project):
    invitation, link = invite(project)

    token = link.removeprefix("/guest/").rstrip("/")
    letter = Letter.objects.get(to="new@factory.test")
    assert invitation.token_hash == hash_of(token)
    assert token not in str(invitation.__dict__)
    assert (letter.name, letter.language) == ("guest_invitation", "zh-hans")
    assert (letter.context["project"], letter.context["workspace"]) == ("Q4 launch", "Acme")
    assert verbs(project)[-1] == "guest invited"


def test_the_letter_speaks_the_language_of_whoever_is_known(project):
    make_user(email="known@factory.test", language="en")
    invite(project, "known@factory.test")

    assert Letter.objects.get(to="known@factory.test").language == "en"


def test_inviting_again_renews_the_token_and_stops_the_old_link(project):
    first, old = invite(project)
    client = client_of(project.owner)

    response = client.post(
        f"/projects/{project.pk}/guests/invite/", {"email": "NEW@factory.test", "company": "Hengfa"}, follow=True
    )

    assert GuestInvitation.objects.open().get().pk == first.pk
    assert "new@factory.test" in response.content.decode()
    stranger = client_of(None)
    assert stranger.get(old).status_code == 404
    assert stranger.get(link_to("new@factory.test")).status_code == 200


@pytest.mark.parametrize("email", ["", "no address", "a@b", "x" * 250 + "@factory.test"])
def test_a_wrong_address_is_refused_and_stays_in_the_field(project, email):
    response = client_of(project.owner).post(
        f"/projects/{project.pk}/guests/invite/", {"email": email, "company": "Studio One"}
    )

    assert response.status_code == 422
    assert "Studio One" in response.content.decode()
    assert not GuestInvitation.objects.exists()


def test_members_of_the_team_and_guests_of_the_project_are_not_invited(project):
    make_member(email="here@acme.test")
    guest = make_member("guest", email="guest@factory.test")
    key = ProjectAccess.objects.create(project=project, member=guest)
    client = client_of(make_member("manager"))
    path = f"/projects/{project.pk}/guests/invite/"

    insider = client.post(path, {"email": "HERE@acme.test"})
    already = client.post(path, {"email": "guest@factory.test"})
    key.expires_at = timezone.now() - timedelta(days=1)
    key.save(update_fields=["expires_at"])
    ended = client.post(path, {"email": "guest@factory.test"})

    assert "member of the team" in insider.content.decode()
    assert "guest of the project already" in already.content.decode()
    assert ended.status_code == 302


@pytest.mark.parametrize(
    ("role", "status"), [("admin", 302), ("manager", 302), ("member", 403), ("guest", 403), ("owner of it", 302)]
)
def test_managers_and_the_owner_of_the_project_invite(owner, role, status):
    actor = make_member("member" if role == "owner of it" else role)
    project = make_project(actor if role == "owner of it" else owner)
    ProjectAccess.objects.create(project=project, member=actor)

    response = client_of(actor).post(f"/projects/{project.pk}/guests/invite/", {"email": "x@factory.test"})

    assert response.status_code == status


def test_withdrawing_by_the_page_and_again(project):
    invitation, link = invite(project)
    other_project = make_project(project.owner, name="Other")
    client = client_of(project.owner)
    path = f"/projects/{project.pk}/guests/invitations/{invitation.pk}/withdraw/"

    elsewhere = client.post(path.replace(f"/{project.pk}/guests", f"/{other_project.pk}/guests"))
    withdrawn, again = client.post(path), client.post(path)

    assert (elsewhere.status_code, withdrawn.status_code, again.status_code) == (404, 302, 404)
    assert client_of(None).get(link).status_code == 410


# Joining


def test_the_page_says_who_invites_to_what_and_what_a_guest_sees(project):
    _, link = invite(project)

    text = client_of(None).get(link, headers={"accept-language": "en"}).content.decode()

    assert project.owner.display_name in text and "Q4 launch" in text and "Acme" in text
    assert "You will see" in text and "Closed to you" in text


def test_a_new_person_sets_name_and_password_and_is_in(project):
    _, link = invite(project)
    client = client_of(None)

    response = client.post(link, NEW_PERSON)

    user = User.objects.get(email="new@factory.test")
    member = Member.objects.get(user_id=user.pk)
    assert response["Location"] == project.get_absolute_url()
    assert client.get(project.get_absolute_url()).status_code == 200
    assert user.check_password("a-long-enough-1") and user.emailaddress_set.get().verified
    assert (member.role, member.display_name, member.company) == ("guest", "周 建国", "Hengfa")
    assert (member.language, member.time_zone) == ("zh-hans", "Asia/Shanghai")
    assert Membership.objects.get(user=user).role == "guest"
    assert list(member.project_access.values_list("project", flat=True)) == [project.pk]
    assert verbs(project)[-2:] == ["guest invited", "guest joined"]
    assert Notification.objects.get(member=project.owner).kind == "guest_joined"


@pytest.mark.parametrize("wrong", [{"password": "short"}, {"full_name": "  "}, {"language": "tlh"}, {"password": ""}])
def test_what_is_wrong_with_a_new_person_is_said_and_nothing_is_made(project, wrong):
    _, link = invite(project)

    response = client_of(None).post(link, {**NEW_PERSON, **wrong})

    assert response.status_code == 422
    assert not User.objects.filter(email="new@factory.test").exists()
    assert GuestInvitation.objects.get().accepted_at is None


def test_somebody_with_an_account_signs_in_comes_back_and_confirms(project):
    user = make_user(email="known@factory.test")
    _, link = invite(project, user.email)
    client = client_of(None)

    asked = client.get(link, headers={"accept-language": "en"}).content.decode()
    taken_over = client.post(link, NEW_PERSON)
    signed_in = client.post("/accounts/login/", {"login": user.email, "password": "correct-horse", "next": link})
    confirm = client.get(link).content.decode()
    joined = client.post(link)

    assert f"/accounts/login/?next={link}" in asked
    assert taken_over.status_code == 200 and User.objects.get(pk=user.pk).check_password("correct-horse")
    assert signed_in["Location"] == link
    assert "Join as known@factory.test" in confirm
    assert joined["Location"] == project.get_absolute_url()
    assert Member.objects.get(user_id=user.pk).role == "guest"


def test_somebody_else_is_told_and_offered_to_switch(project):
    _, link = invite(project, "invited@factory.test")
    someone = make_user(email="someone@else.test")
    client = client_of(someone)

    shown = client.get(link)
    posted = client.post(link, NEW_PERSON)

    text = shown.content.decode()
    assert (shown.status_code, posted.status_code) == (200, 403)
    assert "signed in as someone@else.test" in text and "Continue as invited@factory.test" in text
    assert not Member.objects.filter(user_id=someone.pk).exists()
    assert GuestInvitation.objects.get().accepted_at is None
    switched = client.post("/accounts/logout/", {"next": link})
    assert switched["Location"] == link


def test_an_insider_needs_no_invitation(project):
    _, link = invite(project, "later@acme.test")
    member = make_member("manager", email="later@acme.test")
    client = client_of(member)

    shown, posted = client.get(link), client.post(link)

    member.refresh_from_db()
    assert (shown.status_code, posted.status_code, member.role) == (200, 409, "manager")
    assert project.get_absolute_url() in shown.content.decode()
    assert not ProjectAccess.objects.exists()
    with pytest.raises(InvitationRefused) as refusal:
        accept_guest_invitation(
            GuestInvitation.objects.get(), user=User.objects.get(pk=member.user_id), now=timezone.now()
        )
    assert refusal.value.reason == "insider"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"expires_at": NOW - timedelta(seconds=1)}, "has expired"),
        ({"withdrawn_at": NOW}, "was withdrawn"),
        ({"accepted_at": NOW}, "was used"),
    ],
)
def test_a_dead_link_says_what_to_do(project, values, words):
    invitation, link = invite(project)
    GuestInvitation.objects.filter(pk=invitation.pk).update(**values)
    stranger = client_of(None)

    shown, posted = stranger.get(link, headers={"accept-language": "en"}), stranger.post(link, NEW_PERSON)

    assert (shown.status_code, posted.status_code) == (410, 410)
    assert words in shown.content.decode()
    assert not User.objects.filter(email="new@factory.test").exists()


def test_nobody_joins_an_archived_project(project):
    _, link = invite(project)
    archive_project(project, actor=project.owner, now=timezone.now())

    shown = client_of(None).get(link, headers={"accept-language": "en"})

    assert shown.status_code == 410 and "This project has ended" in shown.content.decode()
    assert client_of(None).post(link, NEW_PERSON).status_code == 410


def test_an_unknown_link_and_one_of_another_workspace_are_404(project, other):
    _, link = invite(project)

    assert client_of(None).get("/guest/no-such-token/").status_code == 404
    assert WorkspaceClient(HTTP_HOST="other.localhost").get(link).status_code == 404


def test_a_used_link_leads_its_guest_to_the_project(project):
    _, link = invite(project)
    client = client_of(None)
    client.post(link, NEW_PERSON)

    assert client.get(link)["Location"] == project.get_absolute_url()


def test_a_second_project_adds_a_key_and_no_person(project):
    second = make_project(project.owner, name="Second")
    guest = make_member("guest", email="both@factory.test")
    ProjectAccess.objects.create(project=project, member=guest)
    invitation, _ = invite(second, guest.email)

    member = accept_guest_invitation(invitation, user=User.objects.get(pk=guest.user_id), now=timezone.now())

    assert member.pk == guest.pk
    assert set(Project.objects.visible_to(member)) == {project, second}


def test_who_had_left_returns_as_a_guest_of_that_project_only(project):
    old = make_project(project.owner, name="Old one")
    former = make_member("admin", email="back@acme.test", is_active=False, deactivated_at=NOW, can_see_finance=True)
    ProjectAccess.objects.create(project=old, member=former)
    Membership.objects.filter(user_id=former.user_id).update(is_active=False)
    invitation, _ = invite(project, former.email)

    member = accept_guest_invitation(invitation, user=User.objects.get(pk=former.user_id), now=timezone.now())

    assert (member.pk, member.role, member.is_active, member.can_see_finance) == (former.pk, "guest", True, False)
    assert list(Project.objects.visible_to(member)) == [project]
    assert Membership.objects.get(user_id=former.user_id).role == "guest"


def test_a_key_that_ran_out_opens_again(project):
    guest = make_member("guest", email="again@factory.test")
    ProjectAccess.objects.create(project=project, member=guest, expires_at=NOW - timedelta(days=1))
    invitation, _ = invite(project, guest.email)

    accept_guest_invitation(invitation, user=User.objects.get(pk=guest.user_id), now=timezone.now())

    assert list(Project.objects.visible_to(guest)) == [project]


# Going


def test_a_removed_guest_loses_sight_at_once_and_leaves_no_work_waiting(project):
    guest = make_member("guest")
    key = ProjectAccess.objects.create(project=project, member=guest)
    theirs = make_task(project, "Cut the dieline", owner=guest)
    helped = make_task(project, "Photograph it", owner=project.owner)
    helped.helpers.add(guest)
    client = client_of(guest)
    before = [client.get(path).status_code for path in (project.get_absolute_url(), theirs.get_absolute_url())]

    remove_guest(key, actor=project.owner, now=timezone.now())

    theirs.refresh_from_db()
    assert before == [200, 200]
    paths = (project.get_absolute_url(), theirs.get_absolute_url(), helped.get_absolute_url())
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    assert theirs.owner == project.owner and not helped.helpers.exists()
    assert verbs(project)[-1] == "guest removed"


def test_removing_by_the_page_asks_for_the_right_and_the_right_project(project):
    guest = make_member("guest")
    ProjectAccess.objects.create(project=project, member=guest)
    second = make_project(project.owner, name="Second")

    assert client_of(make_member()).post(f"/projects/{project.pk}/guests/{guest.pk}/remove/").status_code == 403
    manager = client_of(make_member("manager"))
    assert manager.post(f"/projects/{second.pk}/guests/{guest.pk}/remove/").status_code == 404
    assert manager.post(f"/projects/{project.pk}/guests/{guest.pk}/remove/").status_code == 302
    assert not ProjectAccess.objects.exists()


def test_withdrawing_what_was_used_changes_nothing(project):
    invitation, link = invite(project)
    client_of(None).post(link, NEW_PERSON)

    withdraw_invitation(invitation, actor=project.owner, now=NOW)

    invitation.refresh_from_db()
    assert invitation.withdrawn_at is None


def test_the_page_of_guests_costs_the_same_for_one_and_three(project, django_assert_num_queries):
    client = client_of(project.owner)
    path = f"/projects/{project.pk}/guests/"

    def add(number: int) -> None:
        guest = make_member("guest", display_name=f"Guest {number}")
        ProjectAccess.objects.create(project=project, member=guest)
        make_task(project, f"Task {number}", owner=guest, visibility="shared")
        invite(project, f"open{number}@factory.test")

    add(1)
    client.get(path)
    with django_assert_num_queries(QUERIES):
        client.get(path)
    add(2)
    add(3)
    with django_assert_num_queries(QUERIES):
        text = client.get(path).content.decode()

    assert all(f"Guest {number}" in text and f"open{number}@factory.test" in text for number in (1, 2, 3))


def test_a_finance_task_is_not_listed_as_seen_by_guests(project):
    make_task(project, "Shared brief", visibility="shared")
    make_task(project, "Factory prices", visibility="shared", sensitivity="finance")

    response = client_of(project.owner).get(f"/projects/{project.pk}/guests/")

    assert [task.title for task in response.context["shared_tasks"]] == ["Shared brief"]


# Races


@RACE
def test_two_acceptances_at_once_make_one_guest(live_workspace):
    project = make_project(Member.objects.get(role="owner"))
    user = make_user(email="twice@factory.test")
    invitation, _ = invite(project, user.email)

    def accept() -> str:
        return accept_guest_invitation(invitation, user=user, now=timezone.now()).role

    outcomes = at_once(accept, accept, expected=InvitationRefused)

    assert sorted(getattr(outcome, "reason", outcome) for outcome in outcomes) == ["guest", "used"]
    assert Member.objects.filter(user_id=user.pk).count() == 1
    assert Membership.objects.filter(user=user).count() == 1
    assert ProjectAccess.objects.count() == 1


@RACE
def test_two_projects_joined_at_once_make_one_person_with_two_keys(live_workspace):
    lead = Member.objects.get(role="owner")
    user = make_user(email="both@factory.test")
    invitations = [invite(make_project(lead, name=name), user.email)[0] for name in ("One", "Two")]

    at_once(*(partial(accept_guest_invitation, each, user=user, now=timezone.now()) for each in invitations))

    assert Member.objects.filter(user_id=user.pk).count() == 1
    assert ProjectAccess.objects.filter(member__user_id=user.pk).count() == 2


@RACE
def test_a_new_person_who_clicks_twice_becomes_one(live_workspace):
    project = make_project(Member.objects.get(role="owner"))
    _, link = invite(project)

    statuses = at_once(*[lambda: client_of(None).post(link, NEW_PERSON).status_code] * 2)

    assert statuses == [302, 302]
    assert User.objects.filter(email="new@factory.test").count() == 1
    assert Member.objects.filter(email="new@factory.test").count() == 1


@RACE
def test_two_who_invite_one_address_at_once_leave_one_invitation(live_workspace):
    project = make_project(Member.objects.get(role="owner"))

    send = partial(invite_guest, project, email="race@factory.test", company="", actor=project.owner, now=NOW)
    at_once(send, send)

    assert GuestInvitation.objects.open().filter(email="race@factory.test").count() == 1
    assert Task.objects.count() == 0
