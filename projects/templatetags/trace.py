"""The words of the trace in templates: `{% load trace %}`."""

from collections.abc import Iterable

from django import template
from django.utils.translation import get_language

from linkstar.members.models import Member
from projects import trace
from projects.wording import listed

register = template.Library()
register.filter("moment", trace.moment)


@register.filter
def names(people: Iterable[Member]) -> str:
    """As in "Chen (Agency), Maya": a guest with the company they are from."""
    shape = "{}（{}）" if get_language() == "zh-hans" else "{} ({})"
    return listed(
        shape.format(member.display_name, member.company) if member.company else member.display_name
        for member in people
    )
