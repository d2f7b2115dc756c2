"""A seller said yes at a channel: their store is connected, or connected again."""

from datetime import datetime

from django.db import transaction

from integrations.actions.connecting import ShopRefused, connect_account
from integrations.channels.base import Grant
from integrations.models import ChannelAccount
from linkstar.members.models import Member


@transaction.atomic
def connect_grant(
    channel: str,
    grant: Grant,
    *,
    again: ChannelAccount | None,
    actor: Member,
    now: datetime,
    is_shared: bool = False,
) -> ChannelAccount:
    """`again`: the store that they meant. One fed by files becomes the channel's own and keeps its days.

    Raises ShopRefused: "other_account" when they were signed in at the channel as somebody else.
    """
    if again is not None and again.external_id != grant.external_id:
        is_taken = ChannelAccount.objects.filter(channel=channel, external_id=grant.external_id).exists()
        if again.source != ChannelAccount.Source.FILES or is_taken:
            raise ShopRefused("other_account", grant.external_id)
        again.external_id = grant.external_id
        again.save(update_fields=["external_id"])
    return connect_account(
        channel, grant.external_id, grant.credentials, now=now, actor=actor, name=grant.name[:120], is_shared=is_shared
    )
