"""Working days: the team reads, managers change; hours and leave are one's own, and managers may enter them too."""

from datetime import date
from typing import TYPE_CHECKING

from linkstar.calendars.actions.absences import add_closure, add_leave
from linkstar.calendars.actions.market import write_market_date
from linkstar.calendars.market import entry_of
from projects.models import Project
from tests.access.rows.base import INSIDERS, MANAGERS, READ_ONLY_TEAM, RUNNERS, Row, who

if TYPE_CHECKING:
    from tests.access.world import World

DAYS = {"first_on": "2035-01-08", "last_on": "2035-01-12"}
DATE = {"name": "Prime Day", "first_on": "2035-07-09", "zone": "America/Los_Angeles", "channel": "amazon_us"}
HOURS = {"day-0": "9-12, 13-18"}
PRIME_DAY = "+amazon_prime_day +2034 +1"
# The member themself, and managers and up.
OWN = who(guests=403)

ROWS = [
    Row("calendars:closures", "", INSIDERS),
    Row("calendars:closures", "", MANAGERS, {"name": "Inventory", **DAYS}),
    Row("calendars:closure-edit", "closure", MANAGERS),
    Row("calendars:closure-edit", "closure", MANAGERS, {"name": "Inventory", **DAYS}),
    Row("calendars:closure-delete", "closure", MANAGERS, {}),
    Row("calendars:years", "", INSIDERS),
    Row("calendars:market", "", INSIDERS),
    Row("calendars:market-add", "", MANAGERS),
    Row("calendars:market-add", "", MANAGERS, {**DATE, "kind": "retail"}),
    Row("calendars:market-edit", PRIME_DAY, MANAGERS),
    Row("calendars:market-edit", PRIME_DAY, MANAGERS, {**DATE, "first_on": "2034-07-10"}),
    Row("calendars:market-take-back", PRIME_DAY, MANAGERS, {}),
    Row("calendars:market-hide", PRIME_DAY, MANAGERS, {}),
    Row("templates_sop:anchored", "+amazon_prime_day +2035", INSIDERS),
    Row("projects:project-zone", "project", RUNNERS),
    Row("projects:project-zone", "archived", READ_ONLY_TEAM),
    Row("projects:project-zone", "project", RUNNERS, {"to": "Asia/Tokyo"}, ok=200),
    Row("calendars:member-time", "colleague", INSIDERS),
    Row("calendars:member-hours-text", "colleague", INSIDERS),
    Row("calendars:member-hours", "colleague", OWN, HOURS),
    Row("calendars:member-hours", "chief", MANAGERS, HOURS),
    Row("calendars:leave-add", "colleague", OWN, DAYS),
    Row("calendars:leave-add", "chief", MANAGERS, DAYS),
    Row("calendars:leave-delete", "leave", OWN, {}),
    Row("calendars:leave-delete", "chiefs_leave", MANAGERS, {}),
]


def lay(world: "World", project: Project) -> None:
    owner, colleague = world.members["owner"], world.members["member"]
    first, last = date(2034, 2, 6), date(2034, 2, 10)
    closure = add_closure(name="Closed in secret", first_on=first, last_on=last, country="cn", actor=owner)
    words = {"note": "Away in secret", "note_for": "team"}
    world.ids |= {
        "closure": closure.pk,
        "colleague": colleague.pk,
        "chief": world.members["manager"].pk,
        "leave": add_leave(colleague, first_on=first, last_on=last, actor=owner, **words).pk,
        "chiefs_leave": add_leave(world.members["manager"], first_on=first, last_on=last, actor=owner, **words).pk,
    }
    entry = entry_of("amazon_prime_day", 2034)
    assert entry is not None
    write_market_date(
        entry,
        first_on=date(2034, 7, 10),
        last_on=None,
        at_time=None,
        zone="America/Los_Angeles",
        is_confirmed=False,
        name="Prime Day",
        language="en",
        source="",
        source_url="",
        note="",
        channel="amazon_us",
        actor=owner,
        now=project.created_at,
    )
    world.secrets += ["Closed in secret", "Away in secret"]
