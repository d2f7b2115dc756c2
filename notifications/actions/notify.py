"""Tell people something, once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from linkstar.members.models import Member
from linkstar.workspaces.letters import send_letter
from notifications.kinds import KINDS
from notifications.models import Notification


@transaction.atomic
def notify(
    members: Iterable[Member],
    *,
    kind: str,
    key: str,
    data: Mapping[str, Any],
    url: str,
    now: datetime,
    actor: Member | None = None,
) -> list[Member]:
    """Put a notice into each member's inbox, and a letter into the outbox for kinds that are mailed.

    `key` names the occasion; who was told of it already is not told again. Nobody is told of their own deed, and nobody
    who has left. `url` is a path in this workspace. Returns those who were told now.
    """
    receivers = {member.pk: member for member in members if member.is_active and member != actor}
    if not receivers:
        return []
    told = _write(receivers, kind, key, {**data, "url": url}, now)
    if KINDS[kind].is_mailed:
        for member in told:
            _mail(member, kind, key, data, url)
    return told


def _write(receivers: Mapping[int, Member], kind: str, key: str, data: dict[str, Any], now: datetime) -> list[Member]:
    """Insert what is not there yet. Knowing which were new takes the database's word, not a look before."""
    known = set(Notification.objects.filter(key=key, member__in=receivers).values_list("member_id", flat=True))
    rows = [
        Notification(member_id=pk, kind=kind, key=key, data=data, created_at=now) for pk in receivers if pk not in known
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return [receivers[row.member_id] for row in rows]


def _mail(member: Member, kind: str, key: str, data: Mapping[str, Any], url: str) -> None:
    workspace = connection.tenant
    send_letter(
        to=member.email,
        name=kind,
        language=member.language,
        context={
            **data, "kind": kind, "zone": member.time_zone, "workspace": workspace.name, "url": workspace.url + url,
            "reader": member.display_name,
        },
        key=f"{key}:{member.pk}",
    )
