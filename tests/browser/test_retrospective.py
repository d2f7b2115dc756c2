"""Finish a project, look back together, let the SOP learn from it, close, archive."""

from datetime import date
from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from linkstar.retrospectives.models import Note, ProposedChange
from projects.models import Column, Project, Task
from templates_sop.actions.projects import start_project
from templates_sop.library import get_template
from tests.browser.conftest import Site
from tests.factories import make_member


def done_project(owner: Any) -> Project:
    project = start_project(
        get_template("amazon_coupon_deal_promotion"),
        variant="home",
        anchor=date(2035, 6, 1),
        owner=owner,
        roles={"design": owner},
        name="Coupon week",
        actor=owner,
        now=timezone.now(),
        language="en",
    )
    done = project.board.columns.get(status=Column.Status.DONE)
    project.tasks.update(completed_at=timezone.now(), column=done)
    return project


def test_from_the_finished_question_to_the_archive(site: Site, owner: Any) -> None:
    project, colleague = done_project(owner), make_member(language="en")
    page, other = site.page_for(owner, language="en"), site.page_for(colleague, width=390)
    page.goto(site.url(f"/projects/{project.pk}/"))
    page.get_by_role("button", name="Finish and look back").click()
    page.wait_for_url("**/retrospective/")

    # Both write without seeing each other, and both are there.
    other.goto(site.url(f"/projects/{project.pk}/retrospective/"))
    other.get_by_role("textbox", name="Keep").fill("One person answered for it all")
    other.locator(".retro__kind--keep").get_by_role("button", name="Add").click()
    expect(other.locator("#retro-notes")).to_contain_text("One person answered for it all")
    page.get_by_role("textbox", name="Change").fill("Pictures came back twice")
    page.locator(".retro__kind--change").get_by_role("button", name="Add").click()
    expect(page.locator("#retro-notes")).to_contain_text("Pictures came back twice")
    expect(page.locator("#retro-notes")).to_contain_text("One person answered for it all")
    assert Note.objects.count() == 2

    # What was learnt becomes a diff, and once accepted a version.
    page.locator(".retro__kind--change").get_by_role("link", name="Propose to the SOP").click()
    page.get_by_label("Of which step").select_option("promo_images")
    expect(page.get_by_label("Why")).to_have_value("Pictures came back twice")
    page.get_by_label("Working days").fill("6")
    page.get_by_role("button", name="Propose").click()
    page.wait_for_url("**/retrospective/")
    change = page.locator(".sopdiff")
    expect(change.locator("del")).to_have_text("2 working days")
    expect(change.locator("ins")).to_have_text("6 working days")
    change.get_by_role("button", name="Accept").click()
    page.wait_for_url("**/learning/")
    expect(page.get_by_role("link", name="Part of version 1")).to_be_visible()
    assert ProposedChange.objects.get().state == "accepted"

    page.goto(site.url(f"/projects/{project.pk}/retrospective/"))
    page.locator("#settle").get_by_role("button", name="Close the retrospective").click()
    expect(page.get_by_role("button", name="Open it again")).to_be_visible()
    page.goto(site.url(f"/projects/{project.pk}/"))
    page.locator("#project-over").get_by_role("button", name="Archive").click()
    page.wait_for_url("**/projects/")
    assert Project.objects.get(pk=project.pk).is_archived
    assert Task.objects.filter(project=project).exists()
