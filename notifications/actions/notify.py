"""Tell people something, once."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from linkstar.members.models import Member
from linkstar.workspaces.letters import send_letters
from linkstar.workspaces.live import ring_inboxes
from linkstar.workspaces.models import Letter
from notifications.actions.push import push_later
from notifications.kinds import KINDS, Kind

_TELL = """
INSERT INTO notifications_notification (member_id, kind, key, data, created_at)
SELECT member_id, %s, %s, %s::jsonb, %s FROM unnest(%s::bigint[]) AS member_id
ON CONFLICT (member_id, key) DO NOTHING
RETURNING member_id, id
"""


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
    mail: bool | None = None,
) -> list[Member]:
    """Put a notice into each member's inbox, and a letter into the outbox when `mail` says so or, if None, the kind.

    `key` names the occasion; who was told of it already is not told again. Nobody is told of their own deed, and nobody
    who has left. `url` is a path in this workspace. Returns those who were told now.
    """
    receivers = {member.pk: member for member in members if member.is_active and member != actor}
    if not receivers:
        return []
    words = KINDS[kind]
    new = _write(receivers, kind, key, {**data, "url": url}, now)
    told = [member for pk, member in receivers.items() if pk in new]
    ring_inboxes(sorted(new))
    if words.is_mailed:
        push_later(new)
    if words.is_mailed if mail is None else mail:
        send_letters(_letters(told, words, key, {**data, "kind": kind}, url))
    return told


def _write(ids: Iterable[int], kind: str, key: str, data: dict[str, Any], now: datetime) -> dict[int, int]:
    """Members who had not been told yet and their notices, by pk; who is new, only the database can say."""
    with connection.cursor() as cursor:
        # Sorted, so that two workers with the same news wait for each other instead of dying.
        cursor.execute(_TELL, [kind, key, json.dumps(data), now, sorted(ids)])
        return dict(cursor.fetchall())


def _letters(members: Sequence[Member], kind: Kind, key: str, data: Mapping[str, Any], url: str) -> list[Letter]:
    workspace = connection.tenant
    context = {**data, "workspace": workspace.name, "url": workspace.url + url}
    return [
        Letter(
            workspace_id=workspace.pk,
            key=f"{key}:{member.pk}",
            to=member.email,
            name=kind.letter,
            language=member.language,
            context={**context, "reader": member.display_name, "time_zone": member.time_zone},
        )
        for member in members
    ]
