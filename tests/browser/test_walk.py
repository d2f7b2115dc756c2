"""The walk a customer would miss: from the public site to a team that works, is reminded, and lets a guest in."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_tenants.utils import tenant_context
from playwright.sync_api import Locator, Page, expect

from linkstar.workspaces.letters import deliver
from linkstar.workspaces.models import Workspace
from notifications.models import Reminder
from projects.actions.edits import set_visibility
from projects.models import Project, Task
from tests.browser.conftest import Site

OWNER, MEMBER, GUEST = "ming@lantern.test", "yue@lantern.test", "chen@agency.test"
PASSWORD = "a lamp in the window"
LINK = re.compile(r"https?://[^\s\"<>]+")


@pytest.fixture
def walk(site: Site, settings: Any) -> Site:
    """Addresses in letters and redirects between hosts carry the live server's port, and forms may follow them."""
    settings.SITE_PORT = f":{site.port}"
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    ours = [f"http://localhost:{site.port}", f"http://*.localhost:{site.port}"]
    settings.CONTENT_SECURITY_POLICY = {
        "DIRECTIVES": {**directives, "form-action": [*directives["form-action"], *ours]}
    }
    mail.outbox = []
    # htmx reports as errors what a quicker choice or the next page has made superfluous.
    site.forgive(r"htmx:(afterRequest|sendAbort)")
    return site


def link_to(address: str, part: str) -> str:
    """The newest letter's link to a page whose address holds `part`; the outbox is emptied first, as a worker would."""
    deliver(timezone.now())
    letter = next(letter for letter in reversed(mail.outbox) if letter.to == [address])
    return next(link for link in LINK.findall(str(letter.body)) if part in link)


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"#id_{name}").fill(value)


def sign_up(walk: Site) -> tuple[Page, Workspace]:
    page = walk.page_for(None)
    page.goto(walk.public_url())
    page.locator("main a[href*='/accounts/signup/']").first.click()
    fill(page, full_name="Ming Zhao", email=OWNER, password1=PASSWORD)
    page.get_by_role("button", name="Send me the confirmation").click()
    expect(page).to_have_url(re.compile("/accounts/confirm-email/$"))
    page.goto(link_to(OWNER, "/accounts/confirm-email/"))
    page.get_by_role("button", name="Confirm my address").click()
    expect(page).to_have_url(re.compile("/workspaces/new/$"))
    page.locator("#id_name").press_sequentially("Lantern Home")
    expect(page.locator("#id_slug")).to_have_value("lantern-home")
    page.get_by_role("button", name="Create the workspace").click()
    expect(page).to_have_url(f"http://lantern-home.localhost:{walk.port}/")
    connection.set_schema_to_public()
    return page, Workspace.objects.get(slug="lantern-home")


def invite_colleague(walk: Site, page: Page, workspace: Workspace) -> Page:
    page.goto(walk.url("/members/invite/", workspace=workspace))
    fill(page, emails=MEMBER)
    page.get_by_role("button", name="Send the invitations").click()
    expect(page.get_by_role("status").filter(has_text=MEMBER)).to_be_visible()
    return join(walk, link_to(MEMBER, "/join/"), "Yue Lin", "Join")


def join(walk: Site, link: str, name: str, button: str) -> Page:
    """Somebody new follows the link of their letter in a browser of their own."""
    page = walk.page_for(None)
    page.goto(link)
    fill(page, full_name=name, password=PASSWORD)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator(".rail, .bar").first).to_be_visible()
    return page


def start_project(walk: Site, page: Page, workspace: Workspace) -> Project:
    page.goto(walk.url("/templates/fba_replenishment_shipment/start/", workspace=workspace))
    fill(page, name="December restock")
    page.locator("input[name=variant][value=none]").check()
    for asked in ("battery", "hazmat", "children", "pesticide", "wood"):
        page.locator(f"input[name=q_{asked}][value=no]").check()
    fill(page, anchor_on=(timezone.now() + timedelta(days=95)).date().isoformat())
    for select in ("#id_owner", "#id_role_operations", "#id_role_product", "#id_role_logistics"):
        page.locator(select).select_option(label="Ming Zhao")
    expect(page.locator("#preview .sop-dates li").first).to_contain_text("Ming Zhao")
    page.get_by_role("button", name="Create the project").click()
    expect(page).to_have_url(re.compile(r"/projects/\d+/"))
    return Project.objects.get(name="December restock")


def drag(page: Page, card: Locator, onto: Locator) -> None:
    grip, goal = card.bounding_box(), onto.bounding_box()
    assert grip
    assert goal
    page.mouse.move(grip["x"] + 60, grip["y"] + 20)
    page.mouse.down()
    page.mouse.move(goal["x"] + 60, goal["y"] + 20, steps=8)
    page.mouse.move(goal["x"] + 60, goal["y"] + 30, steps=4)
    page.mouse.up()


def test_a_team_starts_works_is_reminded_and_lets_a_guest_in(walk: Site) -> None:
    owner, workspace = sign_up(walk)
    invite_colleague(walk, owner, workspace)
    with tenant_context(workspace):
        project = start_project(walk, owner, workspace)
        task, column = project.tasks.order_by("number")[0], project.board.columns.get(position=1)

        owner.goto(walk.url(f"/projects/{project.pk}/board/", workspace=workspace))
        drag(owner, owner.locator(f"#task-{task.pk}"), owner.locator(f"#cards-{column.pk}"))
        expect(owner.locator(f"#count-{column.pk}")).to_have_text("1")
        expect(owner.locator(f"#cards-{column.pk} #task-{task.pk}")).to_be_visible()
        task.refresh_from_db()
        assert task.column_id == column.pk

        reminder = Reminder.objects.filter(subject="task", subject_id=task.pk).order_by("fire_at")[0]
    call_command("send_due", now=reminder.fire_at)
    owner.goto(walk.url("/inbox/", workspace=workspace))
    expect(owner.get_by_text(f"“{task.title}” is due soon")).to_be_visible()
    assert task.title in str(next(letter for letter in mail.outbox if task.title in letter.subject).body)

    with tenant_context(workspace):
        shown = project.tasks.filter(may_be_shared=True).order_by("number")[0]
        set_visibility(shown, Task.Visibility.SHARED, actor=project.owner, now=timezone.now())
    owner.goto(walk.url(f"/projects/{project.pk}/guests/", workspace=workspace))
    fill(owner, email=GUEST, company="Chen Studio")
    owner.get_by_role("button", name="Send the invitation").click()
    expect(owner.get_by_text(GUEST).first).to_be_visible()
    guest = join(walk, link_to(GUEST, "/guest/"), "Chen Yifan", "Join the project")
    sees_only(guest, walk, workspace, shown, hidden=task)


def sees_only(guest: Page, walk: Site, workspace: Workspace, shown: Task, *, hidden: Task) -> None:
    guest.goto(walk.url(f"/projects/{shown.project_id}/board/", workspace=workspace))
    expect(guest.locator(".card__title")).to_have_text([shown.title])
    for path, status in ((f"/tasks/{shown.pk}/", 200), (f"/tasks/{hidden.pk}/", 404), ("/members/", 403)):
        answer = guest.goto(walk.url(path, workspace=workspace))
        assert answer is not None
        assert (path, answer.status) == (path, status)
    assert hidden.title not in guest.content()
