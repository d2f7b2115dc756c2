"""Speed of hand: a line that says who and when, the palette by pinyin, and the keys of a card."""

from typing import Any

from playwright.sync_api import expect

from projects.models import Label, Task
from tests.browser.conftest import Site
from tests.factories import make_column, make_member, make_project, make_task


def test_a_line_says_who_and_when_and_a_chip_goes_back_to_text(site: Site, owner: Any) -> None:
    project = make_project(owner)
    fang = make_member(display_name="王芳")
    todo = make_column(project)
    page = site.page_for(owner, language="zh-hans")
    page.goto(site.url(f"/projects/{project.pk}/board/"))

    field = page.locator(f"#quick-add-{todo.pk}")
    field.focus()
    page.keyboard.insert_text("交主图 @王芳 2030-05-06 18:00 !紧急")
    chips = page.locator(".read[data-text]")
    expect(chips).to_have_count(3)
    expect(chips.nth(0)).to_contain_text("王芳")
    expect(chips.nth(1)).to_contain_text("5月6日 周一 18:00")
    chips.nth(2).focus()
    page.keyboard.press("Backspace")
    expect(field).to_have_value(r"交主图 @王芳 2030-05-06 18:00 \!紧急")
    expect(chips).to_have_count(2)
    # What is typed is still there after a reload.
    page.reload()
    expect(field).to_have_value(r"交主图 @王芳 2030-05-06 18:00 \!紧急")
    field.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#cards-{todo.pk} .card__title")).to_have_text(["交主图 !紧急"])
    expect(field).to_have_value("")
    task = Task.objects.get()
    assert (task.owner, task.due_on.isoformat(), task.priority) == (fang, "2030-05-06", 2)


def test_the_palette_jumps_by_initials_acts_and_shuts_alone(site: Site, owner: Any) -> None:
    project = make_project(owner, name="黑五大促")
    task = make_task(project, "写主图文案")
    page = site.page_for(owner, language="en")
    page.goto(site.url("/"))
    page.keyboard.press("Control+k")
    page.keyboard.type("hw")
    options = page.locator(".palette [role=option]")
    expect(options.first).to_contain_text("黑五大促")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/projects/{project.pk}/board/")

    page.locator(f"#task-{task.pk}-link").click()
    expect(page.locator("#sheet[open]")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("assign")
    expect(options.first).to_contain_text("Assign to me")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.palette")).not_to_be_visible()
    expect(page.locator("#sheet[open]")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type(">assign")
    expect(options).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#owner-field")).to_have_value(str(owner.pk))
    assert Task.objects.get(pk=task.pk).owner == owner
    page.keyboard.press("Control+k")
    page.keyboard.type("add a subtask")
    expect(options.first).to_contain_text("Add a subtask")
    page.keyboard.press("Enter")
    expect(page.locator("#subtasks-new")).to_be_focused()
    page.goto(site.url(f"{task.get_absolute_url()}#subtasks-new"))
    expect(page.locator("#subtasks-new")).to_be_focused()


def test_a_task_is_added_from_anywhere_and_the_field_is_free_for_the_next(site: Site, owner: Any) -> None:
    project = make_project(owner)
    page = site.page_for(owner, language="en")
    page.goto(site.url("/inbox/"))
    page.keyboard.press("n")
    page.keyboard.press("t")
    field = page.locator("#quick-any")
    expect(field).to_be_focused()
    for title in ("first", "second"):
        page.keyboard.insert_text(title)
        page.keyboard.press("Enter")
        expect(page.locator("#quick-made li").last).to_contain_text(title)
        expect(field).to_have_value("")
    assert sorted(Task.objects.filter(project=project).values_list("title", flat=True)) == ["first", "second"]


def test_what_is_on_its_way_does_not_come_back_into_the_field(site: Site, owner: Any) -> None:
    project = make_project(owner)
    page = site.page_for(owner, language="en", worker=False)
    page.goto(site.url("/inbox/"))
    page.keyboard.press("n")
    page.keyboard.press("t")
    field = page.locator("#quick-any")
    expect(field).to_be_focused()
    held: list[Any] = []
    page.route("**/*", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    page.keyboard.insert_text("first")
    with page.expect_request(lambda asked: asked.method == "POST"):
        page.keyboard.press("Enter")
    # Something of the page has just loaded.
    field.evaluate("(elt) => elt.dispatchEvent(new CustomEvent('htmx:load', { bubbles: true, detail: { elt } }))")
    expect(field).to_have_value("")
    held[0].continue_()
    expect(page.locator("#quick-made li")).to_contain_text("first")
    assert project.tasks.get().title == "first"


def test_a_card_is_worked_on_by_keys_alone(site: Site, owner: Any) -> None:
    project = make_project(owner)
    fang, label = make_member(display_name="王芳", language="en"), Label.objects.create(name="coupon", tint=2)
    task, other = make_task(project, "First"), make_task(project, "Second")
    page = site.page_for(owner, language="en")
    page.goto(site.url(f"/projects/{project.pk}/board/"))
    card, link = page.locator(f"#task-{task.pk}"), page.locator(f"#task-{task.pk}-link")
    link.focus()

    page.keyboard.press("a")
    expect(page.locator("[data-narrow]")).to_be_focused()
    page.keyboard.insert_text("王")
    page.keyboard.press("Enter")
    expect(card.get_by_label("王芳")).to_be_visible()
    expect(link).to_be_focused()
    page.keyboard.press("d")
    page.keyboard.type("2030-05-06 18:00")
    page.keyboard.press("Enter")
    expect(card).to_contain_text("Mon 6 May 2030, 18:00")
    page.keyboard.press("l")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(card).to_contain_text("coupon")
    page.keyboard.press("p")
    page.keyboard.press("1")
    expect(card).to_contain_text("Urgent")
    page.keyboard.press("s")
    page.keyboard.press("2")
    doing = make_column(project, "doing")
    expect(page.locator(f"#cards-{doing.pk} .card__title")).to_have_text(["First"])
    expect(link).to_be_focused()
    page.keyboard.press("m")
    expect(card.get_by_label(owner.display_name)).to_be_visible()
    page.keyboard.press("e")
    done = make_column(project, "done")
    expect(page.locator(f"#cards-{done.pk} .card__title")).to_have_text(["First"])
    task.refresh_from_db()
    assert (task.owner, task.priority, list(task.labels.all()), task.is_done) == (owner, 4, [label], True)
    assert fang != owner

    page.locator(f"#task-{other.pk}-link").focus()
    page.keyboard.press("c")
    expect(page.locator(f"#quick-add-{other.column_id}")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator(f"#task-{other.pk}-link").focus()
    page.keyboard.press("Delete")
    expect(page.locator(f"#task-{other.pk}")).to_have_count(0)
    page.get_by_role("button", name="Undo").last.click()
    expect(page.locator(f"#cards-{other.column_id} .card__title")).to_have_text(["Second"])
