"""What the pages say about templates and plans that the library itself does not hold."""

import re
from collections.abc import Iterable
from datetime import date

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from linkstar.lib.clock_text import day_text
from templates_sop.planning import Caution, Concern, Plan, PlannedStep
from templates_sop.shapes import LeadTime, Step, Text

# In the order the library page shows them: first what earns, then what protects. Rows of three come out full.
GOALS: dict[str, Promise] = {
    "launch": gettext_lazy("Launch a product or a store"),
    "event": gettext_lazy("Get ready for a sales event"),
    "promotion": gettext_lazy("Run a promotion"),
    "advertising": gettext_lazy("Start advertising"),
    "content": gettext_lazy("Improve a listing"),
    "logistics": gettext_lazy("Replenish stock"),
    "compliance": gettext_lazy("Prove compliance"),
    "inventory": gettext_lazy("Clear old stock"),
    "setup": gettext_lazy("Open a brand or an account"),
    "risk": gettext_lazy("Handle an incident"),
    "review": gettext_lazy("Look back and learn"),
}
PLATFORMS: dict[str, Promise] = {
    "amazon_us": gettext_lazy("Amazon US"),
    "walmart_us": gettext_lazy("Walmart US"),
    "shopify": gettext_lazy("Shopify"),
    "tiktok_shop_us": gettext_lazy("TikTok Shop US"),
    "multi": gettext_lazy("Several channels"),
}
CALENDARS: dict[str, Promise] = {
    "cn_team": gettext_lazy("China working days"),
    "us_market": gettext_lazy("US working days"),
}
# The clocks of the library by name, without the season that PST or PDT would claim.
CLOCKS: dict[str, Promise] = {
    "Asia/Shanghai": gettext_lazy("Beijing time"),
    "America/New_York": gettext_lazy("Eastern time"),
    "America/Chicago": gettext_lazy("Central time"),
    "America/Los_Angeles": gettext_lazy("Pacific time"),
}
VISIBILITIES: dict[bool, Promise] = {
    False: pgettext_lazy("who may see a task", "Internal"),
    True: pgettext_lazy("who may see a task", "May be shared with guests"),
}


def caution_text(caution: Caution, plan: Plan, language: str) -> str:
    """One sentence in `language`."""
    with translation.override(language):
        steps = _titles(caution.steps, plan, language)
        match caution.concern:
            case Concern.FIXED_TOO_EARLY:
                return _("The marketplace fixes this moment, but these are due later: %(steps)s.") % {"steps": steps}
            case Concern.SQUEEZED:
                return ngettext(
                    "Only %(days)s working day is left after: %(steps)s.",
                    "Only %(days)s working days are left after: %(steps)s.",
                    caution.days,
                ) % {"days": caution.days, "steps": steps}
            case Concern.CALENDAR_UNKNOWN:
                return _unknown_text(caution)


def _unknown_text(caution: Caution) -> str:
    if caution.country == "cn":
        return _(
            "The %(year)s holidays of mainland China are not announced yet. Only weekends are counted as days off; "
            "check the dates again when the notice is out."
        ) % {"year": caution.year}
    return _("The %(year)s holidays of the United States are not known yet; check the dates again later.") % {
        "year": caution.year
    }


def moved_text(planned: PlannedStep, plan: Plan, language: str) -> str:
    """Why the deadline is not on the day that the offset gives, naming that day; "" when it is."""
    if not planned.is_moved:
        return ""
    with translation.override(language):
        words = {"day": _day(planned.raw_due_on, language)}
        if planned.pushed_by:
            steps = _titles(planned.pushed_by, plan, language)
            return _("Moved from %(day)s, because it must wait for: %(steps)s.") % (words | {"steps": steps})
        if planned.pulled_for:
            steps = _titles(planned.pulled_for, plan, language)
            return _("Moved from %(day)s, to leave its working days to: %(steps)s.") % (words | {"steps": steps})
        if planned.moved_because is None:
            return ""
        reason = planned.moved_because.get(language)
        return _("Moved from %(day)s, a day off: %(reason)s.") % (words | {"reason": reason})


def duration_text(days: float, language: str) -> str:
    with translation.override(language):
        if days < 1:
            return _("half a day")
        return ngettext("%(days)s working day", "%(days)s working days", int(days)) % {"days": int(days)}


def lead_time_text(lead_time: LeadTime, language: str) -> str:
    """How long others usually take, and who: "3–14 days, Amazon receiving"."""
    with translation.override(language):
        words: dict[str, object] = {"days": lead_time.most, "whose": lead_time.whose.get(language)}
        if lead_time.least == lead_time.most:
            return ngettext("%(days)s day, %(whose)s", "%(days)s days, %(whose)s", lead_time.most) % words
        return _("%(least)s–%(days)s days, %(whose)s") % (words | {"least": lead_time.least})


def span_text(first_day: int, last_day: int, language: str) -> str:
    """How far a template reaches around its anchor: "120 days before to 25 days after"."""
    with translation.override(language):
        if first_day >= 0:
            return ngettext("%(days)s day after the anchor", "%(days)s days after the anchor", last_day) % {
                "days": last_day
            }
        if last_day <= 0:
            return ngettext("%(days)s day before the anchor", "%(days)s days before the anchor", -first_day) % {
                "days": -first_day
            }
        return _("%(before)s days before to %(after)s days after the anchor") % {
            "before": -first_day,
            "after": last_day,
        }


