"""Those who can mend a shop's connection hear once of each change of its state."""

from datetime import datetime

from integrations.models import ChannelAccount
from linkstar.members.models import Member
from linkstar.workspaces.models import Role
from notifications.actions.notify import notify

_KINDS = {
    ChannelAccount.State.NEEDS_ATTENTION: "shop_attention",
    ChannelAccount.State.RECONNECT: "shop_reconnect",
}


def tell_state(account: ChannelAccount, *, now: datetime) -> None:
    """Of a state that asks for somebody; other changes are nobody's surprise."""
    kind = _KINDS.get(ChannelAccount.State(account.state))
    if kind is None:
        return
    notify(
        Member.objects.active().filter(role__in=[Role.OWNER, Role.ADMIN]).order_by("pk"),
        kind=kind,
        key=f"{kind}:{account.pk}:{account.state_at.isoformat()}",
        data={"shop": account.name, "channel": account.get_channel_display()},
        url=account.get_absolute_url(),
        now=now,
    )
