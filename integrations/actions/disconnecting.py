"""A shop leaves a workspace, with its numbers or without."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from integrations.actions.connecting import ERASE, SYNC
from integrations.actions.states import set_state
from integrations.models import ChannelAccount, DailySales, Listing, SalesAction, SalesLine
from linkstar.workspaces.due import cancel, schedule
from linkstar.workspaces.fields import Secret
from linkstar.workspaces.jobs import current_workspace_id
from linkstar.workspaces.models import DueItem, ShopClaim

_ROWS = (DailySales, SalesLine, Listing, SalesAction)
_BATCH = 5000


class Holdings(NamedTuple):
    """How much of a shop is kept: rows of each kind."""

    lines: int
    days: int
    listings: int
    actions: int


def holdings_of(account: ChannelAccount) -> Holdings:
    counts = [model.objects.filter(account=account).count() for model in (SalesLine, DailySales, Listing, SalesAction)]
    return Holdings(*counts)


@transaction.atomic
def disconnect(account: ChannelAccount, *, with_data: bool, now: datetime) -> None:
    """Forget the permission, and `with_data` everything that was read, which workers then do in batches.

    The channel is not told: the seller takes the permission back there.
    """
    row = ChannelAccount.objects.select_for_update().get(pk=account.pk)
    set_state(row, ChannelAccount.State.DISCONNECTED, now=now)
    row.credentials, row.scopes, row.authorised_at = Secret(), [], None
    if with_data:
        row.streams, row.covered_from, row.uploads, row.mappings = {}, None, [], {}
    row.save(update_fields=["credentials", "scopes", "authorised_at", "streams", "covered_from", "uploads", "mappings"])
    ShopClaim.objects.filter(workspace_id=current_workspace_id(), account_id=row.pk).delete()
    cancel(SYNC, row.pk)
    if with_data:
        schedule(ERASE, row.pk, now)


def erase_some(account_id: int) -> bool:
    """Delete one batch of what is left of a shop, at the end the shop; whether there is more.

    Nothing is deleted of one that has been connected again meanwhile: its promise to be erased is gone.
    """
    with transaction.atomic():
        row = ChannelAccount.objects.select_for_update().filter(pk=account_id).first()
        promise = DueItem.objects.filter(workspace=current_workspace_id(), kind=ERASE, object_id=account_id)
        if row is None or row.state != ChannelAccount.State.DISCONNECTED or not promise.exists():
            cancel(ERASE, account_id)
            return False
        for model in _ROWS:
            rows: QuerySet[Any] = model.objects.filter(account_id=account_id)
            if model.objects.filter(pk__in=rows.values("pk")[:_BATCH]).delete()[0]:
                return True
        row.delete()
        cancel(ERASE, account_id)
        return False
