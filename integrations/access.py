"""Who sees shops, and who may do what with them: the team all of them, guests none; numbers need `sees_finance`."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from integrations.models import ChannelAccount
from linkstar.members.models import Member

_RULES: dict[str, Callable[[Member], bool]] = {
    "view": lambda member: member.is_insider,
    # Read it now rather than at its time.
    "sync": lambda member: member.is_manager,
    # Connect, reconnect, rename, pause, disconnect.
    "run": lambda member: member.is_admin,
    "numbers": lambda member: member.is_insider and member.sees_finance,
    # Who brings numbers sees them.
    "upload": lambda member: member.is_insider and member.sees_finance,
}


def may(member: Member, action: str) -> bool:
    """Raises KeyError for a word that is no rule."""
    return _RULES[action](member)


def check(member: Member, action: str) -> None:
    """Raises PermissionDenied."""
    if not may(member, action):
        raise PermissionDenied


def shops_of(member: Member) -> QuerySet[ChannelAccount]:
    """Without their credentials, which no page needs."""
    return ChannelAccount.objects.visible_to(member).defer("credentials")


def get_shop(member: Member, pk: int, *, to: str = "view") -> ChannelAccount:
    """404 when not visible, 403 when this may not be done."""
    shop = get_object_or_404(shops_of(member), pk=pk)
    check(member, to)
    return shop
