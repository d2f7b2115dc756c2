"""Google's own window in a real browser: consent, choosing, and asking; Google itself is a stub on this machine."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linkstar.lib.drive import DriveFile
from projects.actions.files import link_drive_file
from projects.models import Project, StoredFile, Task
from tests.browser.axe import serious_at
from tests.browser.conftest import Site
from tests.factories import make_project, make_task
from tests.integrations.stubs.base import serve
from tests.integrations.stubs.google import API_KEY, PROJECT_NUMBER, GoogleStub

ID = "1A2b3C4d5E6f7G8h9I0j"


@pytest.fixture
def google(settings: Any, site: Site) -> Iterator[GoogleStub]:
    with serve(GoogleStub()) as stub:
        stub.point(settings)
        settings.SITE_PORT = f":{site.port}"
        yield stub


@pytest.fixture
def project(owner: Any) -> Project:
    return make_project(owner, name="Q4 launch")


@pytest.fixture
def task(project: Project) -> Task:
    return make_task(project, "Cut the dieline")


def open_window(site: Site, page: Page, task: Task) -> None:
    """From the task, by way of Google's consent, to its window."""
    page.goto(site.url(f"/tasks/{task.pk}/"))
    page.get_by_role("link", name="Choose from Google Drive").click()
    page.get_by_role("button", name="Go on to Google").click()
    expect(page.locator("#google-window")).to_be_visible()


def test_somebody_connects_chooses_and_sees_what_they_chose(
    site: Site, owner: Any, google: GoogleStub, task: Task
) -> None:
    page = site.page_for(owner, language="en")
    open_window(site, page, task)
    asked = page.evaluate("window.driveAsked")
    assert asked["setOAuthToken"] in google.access_tokens
    assert (asked["setDeveloperKey"], asked["setAppId"]) == (API_KEY, PROJECT_NUMBER)
    assert (asked["setOrigin"], asked["setMaxItems"]) == (site.url("").rstrip("/"), 20)
    assert [view.get("setEnableDrives", False) for view in asked["views"]] == [False, True]
    expect(page.get_by_role("button", name="Add the links")).to_be_hidden()

    page.get_by_role("button", name="Cancel in the window").click()
    page.get_by_role("button", name="Open Google's window").click()
    page.get_by_role("button", name="Two files").click()
    expect(page.locator("[data-list] li")).to_have_text(["Costs Q4", "Label.pdf"])
    page.get_by_role("button", name="Add the links").click()

    expect(page.locator("#task-files .filerow__name")).to_have_text(["Label.pdf", "Costs Q4"])
    assert set(StoredFile.objects.values_list("drive__mime_type", flat=True)) == {
        "application/pdf",
        "application/vnd.google-apps.spreadsheet",
    }


def test_a_colleagues_link_is_asked_about_chosen_once_and_then_open(
    site: Site, owner: Any, google: GoogleStub, task: Task
) -> None:
    page = site.page_for(owner, language="en", width=390)
    open_window(site, page, task)
    file = link_drive_file(
        task.project, DriveFile(ID, "spreadsheets"), task=task, name="Costs", is_shared=False, actor=owner,
        now=task.created_at,
    )  # fmt: skip
    page.goto(site.url(f"/files/{file.pk}/"))
    page.get_by_role("button", name="Can I open it?").click()
    expect(page.locator("#drive-check")).to_contain_text("does not show this file to LinkStar")

    google.shows[ID] = {"name": "Costs", "edit": True}
    page.get_by_role("link", name="Choose it at Google").click()
    page.get_by_role("button", name="One file").click()

    expect(page.locator("body")).to_contain_text("Google lets you open this file.")
    assert page.url == site.url(f"/files/{file.pk}/")


def test_where_google_is_not_reached_it_says_so_and_what_to_do(
    site: Site, owner: Any, google: GoogleStub, task: Task
) -> None:
    page = site.page_for(owner, language="en", worker=False)
    open_window(site, page, task)
    page.route("**/js/api.js", lambda route: route.fulfill(status=404))
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("Some networks do not reach Google")
    page.unroute("**/js/api.js")
    page.get_by_role("button", name="Open Google's window").click()
    expect(page.locator("#google-window")).to_be_visible()


def test_what_our_server_says_is_shown(site: Site, owner: Any, google: GoogleStub, task: Task) -> None:
    google.lives = 0
    page = site.page_for(owner, language="en")
    open_window(site, page, task)
    google.refresh_tokens.clear()
    page.get_by_role("button", name="Cancel in the window").click()
    page.get_by_role("button", name="Open Google's window").click()
    expect(page.get_by_role("alert")).to_contain_text("Google no longer accepts your permission")
    page.get_by_role("link", name="Load this page again").click()
    expect(page.get_by_role("button", name="Go on to Google")).to_be_visible()


def test_nothing_serious_is_found_on_its_pages(site: Site, owner: Any, google: GoogleStub, task: Task) -> None:
    page = site.page_for(owner, language="zh-hans", width=390)
    file = link_drive_file(
        task.project, DriveFile(ID, "spreadsheets"), task=task, name="Costs", is_shared=False, actor=owner,
        now=task.created_at,
    )  # fmt: skip
    found = serious_at(page, site.url(f"/tasks/{task.pk}/drive/"))
    page.locator("form[action='/drive/connect/'] button").click()
    expect(page.locator("#google-window")).to_be_visible()
    for path in (f"/tasks/{task.pk}/drive/", f"/files/{file.pk}/drive/", f"/files/{file.pk}/", "/drive/"):
        found += serious_at(page, site.url(path))
    # The stub's own window is not ours to judge.
    assert [line for line in found if "google-window" not in line] == []
    page.locator("form[action='/drive/disconnect/'] button").click()
    page.locator("dialog[open] button").last.click()
    expect(page.locator("form[action='/drive/disconnect/']")).to_have_count(0)
    # What the profile loads of it comes while there is still something to answer.
    expect(page.locator("form[action='/drive/connect/']")).to_be_visible()
