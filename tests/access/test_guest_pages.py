"""What a guest never reads on any page: hidden projects and tasks, the team's own words, addresses, money."""

import re
from collections import Counter, deque
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from linkstar.members.models import Member
from templates_sop.shapes import OWN_PREFIX
from tests.access.rows import ROWS
from tests.access.world import lay_out
from tests.factories import client_of

pytestmark = pytest.mark.django_db

LINK = re.compile(r"""(?:href|src|hx-get|action)=["'](/[^"'#]*)""")
NUMBER = re.compile(r"\d+")
# Ways out, the language switch, and the bundles.
LEFT_OUT = ("/static/", "/accounts/", "/language/", "/workspaces/", "/leave/")


# Drawing a PDF takes seconds: once for all filters.
PRINTED = ("/print/", "/pdf/")
# Sorted, grouped and filtered, a page shows the same things: of each address this many queries are read.
MOST_QUERIES = 4
# The release's own library, the same for everybody, has a page for each of its six hundred steps: some stand for all.
LIBRARY, MOST_OF_LIBRARY = "/templates/", 60


def is_library(path: str) -> bool:
    return path.startswith(LIBRARY) and not path.startswith((f"{LIBRARY}ours/", f"{LIBRARY}{OWN_PREFIX}"))


def walk(client: Client, starts: list[str], *, htmx: bool, until: Sequence[str] = ()) -> dict[str, str]:
    """Every page that is reached from these, by address; what is no page of this host is left out.

    With `until`, no further than to where all of these were read.
    """
    queries, posted = Counter[str](), set[str]()
    headers = {"HTTP_HX_REQUEST": "true"} if htmx else {}
    waiting, seen, unread = deque(starts), dict[str, str](), list(until)
    while waiting and (unread or not until):
        path = waiting.popleft().replace("&amp;", "&")
        if path in seen or path.startswith(LEFT_OUT) or queries[path.partition("?")[0]] > MOST_QUERIES:
            continue
        if is_library(path) and queries[LIBRARY] >= MOST_OF_LIBRARY:
            continue
        kind = NUMBER.sub("0", path.partition("?")[0])
        if kind in posted or (kind.endswith(PRINTED) and "?" in path):
            continue
        queries[LIBRARY] += is_library(path)
        queries[path.partition("?")[0]] += 1
        answer = client.get(path, **headers)  # type: ignore[arg-type]
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            posted.add(kind)
        # A PDF is no text; what is written in it is looked at where it is made.
        seen[path] = f"{dict(answer.headers)} {body.decode(errors='replace')}"
        unread = [words for words in unread if words not in seen[path]]
        waiting.extend(LINK.findall(seen[path]) if answer.status_code == 200 else [])
        if answer.status_code == 302 and answer.headers["Location"].startswith("/"):
            waiting.append(answer.headers["Location"])
    return seen


@pytest.mark.parametrize("htmx", [False, True], ids=["pages", "fragments"])
def test_a_guest_reads_nothing_of_what_is_hidden(owner: Member, caplog: pytest.LogCaptureFixture, htmx: bool) -> None:
    caplog.set_level("CRITICAL", logger="django.request")
    world: Any = lay_out(owner)
    rows = [row for row in ROWS if row.post is None and not row.is_public]
    paths = [
        reverse(row.name, args=[part[1:] if part.startswith("+") else world.ids[part] for part in row.at.split()])
        for row in rows
        # Invitations show their own address to whoever holds the letter.
        if row.name not in ("members:join", "projects:guest-join")
    ]
    guest = client_of(world.members["guest"])

    seen = walk(guest, [*paths, f"/projects/{world.ids['project']}/board/?q=e", "/projects/?q=e"], htmx=htmx)

    assert len(seen) > len(set(paths)) / 2
    assert "Shoot the main image" in seen[f"/projects/{world.ids['project']}/board/"]
    assert [(path, secret) for path, text in seen.items() for secret in world.secrets if secret in text] == []


def test_the_secrets_are_there_to_be_read(owner: Member) -> None:
    """The same walk as the owner finds all of them, or the test above would prove nothing."""
    world = lay_out(owner)
    starts = ["/", "/projects/", "/projects/?state=archived", "/members/", "/members/?show=former"]
    starts += [f"/members/{world.ids[name]}/" for name in ("colleague", "former")]
    starts += [f"/tasks/{world.ids['binned_task']}/undelete/", "/templates/ours/?archived=1"]
    starts += [f"/projects/{world.ids['project']}/{page}/" for page in ("guests", "retrospective")]
    seen = walk(client_of(world.members["owner"]), starts, htmx=False, until=world.secrets)
    text = "".join(seen.values())

    assert [secret for secret in world.secrets if secret not in text] == []