def offset_text(offset_days: int, offset_hours: int | None, language: str) -> str:
    """Where a step stands against the anchor: "38 days before", "on the day", "24 hours after"."""
    with translation.override(language):
        if offset_hours is not None:
            return ngettext("%(count)s hour after", "%(count)s hours after", offset_hours) % {"count": offset_hours}
        if offset_days == 0:
            return _("on the day")
        count = abs(offset_days)
        if offset_days < 0:
            return ngettext("%(count)s day before", "%(count)s days before", count) % {"count": count}
        return ngettext("%(count)s day after", "%(count)s days after", count) % {"count": count}


def when_text(step: Step, anchor: Text, days: int, language: str) -> str:
    """Where a step stands by the name of what it counts from: "2 days before FBA check-in".

    `anchor` is the whole label, of which the short name is said; `days` the calendar days from it, below 0 before it.
    """
    with translation.override(language):
        name = short_name(anchor.get(language))
        if (hours := step.offset_hours) is not None:
            said = {"count": abs(hours), "anchor": name}
            if hours < 0:
                return ngettext("%(count)s hour before %(anchor)s", "%(count)s hours before %(anchor)s", -hours) % said
            return ngettext("%(count)s hour after %(anchor)s", "%(count)s hours after %(anchor)s", hours) % said
        if days == 0:
            return _("On %(anchor)s") % {"anchor": name}
        words = {"count": abs(days), "anchor": name}
        if days < 0:
            return ngettext("%(count)s day before %(anchor)s", "%(count)s days before %(anchor)s", -days) % words
        return ngettext("%(count)s day after %(anchor)s", "%(count)s days after %(anchor)s", days) % words


def short_name(label: str) -> str:
    """A label without what it explains: "Launch day (first buyable day …)" is "Launch day"."""
    return re.split(r"\s*[(（,，]", label, maxsplit=1)[0]


def reminders_text(hours: Iterable[int], language: str) -> str:
    """How long before the deadline somebody is reminded, longest first; "" when nobody is."""
    wanted = sorted(hours, reverse=True)
    if not wanted:
        return ""
    with translation.override(language):
        separator = "、" if language.startswith("zh") else ", "
        return _("%(hours)s hours before the deadline") % {"hours": separator.join(str(hour) for hour in wanted)}


def _titles(keys: Iterable[str], plan: Plan, language: str) -> str:
    separator = "、" if language.startswith("zh") else ", "
    return separator.join(plan.by_key[key].step.title.get(language) for key in keys)


def _day(day: date, language: str) -> str:
    return day_text(day, language)


# What a project has and a template does not, in the words of drafting.Loss: what happens to it, and why.
LOSSES: dict[str, tuple[Promise, Promise]] = {
    "unseen": (gettext_lazy("Tasks you may not see"), gettext_lazy("left out: they would be told to everybody")),
    "finance": (gettext_lazy("Finance tasks"), gettext_lazy("left out: the whole team reads templates")),
    "undated": (gettext_lazy("Tasks without a deadline"), gettext_lazy("left out: there is nothing to count from")),
    "archived": (gettext_lazy("Tasks archived unfinished"), gettext_lazy("left out: the work went on without them")),
    "too_far": (
        gettext_lazy("Tasks more than two years from the day"),
        gettext_lazy("left out: a step stands at most two years from the anchor"),
    ),
    "too_many": (gettext_lazy("Tasks beyond the 300th"), gettext_lazy("left out: a template has up to 300 steps")),
    "no_role": (
        gettext_lazy("Tasks whose person has no role"),
        gettext_lazy("the steps stay, with nobody's role yet: a template names roles, not people"),
    ),
    "links": (
        gettext_lazy("Dependencies of another kind, or with a lag"),
        gettext_lazy("left out: a step waits until another is done, and its offset says how long"),
    ),
    "lost_links": (gettext_lazy("Dependencies on tasks left out"), gettext_lazy("gone with those tasks")),
    "dates_alone": (gettext_lazy("Deadlines without a time of day"), gettext_lazy("they become 23:59 of that day")),
    "families": (gettext_lazy("Subtasks"), gettext_lazy("they become steps of their own")),
    "done": (gettext_lazy("What is done already"), gettext_lazy("the steps stay, to be done anew")),
    "comments": (gettext_lazy("Comments"), gettext_lazy("left out: they are about this time")),
    "files": (gettext_lazy("Files"), gettext_lazy("left out: they are about this time")),
    "helpers": (gettext_lazy("Helpers"), gettext_lazy("left out: a step has one role")),
    "labels": (gettext_lazy("Labels"), gettext_lazy("left out: projects choose their own")),
    "fields": (gettext_lazy("Values of fields"), gettext_lazy("left out: they are about this time")),
    "time": (gettext_lazy("Time logged"), gettext_lazy("left out: it is about this time")),
    "products": (gettext_lazy("Products"), gettext_lazy("left out: the next project has its own")),
    "repeats": (gettext_lazy("Repeating tasks"), gettext_lazy("each becomes one step")),
}
# Why something of a newer version is not taken over, in the words of newer.Stays.
STAYS: dict[str, Promise] = {
    "done": gettext_lazy("Done already: it stays as it was done."),
    "archived": gettext_lazy("Archived: it stays as it is."),
    "gone": gettext_lazy("Somebody deleted this task: it stays deleted."),
    "begun": gettext_lazy("Work has begun on it: it stays."),
    "by_hand": gettext_lazy("Changed by hand: it stays as it is."),
    "already": gettext_lazy("The project has this step already."),
    "per_task": gettext_lazy("Decided task by task: it stays as it is."),
}
