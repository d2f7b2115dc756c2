"""The words of the trace about what was done to a shop: by a task, or noted in its project."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linkstar.lib.sales_kinds import SalesKind
from projects.trace_schedule import deadline_text

Data = Mapping[str, Any]
Said = tuple[str, dict[str, Any]]

_KINDS = dict(SalesKind.choices)


def _values(data: Data) -> dict[str, Any]:
    kind = str(_KINDS.get(data.get("kind", ""), "–"))
    count = len(data.get("skus", ()))
    what = data.get("title") or kind
    skus = ngettext("%(count)s SKU", "%(count)s SKUs", count) % {"count": count}
    return {"what": what, "shop": data.get("shop", "–"), "skus": skus, "live": deadline_text(data.get("live"))}


def _recorded(data: Data) -> Said:
    values = _values(data)
    if values["live"]:
        return _("%(actor)s noted an action at %(shop)s: %(what)s, %(skus)s, live since %(live)s."), values
    return _("%(actor)s noted an action at %(shop)s: %(what)s, %(skus)s, not live yet."), values


def _changed(data: Data) -> Said:
    values = _values(data)
    if values["live"]:
        return _("%(actor)s changed the action at %(shop)s: %(what)s, %(skus)s, live since %(live)s."), values
    return _("%(actor)s changed the action at %(shop)s: %(what)s, %(skus)s, not live yet."), values


def _removed(data: Data) -> Said:
    return _("%(actor)s took the action at %(shop)s off: %(what)s."), _values(data)


BY_VERB: dict[str, Callable[[Data], Said]] = {
    "sales action recorded": _recorded,
    "sales action changed": _changed,
    "sales action removed": _removed,
}
