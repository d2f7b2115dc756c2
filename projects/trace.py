"""What the trace reads like: each verb with its data becomes one sentence in the reader's language and clock."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from linkstar.lib.clock_text import day_text, time_text
from projects import trace_plan, trace_sales, trace_schedule, trace_structure
from projects.models import Activity, Project, Task
from projects.trace_schedule import deadline_text, start_words
from projects.trace_values import WORDS as VALUE_WORDS
from projects.wording import listed

Data = Mapping[str, Any]

# Sentences that need nothing but names out of the data.
_PLAIN: dict[str, Promise] = {
    **trace_structure.PLAIN,
    **trace_plan.PLAIN,
    "task created": gettext_lazy("%(actor)s created the task “%(title)s”."),
    "task deleted": gettext_lazy("%(actor)s moved the task “%(title)s” to the bin."),
    "task restored": gettext_lazy("%(actor)s took the task “%(title)s” out of the bin."),
    "task archived": gettext_lazy("%(actor)s archived the task “%(title)s”."),
    "task unarchived": gettext_lazy("%(actor)s took the task “%(title)s” out of the archive."),
    "task removed": gettext_lazy("%(actor)s removed the task “%(title)s” for good after its time in the bin."),
    "moved": gettext_lazy("%(actor)s moved it from “%(before)s” to “%(after)s”."),
    "title changed": gettext_lazy("%(actor)s changed the title from “%(before)s” to “%(after)s”."),
    "description changed": gettext_lazy("%(actor)s changed the description."),
    "checklist edited": gettext_lazy("%(actor)s changed “%(before)s” in the checklist to “%(after)s”."),
    "checklist removed": gettext_lazy("%(actor)s removed “%(text)s” from the checklist."),
    "checked": gettext_lazy("%(actor)s ticked off “%(text)s”."),
    "unchecked": gettext_lazy("%(actor)s opened “%(text)s” again."),
    "comment edited": gettext_lazy("%(actor)s changed a comment."),
    "comment deleted": gettext_lazy("%(actor)s deleted a comment."),
    "file replaced": gettext_lazy("%(actor)s added version %(version)s of the file “%(name)s”."),
    "file added": gettext_lazy("%(actor)s added the file “%(name)s”."),
    "file linked": gettext_lazy("%(actor)s linked “%(name)s” from Google Drive."),
    "file shared": gettext_lazy("%(actor)s showed the file “%(name)s” to the guests."),
    "file unshared": gettext_lazy("%(actor)s stopped showing the file “%(name)s” to the guests."),
    "file deleted": gettext_lazy("%(actor)s moved the file “%(name)s” to the bin."),
    "file restored": gettext_lazy("%(actor)s took the file “%(name)s” out of the bin."),
    "file removed": gettext_lazy("%(actor)s removed the file “%(name)s” for good after its time in the bin."),
    "project created": gettext_lazy("%(actor)s created the project “%(name)s”."),
    "project started": gettext_lazy(
        "%(actor)s started the project from the SOP template “%(template)s” with %(tasks)s tasks."
    ),
    "questionnaire waived": gettext_lazy("%(actor)s started without answering the questionnaire; it stays open."),
    "questionnaire answered": gettext_lazy(
        "%(actor)s answered the questionnaire. Steps added: %(added)s, taken out: %(removed)s, with new days:"
        " %(retimed)s."
    ),
    "sop applied": gettext_lazy(
        "%(actor)s took over version %(version)s of “%(template)s”: %(added)s added, %(changed)s changed, %(removed)s"
        " removed."
    ),
    "sop kept": gettext_lazy("%(actor)s left the project as it is: nothing of version %(version)s of “%(template)s”."),
    "step updated": gettext_lazy("%(actor)s brought it to version %(version)s of its SOP."),
    "project finished": gettext_lazy("%(actor)s declared the project finished."),
    "project kept": gettext_lazy("%(actor)s said that the project goes on."),
    "project snoozed": gettext_lazy("%(actor)s wants to be asked again in %(days)s days whether the project is over."),
    "project archived": gettext_lazy("%(actor)s archived the project."),
    "project resumed": gettext_lazy("%(actor)s said that the project is not over after all."),
    "retrospective closed": gettext_lazy("%(actor)s closed the retrospective."),
    "retrospective waived": gettext_lazy("%(actor)s waived the retrospective: %(reason)s"),
    "retrospective reopened": gettext_lazy("%(actor)s opened the retrospective again."),
    "project restored": gettext_lazy("%(actor)s brought the project back from the archive."),
    "owner offered": gettext_lazy("%(actor)s offered the project to %(to)s."),
    "owner offer declined": gettext_lazy("%(actor)s declined to take over the project."),
    "owner offer withdrawn": gettext_lazy("%(actor)s took back the offer of the project."),
    "guest invitation withdrawn": gettext_lazy("%(actor)s withdrew the invitation of %(email)s."),
    "guest removed": gettext_lazy("%(actor)s removed the guest %(guest)s."),
    "column added": gettext_lazy("%(actor)s added the column “%(name)s”."),
    "column moved": gettext_lazy("%(actor)s moved the column “%(name)s”."),
    "column deleted": gettext_lazy("%(actor)s deleted the column “%(name)s”."),
}


def sentence(activity: Activity) -> SafeString:
    """One sentence with the actor in bold; needs `actor` loaded. A verb nobody taught us is named as it is."""
    message, values = _words(activity.verb, activity.data)
    actor = activity.actor.display_name if activity.actor else "LinkStar"
    filled = {name: conditional_escape(value) for name, value in values.items()}
    return mark_safe(conditional_escape(message) % {"actor": format_html("<b>{}</b>", actor), **filled})  # noqa: S308 - all escaped


def knows(verb: str) -> bool:
    return verb in _PLAIN or verb in _BY_VERB


def moment(instant: datetime) -> str:
    """An instant on the reader's clock, the year only when it is another one: "Tue 24 Nov, 09:05"."""
    local, language = timezone.localtime(instant), _language()
    day = day_text(local, language, with_year=local.year != timezone.localtime().year)
    clock = time_text(local.replace(second=0))
    return f"{day} {clock}" if language == "zh-hans" else f"{day}, {clock}"


