"""Why two tasks are not linked, in sentences."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linkstar.members.models import Member
from projects.actions.dependencies import (
    CycleFound,
    LagOutOfRange,
    LinkClosed,
    LinkedAlready,
    LinkInFamily,
    LinkRefused,
    LinkToItself,
    TooManyLinks,
)
from projects.chains import titles_of
from projects.circles import PART, WHOLE, Way
from projects.dependencies import MOST_LINKS
from projects.models import Task


def why_no_link(error: LinkRefused, reader: Member) -> str:
    """Of a circle the way round: hidden tasks are counted, and not named."""
    if isinstance(error, CycleFound):
        return _("They would wait for each other: %(way)s.") % {"way": way_text(error.way, reader)}
    if isinstance(error, LinkClosed):
        return _closed(error.task, reader)
    if isinstance(error, TooManyLinks):
        return _("A task has up to %(most)d links to each side. Link a task between, or a milestone.") % {
            "most": MOST_LINKS
        }
    return _plain(error)


def _plain(error: LinkRefused) -> str:
    if isinstance(error, LinkToItself):
        return _("A task cannot wait for itself.")
    if isinstance(error, LinkedAlready):
        return _("These two are linked already. Change the link they have.")
    if isinstance(error, LinkInFamily):
        return _("One of them is a part of the other, which it belongs to anyway.")
    if isinstance(error, LagOutOfRange):
        return _("A lag is between −365 and 365 days.")
    return _("Somebody has removed this link or its task meanwhile.")


def _closed(task: Task, reader: Member) -> str:
    seen = Task.objects.allowed_to(reader).filter(pk=task.pk).exists()
    values = {"title": task.title if seen else "…"}
    if task.deleted_at is not None:
        return _("“%(title)s” lies in the bin. Take it out first.") % values
    if task.is_archived:
        return _("“%(title)s” is archived. Take it out of the archive first.") % values
    if task.is_readonly:
        return _("The project of “%(title)s” is archived: nothing of it changes.") % values
    return _("“%(title)s” is done already: nothing waits for it, and it waits for nothing.") % values


def way_text(way: Way, reader: Member) -> str:
    """Who holds back whom, by title; of a family it says who is a part of whom."""
    named = []
    for title, step in zip(titles_of(way.tasks, reader), way.steps, strict=True):
        if title and step == PART:
            title = _("%(title)s (a part of it)") % {"title": title}
        elif title and step == WHOLE:
            title = _("%(title)s (which it is a part of)") % {"title": title}
        named.append(title)
    return " → ".join(_steps(named))


def _steps(titles: Sequence[str]) -> list[str]:
    """With those that follow each other unseen as one step."""
    steps: list[str] = []
    hidden = 0
    for title in [*titles, None]:
        if title == "":
            hidden += 1
            continue
        if hidden:
            words = ngettext("%(count)d task that you cannot see", "%(count)d tasks that you cannot see", hidden)
            steps.append(f"({words % {'count': hidden}})")
            hidden = 0
        if title is not None:
            steps.append(title)
    return steps
