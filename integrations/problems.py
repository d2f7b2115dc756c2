"""What people are told of what went wrong between us and a channel: what it is, and what to do about it."""

from dataclasses import dataclass, replace

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
_CONNECT = _("An admin has to connect the shop again. What was read stays, and what was missed is filled in.")
_AGAIN = _("Nothing was connected. Wait a minute and begin again here.")
_TELL = _("Tell whoever runs LinkStar; the log says more.")

PROBLEMS: dict[str, Problem] = {
    "unreachable": Problem(_("The channel cannot be reached, or answers with errors of its own."), _WAIT),
    "throttled": Problem(_("The channel asks us to slow down."), _WAIT),
    "page_expired": Problem(_("The channel forgot where we were in a long list."), _WAIT),
    "busy": Problem(_("Another job is reading this shop."), _WAIT),
    "unauthorised": Problem(_("The channel does not accept our permission."), _CONNECT),
    "revoked": Problem(_("The permission was withdrawn at the channel, or has run out."), _CONNECT),
    "other_store": Problem(
        _("The channel answered for another shop than this one."),
        _("An admin has to connect it again, signed in at the channel with this shop's account."),
    ),
    "scope": Problem(
        _("The permission does not cover everything that is read."),
        _("An admin has to connect the shop again and agree to everything that is asked for."),
    ),
    "timeout": Problem(_("The channel took too long to answer."), _WAIT),
    "unreadable": Problem(_("The channel's answer could not be read."), _WAIT),
    "preparing": Problem(_("The channel is still preparing a report."), _WAIT),
    "query_failed": Problem(_("The channel could not make a report of visits."), _WAIT),
    "no_role": Problem(
        _("LinkStar lacks a role at the channel that is needed for this."),
        _("Whoever runs LinkStar has to ask the channel for it; afterwards an admin connects the shop again."),
        is_ours=True,
    ),
    "no_marketplace": Problem(
        _("This account does not sell in the United States."), _("Connect the account of the US shop.")
    ),
    "no_grant": Problem(_("The channel sent you back without a permission."), _("Begin again.")),
    "typed_keys": Problem(
        _("The channel does not know these keys."), _("Check that both were copied whole, and that neither was reset.")
    ),
    "bad_shop": Problem(_("That is no address of a Shopify shop."), _("It ends in .myshopify.com.")),
    "bad_callback": Problem(
        _("What came back was not signed by the channel, or is too old."), _("Begin again; nothing was connected.")
    ),
    "app_keys": Problem(
        _("The channel does not know LinkStar: its application keys are wrong or have run out."), _TELL, is_ours=True
    ),
    "too_large": Problem(_("The channel's answer is larger than we read."), _TELL, is_ours=True),
    "document_address": Problem(
        _("The channel points to a document at an address that is none of its own."), _TELL, is_ours=True
    ),
    "refused": Problem(_("The channel understood the question and refuses it."), _TELL, is_ours=True),
    "not_synced": Problem(_("The shop is paused or disconnected."), _("An admin can resume it, or connect it again.")),
    "unexpected": Problem(_("Something went wrong that we did not expect."), _TELL, is_ours=True),
}


def problem_of(code: str) -> Problem:
    """What is known of a code; a new one reads as something unexpected."""
    return PROBLEMS.get(code) or PROBLEMS["unexpected"]


def problem_of_connecting(code: str) -> Problem:
    """The same of a store that was being connected: there is none yet that tries again by itself."""
    problem = problem_of(code)
    return replace(problem, then=_AGAIN) if problem.then in (_WAIT, _CONNECT) else problem
