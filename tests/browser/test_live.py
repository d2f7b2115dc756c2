"""Two people at once: what one does appears for the other, and takes nothing out of their hands."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from linkstar.members.models import Member
from projects.actions.boards import edit_column
from projects.actions.comments import add_comment
from projects.actions.edits import edit_text, set_priority
from projects.actions.tasks import create_task, delete_task, move_task
from projects.models import Project, Task
from tests.factories import make_column, make_member, make_project, make_ready_task, make_task
from tests.live.conftest import Live

SOON = 2000


@pytest.fixture
def live(site: Any, settings: Any) -> Iterator[Live]:
    live = Live()
    settings.LIVE_PORT, settings.SITE_PORT = live.port, f":{site.port}"
    policy = deepcopy(settings.CONTENT_SECURITY_POLICY)
    policy["DIRECTIVES"]["connect-src"].append(f"http://*.localhost:{live.port}")
    settings.CONTENT_SECURITY_POLICY = policy
    live.start()
    yield live
    live.stop()


@pytest.fixture
def project(site: Any) -> Project:
    return make_project(Member.objects.get(role="owner"))


def open_board(site: Any, who: Member, project: Project) -> Page:
    page: Page = site.page_for(who, language="en")
    page.goto(site.url(f"/projects/{project.pk}/board/"))
    return page


def is_live(page: Page) -> None:
    expect(page.locator("[data-live-state]")).to_have_attribute("data-live-state", "live")


def cards(page: Page, column: Any) -> list[str]:
    return page.locator(f"#cards-{column.pk} .card__title").all_inner_texts()


def test_a_board_follows_what_others_do_within_two_seconds(site: Any, live: Live, project: Project) -> None:
    me, maya, now = project.owner, make_member(display_name="Maya"), timezone.now()
    todo, done = make_column(project), make_column(project, "done")
    one, two, three = (make_task(project, title) for title in ("One", "Two", "Three"))
    page = open_board(site, maya, project)
    is_live(page)
    page.locator(f"#task-{two.pk}-link").focus()

    move_task(one, column=done, before=None, actor=me, now=now)
    expect(page.locator(f"#cards-{done.pk} #task-{one.pk}")).to_be_visible(timeout=SOON)
    move_task(three, column=todo, before=two, actor=me, now=now)
    create_task(title="Four", column=todo, actor=me, now=now)
    expect(page.locator(f"#cards-{todo.pk} .card__title")).to_have_text(["Three", "Two", "Four"], timeout=SOON)
    delete_task(three, actor=me, now=now)
    expect(page.locator(f"#cards-{todo.pk} .card__title")).to_have_text(["Two", "Four"], timeout=SOON)
    expect(page.locator(f"#count-{todo.pk}")).to_have_text("2")
    edit_text(two, "title", "Two, again", was=None, actor=me, now=now)
    expect(page.locator(f"#task-{two.pk}-link")).to_have_text("Two, again", timeout=SOON)
    expect(page.locator(f"#task-{two.pk}-link")).to_be_focused()
    page.locator(f"#quick-add-{todo.pk}").fill("Half a tit")
    edit_column(todo, name="Later", wip_limit=None, actor=me, now=now)
    expect(page.locator(f"#column-{todo.pk}-name")).to_have_text("Later", timeout=SOON)
    expect(page.locator(f"#quick-add-{todo.pk}")).to_have_value("Half a tit")
    expect(page.locator("live-feed [role=status]")).not_to_be_empty(timeout=5000)


def test_my_work_and_the_projects_follow_and_keep_the_focus(site: Any, live: Live, project: Project) -> None:
    me, maya, now = project.owner, make_member(display_name="Maya"), timezone.now()
    task = make_task(project, "Mine already", owner=maya)
    page = site.page_for(maya, language="en")
    page.goto(site.url("/"))
    expect(page.locator("live-feed")).to_have_attribute("data-state", "live")
    page.locator("#work").get_by_role("link", name="Mine already").focus()
    edit_text(task, "title", "Mine, again", was=None, actor=me, now=now)
    expect(page.locator("#work")).to_contain_text("Mine, again", timeout=SOON)
    expect(page.locator("#work").get_by_role("link", name="Mine, again")).to_be_focused()
    page.goto(site.url("/projects/"))
    expect(page.locator("live-feed")).to_have_attribute("data-state", "live")
    make_project(me, name="A new one")
    expect(page.locator("#portfolio")).to_contain_text("A new one", timeout=SOON)


def test_a_sheet_follows_and_leaves_alone_what_is_typed(site: Any, live: Live, project: Project) -> None:
    me, maya, now = project.owner, make_member(display_name="Maya"), timezone.now()
    task = make_task(project, "Shoot", owner=maya)
    Task.objects.filter(pk=task.pk).update(description="The old words")
    page = open_board(site, maya, project)
    page.locator(f"#task-{task.pk}-link").click()
    is_live(page)
    page.locator("#description-edit").click()
    page.locator("#description-field").fill("My own words")

    task.refresh_from_db()
    edit_text(task, "description", "The new words", was=None, actor=me, now=now)
    set_priority(task, 4, actor=me, now=now)
    add_comment(task, "Look at this", is_shared=False, author=me, now=now)

    sheet = page.locator("#sheet")
    expect(sheet.locator("#priority-field")).to_have_value("4", timeout=SOON)
    expect(sheet.locator("#stream")).to_contain_text("Look at this", timeout=SOON)
    note = sheet.locator(".live-note")
    expect(note).to_contain_text("changed this meanwhile")
    note.get_by_role("button", name="Show").click()
    expect(note).to_contain_text("The new words")
    expect(page.locator("#description-field")).to_have_value("My own words")
    sheet.locator("#task-description").get_by_role("button", name="Save").click()
    expect(sheet.locator(".stale__theirs")).to_have_text("The new words")
    expect(sheet.locator("#stale-mine")).to_have_value("My own words")


def test_without_the_stream_the_page_asks_and_after_a_sleep_nothing_is_missing(
    site: Any, live: Live, project: Project
) -> None:
    me, maya, now = project.owner, make_member(display_name="Maya"), timezone.now()
    done, task, other = make_column(project, "done"), make_task(project, "One"), make_task(project, "Two")
    page = open_board(site, maya, project)
    is_live(page)
    # Of a process that is gone, and of a cable that is out.
    site.forgive("net::ERR")
    live.stop()
    expect(page.locator("[data-live-state]")).to_have_attribute("data-live-state", "polling")
    move_task(task, column=done, before=None, actor=me, now=now)
    expect(page.locator(f"#cards-{done.pk} #task-{task.pk}")).to_be_visible(timeout=20_000)

    page.context.set_offline(True)
    move_task(other, column=done, before=None, actor=me, now=now)
    expect(page.locator("[data-live-state]")).to_have_attribute("data-live-state", "offline")
    page.context.set_offline(False)
    expect(page.locator(f"#cards-{done.pk} #task-{other.pk}")).to_be_visible(timeout=SOON)
    # Until it is shut the page asks for the stream again and again.
    page.close()


def test_a_list_follows_too(site: Any, live: Live, project: Project) -> None:
    me, maya, now = project.owner, make_member(display_name="Maya"), timezone.now()
    task = make_task(project, "One", owner=maya)
    page: Page = site.page_for(maya, language="en")
    page.goto(site.url(f"/projects/{project.pk}/list/"))
    is_live(page)
    edit_text(task, "title", "One, again", was=None, actor=me, now=now)
    expect(page.locator(f"#row-{task.pk}")).to_contain_text("One, again", timeout=SOON)
    new = create_task(title="Two", column=make_column(project), actor=me, now=now)
    expect(page.locator(f"#row-{new.pk}")).to_be_visible(timeout=SOON)


# The first answer about cards arrives only when it is let go; counts what is drawn of others.
HOLD = """() => {
    const fetch = window.fetch;
    window.fetch = async (...asked) => {
        const answer = await fetch(...asked);
        if (!window.letGo && asked[0].includes("/board/cards/")) await new Promise((go) => (window.letGo = go));
        return answer;
    };
    window.shown = 0;
    document.body.addEventListener("live:shown", () => (window.shown += 1));
}"""
CHANGED = """([project, task]) => document.body.dispatchEvent(
    new CustomEvent("live:changes", { detail: { project, tasks: [task], gone: [], whole: false } }))"""


def test_what_was_asked_before_an_own_move_does_not_take_it_back(site: Any, project: Project) -> None:
    todo, doing = make_column(project), make_column(project, "doing")
    task = make_ready_task(project, "One")
    page = open_board(site, project.owner, project)
    page.evaluate(HOLD)
    page.evaluate(CHANGED, [project.pk, task.pk])
    page.wait_for_function("() => window.letGo")
    page.locator(f"#task-{task.pk}-link").focus()
    page.keyboard.press("]")
    expect(page.locator(f"#count-{doing.pk}")).to_have_text("1")
    # It is asked for again.
    with page.expect_response("**/board/cards/**") as answered:
        page.evaluate("() => window.letGo()")
    answered.value.finished()
    assert page.evaluate("() => window.shown") == 0
    assert cards(page, doing) == ["One"]
    assert cards(page, todo) == []


def test_rows_that_change_at_once_are_all_drawn(site: Any, project: Project) -> None:
    tasks = [make_task(project, title) for title in ("One", "Two", "Three", "Four")]
    page = site.page_for(project.owner, language="en")
    page.goto(site.url(f"/projects/{project.pk}/list/"))
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(title="Renamed")
    detail = {"project": project.pk, "tasks": [task.pk for task in tasks], "gone": [], "whole": False}
    page.evaluate("(detail) => document.body.dispatchEvent(new CustomEvent('live:changes', { detail }))", detail)
    expect(page.locator(".list__row", has_text="Renamed")).to_have_count(4)


# The answer with the whole board arrives only when it is let go; what happens is kept in its order.
PRESSED = """(project) => {
    const fetch = window.fetch;
    window.order = [];
    window.fetch = async (...asked) => {
        const answer = await fetch(...asked);
        if (!window.letGo && asked[0] === location.href) await new Promise((go) => (window.letGo = go));
        return answer;
    };
    document.addEventListener("pointerup", () => window.order.push("released"));
    document.body.addEventListener("live:shown", () => window.order.push("drawn"));
    document.body.dispatchEvent(
        new CustomEvent("live:changes", { detail: { project, tasks: [], gone: [], whole: true } }));
}"""


def test_a_board_is_not_taken_from_under_what_is_being_pressed(site: Any, project: Project) -> None:
    todo = make_column(project)
    make_task(project, "One")
    page = open_board(site, project.owner, project)
    page.evaluate(PRESSED, project.pk)
    page.wait_for_function("() => window.letGo")
    page.locator(f"#count-{todo.pk}").hover()
    page.mouse.down()
    with page.expect_event("console", lambda message: message.text == "let go"):
        page.evaluate("() => { window.letGo(); setTimeout(() => console.log('let go'), 100); }")
    page.mouse.up()
    page.wait_for_function("() => window.order.includes('drawn')")
    assert page.evaluate("() => window.order") == ["released", "drawn"]
