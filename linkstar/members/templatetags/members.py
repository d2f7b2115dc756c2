"""Tags of the pages about people."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from linkstar.lib.zones import city_name, get_zone

register = template.Library()


@register.simple_tag
def local_clock(zone: str, *, now: datetime | None = None) -> dict[str, str]:
    """What a clock on the wall there shows: `time` as "09:05", `day` as a weekday, `city` in the reader's language."""
    local = (now or timezone.now()).astimezone(get_zone(zone))
    city = city_name(zone, get_language() or "en")
    return {"time": f"{local:%H:%M}", "day": date_format(local, "D"), "city": city}


@register.filter
def is_lately(moment: datetime, now: datetime) -> bool:
    """Within the quarter of an hour in which "last seen" is not written again."""
    return now - moment < timedelta(minutes=16)
