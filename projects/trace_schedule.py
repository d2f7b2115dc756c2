"""The words of the trace about dates that moved with others: one sentence for what moved, and one for why."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from linkstar.lib.clock_text import day_text
from linkstar.lib.deadlines import describe, of_parts

Data = Mapping[str, Any]
Said = tuple[str, dict[str, Any]]

# By why (scheduling/preview.py); the words for tasks that follow another stand below.
_WHY: dict[str, Promise] = {
    "planned": gettext_lazy("The project was planned anew."),
    "anchor": gettext_lazy("It is counted from the project's anchor, which moved."),
    "distance": gettext_lazy("The project's anchor moved, and this kept the distance given to it by hand."),
    "along": gettext_lazy("The project's anchor moved, and this went along."),
    "zone": gettext_lazy("The project went to another time zone."),
    "decided": gettext_lazy("The project's anchor moved, and this date was chosen for it."),
}


def deadline_text(data: Data | None) -> str:
    """On the deadline's own clock, and on the reader's where that differs."""
    if not data:
        return ""
    label = describe(
        of_parts(data),
        reader_zone=timezone.get_current_timezone_name(),
        language=get_language() or "en",
        now=timezone.now(),
    )
    return f"{label.at_text} · {label.you_text}" if label.you_text else label.at_text


def start_words(text: str) -> str:
    """A start as `start_data` keeps it: its day, and its time of day where it has one."""
    on, _space, at = text.partition(" ")
    return f"{day_text(date.fromisoformat(on), get_language() or 'en')} {at}".rstrip()


def _rescheduled(data: Data) -> Said:
    message, values = _moved(data)
    why = _why(data)
    return (f"{message} {why}" if why else message), {**values, "by": data.get("by", "–")}


def _moved(data: Data) -> Said:
    if data.get("after"):
        before, after = deadline_text(data.get("before")), deadline_text(data["after"])
        if not before:
            return _("%(actor)s set the deadline to %(after)s."), {"after": after}
        return _("%(actor)s moved the deadline from %(before)s to %(after)s."), {"before": before, "after": after}
    start = {key: start_words(data[f"start_{key}"]) for key in ("before", "after") if data.get(f"start_{key}")}
    if "before" not in start:
        return _("%(actor)s set the start to %(after)s."), {"after": start.get("after", "–")}
    if "after" not in start:
        return _("%(actor)s removed the start date."), {}
    return _("%(actor)s moved the start from %(before)s to %(after)s."), start


def _why(data: Data) -> str:
    why = data.get("why", "")
    if why not in ("follows", "pushed"):
        return str(_WHY.get(why, ""))
    if data.get("is_elsewhere"):
        return _("It waits for a task of another project, which moved.")
    if not data.get("by"):
        return _("It waits for a task that moved.")
    if why == "follows":
        return _("It keeps its distance to #%(by)s, which moved.")
    return _("It waits for #%(by)s, which moved.")


def _anchor_moved(data: Data) -> Said:
    count = data.get("tasks", 0)
    values = {key: _day(data.get(key, {}).get("anchor_on")) for key in ("before", "after")}
    text = ngettext(
        "%(actor)s moved the anchor of the project from %(before)s to %(after)s, and %(count)s task with it.",
        "%(actor)s moved the anchor of the project from %(before)s to %(after)s, and %(count)s tasks with it.",
        count,
    )
    return text, {**values, "count": count}


def _zone_changed(data: Data) -> Said:
    count = data.get("tasks", 0)
    values = {key: data.get(key, {}).get("time_zone", "–") for key in ("before", "after")}
    text = ngettext(
        "%(actor)s moved the project from the time zone %(before)s to %(after)s, and %(count)s deadline with it.",
        "%(actor)s moved the project from the time zone %(before)s to %(after)s, and %(count)s deadlines with it.",
        count,
    )
    return text, {**values, "count": count}


def _planned(data: Data) -> Said:
    count = data.get("tasks", 0)
    text = ngettext(
        "%(actor)s planned the project anew, and %(count)s task moved.",
        "%(actor)s planned the project anew, and %(count)s tasks moved.",
        count,
    )
    return text, {"count": count}


def _day(text: str | None) -> str:
    return day_text(date.fromisoformat(text), get_language() or "en", with_year=True) if text else "–"


BY_VERB: dict[str, Callable[[Data], Said]] = {
    "rescheduled": _rescheduled,
    "anchor moved": _anchor_moved,
    "project planned": _planned,
    "zone changed": _zone_changed,
}
