"""Proposed changes in words of the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from linkstar.retrospectives.models import ProposedChange
from templates_sop.wording import duration_text, offset_text

Kind = ProposedChange.Kind


def said(words: Mapping[str, str] | None) -> str:
    """In the reader's language, or in the one there is."""
    zh, en = (words or {}).get("zh", ""), (words or {}).get("en", "")
    return (zh or en) if (get_language() or "en").startswith("zh") else (en or zh)


def field_name(field: str) -> str:
    names = {
        "title": pgettext("of a step", "Title"),
        "why": _("Why it matters"),
        "outcome": pgettext("of a step", "Outcome"),
        "deliverable": _("Deliverable"),
        "risk": pgettext("of a step", "Risk"),
    }
    return names[field]


def value_text(change: ProposedChange, value: Any) -> str:
    """Of a `before` or `after` of the change; "" for nothing."""
    if value is None:
        return ""
    language = get_language() or "en"
    if change.kind == Kind.DURATION:
        return duration_text(float(value), language)
    if change.kind == Kind.OFFSET:
        return offset_text(value.get("days", 0), value.get("hours"), language)
    if change.kind == Kind.NEW_STEP:
        days = offset_text(value["days"], None, language)
        return f"{said(value['title'])} · {days} · {duration_text(float(value['duration']), language)}"
    return said(value)


def what_text(change: ProposedChange) -> str:
    """What of the step it is about: "Duration", or for words the name of the field."""
    if change.kind == Kind.TEXT:
        words: Any = change.after
        return field_name(words["field"])
    return str(Kind(change.kind).label)


def change_text(change: ProposedChange) -> str:
    """The whole in one line, as in "FBA check-in – Duration: 7 working days → 11 working days"."""
    before, after = value_text(change, change.before), value_text(change, change.after)
    if change.kind in (Kind.NEW_STEP, Kind.REMOVED_STEP):
        return f"{what_text(change)}: {after or before}"
    turn = f"{before} → {after}" if before and after else f"+ {after}" if after else f"− {before}"
    return f"{said(change.title)} – {what_text(change)}: {turn}"


def evidence_text(evidence: Mapping[str, Any]) -> str:
    """What the numbers of `learning` say: how many cases, and how long they took."""
    if not evidence:
        return ""
    text = ngettext(
        "In %(count)d project: half took up to %(p50)s, four of five up to %(p80)s.",
        "In %(count)d projects: half took up to %(p50)s, four of five up to %(p80)s.",
        evidence["count"],
    )
    language = get_language() or "en"
    days = {share: duration_text(float(evidence[share]), language) for share in ("p50", "p80")}
    return text % {"count": evidence["count"], **days}
