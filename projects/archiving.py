"""What must have happened before a project goes into the archive as done. Rooms above say it (AppConfig.ready).

A project is done when its owner said that it is finished, or when it has tasks, none is open and none comes again. Any
other one is called off when it is archived, and nothing holds that up.
"""

from collections.abc import Callable
from typing import NamedTuple

from projects.models import Project


class Hold(NamedTuple):
    """Why it may not be archived yet; `word` names the button that leads to `url`, where that can be mended."""

    text: str
    word: str
    url: str


class ArchiveHeld(RuntimeError):
    def __init__(self, hold: Hold) -> None:
        super().__init__(hold.text)
        self.hold = hold


Rule = Callable[[Project], Hold | None]
_rules: list[Rule] = []


def hold_archiving(rule: Rule) -> Rule:
    """Ask this of every project that is archived as done."""
    _rules.append(rule)
    return rule


def is_done(project: Project, *, has_open: bool | None = None) -> bool:
    """`has_open`: whether a task that is at work is unfinished, for who knows it; None asks."""
    if project.state == Project.State.FINISHED:
        return True
    counted = project.tasks.counted()
    if has_open is None:
        has_open = counted.unfinished().exists()
    if has_open or not counted.exists():
        return False
    comes_again = counted.filter(recurrence__stopped_at=None, recurrence__next_on__isnull=False)
    return not comes_again.exists()


def what_holds(project: Project, *, has_open: bool | None = None) -> Hold | None:
    """The first thing that keeps it out of the archive; None when it may go there, or is not done."""
    if not is_done(project, has_open=has_open):
        return None
    return next((hold for rule in _rules if (hold := rule(project)) is not None), None)
