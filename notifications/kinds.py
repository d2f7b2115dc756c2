"""The kinds of notice: their words, and whether they are mailed at once.

Words take the notice's `data`; names in it are as they were at the time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True)
class Kind:
    """`sentence` is filled from data by name; `reason` answers "why did I get this"; `icon` is a file of static/icons.

    `letter` is the folder in templates/emails.
    """

    sentence: Words
    reason: Words
    icon: str
    is_mailed: bool = False
    letter: str = "notice"
    # Which `sentence` for some data, where one is not enough.
    choose: Callable[[Mapping[str, Any]], Words] | None = None

    def words(self, data: Mapping[str, Any]) -> str:
        sentence = self.choose(data) if self.choose else self.sentence
        return str(sentence) % data


def _answer(data: Mapping[str, Any]) -> Words:
    if data["state"] == "accepted":
        return _("%(actor)s is the owner of “%(project)s” now")
    return _("%(actor)s declined to take over “%(project)s”")


def _tasks_given(data: Mapping[str, Any]) -> Words:
    if data["count"] == 1:
        return _("%(actor)s gave you one task of “%(project)s”")
    return _("%(actor)s gave you %(count)s tasks of “%(project)s”")


def _rest(data: Mapping[str, Any]) -> Words:
    if data["reason"] == "done":
        return _("Everything in “%(project)s” is done. Archive it?")
    return _("Nothing has happened in “%(project)s” for %(days)s days. Archive it?")


def _rescheduled(data: Mapping[str, Any]) -> Words:
    if data["count"] == 1:
        return _("%(actor)s moved “%(task)s” to other dates")
    return _("%(actor)s moved %(count)s of your tasks in “%(project)s” to other dates")


def _forecast(data: Mapping[str, Any]) -> Words:
    if data["cause"] == "passed":
        return _("“%(project)s” will be late: a date that had to be kept, %(on)s, has passed")
    if data["cause"] == "short":
        return _("“%(project)s” will be late: %(on)s is missed by %(days)s working days")
    if data["cause"] == "plan":
        return _("“%(project)s” is at risk: as planned, %(on)s is missed by %(days)s working days")
    if data["cause"] == "tight":
        return _("“%(project)s” is at risk: %(days)s working days to spare before %(on)s")
    if data["cause"].startswith("left"):
        return _("“%(project)s” is at risk: work that is due %(on)s is late")
    return _("“%(project)s” is at risk: something on the way to %(on)s is stuck")


def _health(data: Mapping[str, Any]) -> Words:
    if data["state"] == "red":
        return _("“%(project)s” will be late: whom to ask today, and for which dates")
    return _("“%(project)s” is at risk: whom to ask today, and for which dates")


def _sop_change(data: Mapping[str, Any]) -> Words:
    if data["state"] == "accepted":
        return _("%(actor)s accepted your change of an SOP: %(change)s")
    return _("%(actor)s rejected your change of an SOP: %(change)s")


def _tasks_assigned(data: Mapping[str, Any]) -> Words:
    if data["count"] == 1:
        return _("%(actor)s put you on “%(task)s”")
    return _("%(actor)s put you on %(count)s tasks of “%(project)s”")


def _tasks_relocated(data: Mapping[str, Any]) -> Words:
    if data["count"] == 1:
        return _("%(actor)s moved one of your tasks to “%(project)s”")
    return _("%(actor)s moved %(count)s of your tasks to “%(project)s”")


_NOTICED: dict[str, Promise] = {
    "price": _("The price of %(sku)s changed at %(shop)s. Did somebody do this?"),
    "title": _("The title of %(sku)s changed at %(shop)s. Did somebody do this?"),
    "image": _("The main image of %(sku)s changed at %(shop)s. Did somebody do this?"),
    "stock": _("%(sku)s ran out of stock or came back at %(shop)s. Did somebody do this?"),
    "status": _("The listing of %(sku)s changed its state at %(shop)s. Did somebody do this?"),
    "buy_box": _("The buy box of %(sku)s changed hands at %(shop)s. Did somebody do this?"),
}


def _change_noticed(data: Mapping[str, Any]) -> Words:
    if data["count"] == 1 and data["field"] in _NOTICED:
        return _NOTICED[data["field"]]
    return _("%(count)s SKUs changed at %(shop)s at once. Did somebody do this?")


_LIVE: dict[str, Promise] = {
    "price": _("“%(task)s” looks live: the price changed at %(shop)s. Is it done?"),
    "title": _("“%(task)s” looks live: the title changed at %(shop)s. Is it done?"),
    "image": _("“%(task)s” looks live: the main image changed at %(shop)s. Is it done?"),
    "stock": _("“%(task)s” looks live: it is back in stock at %(shop)s. Is it done?"),
    "status": _("“%(task)s” looks live: it is on sale at %(shop)s. Is it done?"),
    "discount": _("“%(task)s” looks live: orders at %(shop)s have a discount. Is it done?"),
}


def _looks_live(data: Mapping[str, Any]) -> Words:
    return _LIVE[data["field"]]


def _clock_change(data: Mapping[str, Any]) -> Words:
    if data["after"] == "0":
        return _("From %(day)s %(city)s has the same time as you")
    if data["is_behind"]:
        return _("From %(day)s %(city)s is %(after)s h behind you, until then %(before)s h")
    return _("From %(day)s %(city)s is %(after)s h ahead of you, until then %(before)s h")


KINDS: dict[str, Kind] = {
    "task_due": Kind(
        _("“%(task)s” is due soon"), _("You are responsible for this task."), "clock", is_mailed=True, letter="task_due"
    ),
    "assigned": Kind(_("%(actor)s put you on “%(task)s”"), _("You were put on this task."), "people"),
    "tasks_given": Kind("", _("A role in this project was given to you."), "people", choose=_tasks_given),
    "tasks_assigned": Kind("", _("You were put on these tasks."), "people", choose=_tasks_assigned),
    "rescheduled": Kind("", _("You own what was moved."), "calendar", choose=_rescheduled),
    "change_noticed": Kind("", _("You worked on these SKUs, or connected the shop."), "shop", choose=_change_noticed),
    "looks_live": Kind("", _("You own this task, and say when it is done."), "shop", choose=_looks_live),
    "tasks_relocated": Kind("", _("You are on these tasks."), "arrow-right", choose=_tasks_relocated),
    "project_given": Kind(_("%(actor)s made you the owner of “%(project)s”"), _("You own this project."), "baton"),
    "mentioned": Kind(
        _("%(actor)s mentioned you on “%(task)s”"),
        _("You were mentioned."),
        "comment",
        is_mailed=True,
        letter="mentioned",
    ),
    "commented": Kind(_("%(actor)s commented on “%(task)s”"), _("You are on this task."), "comment"),
    "owner_offered": Kind(
        _("%(actor)s asks you to take over “%(project)s”"),
        _("You were asked to own this project."),
        "baton",
        is_mailed=True,
        letter="owner_offered",
    ),
    "owner_answered": Kind("", _("You offered this project."), "baton", choose=_answer),
    "project_rest": Kind("", _("You own this project."), "archive", choose=_rest),
    "clock_change": Kind(
        "", _("Clocks change where you or your colleagues live."), "clock", is_mailed=True, choose=_clock_change
    ),
    "sop_change_proposed": Kind(
        _("%(actor)s proposes a change of the SOP “%(template)s”"), _("You look after the SOP templates."), "template"
    ),
    "sop_change_decided": Kind("", _("You proposed it."), "template", choose=_sop_change),
    "forecast_amber": Kind("", _("You own this project."), "risk", choose=_forecast),
    "forecast_red": Kind(
        "", _("You own this project, or look after this workspace."), "risk", is_mailed=True, choose=_forecast
    ),
    "printout": Kind(
        _("The printout of “%(project)s” is ready: %(count)s sheets, kept for 24 hours"),
        _("You asked for it."),
        "download",
    ),
    "health_check": Kind(
        "",
        _("You own this project. The check comes every Monday while it is at risk."),
        "activity",
        is_mailed=True,
        letter="health_check",
        choose=_health,
    ),
    "pilot_ends": Kind(
        _("The pilot ends today, %(on)s: go or no go?"),
        _("You look after this workspace."),
        "flag",
        is_mailed=True,
    ),
    "shop_attention": Kind(
        _("“%(shop)s” at %(channel)s has not been read for a day"), _("You look after this workspace."), "shop"
    ),
    "shop_reconnect": Kind(
        _("“%(shop)s” has to be connected again: %(channel)s no longer lets us in"),
        _("You look after this workspace."),
        "shop",
        is_mailed=True,
    ),
    "guest_joined": Kind(_("%(actor)s joined “%(project)s” as a guest"), _("You invited them."), "people"),
}
# A notice that newer code wrote while this one still runs, in the minutes of a deployment.
_NEWER = Kind(_("There is news in LinkStar"), "", "bell")


def kind_of(name: str) -> Kind:
    return KINDS.get(name, _NEWER)
