"""What the sheet says of a task's effort: estimate, logged time and how they compare, in the reader's language."""

from functools import cached_property

from django.db.models import Sum
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from linkstar.lib.durations import duration_text
from linkstar.members.models import Member
from projects.families import Family
from projects.models import Task, TimeEntry


class Effort:
    """A guest is told of their own time alone, and of no estimate."""

    def __init__(self, task: Task, member: Member, family: Family) -> None:
        self.task, self.member, self.family = task, member, family

    @property
    def estimate_minutes(self) -> int:
        return 0 if self.member.is_guest else self.task.estimate_minutes or 0

    @cached_property
    def logged_minutes(self) -> int:
        if not self.task.logged_minutes or self.member.is_insider:
            return self.task.logged_minutes
        own = TimeEntry.objects.filter(task=self.task, member=self.member)
        return own.aggregate(all=Sum("minutes"))["all"] or 0

    @property
    def estimate(self) -> str:
        return length(self.estimate_minutes) if self.estimate_minutes else ""

    @property
    def said(self) -> str:
        """As in "3 h of 1 d logged"; "" when there is nothing to say."""
        return _said(self.logged_minutes, self.estimate_minutes)

    @property
    def over(self) -> str:
        return _over(self.logged_minutes, self.estimate_minutes)

    @property
    def together(self) -> str:
        """The same with all subtasks that the reader sees; "" without any effort among them, and for guests."""
        below = self.family.below
        if self.member.is_guest or not (below.estimate_minutes or below.logged_minutes):
            return ""
        return _said(*self._sums)

    @property
    def together_over(self) -> str:
        return _over(*self._sums) if self.together else ""

    @property
    def _sums(self) -> tuple[int, int]:
        below = self.family.below
        return self.logged_minutes + below.logged_minutes, self.estimate_minutes + below.estimate_minutes


def length(minutes: int) -> str:
    return duration_text(minutes, get_language() or "en")


def _said(logged: int, estimate: int) -> str:
    if logged and estimate:
        return _("%(logged)s of %(estimate)s logged") % {"logged": length(logged), "estimate": length(estimate)}
    if logged:
        return _("%(logged)s logged") % {"logged": length(logged)}
    return _("%(estimate)s estimated, nothing logged yet") % {"estimate": length(estimate)} if estimate else ""


def _over(logged: int, estimate: int) -> str:
    if not estimate or logged <= estimate:
        return ""
    return _("%(length)s over the estimate") % {"length": length(logged - estimate)}


def faster_text(task: Task) -> str:
    """The faster way of a task; "" for none."""
    return way_text(task.faster_days, task.faster_note) if task.faster_days else ""


def way_text(working_days: int, note: str) -> str:
    """As in "6 working days: by air"."""
    days = ngettext("%(days)d working day", "%(days)d working days", working_days) % {"days": working_days}
    return _("%(days)s: %(note)s") % {"days": days, "note": note} if note else days
