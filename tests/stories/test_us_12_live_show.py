"""US-12: a live show on Eastern time, a dispatch limit over Veterans Day, and a settlement that few may see."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from linkstar.calendars.days import day_calendar
from linkstar.lib.deadlines import Deadline
from projects.models import Project, Task
from tests.factories import client_of, make_member
from tests.stories.conftest import NEW_YORK, PACIFIC, SHENZHEN, at, shown, step

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "utc", "beijing"),
    [
        (date(2026, 11, 5), "2026-11-06T01:00:00Z", "2026-11-06 09:00"),
        (date(2026, 10, 29), "2026-10-30T00:00:00Z", "2026-10-30 08:00"),
    ],
)
def test_the_show_begins_at_eight_in_the_evening(
    start: Callable[..., Project], day: date, utc: str, beijing: str
) -> None:
    show = step(start("tiktok_shop_us_launch", day), "live_on")
    assert (show.due_at, shown(show, SHENZHEN)) == (at(utc), beijing)
    assert shown(show, NEW_YORK).endswith("20:00")
    assert shown(show, PACIFIC).endswith("17:00")


def test_dispatch_of_an_order_of_10_november_leaves_out_veterans_day() -> None:
    limit = Deadline(day_calendar("us").add_workdays(date(2026, 11, 10), 2), time(23, 59), NEW_YORK)
    assert limit.instant == at("2026-11-14T04:59:00Z")
    assert shown(Task(due_at=limit.instant), SHENZHEN) == "2026-11-14 12:59"


def test_the_settlement_is_for_finance_and_the_owner_alone(start: Callable[..., Project], owner: Any) -> None:
    colleague = make_member()
    accountant = make_member(can_see_finance=True)
    project = start("tiktok_shop_us_launch", date(2026, 11, 5), roles={})
    settlement = step(project, "aff_settle")
    assert (settlement.due_at, shown(settlement, SHENZHEN)) == (at("2026-11-19T10:00:00Z"), "2026-11-19 18:00")
    knocks = [client_of(who).get(f"/tasks/{settlement.pk}/").status_code for who in (owner, accountant, colleague)]
    assert knocks == [200, 200, 404]
