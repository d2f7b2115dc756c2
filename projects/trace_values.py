"""The words of the trace for custom fields and for tasks that come again."""

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from linkstar.lib.clock_text import day_text
from linkstar.lib.money import amount_text
from linkstar.lib.recurrence import Rule, rule_text

Data = Mapping[str, Any]
Said = tuple[str, dict[str, Any]]


def rule_of(data: Data) -> Rule:
    """The rule that rule_data() has kept."""
    return Rule(
        unit=data["unit"],
        anchor=date.fromisoformat(data["anchor"]),
        zone=data["zone"],
        at=time.fromisoformat(data["at"]) if data["at"] else None,
        every=data["every"],
        weekdays=tuple(data["weekdays"]),
        month_day=data["month_day"],
        nth=data["nth"],
        calendar=data["calendar"],
    )


def _field(data: Data) -> Said:
    kind = data.get("kind", "")
    values = {"field": data.get("field", "–"), **{key: _value(kind, data.get(key)) for key in ("before", "after")}}
    if not values["before"]:
        return _("%(actor)s set “%(field)s” to %(after)s."), values
    if not values["after"]:
        return _("%(actor)s cleared “%(field)s”, which was %(before)s."), values
    return _("%(actor)s changed “%(field)s” from %(before)s to %(after)s."), values


def _value(kind: str, value: Any) -> str:
    if not value:
        return ""
    if kind == "money":
        return amount_text(value["amount"], value["currency"])
    return _day(value) if kind == "date" else str(value)


def _rule_set(data: Data) -> Said:
    return _("%(actor)s let the task repeat: %(after)s."), {"after": _rule(data["after"])}


def _rule_changed(data: Data) -> Said:
    values = {"before": _rule(data["before"]), "after": _rule(data["after"])}
    if values["before"] == values["after"]:
        return _("%(actor)s changed how the task repeats: %(after)s."), values
    return _("%(actor)s changed how the task repeats from “%(before)s” to “%(after)s”."), values


def _recurred(data: Data) -> Said:
    return _("%(actor)s made the copy for %(day)s of the repeating task “%(title)s”."), {
        "day": _day(data["on"]),
        "title": data.get("title", "–"),
    }


def _missed(data: Data) -> Said:
    count = data.get("count", 1)
    values = {"count": count, "first": _day(data["first"]), "last": _day(data["last"])}
    text = ngettext(
        "%(actor)s left out %(first)s, for the copy before was still open.",
        "%(actor)s left out %(count)s days from %(first)s to %(last)s, for the copy before was still open.",
        count,
    )
    return text, values


def _rule(data: Data) -> str:
    return rule_text(rule_of(data), get_language() or "en")


def _day(text: str) -> str:
    return day_text(date.fromisoformat(text), get_language() or "en")


WORDS: dict[str, Callable[[Data], Said]] = {
    "field changed": _field,
    "fields chosen": lambda data: (_("%(actor)s changed which fields the project's tasks show."), {}),
    "recurrence set": _rule_set,
    "recurrence changed": _rule_changed,
    "recurrence stopped": lambda data: (_("%(actor)s stopped the task from repeating."), {}),
    "recurred": _recurred,
    "occurrence skipped": lambda data: (_("%(actor)s skipped the copy for %(day)s."), {"day": _day(data["on"])}),
    "occurrences missed": _missed,
}
