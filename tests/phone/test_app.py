"""What makes a workspace an app: manifest, worker, the page without a network."""

from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

pytestmark = pytest.mark.django_db
HOST = {"HTTP_HOST": "acme.localhost"}


def test_manifest_names_the_workspace_and_icons_that_are_there(acme: Any) -> None:
    answer = Client().get("/manifest.webmanifest", **HOST)
    content = answer.json()
    assert (answer["Content-Type"], content["scope"], acme.name in content["name"]) == (
        "application/manifest+json", "/", True,
    )  # fmt: skip
    assert {icon["purpose"] for icon in content["icons"]} == {"any", "maskable"}
    assert all(finders.find(icon["src"].removeprefix("/static/")) for icon in content["icons"])
    assert 'rel="manifest"' in Client().get("/accounts/login/", **HOST).content.decode()


def test_the_worker_is_served_at_the_root_and_looked_for_anew() -> None:
    answer = Client().get("/sw.js", **HOST)
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (200, "text/javascript")
    assert "no-cache" in answer["Cache-Control"]
    assert Client().get("/offline/", **HOST).status_code == 200


def test_the_public_site_is_no_app() -> None:
    assert Client().get("/manifest.webmanifest", HTTP_HOST="localhost").status_code == 404
