"""The words of the trace about what waits for what, and about plans that were kept or moved."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.link_words import link_text
from projects.models import Slip

Data = Mapping[str, Any]

PLAIN: dict[str, Promise] = {
    "plan frozen": gettext_lazy("%(actor)s froze the plan as “%(name)s”."),
    "baseline removed": gettext_lazy("%(actor)s removed the frozen plan “%(name)s”."),
    "begun despite": gettext_lazy("%(actor)s did not wait for the tasks before it: %(reason)s"),
}


def _task(data: Data) -> str:
    """By number: who reads the one task may be kept from the other."""
    number = f"#{data.get('number', '–')}"
    if not data.get("place"):
        return number
    return _("%(number)s of “%(project)s”") % {"number": number, "project": data["place"]}


def _how(data: Data) -> str:
    return link_text(data.get("kind", "fs"), data.get("lag", 0), is_working=bool(data.get("working")))


def _added(data: Data) -> tuple[str, dict[str, Any]]:
    values = {"task": _task(data), "how": _how(data)}
    if data.get("side") == "waits":
        return _("%(actor)s let it wait for %(task)s (%(how)s)."), values
    return _("%(actor)s let %(task)s wait for it (%(how)s)."), values


def _changed(data: Data) -> tuple[str, dict[str, Any]]:
    values = {"task": _task(data), "before": _how(data.get("was", {})), "after": _how(data)}
    if data.get("side") == "waits":
        return _("%(actor)s changed how it waits for %(task)s: from “%(before)s” to “%(after)s”."), values
    return _("%(actor)s changed how %(task)s waits for it: from “%(before)s” to “%(after)s”."), values


def _removed(data: Data) -> tuple[str, dict[str, Any]]:
    values = {"task": _task(data)}
    if data.get("side") == "waits":
        return _("%(actor)s let it wait for %(task)s no more."), values
    return _("%(actor)s let %(task)s wait for it no more."), values


def _explained(data: Data) -> tuple[str, dict[str, Any]]:
    reason = str(dict(Slip.Reason.choices).get(data.get("reason", ""), "–"))
    if data.get("note"):
        values = {"reason": reason, "note": data["note"]}
        return _("%(actor)s said why the deadline moved: %(reason)s (%(note)s)."), values
    return _("%(actor)s said why the deadline moved: %(reason)s."), {"reason": reason}


BY_VERB: dict[str, Callable[[Data], tuple[str, dict[str, Any]]]] = {
    "dependency added": _added,
    "dependency changed": _changed,
    "dependency removed": _removed,
    "slip explained": _explained,
}
