"""Signing in, on the public site and on a workspace's host; storms and strangers."""

import re

import pytest
from django.core import mail

from tests.factories import client_of, make_member, make_user
from tests.factories.members import WorkspaceClient as Client

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse"


def public() -> Client:
    return Client(HTTP_HOST="localhost")


def sign_in(client: Client, email: str, password: str = PASSWORD) -> object:
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_sign_in_on_a_workspace_carries_its_name_and_leads_in():
    member = make_member(email="wang@acme.test")
    client = client_of(None)

    page = client.get("/accounts/login/")
    response = sign_in(client, member.email)

    assert "Acme" in page.content.decode()
    assert (response.status_code, response["Location"]) == (302, "/")


def test_sign_in_on_the_public_site_leads_to_my_workspaces():
    user = make_user(email="mine@acme.test")

    response = sign_in(public(), user.email)

    assert (response.status_code, response["Location"]) == (302, "/workspaces/")


def test_wrong_password_is_422_and_says_so_in_the_readers_language():
    user = make_user(email="zhao@acme.test")
    client = public()

    response = client.post(
        "/accounts/login/", {"login": user.email, "password": "wrong"}, headers={"Accept-Language": "en"}
    )

    assert response.status_code == 422
    assert "Address and password do not match" in response.content.decode()
    assert user.email in response.content.decode()  # nothing typed is lost


def test_a_storm_on_one_address_is_429_across_hosts():
    user = make_user(email="target@acme.test")
    hosts = ["localhost", "acme.localhost", "other.localhost"]

    statuses = [
        Client(HTTP_HOST=hosts[number % 3], REMOTE_ADDR=f"10.0.0.{number}")
        .post("/accounts/login/", {"login": user.email, "password": "wrong"})
        .status_code
        for number in range(7)
    ]
    right = sign_in(Client(HTTP_HOST="acme.localhost", REMOTE_ADDR="10.0.0.99"), user.email)

    assert statuses == [422] * 6 + [429]
    assert right.status_code == 429
    assert "Too many tries" in right.content.decode()


def test_a_storm_from_one_machine_is_429_whatever_the_address():
    statuses = [
        Client(HTTP_HOST="localhost", REMOTE_ADDR="10.9.9.9")
        .post("/accounts/login/", {"login": f"nobody{number}@acme.test", "password": "wrong"})
        .status_code
        for number in range(21)
    ]

    assert statuses == [422] * 20 + [429]


def test_a_stranger_gets_a_clear_page_and_a_way_out():
    stranger = make_user(email="stranger@other.test")

    response = client_of(stranger).get("/members/")

    text = response.content.decode()
    assert response.status_code == 403
    assert "You are not a member of Acme" in text
    assert "/workspaces/" in text and "/accounts/logout/" in text


def test_a_deactivated_members_session_stops_at_once():
    member = make_member()
    client = client_of(member)
    assert client.get("/members/").status_code == 200

    type(member).objects.filter(pk=member.pk).update(is_active=False)

    assert client.get("/members/").status_code == 403


def test_a_session_of_another_workspace_is_ended(other):
    member = make_member(email="two@acme.test")
    client = client_of(None)
    sign_in(client, member.email)
    assert client.get("/members/").status_code == 200

    carried = Client(HTTP_HOST="other.localhost")
    carried.cookies = client.cookies
    response = carried.get("/members/")

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_signing_out_needs_a_post():
    client = client_of(make_member())

    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/members/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/members/").status_code == 302


def test_no_csrf_token_is_403():
    client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)

    assert client.post("/accounts/login/", {"login": "a@b.test", "password": "x"}).status_code == 403


def test_next_stays_on_this_host():
    user = make_user(email="next@acme.test")

    response = public().post(
        "/accounts/login/?next=//evil.test/", {"login": user.email, "password": PASSWORD, "next": "https://evil.test/"}
    )

    assert response["Location"] == "/workspaces/"


def test_password_reset_works_once_and_in_the_persons_language():
    user = make_user(email="zh@acme.test", language="zh-hans")
    client = public()
    client.post("/accounts/password/reset/", {"email": user.email}, headers={"Accept-Language": "en"})
    link = re.search(r"http://localhost(/\S+)", mail.outbox[0].body).group(1)

    form = client.get(link, follow=True)
    action = form.context["action_url"]
    done = client.post(action, {"password1": "a-long-new-one-7", "password2": "a-long-new-one-7"})
    again = public().get(link, follow=True)

    user.refresh_from_db()
    assert done.status_code == 302
    assert user.check_password("a-long-new-one-7")
    assert again.status_code == 410
    assert "This link no longer works" in again.content.decode()


def test_asking_for_a_reset_does_not_tell_who_has_an_account():
    known, unknown = public(), public()
    make_user(email="known@acme.test")

    first = known.post("/accounts/password/reset/", {"email": "known@acme.test"})
    second = unknown.post("/accounts/password/reset/", {"email": "unknown@acme.test"})

    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
