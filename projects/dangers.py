"""What endangers tasks besides their dates, for the timeline: rooms above this one say so.

    @warns
    def stock_runs_out(tasks, *, now) -> dict[int, list[str]]: ...

The app imports the module in `AppConfig.ready`. What is told is the team's: guests are told nothing of it.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from linkstar.members.models import Member


class Look(Protocol):
    def __call__(self, tasks: Collection[int], /, *, member: Member, now: datetime) -> dict[int, list[str]]: ...


_lookers: list[Look] = []


def warns(look: Look) -> Look:
    """Register what may endanger tasks; it gets their pks and answers with sentences in the reader's language."""
    _lookers.append(look)
    return look


def dangers_of(tasks: Collection[int], *, member: Member, now: datetime) -> dict[int, list[str]]:
    """By pk, of those in danger. Statements do not grow with the tasks."""
    found: dict[int, list[str]] = {}
    if not tasks or not member.is_insider:
        return found
    for look in _lookers:
        for pk, texts in look(tasks, member=member, now=now).items():
            found.setdefault(pk, []).extend(texts)
    return found
