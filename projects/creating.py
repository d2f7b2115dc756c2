"""What may keep a member from creating a project: rooms above this one say so.

    @bars
    def pilot_is_full(member) -> str: ...

The app imports the module in `AppConfig.ready`. Every page that creates a project asks here.
"""

from collections.abc import Callable

from linkstar.members.models import Member

Bar = Callable[[Member], str]
_bars: list[Bar] = []


def bars(why: Bar) -> Bar:
    """Register one that says why not in the reader's language, or ""."""
    _bars.append(why)
    return why


def why_not(member: Member) -> str:
    return next((text for bar in _bars if (text := bar(member))), "")
