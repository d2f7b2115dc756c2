"""Pages that say what failed, on hosts that are no workspace and when the database is what failed."""

from typing import Any

import pytest
from django.contrib.sessions.backends.cached_db import SessionStore
from django.db import OperationalError
from django.test import Client

from linkstar.workspaces.actions.workspaces import suspend
from linkstar.workspaces.models import Workspace
from tests.factories import client_of, make_member

pytestmark = pytest.mark.django_db
STYLES = "/static/brand/favicon.svg"


@pytest.mark.parametrize(("slug", "status"), [("nobody", 404), ("acme", 403)])
def test_pages_before_the_door_have_their_styles_and_headers(acme: Workspace, slug: str, status: int) -> None:
    suspend(acme)
    client = Client(HTTP_HOST=f"{slug}.localhost")

    page = client.get("/")

    assert page.status_code == status
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert page["X-Content-Type-Options"] == "nosniff"
    assert client.get(STYLES).status_code == 200


def test_the_page_of_a_failure_does_not_ask_what_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(make_member("owner"))
    client.raise_request_exception = False

    def fail(*_args: Any) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(SessionStore, "load", fail)
    page = client.get("/projects/", headers={"Accept-Language": "zh-CN"})

    assert page.status_code == 500
    assert 'data-problem="failed"' in page.content.decode()