def _words(verb: str, data: Data) -> tuple[str, dict[str, Any]]:
    if verb in _BY_VERB:
        return _BY_VERB[verb](data)
    if verb in _PLAIN:
        return str(_PLAIN[verb]), _names(data)
    return _("%(actor)s changed something (%(verb)s)."), {"verb": verb}


def _names(data: Data) -> dict[str, Any]:
    """The data as it is, with a dash for what is missing in old rows."""
    return dict.fromkeys(("before", "after", "text", "name", "title", "number"), "–") | dict(data)


def _deadline(data: Data) -> tuple[str, dict[str, Any]]:
    before, after = deadline_text(data.get("before")), deadline_text(data.get("after"))
    if not before:
        return _("%(actor)s set the deadline to %(after)s."), {"after": after}
    if not after:
        return _("%(actor)s removed the deadline %(before)s."), {"before": before}
    return _("%(actor)s moved the deadline from %(before)s to %(after)s."), {"before": before, "after": after}


def _start(data: Data) -> tuple[str, dict[str, Any]]:
    before, after = data.get("before"), data.get("after")
    if not after:
        return _("%(actor)s removed the start date."), {}
    if not before:
        return _("%(actor)s set the start to %(after)s."), {"after": start_words(after)}
    return _("%(actor)s moved the start from %(before)s to %(after)s."), {
        "before": start_words(before),
        "after": start_words(after),
    }


def _reminders(data: Data) -> tuple[str, dict[str, Any]]:
    hours = data.get("after") or []
    if not hours:
        return _("%(actor)s switched the reminders off."), {}
    return _("%(actor)s set reminders %(hours)s h before the deadline."), {"hours": listed(hours)}


