"""What state a shop's connection is in, and who hears of a change."""

from datetime import datetime, timedelta

from integrations.actions.telling import tell_state
from integrations.models import ChannelAccount
from integrations.streams import Stream

# Soft errors are the channel's weather until they last this long (integrations.md 5.2).
SOFT = timedelta(hours=24)


def set_state(account: ChannelAccount, state: str, *, now: datetime, code: str = "") -> bool:
    """Whether it changed. In the transaction that holds the account's row; the caller saves nothing of it."""
    account.last_error, account.last_error_at = (code, now) if code else (account.last_error, account.last_error_at)
    changed = account.state != state
    if changed:
        account.state, account.state_at = state, now
    account.save(update_fields=["state", "state_at", "last_error", "last_error_at"])
    if changed:
        tell_state(account, now=now)
    return changed


def state_after(account: ChannelAccount, stream: Stream, *, now: datetime) -> str:
    """What the account's state is, seeing this stream: needs attention once it has failed for a day."""
    if account.state not in (ChannelAccount.State.CONNECTED, ChannelAccount.State.NEEDS_ATTENTION):
        return account.state
    is_long = bool(stream.failing_since) and now - datetime.fromisoformat(stream.failing_since) > SOFT
    return ChannelAccount.State.NEEDS_ATTENTION if is_long else ChannelAccount.State.CONNECTED
