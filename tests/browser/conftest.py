"""A live server and a real Chromium for the walks a customer would miss.

    def test_walk(site):
        page = site.page_for(member, language="zh-hans", width=390)
        page.goto(site.url("/projects/"))

Everything below this folder commits (style.md, Tests) and starts in the workspace `acme`. A page that threw an error,
broke the content policy or got a 5xx fails its test at the end, whatever the test itself looked at.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright

from linkstar.accounts.models import User
from linkstar.members.models import Member
from linkstar.workspaces.models import Workspace
from tests.factories import client_of

HERE = Path(__file__).parent
PHONE = 390
# What a browser says by itself of answers that a test asks for: 401, 403, 404, 409, 422.
_EXPECTED = "Failed to load resource: the server responded with a status of 4"


def pytest_configure() -> None:
    # Playwright's loop runs in the thread of the test, where Django would refuse to touch the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here drives a browser, commits, and shares one worker's server with the others."""
    for item in items:
        if HERE in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(pytest.mark.django_db(transaction=True, available_apps=settings.INSTALLED_APPS))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("LINKSTAR_CHROMIUM") or "/usr/bin/chromium"
    if not Path(path).exists():
        pytest.skip(f"No Chromium at {path}; LINKSTAR_CHROMIUM names another.")
    with sync_playwright() as playwright:
        # Root, as in a container, may not use Chromium's own sandbox.
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


class Site:
    """The running product, as seen by the people who use it."""

    def __init__(self, port: int, browser: Browser, workspace: Workspace) -> None:
        self.port, self.browser, self.workspace = port, browser, workspace
        self.contexts: list[BrowserContext] = []
        self._problems: list[str] = []
        self._forgiven: list[str] = []

    @property
    def problems(self) -> list[str]:
        """What no test said it would cause: errors in the console and of scripts, answers of 500 and more."""
        return [each for each in self._problems if not any(re.search(pattern, each) for pattern in self._forgiven)]

    def forgive(self, pattern: str) -> None:
        """From the first moment of the test to its last: some errors are told after what caused them is over."""
        self._forgiven.append(pattern)

    def url(self, path: str = "/", *, workspace: Workspace | None = None) -> str:
        """An address on the host of `workspace` (acme unless given); browsers take *.localhost for this machine."""
        return f"http://{(workspace or self.workspace).host}:{self.port}{path}"

    def public_url(self, path: str = "/") -> str:
        return f"http://{settings.BASE_DOMAIN}:{self.port}{path}"

    def page_for(
        self,
        who: Member | None,
        *,
        language: str | None = None,
        width: int = 1440,
        workspace: Workspace | None = None,
        javascript: bool = True,
        worker: bool = True,
    ) -> Page:
        """A fresh browser in which `who` is signed in (None: a stranger). Up to 720 px wide it is a phone, with touch.

        Without its service worker (`worker`) where a test answers requests with page.route(): what a worker that has
        just taken over lets through never gets there.

        `language` is "en" or "zh-hans": the person's from now on; None leaves it, and strangers read English.
        """
        # The device keeps the person's own time, so that no page offers to change it.
        zone = who.time_zone if who is not None else "America/New_York"
        context = self._context(language, zone, width=width, javascript=javascript, worker=worker)
        if who is not None:
            if language:
                User.objects.filter(pk=who.user_id).update(language=language)
            session = client_of(who, workspace=workspace).cookies[settings.SESSION_COOKIE_NAME].value
            address = self.url(workspace=workspace)
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
        page = context.new_page()
        page.on("pageerror", lambda error: self._problems.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._heard(page, message))
        page.on("response", lambda response: self._answered(response))
        return page

    def _context(
        self, language: str | None, zone: str, *, width: int, javascript: bool, worker: bool
    ) -> BrowserContext:
        is_phone = width <= 720
        context = self.browser.new_context(
            viewport={"width": width, "height": 844 if is_phone else 900},
            device_scale_factor=2 if is_phone else 1,
            has_touch=is_phone,
            is_mobile=is_phone,
            timezone_id=zone,
            locale="zh-CN" if language == "zh-hans" else "en-US",
            java_script_enabled=javascript,
            service_workers="allow" if worker else "block",
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        return context

    def _heard(self, page: Page, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_EXPECTED):
            self._problems.append(f"{page.url}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self._problems.append(f"{response.status} from {response.request.method} {response.url}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def site(live_server: Any, live_workspace: Workspace, chromium: Browser) -> Iterator[Site]:
    site = Site(live_server.thread.port, chromium, live_workspace)
    yield site
    site.close()
    assert site.problems == []