def _mailed(data: Data) -> tuple[str, dict[str, Any]]:
    return _("%(actor)s mailed the date as a calendar entry to %(to)s."), {"to": listed(data["to"])}


def _owner(data: Data) -> tuple[str, dict[str, Any]]:
    before, after = data.get("before"), data.get("after")
    if not after:
        return _("%(actor)s took %(before)s off as owner."), {"before": before}
    if not before:
        return _("%(actor)s made %(after)s the owner."), {"after": after}
    return _("%(actor)s changed the owner from %(before)s to %(after)s."), {"before": before, "after": after}


def _helpers(data: Data) -> tuple[str, dict[str, Any]]:
    added, removed = listed(data.get("added", [])), listed(data.get("removed", []))
    if added and removed:
        return _("%(actor)s added %(added)s and removed %(removed)s as helpers."), {"added": added, "removed": removed}
    if added:
        return _("%(actor)s added %(added)s as helper."), {"added": added}
    return _("%(actor)s removed %(removed)s as helper."), {"removed": removed}


def _labels(data: Data) -> tuple[str, dict[str, Any]]:
    added, removed = listed(data.get("added", [])), listed(data.get("removed", []))
    if added and removed:
        return _("%(actor)s added the label %(added)s and removed %(removed)s."), {"added": added, "removed": removed}
    if added:
        return _("%(actor)s added the label %(added)s."), {"added": added}
    return _("%(actor)s removed the label %(removed)s."), {"removed": removed}


def _priority(data: Data) -> tuple[str, dict[str, Any]]:
    names = dict(Task.Priority.choices)
    values = {key: names.get(data.get(key, 0), "–") for key in ("before", "after")}
    return _("%(actor)s changed the priority from %(before)s to %(after)s."), values


def _visibility(data: Data) -> tuple[str, dict[str, Any]]:
    if data.get("after") == Task.Visibility.SHARED:
        return _("%(actor)s shared the task with the guests of the project."), {}
    return _("%(actor)s made the task internal."), {}


# What was put back, as undone says it; the place is named with its column.
_UNDONE: dict[str, Promise] = {
    "owner": pgettext_lazy("put back", "the owner"),
    "helpers": pgettext_lazy("put back", "the helpers"),
    "labels": pgettext_lazy("put back", "the labels"),
    "priority": pgettext_lazy("put back", "the priority"),
    "deadline": pgettext_lazy("put back", "the deadline"),
    "waits": pgettext_lazy("put back", "what it waits for"),
    "milestone": pgettext_lazy("put back", "whether it is a milestone"),
    "passport": pgettext_lazy("put back", "whether it needs a passport"),
    "start": pgettext_lazy("put back", "the start"),
    "duration": pgettext_lazy("put back", "the duration"),
    "anchor_on": pgettext_lazy("put back", "the anchor"),
    "time_zone": pgettext_lazy("put back", "the time zone"),
    "title": pgettext_lazy("put back", "the title"),
    "description": pgettext_lazy("put back", "the description"),
    "estimate": pgettext_lazy("put back", "the estimate"),
    "faster": pgettext_lazy("put back", "the faster way"),
    "reminders": pgettext_lazy("put back", "the reminders"),
    "visibility": pgettext_lazy("put back", "who sees it"),
}


def _undone(data: Data) -> tuple[str, dict[str, Any]]:
    if data.get("of") == "task deleted":
        return _("%(actor)s undid the deletion: the task is out of the bin."), {}
    if data.get("of") == "task archived":
        return _("%(actor)s undid the archiving: the task is at work again."), {}
    if data.get("of") == "task unarchived":
        return _("%(actor)s undid a change: the task is in the archive again."), {}
    if data.get("column"):
        return _("%(actor)s undid the move: back to “%(column)s”."), {"column": data["column"]}
    if data.get("of") == "relocated":
        return _("%(actor)s undid the move to another project: back in “%(project)s”."), {"project": data["project"]}
    if data.get("of") == "field changed":
        return _("%(actor)s undid a change, and put back %(parts)s."), {"parts": pgettext("put back", "a field")}
    parts = listed(_UNDONE[part] for part in data.get("parts", []) if part in _UNDONE)
    return _("%(actor)s undid a change, and put back %(parts)s."), {"parts": parts or "–"}


