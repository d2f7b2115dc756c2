"""Photographs of the main pages: a server of our own on a free port, a Chromium, and the demo workspace."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django_tenants.utils import tenant_context
from playwright.sync_api import Browser, Page, sync_playwright

from integrations.models import SalesAction
from linkstar.accounts.models import User
from linkstar.compliance.models import Passport
from linkstar.workspaces.models import Workspace
from projects.models import Project

# What is shown in README and committed; the others are for looking at and stay out of the repository.
COMMITTED = frozenset(
    {
        "board-1440-light-zh",
        "board-1440-light-en",
        "board-390-light-zh",
        "home-1440-light-en",
        "task-1440-dark-en",
        "timeline-1440-light-en",
        "sales-1440-light-en",
    }
)
WIDTHS, THEMES = (1440, 390), ("light", "dark")
LANGUAGES = {"en": "en", "zh": "zh-hans"}
_PHONE = 720
_START_SECONDS = 60


@dataclass(frozen=True)
class Shot:
    """`who` None: a stranger on the public site; otherwise the demo's person in the demo's workspace."""

    name: str
    path: str
    who: str | None = "ops@demo.test"


def shots(workspace: Workspace) -> list[Shot]:
    with tenant_context(workspace):
        project = Project.objects.order_by("pk")[0]
        here, task = f"/projects/{project.pk}", project.tasks.get(sop_step="creative_done").pk
        passport = Passport.objects.get(product__sku="PF-01-BLK").pk
        read = SalesAction.objects.exclude(estimates={}).exclude(project=None).order_by("-live_at")[0]
        measured, action = read.project_id, read.pk
    return [
        Shot("home", "/", None),
        Shot("sign-in", "/accounts/login/", None),
        Shot("work", "/"),
        Shot("board", f"{here}/board/"),
        Shot("list", f"{here}/list/"),
        Shot("timeline", f"{here}/timeline/"),
        Shot("calendar", f"{here}/calendar/"),
        Shot("baseline", f"{here}/baseline/"),
        Shot("slips", f"{here}/slips/"),
        Shot("forecast", f"{here}/forecast/"),
        Shot("working-days", "/settings/calendar/years/", "brand@demo.test"),
        Shot("task", f"/tasks/{task}/"),
        Shot("start", "/templates/fba_replenishment_shipment/start/"),
        Shot("passports", "/passports/"),
        Shot("passport", f"/passports/{passport}/", "brand@demo.test"),
        Shot("sales", "/sales/", "finance@demo.test"),
        Shot("shops", "/shops/", "finance@demo.test"),
        Shot("results", f"/projects/{measured}/results/", "finance@demo.test"),
        Shot("action", f"/actions/{action}/", "finance@demo.test"),
        Shot("noticed", "/noticed/", "owner@demo.test"),
        Shot("inbox", "/inbox/"),
        Shot("members", "/members/"),
        Shot("files", f"{here}/files/"),
        Shot("guests", f"{here}/guests/"),
        Shot("settings", "/settings/", "owner@demo.test"),
    ]


def take_all(folder: Path, *, only: frozenset[str] | None = None) -> Iterator[Path]:
    """Every page in every width, theme and language, or those named `only`; yields each file as it is written."""
    # Playwright's loop runs in this thread, where Django would refuse to touch the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    connection.set_schema_to_public()
    workspace = Workspace.objects.get(slug="demo")
    folder.mkdir(parents=True, exist_ok=True)
    path = os.environ.get("LINKSTAR_CHROMIUM") or "/usr/bin/chromium"
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with _server() as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        for shot in shots(workspace):
            for width, theme, language in ((w, t, lang) for w in WIDTHS for t in THEMES for lang in LANGUAGES):
                name = f"{shot.name}-{width}-{theme}-{language}"
                if only is None or name in only:
                    yield _take(browser, shot, workspace, port, width, theme, language, folder / f"{name}.png")
        browser.close()


def _take(
    browser: Browser, shot: Shot, workspace: Workspace, port: int, width: int, theme: str, language: str, path: Path
) -> Path:
    host = settings.BASE_DOMAIN if shot.who is None else workspace.host
    address = f"http://{host}:{port}"
    context = browser.new_context(
        viewport={"width": width, "height": 844 if width <= _PHONE else 900},
        is_mobile=width <= _PHONE,
        has_touch=width <= _PHONE,
        color_scheme="dark" if theme == "dark" else "light",
        locale="zh-CN" if language == "zh" else "en-US",
        timezone_id="Asia/Shanghai",
    )
    page = context.new_page()
    if shot.who is None:
        _photograph(page, f"{address}{shot.path}", path)
    else:
        user = User.objects.get(email=shot.who)
        before = user.language
        User.objects.filter(pk=user.pk).update(language=LANGUAGES[language])
        session = _session_of(user)
        try:
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": address}]
            )
            _photograph(page, f"{address}{shot.path}", path)
        finally:
            User.objects.filter(pk=user.pk).update(language=before)
            session.delete()
    context.close()
    return path


def _photograph(page: Page, address: str, path: Path) -> None:
    answer = page.goto(address, wait_until="networkidle")
    if answer is None or answer.status != 200:
        raise RuntimeError(f"{address}: {answer.status if answer else 'no answer'}")
    page.screenshot(path=path, animations="disabled")


def _session_of(user: User) -> SessionBase:
    session: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session


@contextmanager
def _server() -> Iterator[int]:
    """The site of this clone on a free port; ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env={**os.environ, "PORT": str(port), "LOG_LEVEL": "ERROR"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + _START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("The site did not start.")
