"""Sellers come from Seller Central with a code; what we keep of it, and where we ask."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.actions.connecting import connect_account
from integrations.addresses import AddressRefused
from integrations.channels.amazon.authorising import AmazonAuthoriser, token_url
from integrations.channels.errors import Refused
from tests.factories.integrations import make_shop
from tests.integrations.amazon.shops import REFRESH
from tests.integrations.stubs.amazon import AmazonStub

NOW = datetime(2026, 12, 1, tzinfo=UTC)
BACK = "https://acme.linkstar.test/shops/amazon/back/"


@pytest.mark.parametrize(
    ("setting", "url"),
    [
        ("https://api.amazon.com/auth/o2/token", "https://api.amazon.com/auth/o2/token"),
        ("https://api.amazon.com", "https://api.amazon.com/auth/o2/token"),
        ("https://api.amazon.com/", "https://api.amazon.com/auth/o2/token"),
        ("http://127.0.0.1:9/lwa/token", "http://127.0.0.1:9/lwa/token"),
        ("http://127.0.0.1:9", "http://127.0.0.1:9/auth/o2/token"),
    ],
)
def test_the_address_for_tokens_may_be_whole_or_a_base(settings: Any, setting: str, url: str) -> None:
    settings.INTEGRATIONS_ALLOW_LOOPBACK, settings.AMAZON_LWA_URL = True, setting
    assert token_url() == url
    settings.INTEGRATIONS_ALLOW_LOOPBACK = False
    if setting.startswith("http:"):
        with pytest.raises(AddressRefused):
            token_url()


def test_a_seller_is_sent_to_seller_central(settings: Any) -> None:
    settings.AMAZON_APPLICATION_ID = "amzn1.sp.solution.test"
    parts = urlsplit(AmazonAuthoriser().authorize_url(state="s+1", redirect_uri=BACK))
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "sellercentral.amazon.com", "/apps/authorize/consent")
    asked = {"application_id": ["amzn1.sp.solution.test"], "state": ["s+1"], "redirect_uri": [BACK]}
    assert parse_qs(parts.query) == asked
    settings.AMAZON_APPLICATION_IS_DRAFT = True
    drafted = urlsplit(AmazonAuthoriser().authorize_url(state="s+1", redirect_uri=BACK)).query
    assert parse_qs(drafted) == asked | {"version": ["beta"]}


def test_a_code_gives_what_is_kept_and_only_once(amazon: AmazonStub) -> None:
    amazon.codes["RHcode"] = REFRESH
    params = {"spapi_oauth_code": "RHcode", "selling_partner_id": "A2SELLER", "state": "s"}
    grant = AmazonAuthoriser().exchange(params, redirect_uri=BACK, now=NOW)
    assert (grant.external_id, grant.credentials["refresh_token"]) == ("A2SELLER", REFRESH)
    assert set(grant.credentials) == {"refresh_token", "access_token", "access_until"}
    assert REFRESH not in repr(grant)
    with pytest.raises(Refused) as refused:
        AmazonAuthoriser().exchange(params, redirect_uri=BACK, now=NOW)
    assert refused.value.word == "invalid_grant"


@pytest.mark.parametrize("params", [{}, {"spapi_oauth_code": "x"}, {"selling_partner_id": "A2"}])
def test_an_answer_without_code_or_seller_asks_nobody(amazon: AmazonStub, params: dict[str, str]) -> None:
    with pytest.raises(Refused):
        AmazonAuthoriser().exchange(params, redirect_uri=BACK, now=NOW)
    assert amazon.calls == []


@pytest.mark.django_db
def test_a_store_fed_by_files_is_read_by_amazons_own_days() -> None:
    make_shop(external_id="A2SELLER", source="files", time_zone="Asia/Shanghai", marketplace="")
    account = connect_account("amazon", "A2SELLER", {"refresh_token": REFRESH}, now=NOW, actor=None)
    account.refresh_from_db()
    assert (account.source, account.time_zone, account.marketplace) == ("api", "America/Los_Angeles", "ATVPDKIKX0DER")
