"""Which templates are anchored at a date of the retail year, by its key in linkstar/calendars/data/us_market.yaml."""

from collections.abc import Sequence
from datetime import date

from linkstar.members.models import Member
from projects.models import Project

TEMPLATES_AT: dict[str, Sequence[str]] = {
    "black_friday": ("black_friday_cyber_monday",),
    "amazon_prime_day": ("prime_day",),
}


def anchored_at(key: str, year: int, *, member: Member) -> list[Project]:
    """Open projects that the member sees, whose anchor is that year's date of the key, by name."""
    templates = TEMPLATES_AT.get(key, ())
    if not templates:
        return []
    found = Project.objects.visible_to(member).open().filter(sop_template__in=templates)
    return list(found.filter(anchor_on__range=(date(year, 1, 1), date(year, 12, 31))).order_by("name", "pk")[:50])
