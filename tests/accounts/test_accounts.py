"""Signing up, one's language and zone, the second step, and the policy of every address."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import get_resolver
from django.utils import translation

from linkstar.accounts.actions import AccountExists, has_account, open_account
from linkstar.accounts.models import User
from linkstar.accounts.passwords import LongEnough
from tests.factories import client_of, make_member, make_user
from tests.factories.members import WorkspaceClient as Client

pytestmark = pytest.mark.django_db
NEW = {
    "full_name": "王 芳",
    "email": "fang@blueharbor.test",
    "password1": "a-long-enough-1",
    "time_zone": "Asia/Shanghai",
}


def public(**headers: str) -> Client:
    return Client(HTTP_HOST="localhost", **headers)


def signed_in(user: User) -> Client:
    client = public()
    client.post("/accounts/login/", {"login": user.email, "password": "correct-horse"})
    return client


def link_in_mail() -> str:
    return re.search(r"http://[a-z.]*localhost(/\S+)", mail.outbox[-1].body).group(1)


@pytest.mark.parametrize("urlconf", ["linkstar.urls", "linkstar.urls_public"])
def test_every_address_of_mine_names_its_policy(urlconf):
    ours = ("linkstar.accounts", "linkstar.members", "linkstar.workspaces", "allauth")

    def walk(resolver):
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern)
            elif pattern.callback.__module__.startswith(ours):
                yield pattern

    without = [
        str(found.pattern) for found in walk(get_resolver(urlconf)) if not getattr(found.callback, "access_policy", "")
    ]

    assert without == []


def test_sign_up_confirms_by_mail_and_goes_on_to_the_workspace():
    client = public(HTTP_ACCEPT_LANGUAGE="zh-CN,zh;q=0.9")
    sent = client.post("/accounts/signup/", NEW)
    user = User.objects.get(email=NEW["email"])

    page = client.get(link_in_mail())
    still_open = EmailAddress.objects.get(user=user).verified, client.get("/workspaces/new/").status_code
    confirmed = client.post(link_in_mail())

    assert page.status_code == 200 and page.content.decode().count('<button class="button button--primary') == 1
    assert NEW["email"] in page.content.decode()
    assert still_open == (False, 302)
    assert (sent.status_code, sent["Location"]) == (302, "/accounts/confirm-email/")
    assert (user.full_name, user.language, user.time_zone) == ("王 芳", "zh-hans", "Asia/Shanghai")
    assert len(mail.outbox) == 1 and mail.outbox[0].to == [NEW["email"]]
    assert (confirmed.status_code, confirmed["Location"]) == (302, "/workspaces/new/")
    assert client.get("/workspaces/new/").status_code == 200


def test_a_used_confirmation_link_is_410():
    client = public()
    client.post("/accounts/signup/", NEW)
    link = link_in_mail()
    client.post(link)

    assert client.post(link)["Location"] == "/workspaces/"  # pressed twice
    assert public().post(link)["Location"] == link
    assert public().get(link).status_code == 410
    assert public().get("/accounts/confirm-email/no-such-key/").status_code == 410


def test_sign_up_ignores_an_unknown_zone():
    public().post("/accounts/signup/", {**NEW, "time_zone": "Mars/Olympus"})

    assert User.objects.get(email=NEW["email"]).time_zone == "America/New_York"


def test_sign_up_with_a_known_address_does_not_tell():
    make_user(email="known@blueharbor.test")

    response = public().post("/accounts/signup/", {**NEW, "email": "Known@blueharbor.test"})

    assert (response.status_code, response["Location"]) == (302, "/accounts/confirm-email/")
    assert User.objects.filter(email__iexact="known@blueharbor.test").count() == 1
    assert "account with this address already" in mail.outbox[0].body


def test_free_mail_is_hinted_at_and_refused_only_by_setting(settings):
    hint = public().get("/accounts/email-hint/?email=a@qq.com").content.decode()
    no_hint = public().get("/accounts/email-hint/?email=a@blueharbor.test").content.decode()
    accepted = public().post("/accounts/signup/", {**NEW, "email": "a@qq.com"})
    settings.SIGNUP_REFUSE_FREE_MAIL = True
    refused = public().post("/accounts/signup/", {**NEW, "email": "b@qq.com"})

    assert "private address" in hint and no_hint.strip() == ""
    assert accepted.status_code == 302
    assert refused.status_code == 422
    assert "b@qq.com" in refused.content.decode() and "王 芳" in refused.content.decode()
    assert not User.objects.filter(email="b@qq.com").exists()


def test_sign_up_is_closed_on_a_workspaces_host():
    client = client_of(None)

    assert "by invitation" in client.get("/accounts/signup/").content.decode()
    client.post("/accounts/signup/", NEW)
    assert not User.objects.filter(email=NEW["email"]).exists()


def test_language_is_kept_in_a_cookie_and_in_every_workspace(other):
    member = make_member(language="en")
    client = client_of(member)

    response = client.post("/language/", {"language": "zh-hans", "next": "/members/"})

    member.refresh_from_db()
    assert response["Location"] == "/members/"
    assert response.cookies["linkstar_language"].value == "zh-hans"
    assert member.language == "zh-hans"
    assert User.objects.get(pk=member.user_id).language == "zh-hans"


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test/", "javascript:alert(1)", "", "\\\\evil.test"])
def test_language_switch_never_leads_elsewhere(target):
    response = public().post("/language/", {"language": "en", "next": target})

    assert response["Location"] == "/"


def test_an_unknown_language_changes_nothing():
    response = public().post("/language/", {"language": "tlh", "next": "/"})

    assert response.status_code == 302
    assert "linkstar_language" not in response.cookies


def test_profile_flows_to_the_members_of_all_workspaces(acme, other):
    from django_tenants.utils import tenant_context

    user = make_user(email="both@acme.test", full_name="Old Name")
    here = make_member(user=user)
    with tenant_context(other):
        there = make_member(user=user)
    posted = {
        "full_name": "New Name",
        "language": "zh-hans",
        "time_zone": "Asia/Shanghai",
        "theme": "dark",
        "density": "compact",
    }

    response = client_of(here).post("/profile/", posted)

    def copy(member):
        member.refresh_from_db()
        return (member.display_name, member.language, member.time_zone)

    assert response.status_code == 302
    assert copy(here) == ("New Name", "zh-hans", "Asia/Shanghai")
    with tenant_context(other):
        assert copy(there) == ("New Name", "zh-hans", "Asia/Shanghai")
    user.refresh_from_db()
    assert (user.theme, user.density) == ("dark", "compact")


def test_profile_refuses_an_unknown_zone_and_keeps_what_was_typed():
    member = make_member()
    posted = {
        "full_name": "Typed Name",
        "language": "en",
        "time_zone": "Mars/Olympus",
        "theme": "dark",
        "density": "compact",
    }

    response = client_of(member).post("/profile/", posted)

    assert response.status_code == 422
    assert "Typed Name" in response.content.decode()


def test_the_browsers_zone_is_taken_only_when_asked_for():
    member = make_member(time_zone="America/New_York")
    client = client_of(member)

    assert 'data-zone="America/New_York"' in client.get("/profile/").content.decode()
    client.post("/profile/zone/", {"time_zone": "Asia/Tokyo", "next": "/profile/"})
    member.refresh_from_db()
    assert member.time_zone == "Asia/Tokyo"
    client.post("/profile/zone/", {"time_zone": "Mars/Olympus", "next": "/profile/"})
    member.refresh_from_db()
    assert member.time_zone == "Asia/Tokyo"


def test_a_new_address_counts_once_confirmed_and_reaches_the_member():
    user = make_user(email="old@acme.test")
    member = make_member(user=user)
    client = client_of(None)
    client.post("/accounts/login/", {"login": user.email, "password": "correct-horse"})

    client.post("/accounts/email/", {"action_add": "", "email": "new@acme.test"})
    member.refresh_from_db()
    before = member.email
    page = client.get(link_in_mail()).content.decode()
    client.post(link_in_mail())

    assert "Confirm my address" in page and "new@acme.test" in page
    member.refresh_from_db()
    user.refresh_from_db()
    assert (before, member.email, user.email) == ("old@acme.test", "new@acme.test", "new@acme.test")
    assert [sent.to for sent in mail.outbox] == [["new@acme.test"], ["old@acme.test"]]


def test_the_second_step_is_asked_for_and_its_secret_is_encrypted():
    user = make_user(email="mfa@acme.test")
    client = signed_in(user)
    asked = client.get("/accounts/2fa/app/on/")
    client.post(asked["Location"], {"password": "correct-horse"})
    page = client.get("/accounts/2fa/app/on/")
    secret = page.context["form"].secret
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(secret, counter))

    turned_on = client.post("/accounts/2fa/app/on/", {"code": code})
    codes = client.get("/accounts/2fa/codes/")
    stored = str(Authenticator.objects.get(user=user, type="totp").data)
    again = public()
    first = again.post("/accounts/login/", {"login": user.email, "password": "correct-horse"})
    wrong = again.post("/accounts/2fa/authenticate/", {"code": "000000"})
    recovery = codes.context["unused_codes"][0]
    right = again.post("/accounts/2fa/authenticate/", {"code": recovery})

    assert turned_on.status_code == 302
    assert secret not in stored
    assert first["Location"] == "/accounts/2fa/authenticate/"
    assert wrong.status_code == 422
    assert (right.status_code, right["Location"]) == (302, "/workspaces/")


@pytest.mark.parametrize(
    "path",
    ["security/", "email/", "password/change/", "2fa/", "reauthenticate/", "logout/"],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_of_ones_account_open_on_both_hosts(path, language):
    member = make_member(language=language)
    user = User.objects.get(pk=member.user_id)
    here = client_of(None)
    here.post("/accounts/login/", {"login": user.email, "password": "correct-horse"})

    assert here.get(f"/accounts/{path}").status_code == 200
    assert signed_in(user).get(f"/accounts/{path}").status_code == 200


def test_open_account_takes_over_a_sign_up_that_was_never_confirmed():
    squatter = User.objects.create_user("victim@acme.test", "squatters-own-1")
    EmailAddress.objects.create(user=squatter, email=squatter.email, verified=False, primary=True)
    assert not has_account("Victim@acme.test")

    user = open_account(
        email="Victim@acme.test", full_name="Vic", password="my-own-long-1", language="en", time_zone="UTC"
    )

    assert user.pk == squatter.pk
    assert user.check_password("my-own-long-1")
    assert EmailAddress.objects.get(user=user).verified


def test_open_account_refuses_a_confirmed_address():
    make_user(email="there@acme.test")

    with pytest.raises(AccountExists):
        open_account(email="THERE@acme.test", full_name="X", password="y", language="en", time_zone="UTC")


def test_a_short_password_is_refused_in_words_of_our_catalogue():
    with translation.override("en"), pytest.raises(ValidationError) as refusal:
        LongEnough(min_length=10).validate("123")

    assert refusal.value.messages == ["Type at least 10 characters."]
