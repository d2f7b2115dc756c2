"""US-01: the Q4 Black Friday project from its template in one click."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from projects.models import Dependency, Project
from tests.factories import client_of
from tests.pages import text
from tests.stories.conftest import NEW_YORK, PACIFIC, SHENZHEN, at, clock, label, reminders, shown, step

pytestmark = pytest.mark.django_db
ANCHOR = date(2026, 11, 27)


def test_one_click_creates_36_steps_with_dependencies(start: Callable[..., Project]) -> None:
    project = start("black_friday_cyber_monday", ANCHOR, variant="electronics")
    assert project.tasks.count() == 36
    assert set(step(project, "h24_bf").blocked_by_links.values_list("blocker__sop_step", flat=True)) == {
        "week_deals_on",
        "email_sms",
        "wfs_3pl",
        "battery_ship",
    }
    assert Dependency.objects.filter(blocked__project=project).exists()


def test_the_opening_patrol_is_shown_on_three_clocks(start: Callable[..., Project]) -> None:
    opening = step(start("black_friday_cyber_monday", ANCHOR, variant="electronics"), "bf_on")
    assert opening.due_at == at("2026-11-27T08:00:00Z")
    assert [shown(opening, zone) for zone in (SHENZHEN, NEW_YORK, PACIFIC)] == [
        "2026-11-27 16:00",
        "2026-11-27 03:00",
        "2026-11-27 00:00",
    ]
    assert label(opening, SHENZHEN) == "Fri 27 Nov, 00:00 PST (UTC−8) | Fri 27 Nov, 16:00 for you (UTC+8)"
    assert label(opening, NEW_YORK) == "Fri 27 Nov, 00:00 PST (UTC−8) | Fri 27 Nov, 03:00 for you (UTC−5)"
    assert label(opening, PACIFIC) == "Fri 27 Nov, 00:00 PST (UTC−8) | None"
    assert reminders(opening) == [at("2026-11-26T08:00:00Z"), at("2026-11-27T06:00:00Z")]


def test_fba_arrival_is_38_days_before(start: Callable[..., Project]) -> None:
    arrival = step(start("black_friday_cyber_monday", ANCHOR, variant="electronics"), "deadline_fba")
    assert arrival.due_at == at("2026-10-21T00:00:00Z")
    assert [shown(arrival, zone) for zone in (SHENZHEN, NEW_YORK, PACIFIC)] == [
        "2026-10-21 08:00",
        "2026-10-20 20:00",
        "2026-10-20 17:00",
    ]


def test_nothing_is_created_without_an_owner(owner: Any) -> None:
    sent = {
        "name": "Q4",
        "variant": "electronics",
        "anchor_on": "2026-11-27",
        "anchor_zone": PACIFIC,
        "owner": "",
        "language": "zh-hans",
    }
    with clock("2026-07-01T02:00:00Z"):
        address = reverse("templates_sop:template-start", args=["black_friday_cyber_monday"])
        answer = client_of(owner).post(address, sent)
    assert answer.status_code == 422
    assert 'id="error_owner"' in text(answer)
    assert not Project.objects.exists()
