"""Sending somebody the link that lets them in."""

from typing import Any

from django.db import connection
from django.urls import reverse

from linkstar.accounts.models import User
from linkstar.members.models import Member
from linkstar.members.models.links import VALID_FOR, Link
from linkstar.workspaces.letters import send_letter


class InvitationRefused(ValueError):
    """It cannot be accepted; `reason` is what `why_unusable` says, or who the person is here already."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


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
