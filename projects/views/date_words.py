"""Why a date is not taken, in sentences."""

from django.utils.translation import gettext as _

from linkstar.lib.deadlines import DeadlineOutOfRange
from projects.models import Task


def range_text(error: DeadlineOutOfRange) -> str:
    return _("Dates are accepted from %(first)s to %(last)s.") % {
        "first": error.earliest.isoformat(), "last": error.latest.isoformat(),
    }  # fmt: skip


def start_text(task: Task) -> str:
    """Why a start and a deadline do not go together; names the two days that stand."""
    if task.start_on is None:
        return _("The start must not be after the deadline.")
    return _("The task starts on %(start)s: the deadline must not be before that day. Move the start first.") % {
        "start": task.start_on.isoformat()
    }
