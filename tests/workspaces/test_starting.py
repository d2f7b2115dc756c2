"""Making a workspace, and the hand-over to its host."""

import re
from functools import partial

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection

from linkstar.accounts.models import User
from linkstar.workspaces.models import Membership, Workspace
from tests.factories import client_of, make_member, make_user
from tests.factories.members import WorkspaceClient as Client
from tests.races import RACE, at_once

pytestmark = pytest.mark.django_db
FORM = {
    "name": "蓝港贸易",
    "slug": "blue-harbor",
    "time_zone": "America/New_York",
    "language": "zh-hans",
    "suggested": "",
}


def public(user: User | None = None) -> Client:
    client = Client(HTTP_HOST="localhost")
    if user is not None:
        client.force_login(user, backend="linkstar.accounts.backends.Backend")
    return client


def path_of(location: str) -> str:
    return re.sub(r"^http://[^/]+", "", location)


def test_a_new_workspace_is_entered_at_once():
    user = make_user(email="fang@blueharbor.test", time_zone="Asia/Shanghai")

    created = public(user).post("/workspaces/new/", FORM)
    workspace = Workspace.objects.get(slug="blue-harbor")
    there = Client(HTTP_HOST="blue-harbor.localhost")
    arrived = there.get(path_of(created["Location"]))
    inside = there.get("/members/")

    assert created["Location"].startswith("http://blue-harbor.localhost/enter/?token=")
    assert (workspace.name, workspace.time_zone, workspace.language) == ("蓝港贸易", "America/New_York", "zh-hans")
    assert (arrived.status_code, arrived["Location"]) == (302, "/")
    assert inside.status_code == 200
    assert Membership.objects.get(user=user).role == "owner"


@pytest.mark.parametrize(
    ("slug", "status"),
    [
        ("acme", 422),
        ("admin", 422),
        ("-x-", 422),
        ("ab", 422),
        ("Has Space", 422),
        ("1abc", 422),
        ("a--b", 422),
        ("x" * 41, 422),
    ],
)
def test_a_slug_that_cannot_be_had_loses_nothing_typed(slug, status):
    user = make_user()
    before = Workspace.objects.count()

    response = public(user).post("/workspaces/new/", {**FORM, "slug": slug, "time_zone": "America/Los_Angeles"})

    text = response.content.decode()
    assert response.status_code == status
    assert "蓝港贸易" in text and f'value="{slug}"' in text
    assert '<option value="America/Los_Angeles" selected>' in text
    assert 'aria-invalid="true"' in text
    assert Workspace.objects.count() == before


def test_a_person_owns_so_many_workspaces_and_no_more(settings):
    settings.WORKSPACES_PER_PERSON = 2
    user = make_user(language="en")
    make_member("owner", user=user)
    client = public(user)

    second = client.post("/workspaces/new/", FORM)
    third = client.post("/workspaces/new/", {**FORM, "slug": "one-more"})
    Membership.objects.filter(user=user, workspace__slug="acme").update(role="admin")
    after = client.post("/workspaces/new/", {**FORM, "slug": "one-more"})

    assert (second.status_code, third.status_code, after.status_code) == (302, 422, 302)
    assert "You own 2 workspaces already" in third.content.decode() and "蓝港贸易" in third.content.decode()


@RACE
def test_two_made_at_once_are_counted(live_workspace, settings):
    connection.set_schema_to_public()
    settings.WORKSPACES_PER_PERSON = 1
    user = make_user()
    clients = [public(user), public(user)]
    forms = [{**FORM, "slug": "first-one"}, {**FORM, "slug": "second-one"}]

    answers = at_once(*(partial(c.post, "/workspaces/new/", form) for c, form in zip(clients, forms, strict=True)))

    assert sorted(answer.status_code for answer in answers) == [302, 422]
    assert Membership.objects.filter(user=user).count() == 1


def test_an_unknown_zone_is_refused():
    response = public(make_user()).post("/workspaces/new/", {**FORM, "time_zone": "Mars/Olympus"})

    assert response.status_code == 422
    assert not Workspace.objects.filter(slug="blue-harbor").exists()


