"""Which verbs of the trace belong together."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

# What the page of a project filters by, and which verbs belong to it.
KINDS: dict[str, tuple[Promise, tuple[str, ...]]] = {
    "tasks": (
        pgettext_lazy("kind of activity", "Tasks"),
        (
            "task created",
            "task deleted",
            "task restored",
            "task removed",
            "moved",
            "title changed",
            "description changed",
            "labels changed",
            "priority changed",
            "visibility changed",
            "subtasks added",
            "subtask joined",
            "subtask left",
            "parent changed",
            "made of item",
            "milestone changed",
            "field changed",
        ),
    ),
    "dates": (
        pgettext_lazy("kind of activity", "Dates"),
        (
            "deadline changed",
            "start changed",
            "reminders changed",
            "recurrence set",
            "recurrence changed",
            "recurrence stopped",
            "recurred",
            "occurrence skipped",
            "occurrences missed",
        ),
    ),
    "people": (
        pgettext_lazy("kind of activity", "People"),
        (
            "owner changed",
            "helpers changed",
            "project owner changed",
            "owner offered",
            "owner offer declined",
            "owner offer withdrawn",
            "guest invited",
            "guest invitation withdrawn",
            "guest joined",
            "guest removed",
        ),
    ),
    "checklists": (
        pgettext_lazy("kind of activity", "Checklists"),
        (
            "checklist added",
            "checklist edited",
            "checklist removed",
            "checked",
            "unchecked",
            "item promoted",
            "promotion taken back",
        ),
    ),
    "comments": (pgettext_lazy("kind of activity", "Comments"), ("commented", "comment edited", "comment deleted")),
    "files": (
        pgettext_lazy("kind of activity", "Files"),
        (
            "file added",
            "file replaced",
            "file shared",
            "file unshared",
            "file deleted",
            "file restored",
            "file removed",
        ),
    ),
    "project": (
        pgettext_lazy("kind of activity", "Project and board"),
        (
            "project created",
            "project started",
            "project edited",
            "fields chosen",
            "project finished",
            "project kept",
            "project snoozed",
            "project archived",
            "project restored",
            "column added",
            "column edited",
            "column moved",
            "column deleted",
        ),
    ),
}