def _items(data: Data) -> tuple[str, dict[str, Any]]:
    texts = data.get("texts") or [data.get("text", "–")]
    if len(texts) == 1:
        return _("%(actor)s added “%(text)s” to the checklist."), {"text": texts[0]}
    return _("%(actor)s added %(count)s items to the checklist: %(list)s."), {
        "count": len(texts),
        "list": listed(texts),
    }


def _commented(data: Data) -> tuple[str, dict[str, Any]]:
    if data.get("is_shared"):
        return _("%(actor)s wrote a comment that guests read."), {}
    return _("%(actor)s wrote a comment."), {}


def _edited(data: Data) -> tuple[str, dict[str, Any]]:
    field, before, after = data.get("field", ""), data.get("before"), data.get("after")
    if field == "description":
        return _("%(actor)s changed the description of the project."), {}
    if field == "channel":
        channels = dict(Project.Channel.choices)
        before, after = channels.get(before or ""), channels.get(after or "")
    if field == "schedule_policy":
        policies = dict(Project.SchedulePolicy.choices)
        before, after = policies.get(before or ""), policies.get(after or "")
    names = {
        "schedule_policy": _("way to move what waits"),
        "name": pgettext("of a project", "name"),
        "channel": _("channel"),
        "store": _("shop"),
        "time_zone": _("time zone"),
    }
    values = {"field": names.get(field, field), "before": before or "–", "after": after or "–"}
    return _("%(actor)s changed the project's %(field)s from “%(before)s” to “%(after)s”."), values


def _column_edited(data: Data) -> tuple[str, dict[str, Any]]:
    before, after = data.get("before", {}), data.get("after", {})
    if before.get("name") != after.get("name"):
        return _("%(actor)s renamed the column “%(before)s” to “%(after)s”."), {
            "before": before["name"],
            "after": after["name"],
        }
    limit = after.get("wip_limit")
    if limit is None:
        return _("%(actor)s removed the WIP limit of the column “%(name)s”."), {"name": after.get("name", "–")}
    return _("%(actor)s set the WIP limit of the column “%(name)s” to %(limit)s."), {
        "name": after["name"],
        "limit": limit,
    }


def _owner_of_project(data: Data) -> tuple[str, dict[str, Any]]:
    return _("The project went from %(before)s to %(after)s, confirmed by %(actor)s."), _names(data)


def _guest_invited(data: Data) -> tuple[str, dict[str, Any]]:
    if data.get("company"):
        return _("%(actor)s invited %(email)s (%(company)s) as a guest."), dict(data)
    return _("%(actor)s invited %(email)s as a guest."), dict(data)


def _guest_joined(data: Data) -> tuple[str, dict[str, Any]]:
    if data.get("company"):
        return _("%(actor)s (%(company)s) joined as a guest."), dict(data)
    return _("%(actor)s joined as a guest."), {}


_BY_VERB: dict[str, Callable[[Data], tuple[str, dict[str, Any]]]] = {
    **trace_sales.BY_VERB,
    **trace_structure.BY_VERB,
    **trace_plan.BY_VERB,
    **VALUE_WORDS,
    **trace_schedule.BY_VERB,
    "deadline changed": _deadline,
    "start changed": _start,
    "reminders changed": _reminders,
    "date mailed": _mailed,
    "owner changed": _owner,
    "helpers changed": _helpers,
    "labels changed": _labels,
    "priority changed": _priority,
    "visibility changed": _visibility,
    "undone": _undone,
    "checklist added": _items,
    "commented": _commented,
    "project edited": _edited,
    "column edited": _column_edited,
    "project owner changed": _owner_of_project,
    "guest invited": _guest_invited,
    "guest joined": _guest_joined,
}


def _language() -> str:
    return get_language() or "en"
