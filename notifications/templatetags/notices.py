"""What letters need beside their context. Language and zone are their reader's by then (workspaces/letters.py)."""

from collections.abc import Mapping

from django import template
from django.template import Context

from linkstar.lib.deadlines import DueLabel
from notifications.deadlines import due_of
from notifications.kinds import KINDS

register = template.Library()


@register.simple_tag
def letter_due(deadline: Mapping[str, str | None]) -> DueLabel | None:
    """A notice's deadline on the clock of the letter's reader."""
    return due_of(deadline)


@register.simple_tag(takes_context=True)
def notice_sentence(context: Context) -> str:
    """What happened, in a sentence; the letter's context is the notice's data."""
    return KINDS[context["kind"]].words({str(name): value for name, value in context.flatten().items()})


@register.simple_tag(takes_context=True)
def notice_reason(context: Context) -> str:
    """Why the reader is told."""
    return str(KINDS[context["kind"]].reason)
