"""Which dates of the American retail year a plan goes past when it moves."""

from collections.abc import Sequence
from datetime import datetime, time

from django.utils.translation import ngettext

from linkstar.calendars.market import Entry, dates_between
from linkstar.calendars.models import MarketDate
from linkstar.lib.clock_text import day_text
from linkstar.lib.deadlines import resolve
from projects.cards import Reader
from projects.models import Project
from projects.scheduling.preview import Move

_Kind = MarketDate.Kind
_BEGINNINGS = (_Kind.RETAIL, _Kind.MARKETPLACE_EVENT)
_KINDS = (*_BEGINNINGS, _Kind.MARKETPLACE_DEADLINE)
_MOST = 4


def passed_text(moves: Sequence[Move], project: Project, reader: Reader) -> list[str]:
    """How many deadlines come to lie behind a shopping day, a sale or a cut-off that they were before; one statement.

    Those that most tasks pass come first.
    """
    later = [move for move in moves if move.before.deadline and move.deadline and move.days > 0]
    if not later:
        return []
    first = min(move.before.deadline.on for move in later if move.before.deadline)
    last = max(move.deadline.on for move in later if move.deadline)
    found = []
    for entry in dates_between(first, last):
        edge = _edge(entry) if entry.kind in _KINDS and entry.channel in ("", project.channel) else None
        count = sum(_passes(move, edge) for move in later) if edge else 0
        if count:
            found.append((count, entry))
    found.sort(key=lambda one: (-one[0], one[1].first))
    return [_text(count, entry, reader) for count, entry in found[:_MOST]]


def _edge(entry: Entry) -> datetime | None:
    """A sale is passed when it begins, a cut-off when it is over."""
    if entry.first is None or entry.deadline is None:
        return None
    if entry.instant is None and entry.kind in _BEGINNINGS:
        return resolve(entry.first, time.min, entry.zone).instant
    return entry.deadline.instant


def _passes(move: Move, edge: datetime) -> bool:
    before, after = move.before.deadline, move.deadline
    return before is not None and after is not None and before.instant <= edge < after.instant


def _text(count: int, entry: Entry, reader: Reader) -> str:
    day = day_text(entry.first, reader.language) if entry.first else ""
    words = {"count": count, "name": entry.name.for_language(reader.language), "day": day}
    return ngettext("%(count)d passes %(name)s, %(day)s.", "%(count)d pass %(name)s, %(day)s.", count) % words
