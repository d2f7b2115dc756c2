"""The list of members, their roles, their leaving."""

from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial

import pytest

from linkstar.members import access, handover
from linkstar.members.actions.members import (
    ChangeRefused,
    change_details,
    change_role,
    deactivate_member,
    leave_workspace,
    reactivate_member,
)
from linkstar.members.models import Member
from linkstar.workspaces.models import Membership
from tests.factories import client_of, make_member, make_user
from tests.races import RACE, at_once, meanwhile

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROLES = ("owner", "admin", "manager", "member", "guest")


@pytest.fixture
def work(monkeypatch):
    """One kind of open work, kept in a dict: {member.pk: sentences}."""
    kept: dict[int, list[str]] = {}
    registered: dict = {}
    monkeypatch.setattr(handover, "_registered", registered)

    @handover.hands_over(open_work=lambda member: kept.get(member.pk, []))
    def hand_over_work(member, *, heir, actor, now):
        kept[heir.pk] = kept.get(heir.pk, []) + kept.pop(member.pk)

    return kept


@pytest.mark.parametrize(
    ("actor", "managed"),
    [
        ("owner", ["owner", "admin", "manager", "member", "guest"]),
        ("admin", ["manager", "member", "guest"]),
        ("manager", []),
        ("member", []),
        ("guest", []),
    ],
)
def test_people_manage_those_below_and_owners_each_other(actor, managed):
    who = make_member(actor)

    assert [role for role in ROLES if access.may_manage(who, make_member(role))] == managed
    assert not access.may_manage(who, who)


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("admin", 200), ("manager", 200), ("member", 200), ("guest", 403)]
)
def test_the_list_is_for_the_team(role, status):
    assert client_of(make_member(role)).get("/members/").status_code == status


