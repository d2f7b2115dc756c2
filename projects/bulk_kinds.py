"""What can be done with many tasks, as the bar under them offers it."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

_KINDS: dict[str, tuple[Promise, str]] = {
    "move": (pgettext_lazy("many tasks", "Move"), "arrow-right"),
    "owner": (pgettext_lazy("many tasks", "Owner"), "user"),
    "helpers": (pgettext_lazy("many tasks", "Helpers"), "people"),
    "labels": (pgettext_lazy("many tasks", "Labels"), "flag"),
    "deadline": (pgettext_lazy("many tasks", "Deadline"), "clock"),
    "priority": (pgettext_lazy("many tasks", "Priority"), "risk"),
    "milestone": (pgettext_lazy("many tasks", "Milestone"), "timeline"),
    "relocate": (pgettext_lazy("many tasks", "To a project"), "project"),
    "finish": (pgettext_lazy("many tasks", "Mark done"), "check"),
    "archive": (pgettext_lazy("many tasks", "Archive"), "archive"),
    "bin": (pgettext_lazy("many tasks", "To the bin"), "trash"),
}
NAMES = {kind: name for kind, (name, _icon) in _KINDS.items()}


def bulk_kinds() -> list[tuple[str, Promise, str]]:
    """Each with its name and its icon."""
    return [(kind, name, icon) for kind, (name, icon) in _KINDS.items()]
