"""The words of the trace in templates: `{% load trace %}`."""

from collections.abc import Iterable
from datetime import date

from django import template
from django.utils.translation import get_language

from linkstar.lib.clock_text import day_text
from linkstar.members.models import Member
from projects import trace
from projects.effort import length
from projects.wording import listed

register = template.Library()
register.filter("duration", length)
register.filter("moment", trace.moment)


@register.filter
def names(people: Iterable[Member]) -> str:
    """As in "Chen (Agency), Maya": a guest with the company they are from."""
    shape = "{}（{}）" if get_language() == "zh-hans" else "{} ({})"
    return listed(
        shape.format(member.display_name, member.company) if member.company else member.display_name
        for member in people
    )


@register.filter
def day(on: date) -> str:
    """A day as such, of nobody's clock: "Fri 27 Nov", "11月27日 周五"."""
    return day_text(on, get_language() or "en")
