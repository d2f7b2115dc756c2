"""Inviting people into the workspace, and the link in their letter."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from linkstar.accounts.actions import open_account
from linkstar.accounts.models import User
from linkstar.members.actions.invitations import (
    RoleRefused,
    accept_invitation,
    invite_members,
    renew_invitation,
    withdraw_invitation,
)
from linkstar.members.actions.links import InvitationRefused, TooManyInvitations
from linkstar.members.models import Invitation, Member
from linkstar.members.models.links import hash_of
from linkstar.members.views import invitations as views
from linkstar.workspaces.models import Letter, Membership, Workspace
from tests.factories import client_of, make_member, make_user
from tests.factories.members import WorkspaceClient
from tests.races import RACE, at_once

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NEW_PERSON = {"full_name": "陈 晨", "password": "a-long-enough-1", "language": "zh-hans", "time_zone": "Asia/Shanghai"}


def invite(email: str = "new@acme.test", role: str = "member", actor: Member | None = None) -> tuple[Invitation, str]:
    """An invitation as of the real now, and the path in its letter."""
    actor = actor or Member.objects.get(role="owner")
    invite_members([email], role=role, actor=actor, now=timezone.now())
    return Invitation.objects.open().get(email=email), link_to(email)


def link_to(email: str) -> str:
    url = Letter.objects.filter(to=email).latest("pk").context["url"]
    return re.sub(r"^http://acme\.localhost", "", url)


def test_a_letter_carries_the_token_and_the_row_only_its_hash(owner):
    invitation, link = invite()

    token = link.removeprefix("/join/").rstrip("/")
    letter = Letter.objects.get(to="new@acme.test")
    assert invitation.token_hash == hash_of(token)
    assert token not in str(invitation.__dict__)
    assert (letter.name, letter.language) == ("member_invitation", owner.language)
    assert letter.context["workspace"] == "Acme" and letter.context["inviter"] == owner.display_name


def test_a_letter_speaks_the_language_of_whoever_is_known(owner):
    make_user(email="known@acme.test", language="en")
    invite("known@acme.test")

    assert Letter.objects.get(to="known@acme.test").language == "en"


@pytest.mark.parametrize(
    ("role", "may_give"),
    [
        ("owner", ["owner", "admin", "manager", "member"]),
        ("admin", ["admin", "manager", "member"]),
        ("manager", ["member"]),
        ("member", []),
        ("guest", []),
    ],
)
def test_people_invite_up_to_their_own_reach(role, may_give):
    actor = make_member(role)
    given = []
    for wanted in ("owner", "admin", "manager", "member", "guest"):
        try:
            invite_members([f"{wanted}@acme.test"], role=wanted, actor=actor, now=NOW)
            given.append(wanted)
        except RoleRefused:
            assert not Invitation.objects.filter(email=f"{wanted}@acme.test").exists()

    assert given == may_give


def test_several_addresses_at_once_are_answered_one_by_one():
    make_member(email="here@acme.test")
    invite("again@acme.test")
    client = client_of(make_member("manager"))

    response = client.post(
        "/members/invite/", {"emails": "A@acme.test, here@acme.test；again@acme.test\n\na@ACME.test", "role": "member"}
    )

    results = [(result.email, result.outcome) for result in response.context["results"]]
    assert response.status_code == 200
    assert results == [("a@acme.test", "invited"), ("here@acme.test", "member"), ("again@acme.test", "renewed")]
    assert Invitation.objects.count() == 2


@pytest.mark.parametrize("emails", ["not an address", "a@b.test, broken@", "", "x@y.test," * 900])
def test_a_wrong_address_refuses_all_and_loses_nothing(emails):
    response = client_of(make_member("manager")).post("/members/invite/", {"emails": emails, "role": "member"})

    assert response.status_code == (422 if emails != "x@y.test," * 900 else 200)
    assert emails in response.content.decode() or response.status_code == 200
    assert Invitation.objects.exclude(email="x@y.test").count() == 0


def test_more_than_fifty_at_once_are_refused():
    emails = "\n".join(f"p{number}@acme.test" for number in range(51))

    response = client_of(make_member("manager")).post("/members/invite/", {"emails": emails, "role": "member"})

    assert response.status_code == 422
    assert Invitation.objects.count() == 0


def wrote_letters(count: int, now: datetime) -> None:
    values = {"workspace": connection.tenant, "to": "x@y.test", "name": "member_invitation", "created_at": now}
    Letter.objects.bulk_create(Letter(key=f"k{number}", **values) for number in range(count))


def test_a_workspace_sends_two_hundred_invitations_a_day_and_says_so(owner):
    wrote_letters(198, timezone.now())
    invitation, _ = invite("first@acme.test")
    client = client_of(make_member("admin"))

    too_many = client.post("/members/invite/", {"emails": "a@acme.test, b@acme.test", "role": "member"})
    none_written = Invitation.objects.filter(email__in=["a@acme.test", "b@acme.test"]).count()
    last = client.post("/members/invite/", {"emails": "a@acme.test", "role": "member"})
    renewed = client.post(f"/invitations/{invitation.pk}/renew/", follow=True).content.decode()

    assert too_many.status_code == 422
    assert "at most 200 invitations in 24 hours. Still possible now: 1." in too_many.content.decode()
    assert "a@acme.test, b@acme.test" in too_many.content.decode()
    assert (none_written, last.status_code) == (0, 200)
    assert "Still possible now: 0." in renewed
    assert Letter.objects.filter(to="first@acme.test").count() == 1


def test_the_next_day_invitations_leave_again(owner, other):
    wrote_letters(200, timezone.now() - timedelta(days=1, seconds=1))
    connection.set_tenant(other)
    wrote_letters(200, timezone.now())
    connection.set_tenant(Workspace.objects.get(slug="acme"))

    assert invite()[0].pk


@RACE
def test_of_two_who_invite_at_once_one_gets_the_last_letter(live_workspace):
    wrote_letters(199, timezone.now())
    actors = [Member.objects.get(role="owner"), make_member("admin")]

    def act(number: int) -> object:
        return invite_members([f"p{number}@acme.test"], role="member", actor=actors[number], now=timezone.now())

    outcomes = at_once(partial(act, 0), partial(act, 1), expected=TooManyInvitations)

    assert sorted(isinstance(outcome, TooManyInvitations) for outcome in outcomes) == [False, True]


def test_a_role_beyond_ones_reach_is_422():
    response = client_of(make_member("manager")).post("/members/invite/", {"emails": "a@acme.test", "role": "owner"})

    assert response.status_code == 422


def test_a_new_person_joins_with_name_and_password_and_is_in():
    _, link = invite(role="manager")
    client = client_of(None)

    page = client.get(link)
    joined = client.post(link, NEW_PERSON)
    inside = client.get("/members/")

    member = Member.objects.get(email="new@acme.test")
    user = User.objects.get(pk=member.user_id)
    assert page.status_code == 200 and "new@acme.test" in page.content.decode()
    assert (joined.status_code, joined["Location"]) == (302, "/")
    assert inside.status_code == 200
    assert (member.display_name, member.role, member.language, member.time_zone) == (
        "陈 晨",
        "manager",
        "zh-hans",
        "Asia/Shanghai",
    )
    assert Membership.objects.get(user=user).role == "manager"
    assert user.emailaddress_set.get().verified
    assert (
        client_of(None).post("/accounts/login/", {"login": user.email, "password": NEW_PERSON["password"]}).status_code
        == 302
    )


def test_a_link_that_dies_while_the_account_is_opened_leaves_no_account(monkeypatch):
    invitation, link = invite()
    client = client_of(None)

    def open_then_withdraw(**values):
        user = open_account(**values)
        Invitation.objects.filter(pk=invitation.pk).update(withdrawn_at=NOW)
        return user

    monkeypatch.setattr(views, "open_account", open_then_withdraw)
    refused = client.post(link, NEW_PERSON)

    assert refused.status_code == 410
    assert not User.objects.filter(email="new@acme.test").exists()
    assert not Membership.objects.filter(user__email="new@acme.test").exists()
    assert client.get("/members/").status_code == 302


@pytest.mark.parametrize(
    "wrong", [{"full_name": "  "}, {"password": "short"}, {"password": "password123"}, {"language": "tlh"}]
)
def test_a_new_person_is_told_what_is_missing_and_loses_nothing(wrong):
    _, link = invite()

    response = client_of(None).post(link, {**NEW_PERSON, **wrong})

    assert response.status_code == 422
    if "full_name" not in wrong:
        assert "陈 晨" in response.content.decode()
    assert not User.objects.filter(email="new@acme.test").exists()


def test_an_unknown_zone_of_a_new_person_is_ignored():
    _, link = invite()

    client_of(None).post(link, {**NEW_PERSON, "time_zone": "Mars/Olympus"})

    assert Member.objects.get(email="new@acme.test").time_zone == "America/New_York"


def test_somebody_with_an_account_signs_in_first_and_then_confirms():
    user = make_user(email="known@acme.test")
    _, link = invite(user.email)
    client = client_of(None)

    asked = client.get(link).content.decode()
    posted = client.post(link, NEW_PERSON)
    signed_in = client.post(
        f"/accounts/login/?next={link}", {"login": user.email, "password": "correct-horse", "next": link}
    )
    confirm = client.get(link).content.decode()
    joined = client.post(link)

    assert f"/accounts/login/?next={link}" in asked
    assert posted.status_code == 200 and not Member.objects.filter(user_id=user.pk, is_active=True).count() > 1
    assert signed_in["Location"] == link
    assert "Join as known@acme.test" in confirm
    assert joined["Location"] == "/"
    assert Member.objects.get(user_id=user.pk).role == "member"
    user.refresh_from_db()
    assert user.check_password("correct-horse")


def test_joining_under_another_address_is_said_aloud():
    _, link = invite("invited@acme.test")
    client = client_of(make_user(email="other-me@acme.test"))

    text = client.get(link).content.decode()
    client.post(link)

    assert "invited@acme.test" in text and "Join as other-me@acme.test" in text
    assert Member.objects.filter(email="other-me@acme.test").exists()


def test_a_link_works_once(owner):
    _, link = invite()
    client_of(None).post(link, NEW_PERSON)

    again = client_of(None).get(link)

    assert again.status_code == 410
    assert "was used" in again.content.decode()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"expires_at": NOW - timedelta(seconds=1)}, "has expired"),
        ({"withdrawn_at": NOW}, "was withdrawn"),
        ({"accepted_at": NOW}, "was used"),
    ],
)
def test_a_dead_link_says_what_to_do(values, words, owner):
    invitation, link = invite()
    Invitation.objects.filter(pk=invitation.pk).update(**values)

    shown = client_of(None).get(link)
    posted = client_of(None).post(link, NEW_PERSON)

    assert (shown.status_code, posted.status_code) == (410, 410)
    assert words in shown.content.decode()
    assert not User.objects.filter(email="new@acme.test").exists()


def test_an_unknown_link_is_404():
    response = client_of(None).get("/join/no-such-token/")

    assert response.status_code == 404
    assert "This link does not work" in response.content.decode()


def test_a_link_of_another_workspace_is_404(other):
    _, link = invite()

    assert WorkspaceClient(HTTP_HOST="other.localhost").get(link).status_code == 404


def test_renewing_stops_the_old_link(owner):
    invitation, old = invite()

    renew_invitation(invitation, actor=owner, now=timezone.now())
    new = link_to("new@acme.test")

    assert client_of(None).get(old).status_code == 404
    assert client_of(None).get(new).status_code == 200
    assert Letter.objects.filter(to="new@acme.test").count() == 2


def test_renewing_and_withdrawing_by_the_page():
    invitation, _ = invite()
    client = client_of(make_member("manager"))

    renewed = client.post(f"/invitations/{invitation.pk}/renew/")
    withdrawn = client.post(f"/invitations/{invitation.pk}/withdraw/")
    gone = client.post(f"/invitations/{invitation.pk}/withdraw/")

    assert (renewed.status_code, withdrawn.status_code, gone.status_code) == (302, 302, 404)
    assert Invitation.objects.get(pk=invitation.pk).withdrawn_at is not None


def test_a_manager_does_not_touch_the_invitation_of_an_admin():
    invitation, _ = invite(role="admin")
    client = client_of(make_member("manager"))

    assert client.post(f"/invitations/{invitation.pk}/renew/").status_code == 403
    assert client.post(f"/invitations/{invitation.pk}/withdraw/").status_code == 403
    assert client_of(make_member("member")).post(f"/invitations/{invitation.pk}/withdraw/").status_code == 403


def test_a_guest_comes_into_the_team_by_invitation(owner):
    guest = make_member("guest", email="guest@acme.test")
    user = User.objects.get(pk=guest.user_id)
    invitation, _ = invite(user.email)

    member = accept_invitation(invitation, user=user, now=timezone.now())

    assert (member.pk, member.role) == (guest.pk, "member")
    assert Membership.objects.get(user=user).role == "member"


def test_somebody_who_left_comes_back_with_the_role_of_the_invitation(owner):
    former = make_member("admin", email="back@acme.test", is_active=False, deactivated_at=NOW, can_see_finance=True)
    user = User.objects.get(pk=former.user_id)
    Membership.objects.filter(user=user).update(is_active=False)
    invitation, _ = invite(user.email)

    member = accept_invitation(invitation, user=user, now=timezone.now())

    assert (member.pk, member.role, member.is_active, member.deactivated_at) == (former.pk, "member", True, None)
    assert not Member.objects.get(pk=member.pk).can_see_finance
    assert Membership.objects.get(user=user).is_active


def test_an_active_member_keeps_their_role(owner):
    invitation, _ = invite("later@acme.test")
    member = make_member("manager", email="later@acme.test")

    with pytest.raises(InvitationRefused) as refusal:
        accept_invitation(invitation, user=User.objects.get(pk=member.user_id), now=timezone.now())

    member.refresh_from_db()
    assert (refusal.value.reason, member.role) == ("member", "manager")


def test_withdrawing_what_was_used_changes_nothing(owner):
    invitation, link = invite()
    client_of(None).post(link, NEW_PERSON)

    withdraw_invitation(invitation, actor=owner, now=NOW)

    invitation.refresh_from_db()
    assert invitation.withdrawn_at is None


@RACE
def test_a_link_opened_twice_at_once_makes_one_member(live_workspace):
    user = make_user(email="twice@acme.test")
    invitation, _ = invite(user.email)

    def accept() -> str:
        accept_invitation(invitation, user=user, now=timezone.now())
        return "joined"

    outcomes = at_once(accept, accept, expected=InvitationRefused)

    assert sorted(getattr(outcome, "reason", outcome) for outcome in outcomes) == ["joined", "used"]
    assert Member.objects.filter(user_id=user.pk).count() == 1
    assert Membership.objects.filter(user=user).count() == 1


@RACE
def test_a_new_person_who_clicks_twice_is_in_twice(live_workspace):
    _, link = invite()

    answers = at_once(*[lambda: client_of(None).post(link, NEW_PERSON).status_code] * 2)

    assert answers == [302, 302]
    assert User.objects.filter(email="new@acme.test").count() == 1
    assert Member.objects.filter(email="new@acme.test").count() == 1


@RACE
def test_two_who_invite_one_address_at_once_leave_one_invitation(live_workspace):
    actors = [Member.objects.get(role="owner"), make_member("admin")]

    at_once(*(partial(invite_members, ["race@acme.test"], role="member", actor=actor, now=NOW) for actor in actors))

    assert Invitation.objects.open().filter(email="race@acme.test").count() == 1
