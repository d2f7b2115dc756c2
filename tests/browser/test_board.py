from typing import Any

from playwright.sync_api import expect

from projects.models import Task
from tests.browser.conftest import Site
from tests.factories import make_column, make_project, make_ready_task, make_task

PASTE = """([id, text]) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    document.getElementById(id).dispatchEvent(event);
}"""


def titles(site: Site, column: Any) -> list[str]:
    return list(Task.objects.filter(column=column).order_by("rank").values_list("title", flat=True))


def test_a_card_is_dragged_into_the_next_column(site: Site, owner: Any) -> None:
    project = make_project(owner)
    doing = make_column(project, "doing")
    moved = make_ready_task(project, "Order samples")
    make_ready_task(project, "Book the photographer", column=doing)
    make_ready_task(project, "Write the listing", column=doing)
    page = site.page_for(owner, language="en")
    page.goto(site.url(f"/projects/{project.pk}/board/"))

    card = page.locator(f"#task-{moved.pk}")
    target = page.locator(f"#cards-{doing.pk} .card").nth(1)
    grip, goal = card.bounding_box(), target.bounding_box()
    page.mouse.move(grip["x"] + 60, grip["y"] + 20)
    page.mouse.down()
    page.mouse.move(goal["x"] + 60, goal["y"] - 30, steps=8)
    page.mouse.move(goal["x"] + 60, goal["y"] + 4, steps=8)
    page.mouse.up()

    expect(page.locator(f"#count-{doing.pk}")).to_have_text("3")
    expect(page.locator(f"#cards-{doing.pk} .card__title")).to_have_text(
        ["Book the photographer", "Order samples", "Write the listing"]
    )
    assert titles(site, doing) == ["Book the photographer", "Order samples", "Write the listing"]


def test_a_card_moves_by_keys_and_keeps_the_focus(site: Site, owner: Any) -> None:
    project = make_project(owner)
    first, second = make_ready_task(project, "First"), make_ready_task(project, "Second")
    page = site.page_for(owner, language="en")
    page.goto(site.url(f"/projects/{project.pk}/board/"))

    link = page.locator(f"#task-{first.pk}-link")
    link.focus()
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(f"#cards-{first.column_id} .card__title")).to_have_text(["Second", "First"])
    # Two at once: the second waits for the answer to the first.
    page.keyboard.press("]")
    page.keyboard.press("]")
    review = project.board.columns.get(position=2)
    expect(page.locator(f"#count-{review.pk}")).to_have_text("1")
    expect(page.locator(f"#cards-{review.pk} .card__title")).to_have_text(["First"])
    expect(link).to_be_focused()
    assert titles(site, review) == ["First"]
    assert titles(site, second.column) == ["Second"]


def test_a_full_column_sends_the_card_back_and_says_why(site: Site, owner: Any) -> None:
    project = make_project(owner)
    doing = make_column(project, "doing")
    doing.wip_limit = 1
    doing.save()
    make_ready_task(project, "Busy", column=doing)
    task = make_ready_task(project, "Patient")
    page = site.page_for(owner, language="en")
    page.goto(site.url(f"/projects/{project.pk}/board/"))

    page.locator(f"#task-{task.pk}-link").focus()
    page.keyboard.press("]")
    expect(page.get_by_text(f"“{doing.name}” takes 1 card at a time.")).to_be_visible()
    expect(page.locator(f"#cards-{task.column_id} .card__title")).to_have_text(["Patient"])
    expect(page.locator(f"#cards-{doing.pk} .card__title")).to_have_text(["Busy"])


def test_a_move_by_the_menu_is_undone_from_the_toast(site: Site, owner: Any) -> None:
    project = make_project(owner)
    task, last = make_task(project, "Ask the factory"), make_task(project, "Pay the deposit")
    done = make_column(project, "done")
    page = site.page_for(owner, language="en", width=390)
    page.goto(site.url(f"/projects/{project.pk}/board/"))

    page.locator(f"#task-{task.pk} .card__menu").click()
    menu = page.locator(f"#move-{task.pk}")
    menu.get_by_label("Move to").select_option(str(done.pk))
    menu.get_by_role("button", name="Move").click()
    expect(page.locator(f"#cards-{done.pk} .card__title")).to_have_text(["Ask the factory"])
    assert Task.objects.get(pk=task.pk).completed_at is not None

    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#cards-{last.column_id} .card__title")).to_have_text(["Ask the factory", "Pay the deposit"])
    assert Task.objects.get(pk=task.pk).completed_at is None


