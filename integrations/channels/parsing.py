"""What all channels' answers need on their way to ours: exact numbers, aware instants, and an error for the rest."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.channels.errors import Transient


@contextmanager
def readable() -> Iterator[None]:
    """An answer that lacks what it should have is an error, never "no data" (integrations.md, rule 4)."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, InvalidOperation, OverflowError) as error:
        raise Transient(f"unreadable: {type(error).__name__}", code="unreadable") from error


def number(value: Any) -> Decimal:
    """Exact, from a JSON number or a string of digits. Raises InvalidOperation, ValueError when it is none."""
    found = Decimal(str(value))
    if not found.is_finite():
        raise ValueError("no number")
    return found


def of_seconds(value: Any) -> datetime:
    return datetime.fromtimestamp(int(value), UTC)


def of_milliseconds(value: Any) -> datetime:
    """Whole milliseconds since 1970; an ISO 8601 instant is read as well."""
    text = str(value)
    if text.isdigit():
        # By parts: a float of this size would lose the last digit.
        seconds, thousandths = divmod(int(text), 1000)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=thousandths * 1000)
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant has an offset")
    return at
