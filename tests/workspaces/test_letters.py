"""The outbox: written once, sent at least once, always under one Message-ID."""

import smtplib
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from celery import Celery
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django_tenants.utils import schema_context, tenant_context
from kombu.exceptions import OperationalError

from linkstar.workspaces import letters
from linkstar.workspaces.models import Letter, Workspace
from tests.races import RACE, at_once

NUDGE = letters._nudge
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
CONTEXT = {
    "inviter": "Lin & Yue",
    "workspace": "Acme",
    "role": "member",
    "url": "http://acme.localhost/join/abc/",
    "days": 7,
}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """No worker is running; what the nudge does is tested below."""
    with patch.object(letters, "_nudge"):
        yield


def put(key: str = "invitation:1", **values: Any) -> None:
    sent = {"to": "maya@acme.test", "name": "member_invitation", "language": "en", "context": CONTEXT, "send_at": NOW}
    letters.send_letter(**{**sent, "key": key, **values})


def failing(*errors: Exception | None) -> Any:
    """Each call of the mail server answers with the next error; None lets the mail through."""
    answers = iter(errors)
    through = EmailBackend.send_messages

    def send(self: EmailBackend, messages: Any) -> int:
        error = next(answers)
        if error is not None:
            raise error
        return through(self, messages)

    return patch.object(EmailBackend, "send_messages", send)


@pytest.mark.django_db
class TestOutbox:
    def test_a_second_letter_for_one_occasion_is_not_written(self, acme: Workspace) -> None:
        put()
        put(to="else@acme.test")
        assert [(letter.to, letter.workspace) for letter in Letter.objects.all()] == [("maya@acme.test", acme)]

    def test_the_same_key_in_another_workspace_or_none_is_another_occasion(self, other: Workspace) -> None:
        put()
        with tenant_context(other):
            put()
        with schema_context("public"):
            put()
            put()
        assert sorted(str(letter.workspace) for letter in Letter.objects.select_related("workspace")) == [
            "Acme",
            "None",
            "Other",
        ]

    def test_a_letter_leaves_at_its_time_and_once(self) -> None:
        put(send_at=NOW + timedelta(hours=1))
        assert letters.deliver(NOW) == {}
        assert letters.deliver(NOW + timedelta(hours=1)) == {"sent": 1}
        assert letters.deliver(NOW + timedelta(days=1)) == {}
        assert [message.to for message in mail.outbox] == [["maya@acme.test"]]
        assert Letter.objects.get().sent_at == NOW + timedelta(hours=1)

    def test_the_letter_is_in_its_own_language_and_its_text_is_not_escaped(self) -> None:
        put()
        letters.deliver(NOW)
        (message,) = mail.outbox
        assert message.subject == "Lin & Yue invites you to Acme on LinkStar"
        assert "Lin & Yue invites you to join the workspace Acme." in message.body
        html, kind = message.alternatives[0]
        assert kind == "text/html"
        assert "Lin &amp; Yue invites you" in html
        assert 'href="http://acme.localhost/join/abc/"' in html

    def test_nothing_to_send_asks_no_mail_server(self) -> None:
        with patch.object(EmailBackend, "open", side_effect=AssertionError):
            assert letters.deliver(NOW) == {}


@pytest.mark.django_db
class TestTrouble:
    def test_a_slow_server_and_a_long_outbox_leave_no_letter_to_another_worker(self) -> None:
        """Each mail takes half a minute: when the second batch is claimed, the lease of the first is over."""
        for number in range(12):
            put(f"invitation:{number}")
        seconds, free = 0, 0

        def send(_self: EmailBackend, _messages: Any) -> int:
            nonlocal seconds, free
            free += Letter.objects.filter(
                sent_at=None, send_at__lte=NOW + timedelta(seconds=seconds), attempts=1
            ).count()
            seconds += 30
            return 1

        with patch.object(EmailBackend, "send_messages", send), patch.object(letters, "monotonic", lambda: seconds):
            assert letters.deliver(NOW) == {"sent": 12}
        assert free == 0

    def test_a_resent_letter_keeps_its_message_id(self) -> None:
        """The worker dies between the server's answer and the note that it was sent."""
        put()
        letters.deliver(NOW)
        Letter.objects.update(sent_at=None)
        assert letters.deliver(NOW + letters.LEASE) == {"sent": 1}
        first, second = (message.message()["Message-ID"] for message in mail.outbox)
        assert first == second
        assert first.endswith("@localhost>")

    def test_failing_letters_wait_longer_each_time_and_are_parked(self) -> None:
        put()
        clock, waits = NOW, []
        with failing(*[smtplib.SMTPServerDisconnected("gone")] * 20):
            for _ in range(letters.MAX_ATTEMPTS):
                assert letters.deliver(clock) == {"failed": 1}
                letter = Letter.objects.get()
                waits.append((letter.send_at - clock) // timedelta(minutes=1))
                clock = letter.send_at
            assert letters.deliver(clock) == {"parked": 1}
            assert letters.deliver(clock + timedelta(days=9)) == {}
        assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
        assert letter.last_error == "SMTPServerDisconnected: gone"

    def test_one_bad_letter_delays_no_other(self) -> None:
        put("bad:1", name="no-such-letter")
        put("good:1")
        assert letters.deliver(NOW) == {"failed": 1, "sent": 1}

    def test_a_letter_gets_through_when_the_server_is_back(self) -> None:
        put()
        with failing(OSError("refused"), None):
            assert letters.deliver(NOW) == {"failed": 1}
            assert letters.deliver(NOW + timedelta(minutes=1)) == {"sent": 1}
        letter = Letter.objects.get()
        assert (letter.attempts, letter.last_error) == (2, "")


@RACE
class TestCommitted:
    def test_many_workers_send_each_letter_once(self, live_workspace: Workspace) -> None:
        for number in range(60):
            put(f"invitation:{number}", to=f"person{number}@acme.test")
        assert sum(at_once(*[lambda: letters.deliver(NOW)] * 3), Counter()) == {"sent": 60}
        assert Counter(message.to[0] for message in mail.outbox) == {f"person{n}@acme.test": 1 for n in range(60)}

    def test_a_worker_is_nudged_once_a_transaction_and_only_after_it(self, live_workspace: Workspace) -> None:
        with transaction.atomic():
            put("a")
            put("b")
            assert letters._nudge.call_count == 0
        assert letters._nudge.call_count == 1

    def test_without_a_broker_the_letter_stays_in_the_outbox(self, live_workspace: Workspace) -> None:
        with (
            patch.object(letters, "_nudge", NUDGE),
            patch.object(letters.app, "send_task", side_effect=OperationalError("no broker")) as asked,
            transaction.atomic(),
        ):
            put()
        asked.assert_called_once_with("linkstar.workspaces.tasks.deliver_letters", retry=False)
        assert letters.deliver(NOW) == {"sent": 1}


def test_a_missing_broker_is_noticed_within_a_second() -> None:
    """Nobody who invites somebody waits for a broker that is not there."""
    lonely = Celery("lonely", broker="redis://127.0.0.1:1/0", set_as_current=False)
    lonely.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    began = time.monotonic()
    with patch.object(letters, "app", lonely), pytest.raises(OperationalError):
        NUDGE()
    assert time.monotonic() - began < 1