def test_zones_come_in_the_order_of_the_market_then_ones_own():
    text = public(make_user(time_zone="Asia/Shanghai")).get("/workspaces/new/").content.decode()

    zones = re.findall(r'<option value="([A-Z][^"]+)"', text)
    assert zones[:3] == ["America/New_York", "America/Los_Angeles", "Asia/Shanghai"]
    assert len(zones) == len(set(zones))


def test_the_address_is_proposed_from_the_name_until_one_is_typed():
    client = public(make_user(email="fang@blueharbor.test"))

    from_name = client.get(
        "/workspaces/slug/", {"name": "Blue Harbor Ltd.", "slug": "", "suggested": ""}
    ).content.decode()
    from_domain = client.get("/workspaces/slug/", {"name": "蓝港", "slug": "old", "suggested": "old"}).content.decode()
    typed = client.get("/workspaces/slug/", {"name": "Blue", "slug": "mine-it-is", "suggested": "old"}).content.decode()

    assert 'value="blue-harbor-ltd"' in from_name
    assert 'value="blueharbor"' in from_domain
    assert 'value="mine-it-is"' in typed


def test_a_taken_name_gets_another_proposal():
    text = public(make_user()).get("/workspaces/slug/", {"name": "Acme", "slug": "", "suggested": ""}).content.decode()

    assert 'value="acme-team"' in text


@pytest.mark.parametrize(
    ("slug", "word"), [("acme", "taken"), ("admin", "reserved"), ("A_b", "small letters"), ("new-one", "is free")]
)
def test_availability_answers_while_typing(slug, word):
    response = public(make_user()).get(
        "/workspaces/slug/", {"slug": slug, "part": "hint"}, headers={"HX-Request": "true"}
    )

    assert word in response.content.decode()
    assert 'id="slug-field"' not in response.content.decode()


def test_a_stranger_is_asked_to_sign_in_first():
    response = public().get("/workspaces/new/")

    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/workspaces/new/")


def test_the_list_of_mine_shows_mine_alone(acme):
    user = make_user()
    make_member(user=user)

    text = public(user).get("/workspaces/").content.decode()

    assert "acme.localhost" in text
    assert "other.localhost" not in text


def test_with_no_workspace_yet_one_is_made():
    assert public(make_user()).get("/workspaces/")["Location"] == "/workspaces/new/"


def test_entering_works_once_and_only_there(acme, other):
    user = make_user()
    make_member(user=user)
    location = public(user).get("/enter/acme/?next=/members/")["Location"]

    elsewhere = Client(HTTP_HOST="other.localhost").get(path_of(location))
    spent = client_of(None).get(path_of(location))
    fresh = public(user).get("/enter/acme/?next=/members/")["Location"]
    first = client_of(None).get(path_of(fresh))
    second = client_of(None).get(path_of(fresh))

    assert location.startswith("http://acme.localhost/enter/?token=")
    assert (elsewhere.status_code, spent.status_code) == (410, 410)  # tried elsewhere, it is spent
    assert (first.status_code, first["Location"]) == (302, "/members/")
    assert second.status_code == 410
    assert "works once" in second.content.decode()


def test_a_token_expires():
    user = make_user()
    make_member(user=user)
    location = public(user).get("/enter/acme/")["Location"]
    caches["global"].clear()

    assert client_of(None).get(path_of(location)).status_code == 410


def test_a_token_is_void_once_membership_ends():
    member = make_member()
    user = User.objects.get(pk=member.user_id)
    location = public(user).get("/enter/acme/")["Location"]
    Membership.objects.filter(user=user).update(is_active=False)

    assert client_of(None).get(path_of(location)).status_code == 410


