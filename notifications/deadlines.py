"""Deadlines as notices keep them: as they were meant, so that each reader gets them on their own clock."""

from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import get_language

from linkstar.lib.deadlines import DueLabel, describe, of_parts


def due_of(parts: Mapping[str, str | None] | None) -> DueLabel | None:
    """`on`, `time` (None: the whole day) and `zone` in the reader's current zone and language."""
    if parts is None:
        return None
    return describe(
        of_parts(parts),
        reader_zone=timezone.get_current_timezone_name(),
        language=get_language() or "en",
        now=timezone.now(),
    )
