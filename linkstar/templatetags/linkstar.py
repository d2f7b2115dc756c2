"""Tags of all templates: a builtin, so no page loads it."""

from datetime import date, datetime
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from linkstar.lib.clock_text import day_text, time_text
from linkstar.lib.deadlines import Deadline, DueLabel, describe
from linkstar.lib.markdown import render

register = template.Library()


@register.simple_tag
def due_label(deadline: Deadline, *, done: bool = False, now: datetime | None = None) -> DueLabel:
    """The deadline in two clocks: its own and the reader's current one."""
    return describe(
        deadline,
        reader_zone=timezone.get_current_timezone_name(),
        language=get_language() or "en",
        now=now or timezone.now(),
        is_done=done,
    )


@register.filter
def moment(instant: datetime) -> str:
    """An instant on the reader's clock: "Tue 1 Dec, 13:05", "12月1日 周二 13:05"; the year when it is another one."""
    local, language = timezone.localtime(instant), get_language() or "en"
    day = day_text(local, language, with_year=local.year != timezone.localtime().year)
    return f"{day}{' ' if language == 'zh-hans' else ', '}{time_text(local.replace(second=0))}"


@register.filter
def day(on: date) -> str:
    """A day: "Fri 27 Nov", "11月27日 周五"; with the year when it is another one on the reader's clock."""
    return day_text(on, get_language() or "en", with_year=on.year != timezone.localdate().year)


@register.filter
def markdown(text: str) -> SafeString:
    return mark_safe(render(text))  # noqa: S308 - lib.markdown sanitises


@register.simple_tag
def jinja(name: str, **values: Any) -> SafeString:
    """Draw a long list with the quicker engine. It gets `values` alone, so nothing slips in from the page."""
    return mark_safe(get_template(name, using="jinja").render(values))  # noqa: S308 - rendered with autoescape
