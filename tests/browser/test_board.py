from typing import Any

from playwright.sync_api import expect

from projects.models import Task
from tests.factories import make_column, make_project, make_task
from tests.browser.conftest import Site


def titles(site: Site, column: Any) -> list[str]:
    return list(Task.objects.filter(column=column).order_by("rank").values_list("title", flat=True))


def test_a_card_is_dragged_into_the_next_column(site: Site, owner: Any) -> None:
    project = make_project(owner)
    doing = make_column(project, "doing")
    moved = make_task(project, "Order samples")
    make_task(project, "Book the photographer", column=doing)
    make_task(project, "Write the listing", column=doing)
    page = site.page_for(owner, language="en")
    page.goto(site.url(f"/projects/{project.pk}/board/"))

    card = page.locator(f"#task-{moved.pk}")
    target = page.locator(f"#cards-{doing.pk} .card").nth(1)
    grip, goal = card.bounding_box(), target.bounding_box()
    page.mouse.move(grip["x"] + 60, grip["y"] + 20)
    page.mouse.down()
    page.mouse.move(goal["x"] + 60, goal["y"] - 30, steps=8)
    page.mouse.move(goal["x"] + 60, goal["y"] + 4, steps=8)
    page.screenshot(path="/tmp/shots/drag.png")
    page.mouse.up()

    expect(page.locator(f"#count-{doing.pk}")).to_have_text("3")
    expect(page.locator(f"#cards-{doing.pk} .card__title")).to_have_text(
        ["Book the photographer", "Order samples", "Write the listing"]
    )
    assert titles(site, doing) == ["Book the photographer", "Order samples", "Write the listing"]
