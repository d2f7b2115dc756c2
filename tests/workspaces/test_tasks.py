"""The scheduler's tick and the nudge, as a real worker on the real broker gets them."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from linkstar.celery import app
from linkstar.members.models import Member
from linkstar.workspaces import due
from linkstar.workspaces.letters import send_letter
from linkstar.workspaces.models import Letter, Workspace
from linkstar.workspaces.tasks import tick
from notifications.actions.reminders import plan

CONTEXT = {"inviter": "Lin", "workspace": "Acme", "role": "member", "url": "http://acme.localhost/join/a/", "days": 7}


def put_letter() -> None:
    send_letter(to="maya@acme.test", name="member_invitation", language="en", context=CONTEXT, key="invitation:1")


def wait_for_mail(seconds: float = 10) -> list[str]:
    ends_at = time.monotonic() + seconds
    while not mail.outbox and time.monotonic() < ends_at:
        time.sleep(0.05)
    return [message.to[0] for message in mail.outbox]


@pytest.fixture
def worker(live_workspace: Workspace) -> Iterator[None]:
    app.control.purge()
    with start_worker(app, perform_ping_check=False, pool="solo", loglevel="ERROR", shutdown_timeout=30):
        yield


def test_beat_knows_the_tick() -> None:
    entries = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    assert tick.name in entries
    assert [name for name in entries if name not in app.tasks] == []


@pytest.mark.django_db
def test_a_tick_does_what_is_due_and_sends_it(owner: Member) -> None:
    """From inside a workspace and back: a task of the public schema leaves the connection there."""
    workspace = connection.tenant
    put_letter()
    now = timezone.now()
    plan("task", 404, due_at=now + timedelta(hours=1), hours_before=[1], now=now - timedelta(days=1))
    tick()
    connection.set_tenant(workspace)
    assert [message.to for message in mail.outbox] == [["maya@acme.test"]]
    assert due.run_due(now + timedelta(days=1)) == {}, "the reminder of a task that is not there is cancelled, once"


@pytest.mark.django_db(transaction=True)
def test_a_letter_leaves_as_soon_as_it_is_safe(worker: None) -> None:
    with transaction.atomic():
        put_letter()
        assert wait_for_mail(0.5) == []
    assert wait_for_mail() == ["maya@acme.test"]


@pytest.mark.django_db(transaction=True)
def test_a_letter_that_was_rolled_back_never_leaves(worker: None) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        put_letter()
        raise RuntimeError
    assert wait_for_mail(1) == []
    assert not Letter.objects.exists()
