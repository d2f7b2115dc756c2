"""A channel says by itself that something happened at a shop. Of what it sends only the shop's name is taken."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
from django.db import transaction
from django_tenants.utils import tenant_context

from integrations.actions.connecting import SYNC
from integrations.actions.disconnecting import disconnect
from integrations.actions.states import set_state
from integrations.channels.shopify.hooks import Event
from integrations.models import ChannelAccount
from integrations.streams import ORDERS, Stream
from linkstar.workspaces.due import schedule
from linkstar.workspaces.models import ShopClaim, Workspace

log = structlog.get_logger(__name__)


def take_event(event: Event, *, now: datetime) -> None:
    """Do what an event of Shopify asks for, in each workspace that has the shop. In the public schema.

    We keep no data of shoppers, so that there is nothing to give out or delete of one; that it was asked is logged.
    """
    if event.is_about_privacy:
        log.info("shopify asks about privacy", topic=event.topic, shop=event.shop, event_id=event.id)
    for claim in ShopClaim.objects.filter(
        channel=ChannelAccount.Channel.SHOPIFY, external_id=event.shop, workspace__state=Workspace.State.ACTIVE
    ).select_related("workspace"):
        with tenant_context(claim.workspace):
            if event.is_news:
                read_soon(claim.account_id, now=now)
            elif event.topic == "app/uninstalled":
                _uninstalled(claim.account_id, at=event.at, now=now)
            elif event.topic == "shop/redact":
                _redact(claim.account_id, now=now)


def read_soon(account_id: int, *, now: datetime) -> None:
    """Have a worker read what is new in a shop; while one is reading, once more after it."""
    with _held(account_id) as row:
        if row is None or not row.is_synced:
            return
        if row.stream(ORDERS):
            stream = Stream.of(row, ORDERS)
            stream.woken_at, stream.next_at = now.isoformat(), ""
            stream.put(row, ORDERS)
            row.save(update_fields=["streams"])
        schedule(SYNC, row.pk, now)


def _uninstalled(account_id: int, *, at: datetime | None, now: datetime) -> None:
    """What comes late, after the shop was connected again, says nothing of the new permission."""
    with _held(account_id) as row:
        is_past = bool(row and at and row.authorised_at and at < row.authorised_at)
        if row is not None and row.is_synced and not is_past:
            set_state(row, ChannelAccount.State.RECONNECT, now=now, code="revoked")


def _redact(account_id: int, *, now: datetime) -> None:
    """Permission and numbers go at once, in batches; Shopify would give us thirty days."""
    account = ChannelAccount.objects.filter(pk=account_id).first()
    if account is not None:
        disconnect(account, with_data=True, now=now)
        log.info("shop erased on shopify's request", account=account_id)


@contextmanager
def _held(account_id: int) -> Iterator[ChannelAccount | None]:
    # Between two pages of a reading, which writes the same streams.
    with transaction.atomic():
        yield ChannelAccount.objects.select_for_update().filter(pk=account_id).first()
