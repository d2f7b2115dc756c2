"""Sending somebody the link that lets them in."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from linkstar.accounts.models import User
from linkstar.members.models import Member
from linkstar.members.models.links import VALID_FOR, Link
from linkstar.workspaces.letters import send_letter
from linkstar.workspaces.models import Letter, Workspace

# Of a workspace within 24 hours, to the team and to guests together: whoever gets one has not asked for it.
MOST_A_DAY = 200
_LETTERS = ("member_invitation", "guest_invitation")


class InvitationRefused(ValueError):
    """It cannot be accepted; `reason` is what `why_unusable` says, or who the person is here already."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooManyInvitations(ValueError):
    """More letters than a workspace may send in a day; `message` says how many are left, for the person who asked."""

    def __init__(self, left: int) -> None:
        told = _("A workspace sends at most %(most)d invitations in 24 hours. Still possible now: %(left)d.")
        self.message = told % {"most": MOST_A_DAY, "left": left}
        super().__init__(self.message)


def check_daily_limit(more: int, *, now: datetime) -> None:
    """Raise TooManyInvitations when `more` letters are too many. Called in the transaction that writes them."""
    workspace = connection.tenant
    # Locked until they are written, so that two who invite at once do not both take the last ones.
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
    written = Letter.objects.filter(workspace=workspace, name__in=_LETTERS, created_at__gt=now - timedelta(days=1))
    left = max(MOST_A_DAY - written.count(), 0)
    if more > left:
        raise TooManyInvitations(left)


def send_link(link: Link, *, token: str, letter: str, view: str, actor: Member, **context: Any) -> None:
    """Put `letter` with the address of `view` for `token` into the outbox.

    It speaks the language of the person, if they are known here, or else the actor's.
    """
    workspace = connection.tenant
    known = User.objects.filter(email__iexact=link.email).first()
    send_letter(
        to=link.email,
        name=letter,
        language=known.language if known is not None else actor.language,
        context={
            "inviter": actor.display_name,
            "workspace": workspace.name,
            "url": workspace.url + reverse(view, args=[token]),
            "days": VALID_FOR.days,
            **context,
        },
        key=f"{letter}:{link.pk}:{link.token_hash[:16]}",
    )
