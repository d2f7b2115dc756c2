"""A phone that loses its network: what was read is there, what was ticked and said arrives once."""

from typing import Any

import pytest
from django.utils import timezone

from projects.actions.checklists import add_items
from projects.models import ChecklistItem, Comment
from tests.browser.conftest import Site
from tests.factories import make_member, make_project, make_task


@pytest.fixture(autouse=True)
def _forgiven(site: Site) -> None:
    """What a browser itself says of requests that found no network."""
    site.forgive(r"net::ERR_|: htmx:")


def test_read_and_tick_and_speak_without_a_network(site: Any, owner: Any) -> None:
    maya = make_member(display_name="Maya", language="en")
    task = make_task(make_project(owner, name="Launch"), title="Shoot the main image", owner=maya)
    add_items(task, ["White background"], actor=owner, now=timezone.now())
    page = site.page_for(maya, language="en", width=390)
    address = site.url(f"/tasks/{task.pk}/")
    page.goto(address)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    # The first visit of a worker only wakes it: the second is kept.
    page.goto(address)
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.goto(address)
    page.wait_for_load_state("networkidle")

    page.context.set_offline(True)
    page.reload()
    assert page.get_by_role("heading", name="Shoot the main image").count() == 1
    page.get_by_text("you read this as it was on").wait_for()
    page.get_by_role("checkbox", name="White background").check()
    page.locator("#composer-body").fill("Done on the train.")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("2 waiting for the network").wait_for()
    page.goto(site.url("/projects/999/board/"))
    page.get_by_text("this page was not kept").wait_for()
    assert (Comment.objects.count(), ChecklistItem.objects.get().done_at) == (0, None)

    page.context.set_offline(False)
    page.goto(address)
    page.get_by_text("2 things kept on this device have been sent.").wait_for()
    page.get_by_text("Done on the train.").first.wait_for()
    assert Comment.objects.get().body == "Done on the train."
    assert ChecklistItem.objects.get().done_by == maya


def test_what_the_server_refuses_later_is_shown_with_its_words(site: Any, owner: Any) -> None:
    maya = make_member(display_name="Maya", language="en")
    task = make_task(make_project(owner, name="Launch"), title="Shoot the main image", owner=maya)
    page = site.page_for(maya, language="en", width=1440)
    page.goto(site.url(f"/tasks/{task.pk}/"))
    page.context.set_offline(True)
    page.locator("#composer-body").fill("Where is it?")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("1 waiting for the network").wait_for()
    type(task).objects.filter(pk=task.pk).update(deleted_at=timezone.now())
    page.context.set_offline(False)
    page.get_by_role("button", name="1 could not be saved").click()
    page.get_by_text("This was removed meanwhile.").wait_for()
    page.get_by_text("Where is it?").wait_for()
    page.get_by_role("button", name="Drop").click()
    page.get_by_text("Where is it?").wait_for(state="hidden")


def test_a_page_that_may_not_be_kept_is_not(site: Any, owner: Any) -> None:
    page = site.page_for(owner, language="en")
    page.goto(site.url("/projects/"))
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    for path in ("/projects/", "/shops/connect/amazon/"):
        page.goto(site.url(path))
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        page.goto(site.url(path))
        page.wait_for_load_state("networkidle")

    page.context.set_offline(True)
    page.reload()
    page.get_by_text("this page was not kept").wait_for()
    page.goto(site.url("/projects/"))
    page.get_by_text("you read this as it was on").wait_for()
