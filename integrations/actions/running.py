"""What people do with a connected shop: read it now, pause it, go on, call it something else."""

from datetime import datetime

from django.core.cache import cache
from django.db import transaction

from integrations.actions.connecting import SYNC
from integrations.actions.states import set_state
from integrations.models import ChannelAccount
from integrations.streams import ORDERS, REFUNDS
from linkstar.workspaces.due import cancel, schedule

# Seconds between two presses of the button; a channel counts every call.
_PAUSE = 60


class TooSoon(RuntimeError):
    """It was asked for less than a minute ago."""


class NotSynced(RuntimeError):
    """The shop is paused, disconnected or fed by files, or its permission is gone."""


@transaction.atomic
def sync_now(account: ChannelAccount, *, now: datetime) -> None:
    """Have a worker read its sales next. Raises NotSynced, TooSoon."""
    row = ChannelAccount.objects.select_for_update().get(pk=account.pk)
    if not row.is_synced:
        raise NotSynced
    if not cache.add(f"shop-sync:{account.pk}", True, timeout=_PAUSE):
        raise TooSoon
    row.streams = {
        name: {**stream, "next_at": ""} if name in (ORDERS, REFUNDS) else stream for name, stream in row.streams.items()
    }
    row.save(update_fields=["streams"])
    schedule(SYNC, row.pk, now)


@transaction.atomic
def pause(account: ChannelAccount, *, now: datetime) -> None:
    """Ask its channel for nothing until `resume`. A job that is reading stops after its page."""
    row = ChannelAccount.objects.select_for_update().get(pk=account.pk)
    if row.is_synced:
        set_state(row, ChannelAccount.State.PAUSED, now=now)
        cancel(SYNC, row.pk)


@transaction.atomic
def resume(account: ChannelAccount, *, now: datetime) -> None:
    """What was missed is read first."""
    row = ChannelAccount.objects.select_for_update().get(pk=account.pk)
    if row.state == ChannelAccount.State.PAUSED:
        set_state(row, ChannelAccount.State.CONNECTED, now=now)
        schedule(SYNC, row.pk, now)


def rename(account: ChannelAccount, name: str) -> None:
    account.name = name
    account.save(update_fields=["name"])