@pytest.mark.parametrize("others", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(others, django_assert_num_queries):
    viewer = make_member("manager")
    owner = Member.objects.get(role="owner")
    from linkstar.members.actions.invitations import invite_members

    for number in range(others):
        make_member(email=f"m{number}@acme.test")
        invite_members([f"i{number}@acme.test"], role="member", actor=owner, now=NOW)
    client = client_of(viewer)
    client.get("/members/")

    # The schema, the person, the member, the count, the page, the invitations.
    with django_assert_num_queries(6):
        response = client.get("/members/")

    assert len(response.context["page"].object_list) == others + 2
    assert len(response.context["invitations"]) == others


@pytest.mark.parametrize(
    ("query", "found"),
    [("王芳", ["王芳"]), ("FANG@", ["王芳"]), ("dahua", ["Zoe"]), ("%", []), ("nobody", [])],
)
def test_search_finds_name_address_and_company(query, found):
    make_member(display_name="王芳", email="fang@acme.test")
    make_member(display_name="Zoe", email="zoe@acme.test", company="Dahua Design")

    page = client_of(make_member()).get("/members/", {"q": query}).context["page"]

    assert [member.display_name for member in page] == found


def test_guests_and_former_members_have_their_own_lists():
    make_member("guest", display_name="Gil Guest")
    make_member(display_name="Fay Former", is_active=False, deactivated_at=NOW)
    client = client_of(make_member(display_name="Tim Team"))

    def names(show):
        return [member.display_name for member in client.get("/members/", {"show": show}).context["page"]]

    assert names("guests") == ["Gil Guest"]
    assert names("former") == ["Fay Former"]
    assert sorted(names("team")) == sorted(["Tim Team", "林悦"])
    assert sorted(names("no-such")) == sorted(names("team"))


def test_htmx_gets_the_list_alone():
    response = client_of(make_member()).get("/members/", headers={"HX-Request": "true"})

    assert response.content.decode().lstrip().startswith('<section id="people"')
    assert "HX-Request" in response["Vary"]


def test_open_invitations_are_not_shown_to_members():
    from linkstar.members.actions.invitations import invite_members

    invite_members(["secret@acme.test"], role="member", actor=Member.objects.get(role="owner"), now=NOW)

    assert "secret@acme.test" in client_of(make_member("manager")).get("/members/").content.decode()
    assert "secret@acme.test" not in client_of(make_member("member")).get("/members/").content.decode()


def test_people_of_another_workspace_are_not_here(other):
    from django_tenants.utils import tenant_context

    with tenant_context(other):
        for _ in range(5):
            there = make_member(display_name="Not Here")

    client = client_of(make_member())
    assert client.get(f"/members/{there.pk}/").status_code == 404
    assert "Not Here" not in client.get("/members/").content.decode()


def test_a_role_changes_in_both_schemas():
    admin, member = make_member("admin"), make_member("member")

    response = client_of(admin).post(f"/members/{member.pk}/role/", {"role": "manager"})

    member.refresh_from_db()
    assert response.status_code == 302
    assert member.role == "manager"
    assert Membership.objects.get(user_id=member.user_id).role == "manager"


@pytest.mark.parametrize("role", ["owner", "guest", "king", ""])
def test_an_admin_gives_no_role_beyond_their_reach(role):
    admin, member = make_member("admin"), make_member("member")

    response = client_of(admin).post(f"/members/{member.pk}/role/", {"role": role})

    member.refresh_from_db()
    assert response.status_code == 422
    assert member.role == "member"


def test_an_admin_does_not_touch_an_admin_or_an_owner(owner):
    admin, peer = make_member("admin"), make_member("admin")
    client = client_of(admin)

    for subject in (peer, owner, admin):
        assert client.post(f"/members/{subject.pk}/role/", {"role": "member"}).status_code == 403
        assert client.post(f"/members/{subject.pk}/deactivate/").status_code == 403
        assert client.post(f"/members/{subject.pk}/edit/", {"company": "X"}).status_code == 403


def test_a_guest_is_not_promoted_by_the_back_door():
    with pytest.raises(ChangeRefused):
        change_role(make_member("guest"), role="member", actor=make_member("admin"))


def test_the_last_owner_is_neither_demoted_nor_gone(owner, work):
    second = make_member("owner")
    change_role(owner, role="admin", actor=second)

    with pytest.raises(ChangeRefused) as refusal:
        leave_workspace(second, heir=None, now=NOW)

    assert "needs an owner" in refusal.value.message
    response = client_of(second).post("/leave/")
    assert response.status_code == 422
    assert Member.objects.active().filter(role="owner").get() == second


def test_finances_and_company_are_set_by_admins_and_never_for_guests():
    admin, member, guest = make_member("admin"), make_member("member"), make_member("guest")
    client = client_of(admin)

    client.post(f"/members/{member.pk}/edit/", {"company": " Dahua  Design ", "can_see_finance": "on"})
    refused = client.post(f"/members/{guest.pk}/edit/", {"company": "Factory", "can_see_finance": "on"})
    change_details(guest, company="Factory", can_see_finance=False, actor=admin)

    member.refresh_from_db()
    guest.refresh_from_db()
    assert (member.company, member.sees_finance) == ("Dahua Design", True)
    assert refused.status_code == 422
    assert (guest.company, guest.can_see_finance) == ("Factory", False)


def test_deactivating_without_open_work_needs_no_heir(work):
    admin, member = make_member("admin"), make_member("member")

    response = client_of(admin).post(f"/members/{member.pk}/deactivate/")

    member.refresh_from_db()
    assert response.status_code == 302
    assert not member.is_active and member.deactivated_at is not None
    assert not Membership.objects.get(user_id=member.user_id).is_active
    assert client_of(member).get("/members/").status_code == 403


def test_deactivating_with_open_work_asks_for_the_heir_and_hands_it_over(work):
    admin, member, heir = make_member("admin"), make_member("member"), make_member("member", display_name="Hui Heir")
    work[member.pk] = ["2 projects", "5 open tasks"]
    client = client_of(admin)

    page = client.get(f"/members/{member.pk}/deactivate/").content.decode()
    without = client.post(f"/members/{member.pk}/deactivate/")
    member.refresh_from_db()
    still_active = member.is_active
    with_heir = client.post(f"/members/{member.pk}/deactivate/", {"heir": heir.pk})

    member.refresh_from_db()
    assert "2 projects" in page and "5 open tasks" in page and "Hui Heir" in page
    assert (without.status_code, still_active) == (422, True)
    assert with_heir.status_code == 302
    assert not member.is_active
    assert work == {heir.pk: ["2 projects", "5 open tasks"]}


@pytest.mark.parametrize("values", [{"role": "guest"}, {"is_active": False}])
def test_a_guest_or_a_former_member_is_no_heir(values, work):
    admin, member = make_member("admin"), make_member("member")
    heir = make_member(values.pop("role", "member"), **values)
    work[member.pk] = ["1 project"]

    page = client_of(admin).post(f"/members/{member.pk}/deactivate/", {"heir": heir.pk})
    with pytest.raises(ChangeRefused):
        deactivate_member(member, heir=heir, actor=admin, now=NOW)

    member.refresh_from_db()
    assert page.status_code == 422
    assert member.is_active


def test_a_hand_over_that_fails_leaves_everything_as_it_was(work, monkeypatch):
    admin, member, heir = make_member("admin"), make_member("member"), make_member("member")
    work[member.pk] = ["1 project"]

    @handover.hands_over(open_work=lambda member: [])
    def fails(member, *, heir, actor, now):
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError):
        deactivate_member(member, heir=heir, actor=admin, now=NOW)

    member.refresh_from_db()
    assert member.is_active


