"""The outbox: a letter is a row of the transaction that caused it, and leaves once that is safe.

At least once, always under the same Message-ID, so that a mail program shows one letter. What a letter says stands in
templates/emails/<name>/ (subject.txt, body.txt, body.html) and is put into words when it leaves.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.template import Context, Engine
from django.utils import timezone, translation
from django_tenants.utils import get_public_schema_name, schema_context

from linkstar.celery import app
from linkstar.workspaces.models import Letter, Workspace

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=1)
_SMTP_TIMEOUT_SECONDS = 20
# So few that even a server that hangs on each is through with them before the lease ends.
_BATCH = 10
_ERROR_LENGTH = Letter._meta.get_field("last_error").max_length

log = structlog.get_logger(__name__)

_CLAIM = """
UPDATE workspaces_letter SET send_at = %s, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM workspaces_letter WHERE sent_at IS NULL AND send_at <= %s AND attempts <= %s
    ORDER BY send_at LIMIT %s FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


def send_letter(
    *,
    to: str,
    name: str,
    language: str,
    context: Mapping[str, Any],
    key: str,
    send_at: datetime | None = None,
    workspace: Workspace | None = None,
) -> None:
    """Put a letter into the outbox, in the current transaction. A second one for the same occasion is not written.

    `name` is the folder in templates/emails, `context` is JSON and its addresses are absolute, `key` names the occasion
    within the workspace. None for `workspace` is the current one, and none at all on the public site; None for
    `send_at` is at once.
    """
    letter = Letter(
        workspace_id=workspace.pk if workspace else getattr(connection.tenant, "pk", None),
        key=key,
        to=to,
        name=name,
        language=language,
        context=dict(context),
    )
    if send_at is not None:
        letter.send_at = send_at
    send_letters([letter])


def send_letters(letters: list[Letter]) -> None:
    """`send_letter` for many letters with their workspace set, in one statement."""
    if not letters:
        return
    Letter.objects.bulk_create(letters, ignore_conflicts=True)
    if not any(_nudge in entry for entry in connection.run_on_commit):
        # Robust: without a broker the letter still lies in the outbox, and the next tick takes it.
        transaction.on_commit(_nudge, robust=True)


def _nudge() -> None:
    """Have a worker empty the outbox now instead of at the next tick."""
    app.send_task("linkstar.workspaces.tasks.deliver_letters", retry=False)


def deliver(now: datetime, *, limit: int = _BATCH) -> Counter[str]:
    """Send the letters whose time has come, claiming `limit` at a time; how many were sent, failed or parked.

    Any number of these may run at once.
    """
    counts: Counter[str] = Counter()
    began = monotonic()
    server = get_connection(timeout=_SMTP_TIMEOUT_SECONDS)
    with schema_context(get_public_schema_name()):
        try:
            # A lease counts from its claim, not from the first: a long outbox outlasts many of them.
            while letters := _claim(now, limit, passed=timedelta(seconds=int(monotonic() - began))):
                for letter in letters:
                    counts[_post(letter, server, now)] += 1
                if len(letters) < limit:
                    break
        finally:
            server.close()
    return counts


def _claim(now: datetime, limit: int, *, passed: timedelta) -> list[Letter]:
    """Letters that were due at `now`, held from `passed` later on."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [now + passed + LEASE, now, MAX_ATTEMPTS, limit])
        ids = [pk for (pk,) in cursor.fetchall()]
    return list(Letter.objects.filter(pk__in=ids).select_related("workspace").order_by("pk")) if ids else []


def _post(letter: Letter, server: BaseEmailBackend, now: datetime) -> str:
    told = log.bind(letter=letter.pk, name=letter.name, workspace=str(letter.workspace), attempts=letter.attempts)
    # Only while the lease holds: after it another worker may have the letter.
    held = Letter.objects.filter(pk=letter.pk, attempts=letter.attempts)
    if letter.attempts > MAX_ATTEMPTS:
        told.error("letter parked", last_error=letter.last_error)
        return "parked"
    try:
        mail = render_letter(letter, now=now, server=server)
        server.open()
        mail.send()
    except Exception as error:  # noqa: BLE001 - one letter's trouble never delays the others; it is tried again
        told.exception("letter not sent")
        server.close()
        reason = f"{type(error).__name__}: {error}"[:_ERROR_LENGTH]
        held.update(send_at=now + wait_after(letter.attempts), last_error=reason)
        return "failed"
    held.update(sent_at=now, last_error="")
    return "sent"


def wait_after(attempts: int) -> timedelta:
    """How long a letter rests after so many vain attempts: a minute, then twice as long each time, an hour at most."""
    return min(_FIRST_WAIT * 2 ** (attempts - 1), _LONGEST_WAIT)


def message_id(letter: Letter) -> str:
    """The same for every attempt at one letter."""
    digest = sha256(f"{letter.pk}:{letter.key}".encode()).hexdigest()[:32]
    return f"<{digest}@{settings.BASE_DOMAIN}>"


def render_letter(letter: Letter, *, now: datetime, server: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """The mail as it is at `now`, in the letter's language and in the zone that its context names as `time_zone`.

    `attachments` in the context are text files: name, content, content type each. Behind `unsubscribe_url` one request
    without a body of ours ends a series of letters (RFC 8058).
    """
    context = {"workspace": letter.workspace, "language": letter.language, "now": now, **letter.context}
    with translation.override(letter.language), timezone.override(letter.context.get("time_zone", settings.TIME_ZONE)):
        subject, text, html = (
            _render(f"emails/{letter.name}/{part}", context) for part in ("subject.txt", "body.txt", "body.html")
        )
    headers = {"Message-ID": message_id(letter), "Auto-Submitted": "auto-generated"}
    if stop := letter.context.get("unsubscribe_url"):
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    mail = EmailMultiAlternatives(
        " ".join(subject.split()), text.strip() + "\n", to=[letter.to], headers=headers, connection=server
    )
    mail.attach_alternative(html, "text/html")
    for name, content, content_type in letter.context.get("attachments", ()):
        mail.attach(name, content, content_type)
    return mail


def _render(template: str, context: dict[str, Any]) -> str:
    # Escaping belongs to HTML: in plain text it would show as &amp;.
    return Engine.get_default().get_template(template).render(Context(context, autoescape=template.endswith(".html")))
