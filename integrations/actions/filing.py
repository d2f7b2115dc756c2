"""A shop whose sales come from files."""

from datetime import datetime
from uuid import uuid4

from integrations.actions.connecting import AMAZON_US
from integrations.models import ChannelAccount
from linkstar.members.models import Member


def add_files_shop(
    *, channel: str, name: str, time_zone: str, currency: str, actor: Member, now: datetime
) -> ChannelAccount:
    """It has no name at the channel until it is connected there."""
    return ChannelAccount.objects.create(
        channel=channel,
        external_id=f"files-{uuid4().hex[:12]}",
        name=name,
        marketplace=AMAZON_US if channel == ChannelAccount.Channel.AMAZON else "",
        time_zone=time_zone,
        currency=currency,
        source=ChannelAccount.Source.FILES,
        state_at=now,
        created_by=actor,
        created_at=now,
    )