def test_tasks_are_typed_one_after_the_other_and_pasted_as_a_list(site: Site, owner: Any) -> None:
    project = make_project(owner)
    todo = make_column(project)
    page = site.page_for(owner, language="en")
    page.goto(site.url(f"/projects/{project.pk}/board/"))

    field = page.locator(f"#quick-add-{todo.pk}")
    field.focus()
    for title in ("一", "two", "three"):
        page.keyboard.insert_text(title)
        page.keyboard.press("Enter")
    expect(page.locator(f"#cards-{todo.pk} .card__title")).to_have_text(["一", "two", "three"])
    expect(field).to_be_focused()
    expect(field).to_have_value("")

    page.evaluate(PASTE, [f"quick-add-{todo.pk}", "four\n\nfive\r\nsix"])
    page.get_by_role("button", name="Add 3 tasks").click()
    expect(page.locator(f"#cards-{todo.pk} .card")).to_have_count(6)
    assert titles(site, todo) == ["一", "two", "three", "four", "five", "six"]

    page.keyboard.insert_text("x" * 10_000)
    page.keyboard.press("Enter")
    expect(page.get_by_text("A title has up to 300 characters.")).to_be_visible()
    assert len(field.input_value()) == 10_000
    assert Task.objects.count() == 6


def test_a_pasted_list_is_added_by_a_press_from_elsewhere(site: Site, owner: Any) -> None:
    """What a press brings the focus to does not move from under it."""
    project = make_project(owner)
    todo = make_column(project)
    page = site.page_for(owner, language="en")
    page.goto(site.url(f"/projects/{project.pk}/board/"))
    page.evaluate(PASTE, [f"quick-add-{todo.pk}", "one\ntwo"])
    page.get_by_placeholder("Find a task").focus()

    page.get_by_role("button", name="Add 2 tasks").click()
    expect(page.locator(f"#cards-{todo.pk} .card")).to_have_count(2)


def test_a_pasted_list_keeps_the_caret_when_the_board_is_drawn_anew(site: Site, owner: Any) -> None:
    """The first task ends the empty board, which is then drawn as a whole."""
    project = make_project(owner)
    todo = make_column(project)
    page = site.page_for(owner, language="en")
    page.goto(site.url(f"/projects/{project.pk}/board/"))
    page.evaluate(PASTE, [f"quick-add-{todo.pk}", "one\ntwo"])
    lines = page.get_by_role("textbox", name="One task a line")
    expect(lines).to_be_focused()

    make_task(project, "Of somebody else")
    changes = {"project": project.pk, "tasks": [], "gone": [], "whole": True}
    page.evaluate("detail => document.body.dispatchEvent(new CustomEvent('live:changes', { detail }))", changes)
    expect(page.locator(f"#cards-{todo.pk} .card__title")).to_have_text(["Of somebody else"])
    expect(lines).to_be_focused()
    page.keyboard.type("!")
    expect(lines).to_have_value("one\ntwo!")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"#cards-{todo.pk} .card__title")).to_have_text(["Of somebody else", "one", "two!"])


def test_enter_of_an_input_method_adds_nothing(site: Site, owner: Any) -> None:
    project = make_project(owner)
    todo = make_column(project)
    page = site.page_for(owner, language="zh-hans")
    page.goto(site.url(f"/projects/{project.pk}/board/"))

    page.locator(f"#quick-add-{todo.pk}").focus()
    chrome = page.context.new_cdp_session(page)
    chrome.send("Input.imeSetComposition", {"text": "xiadan", "selectionStart": 6, "selectionEnd": 6})
    chrome.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 229})
    chrome.send("Input.insertText", {"text": "下单"})
    expect(page.locator(f"#quick-add-{todo.pk}")).to_have_value("下单")
    assert Task.objects.count() == 0
    page.keyboard.press("Enter")
    expect(page.locator(f"#cards-{todo.pk} .card__title")).to_have_text(["下单"])


