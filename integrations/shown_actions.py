"""An action as pages show it: its words, its moments on two clocks, and the way to where it can be changed."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language

from integrations.models import SalesAction
from linkstar.lib.deadlines import Deadline, DueLabel, describe


def two_clocks(at: datetime, zone: str, *, now: datetime | None = None) -> DueLabel:
    """An instant on the clock of `zone` and on the reader's, to the minute."""
    return describe(
        Deadline.from_instant(at.replace(second=0, microsecond=0), zone),
        reader_zone=timezone.get_current_timezone_name(),
        language=get_language() or "en",
        now=now or timezone.now(),
        is_done=True,
    )


def shown_title(action: SalesAction) -> str:
    """What the task or the person calls it."""
    return action.title or (action.task.title if action.task else action.get_kind_display())


@dataclass(frozen=True)
class ShownAction:
    """`zone`: on whose clock its moments are read first."""

    action: SalesAction
    zone: str
    now: datetime

    @property
    def title(self) -> str:
        return shown_title(self.action)

    @property
    def live(self) -> DueLabel | None:
        return two_clocks(self.action.live_at, self.zone, now=self.now) if self.action.live_at else None

    @property
    def ended(self) -> DueLabel | None:
        return two_clocks(self.action.ended_at, self.zone, now=self.now) if self.action.ended_at else None

    @property
    def is_ahead(self) -> bool:
        return self.action.live_at is not None and self.action.live_at > self.now

    @property
    def more_skus(self) -> int:
        return max(0, len(self.action.skus) - 3)


def zone_of(action: SalesAction) -> str:
    """A task's own clock, else its project's, else the shop's."""
    if action.task is not None:
        return action.task.due_zone or action.task.project.time_zone
    return action.project.time_zone if action.project else action.account.time_zone


def shown(action: SalesAction, *, now: datetime) -> ShownAction:
    return ShownAction(action, zone_of(action), now)
