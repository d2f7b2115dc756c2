"""What the team did, as marks on the line of its sales."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from integrations.access import actions_of
from integrations.dashboards.asking import Asked
from integrations.models import SalesAction
from linkstar.members.models import Member

MOST = 200
# From one end of the world to the other.
_ANY_ZONE = timedelta(hours=14)


class Mark(NamedTuple):
    """`on` is the shop's own day of when it went live; `url` leads to the task, or to the action of what has none."""

    on: date
    kind: str
    kind_name: str
    title: str
    who: str
    shop: str
    skus: tuple[str, ...]
    at: datetime
    until: datetime | None
    zone: str
    url: str


def marks_of(member: Member, asked: Asked) -> list[Mark]:
    """Recorded actions that went live in the period, oldest first; of more than MOST the newest. One statement."""
    ends = [datetime.combine(day, time(), ZoneInfo("UTC")) for day in (asked.period.first, asked.period.last)]
    actions = (
        actions_of(member)
        .filter(account__in=asked.scope.accounts, state=SalesAction.State.RECORDED)
        .filter(live_at__gte=ends[0] - _ANY_ZONE, live_at__lt=ends[1] + timedelta(days=1) + _ANY_ZONE)
        .select_related("task__owner")
        .order_by("-live_at", "-pk")[:MOST]
    )
    marks = [_mark(action, action.live_at) for action in actions if action.live_at and _is_about(action, asked)]
    return [mark for mark in reversed(marks) if asked.period.first <= mark.on <= asked.period.last]


def _is_about(action: SalesAction, asked: Asked) -> bool:
    """An action without SKUs is on the whole shop."""
    wanted = asked.scope.skus
    return wanted is None or not action.skus or any((action.account_id, sku) in wanted for sku in action.skus)


def _mark(action: SalesAction, at: datetime) -> Mark:
    task, shop = action.task, action.account
    people: Iterable[Member | None] = (task.owner if task else None, action.created_by)
    return Mark(
        on=shop.day_of(at),
        kind=action.kind,
        kind_name=action.get_kind_display(),
        title=action.title or (task.title if task else "") or action.get_kind_display(),
        who=next((person.display_name for person in people if person), _("Nobody known")),
        shop=shop.name,
        skus=tuple(action.skus),
        at=at,
        until=action.ended_at,
        zone=shop.time_zone,
        url=task.get_absolute_url() if task else reverse("integrations:action", args=[action.pk]),
    )
