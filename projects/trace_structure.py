"""The words of the trace about what a task is made of: its subtasks, milestone, estimate, time and products."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from linkstar.lib.clock_text import day_text
from linkstar.lib.durations import duration_text
from projects.effort import way_text
from projects.wording import listed

Data = Mapping[str, Any]
# Of a pasted list so many are named.
_NAMED = 8

# Numbers instead of titles where who reads the one task may be kept from the other.
PLAIN: dict[str, Promise] = {
    "relocated": gettext_lazy("%(actor)s moved it here from the project “%(before)s”, where it was #%(number)s."),
    "subtask joined": gettext_lazy("%(actor)s made #%(number)s a subtask of this task."),
    "subtask left": gettext_lazy("%(actor)s took the subtask #%(number)s out of this task."),
    "item promoted": gettext_lazy("%(actor)s made the subtask #%(number)s out of “%(text)s” in the checklist."),
    "made of item": gettext_lazy("%(actor)s made this task out of an item in the checklist of #%(number)s."),
    "product unlinked": gettext_lazy("%(actor)s took the product %(name)s off this task."),
    "promotion taken back": gettext_lazy("%(actor)s put “%(text)s” back into the checklist."),
}


def _subtasks(data: Data) -> tuple[str, dict[str, Any]]:
    titles = data.get("titles") or ["–"]
    if len(titles) == 1:
        return _("%(actor)s added the subtask “%(title)s”."), {"title": titles[0]}
    first = listed(titles[:_NAMED]) + (" …" if len(titles) > _NAMED else "")
    return _("%(actor)s added %(count)s subtasks: %(list)s."), {"count": len(titles), "list": first}


def _relocated(data: Data) -> tuple[str, dict[str, Any]]:
    if data.get("count") == 1:
        return _("%(actor)s moved a task to the project “%(after)s”."), {"after": data.get("after", "–")}
    words = _("%(actor)s moved %(count)s tasks to the project “%(after)s”.")
    return words, {"count": data.get("count", "–"), "after": data.get("after", "–")}


def _parent(data: Data) -> tuple[str, dict[str, Any]]:
    before, after = data.get("before"), data.get("after")
    if not after:
        return _("%(actor)s made it a task of its own, no longer a part of #%(before)s."), {"before": before}
    if not before:
        return _("%(actor)s made it a subtask of #%(after)s."), {"after": after}
    return _("%(actor)s moved it as a subtask from #%(before)s to #%(after)s."), {"before": before, "after": after}


def _milestone(data: Data) -> tuple[str, dict[str, Any]]:
    if data.get("after"):
        return _("%(actor)s made it a milestone."), {}
    return _("%(actor)s made it an ordinary task, no milestone any more."), {}


def _passport(data: Data) -> tuple[str, dict[str, Any]]:
    if data.get("after"):
        return _("%(actor)s let it be done only with a passport that is in order."), {}
    return _("%(actor)s let it need no passport any more."), {}


def _waived(data: Data) -> tuple[str, dict[str, Any]]:
    values = {"of": listed(data.get("of", [])), "reason": data.get("reason", "")}
    return _("%(actor)s let it be done although %(of)s is not in order: %(reason)s"), values


def _estimate(data: Data) -> tuple[str, dict[str, Any]]:
    before, after = _length(data.get("before")), _length(data.get("after"))
    if not after:
        return _("%(actor)s removed the estimate of %(before)s."), {"before": before}
    if not before:
        return _("%(actor)s estimated %(after)s."), {"after": after}
    return _("%(actor)s changed the estimate from %(before)s to %(after)s."), {"before": before, "after": after}


def _faster(data: Data) -> tuple[str, dict[str, Any]]:
    days = data.get("days")
    if not days:
        return _("%(actor)s removed the faster way."), {}
    return _("%(actor)s wrote down a faster way: %(way)s."), {"way": way_text(days, data.get("note", ""))}


def _logged(data: Data) -> tuple[str, dict[str, Any]]:
    values = {"length": _length(data.get("minutes")), "day": _day(data), "note": data.get("note", "")}
    if data.get("note"):
        return _("%(actor)s logged %(length)s of work for %(day)s: %(note)s"), values
    return _("%(actor)s logged %(length)s of work for %(day)s."), values


def _log_edited(data: Data) -> tuple[str, dict[str, Any]]:
    values = {"before": _length(data.get("before")), "after": _length(data.get("after")), "day": _day(data)}
    if data.get("before") == data.get("after"):
        return _("%(actor)s changed the %(after)s logged for %(day)s."), values
    return _("%(actor)s changed the time logged for %(day)s from %(before)s to %(after)s."), values


def _log_removed(data: Data) -> tuple[str, dict[str, Any]]:
    values = {"length": _length(data.get("minutes")), "whose": data.get("whose", "–")}
    if data.get("own"):
        return _("%(actor)s took back %(length)s of logged work."), values
    return _("%(actor)s removed %(length)s of work that %(whose)s had logged."), values


def _products(data: Data) -> tuple[str, dict[str, Any]]:
    return _("%(actor)s linked %(names)s."), {"names": listed(data.get("names", []))}


def _length(minutes: int | None) -> str:
    return duration_text(minutes, get_language() or "en") if minutes else ""


def _day(data: Data) -> str:
    return day_text(date.fromisoformat(data["on"]), get_language() or "en")


BY_VERB: dict[str, Callable[[Data], tuple[str, dict[str, Any]]]] = {
    "subtasks added": _subtasks,
    "parent changed": _parent,
    "tasks relocated": _relocated,
    "milestone changed": _milestone,
    "passport changed": _passport,
    "hold waived": _waived,
    "estimate changed": _estimate,
    "faster way changed": _faster,
    "time logged": _logged,
    "time edited": _log_edited,
    "time removed": _log_removed,
    "products linked": _products,
}