def test_further_cards_come_when_the_column_is_scrolled(site: Site, owner: Any) -> None:
    project = make_project(owner)
    for number in range(65):
        make_task(project, f"Task {number}")
    todo = make_column(project)
    page = site.page_for(owner, language="en")
    page.goto(site.url(f"/projects/{project.pk}/board/"))

    cards = page.locator(f"#cards-{todo.pk} .card")
    expect(cards).to_have_count(30)
    for count in (60, 65):
        page.locator(f"#cards-{todo.pk}").evaluate("(list) => list.scrollTo(0, list.scrollHeight)")
        expect(cards).to_have_count(count)
    expect(page.locator(f"#cards-{todo.pk} .column__more")).to_have_count(0)


def test_a_card_moves_without_scripts(site: Site, owner: Any) -> None:
    project = make_project(owner)
    task, doing = make_ready_task(project, "Ship it"), make_column(project, "doing")
    page = site.page_for(owner, language="en", javascript=False)
    page.goto(site.url(f"/projects/{project.pk}/board/"))

    page.locator(f"#task-{task.pk}").hover()
    page.locator(f"#task-{task.pk} .card__menu").click()
    menu = page.locator(f"#move-{task.pk}")
    menu.get_by_label("Move to").select_option(str(doing.pk))
    menu.get_by_role("button", name="Move").click()
    expect(page.locator(f"#cards-{doing.pk} .card__title")).to_have_text(["Ship it"])


def test_a_long_press_lifts_a_card_on_a_phone(site: Site, owner: Any) -> None:
    project = make_project(owner)
    first, second = make_task(project, "First"), make_task(project, "Second")
    page = site.page_for(owner, language="en", width=390)
    page.goto(site.url(f"/projects/{project.pk}/board/"))

    start = page.locator(f"#task-{first.pk}").bounding_box()
    goal = page.locator(f"#task-{second.pk}").bounding_box()
    assert start and goal
    chrome = page.context.new_cdp_session(page)

    def touch(kind: str, y: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": start["x"] + 80, "y": y}]
        chrome.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    top = start["y"] + 30
    touch("touchStart", top)
    page.wait_for_timeout(400)
    for step in range(1, 13):
        touch("touchMove", top + (goal["y"] + goal["height"] - top) * step / 12)
        page.wait_for_timeout(20)
    with page.expect_response("**/move/"):
        touch("touchEnd", 0)
    expect(page.locator(f"#cards-{first.column_id} .card__title")).to_have_text(["Second", "First"])
    assert titles(site, first.column) == ["Second", "First"]


def test_a_changed_column_and_a_changed_task_show_at_once(site: Site, owner: Any) -> None:
    project = make_project(owner)
    task, doing = make_task(project, "Before"), make_column(project, "doing")
    page = site.page_for(owner, language="en")
    page.goto(site.url(f"/projects/{project.pk}/board/"))

    page.locator(f"#column-{doing.pk} .column__head .button").click()
    page.get_by_label("Name").fill("Making")
    page.get_by_label("Cards at most at a time").fill("2")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(f"#column-{doing.pk} h2")).to_have_text("Making")
    expect(page.locator(f"#count-{doing.pk}")).to_have_text("0/2")
    expect(page.locator("#dialog")).not_to_be_visible()

    page.locator(f"#task-{task.pk}-link").click()
    expect(page.locator("#sheet")).to_be_visible()
    expect(page).to_have_url(site.url(f"/tasks/{task.pk}/"))
    Task.objects.filter(pk=task.pk).update(title="After", column=doing)
    page.keyboard.press("Escape")
    expect(page.locator(f"#cards-{doing.pk} .card__title")).to_have_text(["After"])
    expect(page).to_have_url(site.url(f"/projects/{project.pk}/board/"))
