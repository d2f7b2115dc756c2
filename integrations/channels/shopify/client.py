"""GraphQL at one shop: paced by what each answer says of the cost, with the shop's own token."""

import random
import time
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

import structlog
from django.conf import settings

from integrations.addresses import AddressRefused, check_document, checked
from integrations.channels.caller import Answer, Caller, dump
from integrations.channels.errors import Later, Refused, Throttled, TokenExpired, Transient
from integrations.channels.pace import SPARED, Bucket, Operation, is_sparing
from integrations.channels.shopify.authorising import Tokens, check_shop
from integrations.channels.tokens import call_with_token
from integrations.models import ChannelAccount

APP = "shopify"
# What a shop allows is points a second, told in each answer; calls alone are no measure.
GRAPHQL = Operation("graphql", rate=40, burst=40)
_TRIES = 4
_LONGEST_WAIT = 600.0
# Seconds before a file is loaded once more.
_SAVED_AGAIN = 2.0
# By `extensions.code`: Shopify's own trouble. All other errors are about what we asked.
_PASSING = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"})

log = structlog.get_logger(__name__)


class TooCostly(Exception):
    """A single query may not cost that much: ask for less at once."""


class ShopifyClient:
    """For one account; makes no request before it is asked."""

    def __init__(self, account: ChannelAccount) -> None:
        shop = check_shop(account.external_id)
        base = checked(settings.SHOPIFY_URL_TEMPLATE.format(shop=shop))
        self.account = account
        self.url = f"{base}/admin/api/{settings.SHOPIFY_API_VERSION}/graphql.json"
        self.caller = Caller(app=APP, account=shop)
        self.bucket = Bucket(APP, shop, GRAPHQL)
        self.tokens = Tokens(shop, self.caller)
        self._told_version = False
        self._rests_until = 0.0

    def close(self) -> None:
        self.caller.close()

    def ask(self, query: str, /, **variables: Any) -> dict[str, Any]:
        """The answer's `data`, whole. Raises TooCostly, Later and what channels/errors.py has."""
        if (rest := self._rests_until - time.monotonic()) > 0 and is_sparing():
            raise Later(rest, code="throttled")
        body = dump({"query": query, "variables": variables})
        failure: Transient
        for attempt in range(_TRIES):
            answer = call_with_token(self.account, self.tokens.renew, lambda token: self._post(token, body))
            try:
                return self._data(answer)
            except Throttled as error:
                # The next call waits as long, whichever worker makes it.
                self.bucket.close(error.wait or 1.0)
                failure = error
            except Transient as error:
                failure = error
                if attempt < _TRIES - 1:
                    time.sleep(random.uniform(0.5, 1) * 0.2 * 2**attempt)  # noqa: S311
        raise failure

    def save(self, url: str, file: IO[bytes], *, most: int) -> None:
        """A file that Shopify made for us, asked for without our token. Raises Transient and Refused."""
        try:
            check_document(url)
        except AddressRefused as error:
            raise Refused(str(error), code="document_address") from error
        try:
            self.caller.save(url, file, most=most)
        except Transient:
            time.sleep(_SAVED_AGAIN)
            self.caller.save(url, file, most=most)

    def _post(self, token: str, body: bytes) -> Answer:
        headers = {"X-Shopify-Access-Token": token, "Content-Type": "application/json", "Accept": "application/json"}
        return self.caller.call("POST", self.url, operation=GRAPHQL, headers=headers, body=body)

    def _data(self, answer: Answer) -> dict[str, Any]:
        self._watch_version(answer)
        content = answer.data if isinstance(answer.data, dict) else {}
        wait = _wait_of(content)
        if content.get("errors"):
            raise _error_of(content["errors"], wait)
        data = content.get("data")
        if not isinstance(data, dict):
            raise Transient("An answer without data.", code="unreadable")
        if is_sparing():
            self._rests_until = time.monotonic() + _wait_of(content, spared=SPARED)
        if wait > 0:
            # The next question of this size would be refused.
            self.bucket.close(wait)
        return data

    def _watch_version(self, answer: Answer) -> None:
        """A version that Shopify no longer has is silently answered by another."""
        told = answer.headers.get("x-shopify-api-version", settings.SHOPIFY_API_VERSION)
        if told != settings.SHOPIFY_API_VERSION and not self._told_version:
            self._told_version = True
            log.error("shopify answers in another version", asked=settings.SHOPIFY_API_VERSION, told=told)


def _wait_of(content: Mapping[str, Any], *, spared: float = 0) -> float:
    """Seconds until a question of this cost may be asked again: 0 when there is room for it now, or nothing is told.

    `spared`: this share of all points stays for others.
    """
    try:
        cost = content["extensions"]["cost"]
        status = cost["throttleStatus"]
        left = Decimal(status["maximumAvailable"]) * Decimal(str(spared)) if spared else Decimal(0)
        lacking = Decimal(cost["requestedQueryCost"]) + left - Decimal(status["currentlyAvailable"])
        return min(float(max(lacking, Decimal(0)) / Decimal(status["restoreRate"])), _LONGEST_WAIT)
    except (KeyError, TypeError, ArithmeticError):
        return 0.0


def _error_of(errors: Any, wait: float) -> Exception:
    found = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    codes = [str((error.get("extensions") or {}).get("code", "")) for error in found]
    if "THROTTLED" in codes:
        return Throttled("THROTTLED", wait=wait or 1.0)
    if "MAX_COST_EXCEEDED" in codes:
        return TooCostly("MAX_COST_EXCEEDED")
    if _PASSING & set(codes):
        return Transient(codes[0])
    if any("cursor" in str(error.get("message", "")).lower() for error in found):
        return TokenExpired("cursor")
    code = "scope" if "ACCESS_DENIED" in codes else ""
    return Refused(f"GraphQL {codes[0] if codes else 'errors'}"[:80], code=code, status=200)