def test_entering_changes_the_session_key():
    member = make_member()
    user = User.objects.get(pk=member.user_id)
    client = client_of(None)
    client.get("/accounts/password/reset/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    client.get(path_of(public(user).get("/enter/acme/")["Location"]))

    assert client.cookies[settings.SESSION_COOKIE_NAME].value != session.session_key
    assert client.get("/members/").status_code == 200


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_whoever_is_signed_in_is_not_replaced_by_a_link(acme, language):
    here = make_member(email="here@acme.test", language=language)
    other = make_member(email="there@acme.test", display_name="Other Me")
    client = client_of(here)
    location = path_of(public(User.objects.get(pk=other.user_id)).get("/enter/acme/?next=/profile/")["Location"])

    page = client.get(location)
    still = client.get("/profile/").content.decode()
    text = page.content.decode()
    token = re.search(r'name="token" value="([^"]+)"', text)[1]
    went_on = client.post("/enter/", {"token": token, "next": "/profile/"})
    then = client.get("/profile/").content.decode()
    spent = client.post("/enter/", {"token": token, "next": "/profile/"})

    assert page.status_code == 200 and "here@acme.test" in text and "there@acme.test" in text
    assert "here@acme.test" in still and "there@acme.test" not in still
    assert (went_on.status_code, went_on["Location"]) == (302, "/profile/")
    assert "there@acme.test" in then
    assert spent.status_code == 410


def test_whoever_is_signed_in_already_goes_straight_on(acme):
    member = make_member()
    client = client_of(member)
    location = path_of(public(User.objects.get(pk=member.user_id)).get("/enter/acme/?next=/profile/")["Location"])

    assert client.get(location)["Location"] == "/profile/"
    assert client_of(None).get(location).status_code == 410
    assert client.get(location)["Location"] == "/profile/"


def test_nobody_is_replaced_without_the_form_of_the_page(acme):
    client = Client(enforce_csrf_checks=True, HTTP_HOST="acme.localhost")
    member = make_member()

    location = path_of(public(User.objects.get(pk=member.user_id)).get("/enter/acme/")["Location"])
    token = re.search(r"token=([^&]+)", location)[1]

    assert client.post("/enter/", {"token": token}).status_code == 403


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"])
def test_entering_leads_nowhere_else(target):
    member = make_member()
    user = User.objects.get(pk=member.user_id)

    location = public(user).get("/enter/acme/", {"next": target})["Location"]

    assert location.endswith("&next=%2F")
    assert client_of(None).get(path_of(location).replace("next=%2F", f"next={target}"))["Location"] == "/"


def test_a_workspace_of_others_is_404():
    assert public(make_user()).get("/enter/other/").status_code == 404
    assert public(make_user()).get("/enter/no-such-one/").status_code == 404


def test_the_switcher_carries_over_from_a_workspaces_host(acme, other):
    from django_tenants.utils import tenant_context

    user = make_user()
    here = make_member(user=user)
    with tenant_context(other):
        make_member(user=user)
    client = client_of(here)

    listed = client.get("/workspaces/").content.decode()
    switched = client.post("/workspaces/other/enter/")
    arrived = Client(HTTP_HOST="other.localhost").get(path_of(switched["Location"]))

    assert "Acme" in listed and "Other" in listed and "You are here" in listed
    assert switched["Location"].startswith("http://other.localhost/enter/?token=")
    assert arrived.status_code == 302
    assert client.get("/workspaces/other/enter/").status_code == 405
    assert client_of(make_member()).post("/workspaces/other/enter/").status_code == 404


@RACE
def test_two_race_for_one_slug_and_one_wins(live_workspace):
    connection.set_schema_to_public()
    users = [make_user(email="a@race.test"), make_user(email="b@race.test")]
    form = {**FORM, "slug": "raced"}

    answers = at_once(*(partial(public(user).post, "/workspaces/new/", form) for user in users))

    assert sorted(answer.status_code for answer in answers) == [302, 422]
    assert Workspace.objects.filter(slug="raced").count() == 1


@RACE
def test_one_token_opened_twice_at_once_opens_once(live_workspace):
    member = make_member()
    user = User.objects.get(pk=member.user_id)
    location = path_of(public(user).get("/enter/acme/")["Location"])

    statuses = at_once(*[lambda: client_of(None).get(location).status_code] * 4)

    assert sorted(statuses) == [302, 410, 410, 410]


def test_trial_has_the_room_that_the_plans_page_promises(acme):
    assert acme.storage_limit_bytes == 500 * 1024**3
