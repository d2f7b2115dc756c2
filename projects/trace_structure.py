"""The words of the trace about what a task is made of: its subtasks, milestone, estimate, time and products."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.wording import listed

Data = Mapping[str, Any]
# Of a pasted list so many are named.
_NAMED = 8

# Numbers instead of titles where who reads the one task may be kept from the other.
PLAIN: dict[str, Promise] = {
    "subtask joined": gettext_lazy("%(actor)s made #%(number)s a subtask of this task."),
    "subtask left": gettext_lazy("%(actor)s took the subtask #%(number)s out of this task."),
    "item promoted": gettext_lazy("%(actor)s made the subtask #%(number)s out of “%(text)s” in the checklist."),
    "made of item": gettext_lazy("%(actor)s made this task out of an item in the checklist of #%(number)s."),
    "promotion taken back": gettext_lazy("%(actor)s put “%(text)s” back into the checklist."),
}


def _subtasks(data: Data) -> tuple[str, dict[str, Any]]:
    titles = data.get("titles") or ["–"]
    if len(titles) == 1:
        return _("%(actor)s added the subtask “%(title)s”."), {"title": titles[0]}
    first = listed(titles[:_NAMED]) + (" …" if len(titles) > _NAMED else "")
    return _("%(actor)s added %(count)s subtasks: %(list)s."), {"count": len(titles), "list": first}


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


BY_VERB: dict[str, Callable[[Data], tuple[str, dict[str, Any]]]] = {
    "subtasks added": _subtasks,
    "parent changed": _parent,
    "milestone changed": _milestone,
}
