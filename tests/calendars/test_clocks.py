"""US-05: the team is told ahead when the gap between their clocks changes, once."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils.translation import override
from django_tenants.utils import schema_context, tenant_context

from linkstar.calendars.actions.clocks import any_change, tell_clock_changes
from linkstar.workspaces.letters import render_letter
from linkstar.workspaces.models import Letter, Workspace
from linkstar.workspaces.rounds import make_rounds, workspaces_to_visit
from notifications.kinds import kind_of
from notifications.models import Notification
from tests.factories import make_member

pytestmark = pytest.mark.django_db
SHANGHAI, EASTERN, PACIFIC = "Asia/Shanghai", "America/New_York", "America/Los_Angeles"
# The daily look of 24 October 2026, in Shenzhen the morning of that day.
OCTOBER = datetime(2026, 10, 24, 1, 7, tzinfo=UTC)


def told(member: Any) -> list[str]:
    found = Notification.objects.filter(member=member, kind="clock_change").order_by("pk")
    with override(member.language):
        return [kind_of("clock_change").words(each.data) for each in found]


def test_shenzhen_is_told_before_the_25th_of_october_and_once(owner):
    """The workspace runs on Pacific time; its owner is in Shenzhen and reads Chinese."""
    maya, guest = make_member(time_zone=EASTERN), make_member("guest", time_zone=SHANGHAI)
    away = make_member(time_zone=SHANGHAI, is_active=False)

    counts = [tell_clock_changes(now=OCTOBER + timedelta(days=days)) for days in range(3)]

    assert counts == [2, 0, 0]
    assert len(told(owner)) == 1
    assert "洛杉矶" in told(owner)[0] and "11月1日 周日" in told(owner)[0] and "16" in told(owner)[0]
    assert told(maya) == ["From Sun 1 Nov Beijing is 13 h ahead of you, until then 12 h"]
    assert told(guest) == told(away) == []


def test_it_is_told_by_mail_too_in_the_readers_language_and_once(owner):
    maya = make_member(time_zone=EASTERN, language="en")
    for days in range(3):
        tell_clock_changes(now=OCTOBER + timedelta(days=days))
    letters = Letter.objects.filter(key__startswith="clock_change").order_by("pk")
    assert sorted(letters.values_list("to", "language")) == sorted([(owner.email, owner.language), (maya.email, "en")])
    sent = {letter.to: render_letter(letter, now=OCTOBER) for letter in letters}
    assert "From Sun 1 Nov Beijing is 13 h ahead of you, until then 12 h" in str(sent[maya.email].subject)
    assert "11月1日 周日" in str(sent[owner.email].subject)


def test_nobody_is_told_of_a_change_that_is_far_or_over(owner):
    make_member(time_zone=EASTERN)
    assert tell_clock_changes(now=datetime(2026, 10, 20, 1, tzinfo=UTC)) == 0
    assert tell_clock_changes(now=datetime(2026, 11, 1, 12, tzinfo=UTC)) == 0
    assert not Notification.objects.exists()


def test_spring_is_told_anew(owner):
    tell_clock_changes(now=OCTOBER)
    tell_clock_changes(now=datetime(2027, 3, 7, 1, tzinfo=UTC))
    assert len(told(owner)) == 2
    assert "15" in told(owner)[1]


def test_who_lives_where_the_team_lives_hears_nothing(acme, owner):
    Workspace.objects.filter(pk=acme.pk).update(time_zone=SHANGHAI)
    acme.refresh_from_db()
    with tenant_context(acme):
        assert tell_clock_changes(now=OCTOBER) == 0


def test_a_change_is_found_among_zones_and_not_within_one():
    assert any_change([SHANGHAI, EASTERN], now=OCTOBER)
    assert not any_change([PACIFIC, EASTERN], now=OCTOBER)
    assert not any_change([SHANGHAI, "America/Phoenix", "Pacific/Honolulu"], now=OCTOBER)
    assert not any_change([], now=OCTOBER)


def test_the_round_visits_open_workspaces_in_the_weeks_that_need_it(acme, other, owner):
    with schema_context("public"):
        assert list(workspaces_to_visit(datetime(2026, 7, 1, tzinfo=UTC))) == []
        assert list(workspaces_to_visit(OCTOBER)) == [acme, other]
        Workspace.objects.filter(pk=other.pk).update(state=Workspace.State.SUSPENDED)
        assert list(workspaces_to_visit(OCTOBER)) == [acme]
        assert make_rounds(acme, now=OCTOBER) == {"clocks": 1}


def test_send_due_makes_the_rounds_too(owner, acme):
    out = StringIO()
    call_command("send_due", "--now", "2026-10-24T01:07:00Z", stdout=out)
    assert "daily: 1 clocks" in out.getvalue()
    with tenant_context(acme):
        assert len(told(owner)) == 1
