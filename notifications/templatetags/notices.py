"""What letters need beside their context."""

from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone

from linkstar.lib.deadlines import DueLabel
from notifications.deadlines import due_of

register = template.Library()


@register.simple_tag
def letter_due(deadline: dict[str, str | None], zone: str) -> DueLabel | None:
    """A notice's deadline on the clock of the letter's reader."""
    with timezone.override(ZoneInfo(zone)):
        return due_of(deadline)
