"""A guest's way: from the letter to their part of one project, and no further."""

import re
from typing import Any

from playwright.sync_api import expect

from linkstar.workspaces.models import Letter
from projects.models import Project
from tests.browser.conftest import Site
from tests.factories import make_member, make_project, make_task


def link_of(site: Site, email: str) -> str:
    url = Letter.objects.filter(to=email, name="guest_invitation").latest("pk").context["url"]
    return site.url(re.sub(r"^https?://[^/]+", "", url))


def test_a_guest_is_invited_joins_on_the_phone_and_sees_only_theirs(site: Site, owner: Any) -> None:
    project, second = make_project(owner, name="Launch"), make_project(owner, name="Strategy 2027")
    shared = make_task(project, "Cut the dieline", visibility="shared")
    hidden = make_task(project, "Factory prices")
    desk = site.page_for(owner, language="en")
    desk.goto(site.url(f"/projects/{project.pk}/guests/"))
    desk.get_by_label("Email").fill("zhou@factory.test")
    desk.get_by_label("Company").fill("Hengfa")
    desk.get_by_role("button", name="Send the invitation").click()
    expect(desk.get_by_text("An invitation to zhou@factory.test is on its way.")).to_be_visible()
    expect(desk.locator("[id^=invitation-]")).to_contain_text("zhou@factory.test")

    phone = site.page_for(None, width=390)
    phone.goto(link_of(site, "zhou@factory.test"))
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Launch")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_label("Your name").fill("周建国")
    phone.get_by_label("A password").fill("a-long-enough-1")
    phone.get_by_role("button", name="Join the project").click()

    expect(phone).to_have_url(site.url(f"/projects/{project.pk}/"))
    phone.goto(site.url(f"/projects/{project.pk}/board/"))
    expect(phone.get_by_text("Cut the dieline")).to_be_visible()
    expect(phone.get_by_text("Factory prices")).to_have_count(0)
    for path in (f"/tasks/{hidden.pk}/", f"/projects/{second.pk}/", f"/projects/{second.pk}/board/"):
        answer = phone.goto(site.url(path))
        assert answer is not None and answer.status == 404
    phone.goto(site.url(f"/tasks/{shared.pk}/"))
    expect(phone.locator("h1", has_text="Cut the dieline").first).to_be_visible()

    desk.reload()
    expect(desk.locator("[id^=guest-]")).to_contain_text("周建国")
    desk.get_by_role("button", name="Remove guest").click()
    desk.locator("confirm-dialog").get_by_role("button", name="Remove guest").click()
    expect(desk.get_by_text("周建国 no longer sees this project.")).to_be_visible()
    answer = phone.goto(site.url(f"/projects/{project.pk}/"))
    assert answer is not None and answer.status == 404


def test_an_owner_offers_the_project_and_the_other_accepts_from_the_inbox(site: Site, owner: Any) -> None:
    heir = make_member(display_name="Maya Johnson")
    project = make_project(owner, name="Launch")
    desk = site.page_for(owner, language="en")
    desk.goto(site.url(f"/projects/{project.pk}/owner/"))
    desk.get_by_label("New owner").select_option(label="Maya Johnson")
    desk.get_by_label("A word with it").fill("The samples come on Friday.")
    desk.get_by_role("button", name="Offer the project").click()
    expect(desk.get_by_text("Maya Johnson has been asked.")).to_be_visible()
    expect(desk.get_by_role("button", name="Take it back")).to_be_visible()

    theirs = site.page_for(heir, language="en")
    theirs.goto(site.url("/inbox/"))
    theirs.get_by_text("asks you to take over").first.click()
    expect(theirs).to_have_url(site.url(f"/projects/{project.pk}/"))
    expect(theirs.get_by_text("The samples come on Friday.")).to_be_visible()
    theirs.get_by_role("button", name="Accept").click()

    expect(theirs.get_by_text("is yours now.")).to_be_visible()
    assert Project.objects.get(pk=project.pk).owner == heir
