"""While a pilot runs, no project begins beside it: what is tried stays small enough to be judged."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linkstar.lib.clock_text import day_text
from linkstar.members.models import Member
from linkstar.pilot.models import MOST_PROJECTS, Pilot
from projects.creating import bars


@bars
def pilot_is_full(member: Member) -> str:
    """An admin may begin one all the same, and add it to the pilot while there is room."""
    if member.is_admin:
        return ""
    running = Pilot.objects.filter(is_running=True).first()
    if running is None:
        return ""
    return _(
        "This workspace is in a pilot with at most %(most)s projects, until %(day)s. An admin can begin another one, or"
        " open LinkStar to all."
    ) % {"most": MOST_PROJECTS, "day": day_text(running.ends_on, get_language() or "en", with_year=True)}
