"""A shop comes to a workspace, and leaves it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from integrations.addresses import SHOP_HOST
from integrations.channels.base import Store
from integrations.channels.errors import Refused
from integrations.models import ChannelAccount
from linkstar.members.models import Member
from linkstar.workspaces.due import cancel, schedule
from linkstar.workspaces.fields import Secret
from linkstar.workspaces.jobs import current_workspace_id
from linkstar.workspaces.models import ShopClaim

SYNC, ERASE, HOOKS = "shop_sync", "shop_erase", "shop_hooks"
PACIFIC = "America/Los_Angeles"
AMAZON_US = "ATVPDKIKX0DER"
_NEEDED: dict[str, tuple[str, ...]] = {
    ChannelAccount.Channel.AMAZON: ("refresh_token",),
    ChannelAccount.Channel.SHOPIFY: ("access_token",),
    ChannelAccount.Channel.WALMART: ("client_id", "client_secret"),
    ChannelAccount.Channel.TIKTOK: ("access_token", "refresh_token", "shop_cipher"),
}


class ShopRefused(ValueError):
    """`reason`: "host", "credentials", "claimed" (another workspace has it) or "other_account"."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail


def connect_account(
    channel: str,
    external_id: str,
    credentials: dict[str, Any],
    *,
    now: datetime,
    actor: Member | None,
    name: str = "",
    is_shared: bool = False,
) -> ChannelAccount:
    """Keep the credentials of a store and read it from now on; a store that is here already is connected again.

    `credentials` as contract.md says of connect_channel. Raises ShopRefused; `is_shared`: an owner confirmed that
    another workspace may tell the same store.
    """
    external_id = external_id.strip().lower() if channel == ChannelAccount.Channel.SHOPIFY else external_id.strip()
    if channel == ChannelAccount.Channel.SHOPIFY and not SHOP_HOST.fullmatch(external_id):
        raise ShopRefused("host", external_id)
    missing = [key for key in _NEEDED[channel] if not credentials.get(key)]
    if missing or not external_id:
        raise ShopRefused("credentials", ", ".join(missing))
    with transaction.atomic():
        account, _is_new = ChannelAccount.objects.select_for_update().get_or_create(
            channel=channel,
            external_id=external_id,
            defaults={
                "name": name or external_id,
                "time_zone": PACIFIC,
                "marketplace": AMAZON_US if channel == ChannelAccount.Channel.AMAZON else "",
                "created_by": actor,
                "created_at": now,
            },
        )
        _claim(account, is_shared=is_shared)
        if channel == ChannelAccount.Channel.AMAZON:
            # One that was fed by files may have had another zone; Amazon counts by its own days.
            account.time_zone, account.marketplace = PACIFIC, account.marketplace or AMAZON_US
        account.credentials = Secret(credentials)
        account.source, account.state, account.state_at = ChannelAccount.Source.API, ChannelAccount.State.CONNECTED, now
        account.authorised_at, account.last_error, account.checked_at = now, "", None
        account.streams = {key: {**stream, "next_at": "", "failures": 0} for key, stream in account.streams.items()}
        account.save()
        cancel(ERASE, account.pk)
        schedule(SYNC, account.pk, now)
        if channel == ChannelAccount.Channel.SHOPIFY:
            schedule(HOOKS, account.pk, now)
    return account


def take_store(account: ChannelAccount, store: Store, *, now: datetime) -> None:
    """What the store says of itself, into its row. Raises Refused when it is another store than the account's.

    What the team calls a store that was read before stays.
    """
    if store.external_id and store.external_id != account.external_id:
        raise Refused("The channel answered for another store.", code="other_store")
    if account.last_good_at is None:
        account.name = store.name[:120] or account.name
    account.time_zone, account.currency = store.time_zone, store.currency
    account.marketplace = store.marketplace or account.marketplace
    account.scopes, account.checked_at = list(store.scopes), now
    account.save(update_fields=["name", "time_zone", "currency", "marketplace", "scopes", "checked_at"])


def _claim(account: ChannelAccount, *, is_shared: bool) -> None:
    here = {"channel": account.channel, "external_id": account.external_id}
    if not is_shared and ShopClaim.objects.filter(**here).exclude(workspace_id=current_workspace_id()).exists():
        raise ShopRefused("claimed")
    ShopClaim.objects.update_or_create(
        channel=account.channel,
        external_id=account.external_id,
        workspace_id=current_workspace_id(),
        defaults={"account_id": account.pk},
    )
