"""What a toast says of a single edit that it offers to take back."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WORDS: dict[str, Promise] = {
    "title changed": _("Title changed."),
    "description changed": _("Description changed."),
    "owner changed": _("Owner changed."),
    "helpers changed": _("Helpers changed."),
    "labels changed": _("Labels changed."),
    "priority changed": _("Priority changed."),
    "milestone changed": _("Milestone changed."),
    "passport changed": _("Changed whether it needs a passport."),
    "visibility changed": _("Visibility changed."),
    "deadline changed": _("Deadline changed."),
    "start changed": _("Start changed."),
    "reminders changed": _("Reminders changed."),
    "estimate changed": _("Estimate changed."),
    "faster way changed": _("Faster way changed."),
    "moved": _("Moved."),
}


def changed_words(verb: str) -> str:
    return str(_WORDS.get(verb, _("Field changed.")))
