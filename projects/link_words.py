"""What a link between two tasks is called."""

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext

from projects.models import Dependency

_SHORT: dict[str, Promise] = {
    Dependency.Kind.FINISH_START: gettext_lazy("finish to start"),
    Dependency.Kind.START_START: gettext_lazy("start to start"),
    Dependency.Kind.FINISH_FINISH: gettext_lazy("finish to finish"),
    Dependency.Kind.START_FINISH: gettext_lazy("start to finish"),
}


def link_text(kind: str, lag_days: int, *, is_working: bool) -> str:
    """As in "finish to start, 3 working days later"."""
    lag = lag_text(lag_days, is_working=is_working)
    name = str(_SHORT.get(kind, kind))
    comma = "，" if get_language() == "zh-hans" else ", "
    return f"{name}{comma}{lag}" if lag else name


def lag_text(days: int, *, is_working: bool) -> str:
    """ "" for none; a lead is "2 days earlier"."""
    count = abs(days)
    if not days:
        return ""
    if is_working and days > 0:
        words = ngettext("%(count)d working day later", "%(count)d working days later", count)
    elif is_working:
        words = ngettext("%(count)d working day earlier", "%(count)d working days earlier", count)
    elif days > 0:
        words = ngettext("%(count)d day later", "%(count)d days later", count)
    else:
        words = ngettext("%(count)d day earlier", "%(count)d days earlier", count)
    return words % {"count": count}
