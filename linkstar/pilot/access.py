"""Who reads how the pilot goes, and who runs it. Guests see nothing of it."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied

from linkstar.members.models import Member

_RULES: dict[str, Callable[[Member], bool]] = {
    "view": lambda member: member.is_insider,
    # What single people did is for those who lead them.
    "see people": lambda member: member.is_manager,
    "run": lambda member: member.is_admin,
}


def may(member: Member, action: str) -> bool:
    """Raises KeyError for a word that is no rule."""
    return _RULES[action](member)


def require(member: Member, action: str) -> None:
    if not may(member, action):
        raise PermissionDenied
