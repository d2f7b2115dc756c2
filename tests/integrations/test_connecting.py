"""Connecting a store in the browser: there, back, and everything that somebody else could try with it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django_tenants.utils import tenant_context

from integrations.actions.states import set_state
from integrations.models import ChannelAccount, DailySales
from linkstar.workspaces.models import ShopClaim, Workspace
from notifications.models import Notification
from tests.factories import client_of, make_member
from tests.factories.integrations import NOON, make_connected, make_files_shop
from tests.integrations.amazon.shops import point_at
from tests.integrations.amazon.world import NOW
from tests.integrations.stubs.amazon import AmazonStub
from tests.integrations.stubs.base import serve

pytestmark = pytest.mark.django_db
CONNECT = "/shops/connect/amazon/"


@pytest.fixture
def amazon(settings: Any) -> Iterator[AmazonStub]:
    with serve(AmazonStub(NOW)) as stub:
        point_at(settings, stub)
        settings.AMAZON_APPLICATION_ID = "amzn1.app"
        stub.codes["code-1"] = "Atzr|given"
        stub.refresh_tokens.add("Atzr|given")
        yield stub


@pytest.fixture
def maya(owner: Any) -> Any:
    return make_member("admin", display_name="Maya", language="en")


def go(client: Client, path: str = CONNECT, **data: Any) -> dict[str, str]:
    """Off to the channel: what it is sent, by name."""
    answer = client.post(path, data)
    assert answer.status_code == 200, answer.text
    there = answer.headers["Refresh"].partition("url=")[2]
    return {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}


def back(client: Client, state: str, **params: str) -> Any:
    """By way of the public site, as the channel sends them."""
    query = urlencode({"state": state, "spapi_oauth_code": "code-1", "selling_partner_id": "A1SELLER", **params})
    workspace = connection.tenant
    public = Client(HTTP_HOST="localhost").get(f"/shops/connected/amazon/?{query}")
    connection.set_tenant(workspace)
    if public.status_code != 302:
        return public
    there = urlsplit(public.headers["Location"])
    assert there.hostname == "acme.localhost"
    return client.get(f"{there.path}?{there.query}", follow=True)


class TestThereAndBack:
    def test_a_seller_agrees_and_is_read(self, amazon: AmazonStub, maya: Any) -> None:
        client = client_of(maya)
        sent = go(client)
        assert sent["application_id"] == "amzn1.app"
        assert sent["redirect_uri"] == "http://localhost/shops/connected/amazon/"
        page = back(client, sent["state"])
        shop = ChannelAccount.objects.get()
        assert "is connected" in page.text
        assert (shop.external_id, shop.state, shop.created_by) == ("A1SELLER", "connected", maya)
        assert shop.credentials["refresh_token"] == "Atzr|given"
        assert "Atzr|given" not in page.text

    def test_a_state_is_good_once(self, amazon: AmazonStub, maya: Any) -> None:
        client = client_of(maya)
        state = go(client)["state"]
        back(client, state)
        assert back(client, state).status_code == 410

    @pytest.mark.parametrize("state", ["", "made-up"])
    def test_a_made_up_state_comes_nowhere(self, amazon: AmazonStub, maya: Any, state: str) -> None:
        assert back(client_of(maya), state).status_code == 410
        assert client_of(maya).get(f"{CONNECT}finish/?state={state}").status_code == 410

    def test_somebody_elses_state_is_no_use(self, amazon: AmazonStub, maya: Any) -> None:
        mallory = client_of(make_member("admin"))
        state = go(mallory)["state"]
        assert back(client_of(maya), state).status_code == 410
        assert not ChannelAccount.objects.exists()

    def test_nor_is_ones_own_from_another_session(self, amazon: AmazonStub, maya: Any) -> None:
        state = go(client_of(maya))["state"]
        assert back(client_of(maya), state).status_code == 410

    def test_nor_one_of_another_channel(self, amazon: AmazonStub, maya: Any) -> None:
        client = client_of(maya)
        state = go(client)["state"]
        assert client.get(f"/shops/connect/tiktok/finish/?state={state}&code=x").status_code == 410

    def test_who_declines_changes_nothing(self, amazon: AmazonStub, maya: Any) -> None:
        client = client_of(maya)
        page = back(client, go(client)["state"], error="access_denied")
        assert "You did not agree at the channel." in page.text
        assert not ChannelAccount.objects.exists()

    def test_a_channel_that_is_down_promises_nothing(self, amazon: AmazonStub, maya: Any, settings: Any) -> None:
        client = client_of(maya)
        state = go(client)["state"]
        settings.AMAZON_LWA_URL = "http://127.0.0.1:1/token"
        page = back(client, state)
        assert "Nothing was connected. Wait a minute and begin again here." in page.text
        assert "tries again by itself" not in page.text
        assert not ChannelAccount.objects.exists()

    @pytest.mark.parametrize(
        "typed",
        [
            "acme",
            "Acme.myshopify.com ",
            "https://acme.myshopify.com/admin/orders",
            "https://admin.shopify.com/store/acme/orders?status=open",
            "admin.shopify.com/store/acme?a=1",
        ],
    )
    def test_a_shopify_store_is_known_by_any_of_its_addresses(self, maya: Any, settings: Any, typed: str) -> None:
        settings.SHOPIFY_CLIENT_ID = settings.SHOPIFY_CLIENT_SECRET = "key"
        page = client_of(maya).post("/shops/connect/shopify/", {"shop": typed})
        assert "acme.myshopify.com/admin/oauth/authorize" in page.headers["Refresh"]

    def test_a_code_that_is_no_good_reads_as_words(self, amazon: AmazonStub, maya: Any) -> None:
        client = client_of(maya)
        page = back(client, go(client)["state"], spapi_oauth_code="old")
        assert page.status_code == 422
        assert "refuses" in page.text

    def test_without_keys_of_the_operator_it_says_whom_to_ask(self, maya: Any, settings: Any) -> None:
        settings.AMAZON_LWA_CLIENT_ID = ""
        page = client_of(maya).get(CONNECT).text
        assert "AMAZON_LWA_CLIENT_ID" in page
        assert "http://localhost/shops/connected/amazon/" in page
        assert "Go on to Amazon" not in page
        assert "/shops/add/?channel=amazon" in page
        assert 'value="amazon" selected' in client_of(maya).get("/shops/add/?channel=amazon").text

    def test_a_channel_that_is_off_is_not_connected(self, maya: Any) -> None:
        page = client_of(maya).post("/shops/connect/walmart/", {"client_id": "a", "client_secret": "b"})
        assert page.status_code == 422
        assert "SALES_CHANNELS" in page.text


class TestAgain:
    def test_another_seller_is_refused(self, amazon: AmazonStub, maya: Any) -> None:
        shop, client = make_connected(external_id="A2OTHER", state="reconnect_required"), client_of(maya)
        page = back(client, go(client, account=shop.pk)["state"])
        assert "signed in with another shop" in page.text
        assert [each.external_id for each in ChannelAccount.objects.all()] == ["A2OTHER"]

    def test_the_same_keeps_what_was_read(self, amazon: AmazonStub, maya: Any) -> None:
        shop = make_connected(external_id="A1SELLER", state="reconnect_required", name="Harbor")
        client = client_of(maya)
        back(client, go(client, account=shop.pk)["state"])
        again = ChannelAccount.objects.get()
        assert (again.pk, again.state, again.name) == (shop.pk, "connected", "Harbor")

    def test_one_fed_by_files_becomes_the_channels_own(self, amazon: AmazonStub, maya: Any) -> None:
        shop, client = make_files_shop(), client_of(maya)
        DailySales.objects.create(account=shop, day_on=NOON.date(), sku="A", currency="USD", sales_source="files")
        back(client, go(client, account=shop.pk)["state"])
        again = ChannelAccount.objects.get()
        assert (again.pk, again.external_id, again.source) == (shop.pk, "A1SELLER", "api")
        assert DailySales.objects.filter(account=again).count() == 1


class TestTwoWorkspaces:
    @pytest.fixture
    def theirs(self, other: Workspace) -> None:
        with tenant_context(other):
            make_connected(external_id="A1SELLER")

    def test_an_admin_is_refused(self, amazon: AmazonStub, maya: Any, theirs: None) -> None:
        client = client_of(maya)
        page = back(client, go(client)["state"])
        assert "Only an owner" in page.text
        assert not ChannelAccount.objects.exists()

    def test_an_owner_confirms(self, amazon: AmazonStub, owner: Any, theirs: None) -> None:
        client = client_of(owner)
        page = back(client, go(client)["state"])
        assert not ChannelAccount.objects.exists()
        token = page.text.partition('name="token" value="')[2].partition('"')[0]
        client.post(f"{CONNECT}share/", {"token": token})
        assert ChannelAccount.objects.get().external_id == "A1SELLER"
        assert ShopClaim.objects.filter(external_id="A1SELLER").count() == 2
        assert client.post(f"{CONNECT}share/", {"token": token}).status_code == 410


class TestNotices:
    def test_those_who_can_mend_it_hear_once_of_each_change(self, owner: Any, maya: Any) -> None:
        make_member("member")
        shop = make_connected(name="Harbor")
        set_state(shop, "reconnect_required", now=NOON, code="revoked")
        set_state(shop, "reconnect_required", now=NOON, code="revoked")
        told = Notification.objects.filter(kind="shop_reconnect")
        assert sorted(told.values_list("member", flat=True)) == sorted([owner.pk, maya.pk])
        set_state(shop, "connected", now=NOON)
        assert Notification.objects.filter(kind__startswith="shop_").count() == 2


class TestRotation:
    OLD, NEW = "b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xkLW9sZC0=", "bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldy0="

    def test_after_it_the_old_key_may_go(self, settings: Any, other: Workspace, capsys: Any) -> None:
        settings.FIELD_ENCRYPTION_KEYS = [self.OLD]
        here = make_connected(credentials={"refresh_token": "Atzr|here"})
        with tenant_context(other):
            there = make_connected(credentials={"refresh_token": "Atzr|there"})
        settings.FIELD_ENCRYPTION_KEYS = [self.NEW, self.OLD]
        call_command("rotate_secrets")
        call_command("rotate_secrets")
        out = capsys.readouterr().out
        assert out == "2 credentials encrypted anew.\n0 credentials encrypted anew.\n"
        assert "Atzr" not in out
        settings.FIELD_ENCRYPTION_KEYS = [self.NEW]
        assert ChannelAccount.objects.get(pk=here.pk).credentials == {"refresh_token": "Atzr|here"}
        with tenant_context(other):
            assert ChannelAccount.objects.get(pk=there.pk).credentials == {"refresh_token": "Atzr|there"}

    def test_secrets_lie_nowhere_in_plain(self, amazon: AmazonStub, maya: Any, caplog: Any, capsys: Any) -> None:
        caplog.set_level("DEBUG")
        client = client_of(maya)
        back(client, go(client)["state"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT credentials FROM integrations_channelaccount")
            [stored] = cursor.fetchone()
        said = caplog.text + "".join(capsys.readouterr())
        shop = ChannelAccount.objects.get()
        for secret in ("Atzr|given", settings_secret()):
            assert secret not in stored
            assert secret not in said
            assert secret not in repr(shop.credentials) + str(shop.__dict__)


def settings_secret() -> str:
    from django.conf import settings

    return str(settings.AMAZON_LWA_CLIENT_SECRET)