def test_reactivating_gives_the_old_role_back(work):
    admin, member = make_member("admin"), make_member("manager")
    deactivate_member(member, heir=None, actor=admin, now=NOW)

    reactivate_member(member, actor=admin)

    member.refresh_from_db()
    assert (member.role, member.is_active, member.deactivated_at) == ("manager", True, None)
    assert client_of(member).get("/members/").status_code == 200


def test_leaving_hands_over_and_ends_at_the_list_of_workspaces(work):
    member, heir = make_member("member"), make_member("member")
    work[member.pk] = ["1 project"]
    client = client_of(member)

    without = client.post("/leave/")
    gone = client.post("/leave/", {"heir": heir.pk})

    assert without.status_code == 422
    assert (gone.status_code, gone["Location"]) == (302, "/workspaces/")
    assert client.get("/workspaces/").status_code == 200
    assert client.get("/members/").status_code == 403


def test_a_guest_leaves_without_learning_names(work):
    make_member(display_name="Secret Colleague")
    guest = make_member("guest")
    client = client_of(guest)

    text = client.get("/leave/").content.decode()
    gone = client.post("/leave/")

    assert "Secret Colleague" not in text
    assert gone.status_code == 302


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    "path", ["/members/", "/members/?q=none", "/members/?show=guests", "/members/invite/", "/leave/", "/profile/"]
)
def test_pages_open_in_both_languages(language, path):
    assert client_of(make_member("admin", language=language)).get(path).status_code == 200


@RACE
def test_two_owners_who_demote_each_other_at_once_leave_one(live_workspace):
    first = Member.objects.get(role="owner")
    second = make_member("owner")

    outcomes = at_once(
        lambda: change_role(second, role="member", actor=first),
        lambda: change_role(first, role="member", actor=second),
        expected=ChangeRefused,
    )

    assert sorted(isinstance(outcome, ChangeRefused) for outcome in outcomes) == [False, True]
    assert Member.objects.filter(role="owner").count() == 1


@RACE
def test_two_owners_who_leave_at_once_leave_one(live_workspace):
    owners = [Member.objects.get(role="owner"), make_member("owner")]

    outcomes = at_once(
        *(partial(leave_workspace, owner, heir=None, now=NOW) for owner in owners), expected=ChangeRefused
    )

    assert sorted(isinstance(outcome, ChangeRefused) for outcome in outcomes) == [False, True]
    assert Member.objects.active().filter(role="owner").count() == 1


@RACE
def test_an_heir_whose_role_is_changed_in_that_moment_stops_nobody(live_workspace, work):
    Member.objects.filter(role="owner").update(role="member")
    heir, leaver, boss = make_member(), make_member(), make_member("owner")
    work[leaver.pk] = ["1 project"]
    begun: list[Future[None]] = []

    def begin_meanwhile(_member: Member) -> list[str]:
        begun.append(meanwhile(lambda: change_role(heir, role="manager", actor=boss)))
        return []

    @handover.hands_over(open_work=begin_meanwhile)
    def hand_over_nothing(_member, **_values):
        """The moment between is what it is registered for."""

    deactivate_member(leaver, heir=heir, actor=boss, now=NOW)
    (promotion,) = begun
    promotion.result(10)

    assert not Member.objects.get(pk=leaver.pk).is_active
    assert Member.objects.get(pk=heir.pk).role == "manager"


def test_a_stranger_sees_no_list():
    assert client_of(make_user()).get("/members/").status_code == 403
    assert client_of(None).get("/members/").status_code == 302
