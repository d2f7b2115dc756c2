"""Exactly once, with workers that die, that are slow, and that are several."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context, tenant_context

from linkstar.members.models import Member
from linkstar.workspaces import due
from linkstar.workspaces.jobs import UnknownWorkspace
from linkstar.workspaces.models import DueItem, Workspace
from notifications.models import Notification
from tests.races import RACE, at_once

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LATER = NOW + due.LEASE + timedelta(seconds=1)
Acts = list[tuple[str, int]]
Handle = Callable[[str, due.Handler], None]


class Died(BaseException):
    """A worker that is killed runs no `except Exception`."""


@pytest.fixture
def handle() -> Iterator[Handle]:
    """Register a handler for the length of the test."""
    before = dict(due._handlers)
    yield lambda kind, handler: due._handlers.__setitem__(kind, handler)
    due._handlers.clear()
    due._handlers.update(before)


@pytest.fixture
def acts(handle: Handle) -> Acts:
    """What the handler of kind "test" did: (workspace, object id)."""
    done: Acts = []
    handle("test", lambda object_id, /, *, now: done.append((connection.tenant.slug, object_id)))
    return done


def tell(object_id: int) -> None:
    """An effect that the database keeps, and that would show if it happened twice: its key is always another."""
    member = Member.objects.get(role="owner")
    Notification.objects.create(member=member, kind="task_due", key=str(uuid4()), data={"object": object_id})


def told() -> Counter[int]:
    return Counter(Notification.objects.values_list("data__object", flat=True))


@pytest.mark.django_db
class TestSchedule:
    def test_a_promise_is_kept_at_its_instant_and_not_before(self, acts: Acts) -> None:
        due.schedule("test", 7, NOW)
        assert due.run_due(NOW - timedelta(microseconds=1)) == {}
        assert due.run_due(NOW) == {"done": 1}
        assert due.run_due(NOW + timedelta(days=1)) == {}
        assert acts == [("acme", 7)]

    def test_moving_keeps_one_row_and_starts_again(self, acts: Acts) -> None:
        due.schedule("test", 7, NOW)
        DueItem.objects.update(attempts=5, parked_at=NOW)
        due.schedule("test", 7, NOW + timedelta(hours=2))
        row = DueItem.objects.get()
        assert (row.run_at, row.attempts, row.parked_at) == (NOW + timedelta(hours=2), 0, None)
        assert due.run_due(NOW + timedelta(hours=1)) == {}
        assert due.run_due(NOW + timedelta(hours=2)) == {"done": 1}

    def test_cancelled_promises_are_not_kept(self, acts: Acts) -> None:
        due.schedule_many([("test", 1, NOW), ("test", 2, NOW), ("test", 3, NOW), ("else", 1, NOW + timedelta(days=1))])
        due.cancel("test", 1, 3)
        due.cancel("test", 99)
        assert due.run_due(NOW) == {"done": 1}
        assert acts == [("acme", 2)]
        assert [row.kind for row in DueItem.objects.all()] == ["else"]

    def test_one_workspace_cancels_nothing_of_another(self, acts: Acts, other: Workspace) -> None:
        due.schedule("test", 7, NOW)
        with tenant_context(other):
            due.cancel("test", 7)
        assert DueItem.objects.count() == 1

    def test_a_promise_outside_of_a_workspace_is_refused(self) -> None:
        with schema_context("public"), pytest.raises(UnknownWorkspace):
            due.schedule("test", 7, NOW)

    def test_a_hundred_promises_are_one_statement(self, django_assert_num_queries: Any) -> None:
        due.schedule("test", 1000, NOW)
        with django_assert_num_queries(1):
            due.schedule_many(("test", number, NOW) for number in range(100))


@pytest.mark.django_db
class TestRun:
    def test_nothing_due_is_one_statement(self) -> None:
        due.schedule_many(("test", number, NOW + timedelta(hours=1)) for number in range(50))
        with CaptureQueriesContext(connection) as queries:
            assert due.run_due(NOW) == {}
        assert len([query for query in queries if not query["sql"].startswith("SET search_path")]) == 1

    def test_a_row_that_kills_every_worker_takes_no_others_with_it(self, handle: Handle) -> None:
        def work(object_id: int, /, *, now: datetime) -> None:
            if object_id == 5:
                raise Died
            tell(object_id)

        handle("test", work)
        due.schedule_many(("test", number, NOW) for number in range(12))
        for number in range(2 + due.MAX_ATTEMPTS):
            with suppress(Died):
                due.run_due(NOW + number * 2 * due.LEASE)
        assert told() == {number: 1 for number in range(12) if number != 5}
        row = DueItem.objects.get()
        assert (row.object_id, row.parked_at is not None) == (5, True)

    def test_each_row_is_kept_in_its_own_workspace(self, acts: Acts, acme: Workspace, other: Workspace) -> None:
        for workspace in (acme, other):
            with tenant_context(workspace):
                due.schedule("test", 7, NOW)
        assert due.run_due(NOW) == {"done": 2}
        assert sorted(acts) == [("acme", 7), ("other", 7)]
        assert connection.tenant == acme

    def test_more_than_the_limit_are_all_done(self, acts: Acts) -> None:
        due.schedule_many(("test", number, NOW) for number in range(25))
        assert due.run_due(NOW, limit=10) == {"done": 25}
        assert sorted(acts) == [("acme", number) for number in range(25)]

    def test_a_failing_row_delays_nobody_and_is_tried_after_its_lease(
        self, acts: Acts, handle: Handle, other: Workspace
    ) -> None:
        def fail(object_id: int, /, *, now: datetime) -> None:
            tell(object_id)
            raise RuntimeError("no")

        handle("bad", fail)
        with tenant_context(other):
            due.schedule("bad", 1, NOW - timedelta(days=1))
        due.schedule_many([("bad", 2, NOW - timedelta(hours=1)), ("test", 3, NOW)])
        assert due.run_due(NOW) == {"failed": 2, "done": 1}
        assert acts == [("acme", 3)]
        assert told() == {}, "what a failed handler wrote must not stay"
        assert due.run_due(NOW + timedelta(minutes=1)) == {}
        handle("bad", lambda object_id, /, *, now: tell(object_id))
        assert due.run_due(LATER) == {"done": 2}
        assert told() == {2: 1}
        with tenant_context(other):
            assert told() == {1: 1}

    def test_a_hopeless_row_is_parked_and_moving_it_frees_it(self, handle: Handle) -> None:
        handle("bad", lambda object_id, /, *, now: 1 / 0)
        due.schedule("bad", 1, NOW)
        seen: Counter[str] = Counter()
        for attempt in range(12):
            seen += due.run_due(NOW + attempt * 2 * due.LEASE)
        assert seen == {"failed": due.MAX_ATTEMPTS, "parked": 1}
        assert DueItem.objects.get().parked_at is not None
        handle("bad", lambda object_id, /, *, now: tell(object_id))
        due.schedule("bad", 1, NOW)
        assert due.run_due(NOW) == {"done": 1}

    def test_a_kind_without_a_handler_waits_for_the_code_that_has_one(self, acts: Acts) -> None:
        due.schedule("new-kind", 1, NOW)
        assert due.run_due(NOW) == {"failed": 1}
        assert DueItem.objects.count() == 1

    def test_a_suspended_workspace_gets_nothing_until_it_is_back(self, acts: Acts, acme: Workspace) -> None:
        due.schedule("test", 7, NOW)
        Workspace.objects.filter(pk=acme.pk).update(state=Workspace.State.SUSPENDED)
        assert due.run_due(NOW) == {"postponed": 1}
        Workspace.objects.filter(pk=acme.pk).update(state=Workspace.State.ACTIVE)
        assert due.run_due(NOW + due.CLOSED_FOR) == {"done": 1}
        assert acts == [("acme", 7)]

    def test_a_workspace_with_another_schema_is_not_entered(self, acts: Acts, acme: Workspace) -> None:
        due.schedule("test", 7, NOW)
        Workspace.objects.filter(pk=acme.pk).update(ledger="1:old")
        assert due.run_due(NOW) == {"postponed": 1}
        assert acts == []

    def test_a_row_moved_after_its_claim_is_left_alone(self, acts: Acts) -> None:
        due.schedule("test", 7, NOW)
        (claim,) = due._claim(NOW, 10)
        due.schedule("test", 7, NOW + timedelta(days=7))
        assert due._act(claim, connection.tenant, NOW) == "lost"
        assert acts == []
        assert DueItem.objects.get().run_at == NOW + timedelta(days=7)

    def test_a_worker_slower_than_its_lease_finds_its_claim_gone(self, acts: Acts) -> None:
        due.schedule("test", 7, NOW)
        (slow,) = due._claim(NOW, 10)
        (quick,) = due._claim(LATER, 10)
        assert due._act(slow, connection.tenant, LATER) == "lost"
        assert due._act(quick, connection.tenant, LATER) == "done"
        assert due._act(slow, connection.tenant, LATER) == "lost"
        assert acts == [("acme", 7)]

    def test_the_command_does_one_pass(self, acts: Acts) -> None:
        due.schedule("test", 7, NOW)
        out = StringIO()
        call_command("send_due", "--now", "2026-11-24T08:00:00Z", stdout=out)
        assert out.getvalue() == "due: 1 done\nletters: nothing\n"
        with pytest.raises(CommandError, match="offset"):
            call_command("send_due", "--now", "2026-11-24T08:00:00", stdout=out)


@RACE
class TestRaces:
    def test_many_rows_and_dying_workers_lose_and_double_nothing(
        self, live_workspace: Workspace, handle: Handle
    ) -> None:
        rows, tries = 400, Counter[int]()

        def work(object_id: int, /, *, now: datetime) -> None:
            tell(object_id)
            tries[object_id] += 1
            # Each third row kills its worker once, after the effect was written and before it is safe.
            if object_id % 3 == 0 and tries[object_id] == 1:
                raise Died

        handle("test", work)
        due.schedule_many(("test", number, NOW) for number in range(rows))

        def worker() -> int:
            """Works until nothing is left, and comes back to life each time it dies: how often that was."""
            clock, deaths = NOW, 0
            for _ in range(rows):
                try:
                    due.run_due(clock, limit=17)
                except Died:
                    deaths += 1
                    connection.close()
                    continue
                with schema_context("public"):
                    if not DueItem.objects.exists():
                        break
                clock += due.LEASE + timedelta(seconds=1)
            return deaths

        deaths = at_once(*[worker] * 4)
        assert sum(deaths) == len(range(0, rows, 3))
        with tenant_context(live_workspace):
            assert told() == dict.fromkeys(range(rows), 1)

    def test_two_schedulers_at_once_share_the_work(self, live_workspace: Workspace, handle: Handle) -> None:
        handle("test", lambda object_id, /, *, now: tell(object_id))
        due.schedule_many(("test", number, NOW) for number in range(300))
        counts = at_once(*[lambda: due.run_due(NOW, limit=20)] * 3)
        assert sum(counts, Counter()) == {"done": 300}
        assert told() == dict.fromkeys(range(300), 1)

    def test_a_move_waits_for_the_worker_and_then_counts(self, live_workspace: Workspace, handle: Handle) -> None:
        """A row moved while its handler runs is a new promise; nothing dead-locks and nothing is lost."""
        acting, moved = Event(), Event()

        def work(object_id: int, /, *, now: datetime) -> None:
            acting.set()
            moved.wait(0.3)
            tell(object_id)

        handle("test", work)
        due.schedule("test", 1, NOW)

        def move() -> None:
            acting.wait(10)
            with transaction.atomic():
                due.schedule("test", 1, NOW + timedelta(hours=1))
            moved.set()

        at_once(lambda: due.run_due(NOW), move)
        assert told() == {1: 1}
        assert DueItem.objects.get().run_at == NOW + timedelta(hours=1)

    def test_a_killed_process_leaves_its_row_to_the_next(self, live_workspace: Workspace, handle: Handle) -> None:
        """A real process, killed by SIGKILL inside the transaction."""
        due.schedule("test", 1, NOW)
        program = f"""
import os, signal
import django; django.setup()
from datetime import datetime
from linkstar.workspaces import due
from linkstar.workspaces.models import DueItem
from tests.workspaces.test_due import tell
def work(object_id, /, *, now):
    tell(object_id)
    os.kill(os.getpid(), signal.SIGKILL)
due._handlers["test"] = work
from django.db import connection
connection.settings_dict["NAME"] = {connection.settings_dict["NAME"]!r}
due.run_due(datetime.fromisoformat({NOW.isoformat()!r}))
"""
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert done.returncode == -9, done.stderr
        assert told() == {}
        assert due.run_due(NOW) == {}, "its lease still runs"
        handle("test", lambda object_id, /, *, now: tell(object_id))
        assert due.run_due(LATER) == {"done": 1}
        assert told() == {1: 1}
