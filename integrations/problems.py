"""What people are told of what went wrong between us and a channel: what it is, and what to do about it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True)
class Problem:
    """`is_ours`: whoever runs LinkStar has to look; people of the workspace can do nothing."""

    what: Words
    then: Words
    is_ours: bool = False


_WAIT = _("LinkStar tries again by itself; nothing that was read is lost.")
_CONNECT = _("An admin has to connect the store again. What was read stays, and what was missed is filled in.")
_TELL = _("Tell whoever runs LinkStar; the log says more.")

PROBLEMS: dict[str, Problem] = {
    "unreachable": Problem(_("The channel cannot be reached, or answers with errors of its own."), _WAIT),
    "throttled": Problem(_("The channel asks us to slow down."), _WAIT),
    "page_expired": Problem(_("The channel forgot where we were in a long list."), _WAIT),
    "busy": Problem(_("Another job is reading this store."), _WAIT),
    "unauthorised": Problem(_("The channel does not accept our permission."), _CONNECT),
    "revoked": Problem(_("The permission was withdrawn at the channel, or has run out."), _CONNECT),
    "other_store": Problem(
        _("The channel answered for another store than this one."),
        _("An admin has to connect it again, signed in at the channel with this store's account."),
    ),
    "scope": Problem(
        _("The permission does not cover everything that is read."),
        _("An admin has to connect the store again and agree to everything that is asked for."),
    ),
    "refused": Problem(_("The channel understood the question and refuses it."), _TELL, is_ours=True),
    "not_synced": Problem(_("The store is paused or disconnected."), _("An admin can resume it, or connect it again.")),
    "unexpected": Problem(_("Something went wrong that we did not expect."), _TELL, is_ours=True),
}


def problem_of(code: str) -> Problem:
    """What is known of a code; a new one reads as something unexpected."""
    return PROBLEMS.get(code) or PROBLEMS["unexpected"]
