"""What to ask in the call, to be copied: about these tasks, in the reader's language."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from projects.health.checks import Health
from projects.health.pulse import Asked
from projects.models import Project


def questions_of(project: Project, asked: Sequence[Asked], health: Health) -> list[str]:
    found = [_about(one) for one in asked]
    found.append(_("What is the next thing that somebody outside has to do, who asked them, and when do they answer?"))
    if health.no_owner or health.no_deadline:
        found.append(_("Some tasks have no owner or no deadline. Who takes each, and until when?"))
    found.append(_("If one date of “%(project)s” had to go, which one would you give up?") % {"project": project.name})
    return found


def _about(one: Asked) -> str:
    given = {
        "task": one.task.title,
        "owner": one.owner.name if one.owner else "",
        "blocker": one.blockers[0].title if one.blockers else "",
        "days": one.silent_days,
        "count": one.moved,
    }
    if not one.owner:
        return _("“%(task)s”: who answers for it from today?") % given
    if one.blockers and given["blocker"]:
        return (
            _("%(owner)s, “%(task)s” waits for “%(blocker)s”. Who can get it going, and what if it comes late?") % given
        )
    if one.moved > 1:
        return (
            _("%(owner)s, the deadline of “%(task)s” has moved %(count)s times. What is different this time?") % given
        )
    if one.is_overdue:
        return _("%(owner)s, “%(task)s” is overdue. What is missing, and which day can you promise?") % given
    return _("%(owner)s, what of “%(task)s” can you show today, and what is still missing?") % given
