"""The outline of an SOP template under the hand: dragged, moved by keys, changed together, saved in its sheet."""

from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from templates_sop.actions.drafts import add_steps, remove_steps
from templates_sop.actions.templates import create_template
from templates_sop.models import WorkspaceTemplate
from templates_sop.parsing import parse
from templates_sop.shapes import Text
from tests.browser.conftest import Site


def template_of_three(owner: Any) -> WorkspaceTemplate:
    now = timezone.now()
    template = create_template(Text("开店", "Open a store"), actor=owner, now=now, languages=["en"])
    titles = [Text("", title) for title in ("Register", "Photograph", "Announce")]
    add_steps(template, titles, phase="prepare", actor=owner, now=now)
    return template


def titles(template: WorkspaceTemplate) -> list[str]:
    draft = parse(WorkspaceTemplate.objects.get(pk=template.pk).draft, is_draft=True)
    return [step.title.en for step in draft.steps]


def test_steps_are_dragged_moved_by_keys_and_changed_together(site: Site, owner: Any) -> None:
    template = template_of_three(owner)
    page = site.page_for(owner, language="en")
    page.goto(site.url(template.get_absolute_url()))
    lines = page.locator(".outline__title")
    expect(lines).to_have_text(["Register", "Photograph", "Announce"])

    grip, goal = (
        page.locator(".outline__line").nth(2).bounding_box(),
        page.locator(".outline__line").nth(0).bounding_box(),
    )
    page.mouse.move(grip["x"] + 300, grip["y"] + 12)
    page.mouse.down()
    page.mouse.move(goal["x"] + 300, goal["y"] + 30, steps=8)
    page.mouse.move(goal["x"] + 300, goal["y"] + 4, steps=8)
    page.mouse.up()
    expect(lines).to_have_text(["Announce", "Register", "Photograph"])

    lines.nth(0).focus()
    page.keyboard.press("Shift+ArrowDown")
    expect(lines).to_have_text(["Register", "Announce", "Photograph"])
    expect(lines.nth(1)).to_be_focused()
    assert titles(template) == ["Register", "Announce", "Photograph"]

    page.keyboard.press("x")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    expect(page.locator("[data-count]")).to_have_text("2 selected")
    page.locator("#outline-bulk [name=role]").select_option("design")
    page.locator("#outline-bulk [value=change]").click()
    expect(page.locator(".outline__open")).to_have_count(1)
    expect(page.locator("#outline-bulk")).to_be_hidden()


def test_a_step_is_saved_in_its_sheet_and_its_error_goes(site: Site, owner: Any) -> None:
    template = template_of_three(owner)
    draft = parse(template.draft, is_draft=True)
    remove_steps(template, [step.key for step in draft.steps[1:]], actor=owner, now=timezone.now())
    page = site.page_for(owner, language="en")
    page.goto(site.url(template.get_absolute_url()))
    expect(page.locator(".outline__line li.is-wrong")).to_have_text("Nobody's role yet: choose who does this.")
    page.locator(".outline__title").click()
    page.locator("#sheet [name=role]").select_option("operations")
    page.locator("#sheet [name=title_en]").fill("Register the brand")
    page.locator("#sheet .stepsheet__foot button").click()
    expect(page.locator(".outline__title")).to_have_text(["Register the brand"])
    expect(page.locator(".outline__ready")).to_be_visible()
