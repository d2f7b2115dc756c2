"""The words of signals and mends."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from projects.forecasts.shown import Names


def signal_text(signal: Mapping[str, Any], names: "Names") -> str:
    """One whole sentence."""
    given: dict[str, Any] = {**signal, "task": names.title(signal["task"])}
    for key in ("on", "first", "last"):
        if key in signal:
            given[key] = names.day(signal[key])
    if "zh" in signal:
        given["name"] = signal["zh"] if get_language() == "zh-hans" else signal["en"]
    if "member" in signal:
        given["member"] = names.person(signal["member"])
    return _signal_words(signal["kind"], given) % given


def _signal_words(kind: str, given: Mapping[str, Any]) -> str:
    if kind == "late_start":
        return _("“%(task)s” should have begun by %(on)s.")
    if kind == "overdue":
        if not given["days"]:
            return _("“%(task)s” is overdue since today.")
        return ngettext(
            "“%(task)s” is overdue by %(days)s day.", "“%(task)s” is overdue by %(days)s days.", given["days"]
        )
    if kind == "late":
        return _("“%(task)s” will be late: it can be done on %(on)s at the earliest.")
    if kind == "leave":
        if given["first"] == given["last"]:
            return _("%(member)s is on leave on %(first)s, while “%(task)s” is to be done.")
        return _("%(member)s is on leave from %(first)s to %(last)s, while “%(task)s” is to be done.")
    if kind == "unfilled":
        return _("Nobody answers for “%(task)s”, which comes up soon.")
    if kind == "cutoff":
        return _("“%(name)s” was on %(on)s, and “%(task)s” is not done.")
    if kind == "silent":
        return ngettext(
            "“%(task)s” is being worked on, but nothing has changed in it for %(days)s day.",
            "“%(task)s” is being worked on, but nothing has changed in it for %(days)s days.",
            given["days"],
        )
    return ngettext(
        "%(name)s (from %(on)s, %(days)s working day) lies within “%(task)s”.",
        "%(name)s (from %(on)s, %(days)s working days) lies within “%(task)s”.",
        given["days"],
    )


def mend_text(mend: Mapping[str, Any], names: "Names") -> str:
    """One whole sentence, without what it brings."""
    given: dict[str, Any] = {**mend, "task": names.title(mend["task"])}
    if "on" in mend:
        given["on"] = names.day(mend["on"])
    if "other" in mend:
        given["other"] = names.title(mend["other"])
    if "member" in mend:
        given["member"] = names.person(mend["member"])
    if mend.get("other_member"):
        given["other"] = names.person(mend["other_member"])
        return _("Give “%(task)s” to %(other)s, who does such work and has room, while %(member)s is away.") % given
    if mend["kind"] == "faster":
        # Who may not see the title is not told of the note.
        note = mend["note"] if names.link(mend["task"]) else ""
        given["how"] = _(": %(note)s") % {"note": note} if note else ""
        text = ngettext(
            "Do “%(task)s” the faster way, in %(quick)s instead of %(whole)s working day%(how)s.",
            "Do “%(task)s” the faster way, in %(quick)s instead of %(whole)s working days%(how)s.",
            mend["whole"],
        )
        return text % given
    words = {
        "start": _("Begin “%(task)s” by %(on)s."),
        "colleague": _("Give “%(task)s” to somebody who is at work while %(member)s is away."),
        "parallel": _("Do “%(task)s” alongside “%(other)s” instead of after it."),
        "shorten": _("Shorten “%(task)s” from %(whole)s to %(half)s working days, with help or less of it."),
        "drop": _("Leave out “%(task)s”, which has a low priority."),
    }
    return words[mend["kind"]] % given
