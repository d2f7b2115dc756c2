"""The task sheet in a browser: what a person types, with an input method too, and what happens to it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, expect

from projects.actions.checklists import add_items
from projects.actions.edits import edit_text
from projects.models import Comment, ProjectAccess, Task
from tests.browser.axe import serious
from tests.factories import make_member, make_project, make_task


def open_sheet(site: Any, who: Any, task: Task, **how: Any) -> Page:
    """The sheet beside the board, opened from its card."""
    page: Page = site.page_for(who, **{"language": "en", **how})
    page.goto(site.url(f"/projects/{task.project_id}/board/"))
    page.locator(f"#task-{task.pk}-link").click()
    expect(page.locator("#sheet #task-title")).to_be_visible()
    return page


def make_maya() -> Any:
    return make_member(display_name="Maya", language="en", time_zone="America/New_York")


def test_sheet_has_its_address_and_closes_by_escape_and_back(site: Any) -> None:
    maya = make_maya()
    task = make_task(make_project(maya), title="Shoot the main image", owner=maya)
    board = f"/projects/{task.project_id}/board/"
    page = open_sheet(site, maya, task)
    expect(page).to_have_url(site.url(f"/tasks/{task.pk}/"))
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).not_to_be_visible()
    expect(page).to_have_url(site.url(board))
    expect(page.locator(f"#task-{task.pk}-link")).to_be_focused()
    page.evaluate("window.sameDocument = true")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet #task-title")).to_be_visible()
    page.go_back()
    expect(page.locator("#sheet")).not_to_be_visible()
    expect(page).to_have_url(site.url(board))
    expect(page.locator(f"#task-{task.pk}-link")).to_be_focused()
    assert page.evaluate("window.sameDocument") is True


def test_title_is_edited_in_place_and_the_card_follows(site: Any) -> None:
    maya = make_maya()
    task = make_task(make_project(maya), title="Shoot the main image", owner=maya)
    page = open_sheet(site, maya, task)
    field = page.locator("#task-title-field")
    field.fill("Shoot six scenes")
    field.press("Enter")
    expect(page.locator("#task-title .saved")).to_be_visible()
    expect(page.locator("#stream")).to_contain_text("changed the title")
    expect(field).to_be_focused()
    expect(page.locator(f"#task-{task.pk}-link")).to_have_text("Shoot six scenes")
    assert Task.objects.get(pk=task.pk).title == "Shoot six scenes"


def test_checklist_takes_line_after_line_and_a_pasted_list(site: Any) -> None:
    maya = make_maya()
    task = make_task(make_project(maya), owner=maya)
    page = open_sheet(site, maya, task)
    field = page.get_by_label("Add to the checklist")
    field.click()
    for number, words in enumerate(("寄样品", "Book the studio"), start=1):
        page.keyboard.insert_text(words)
        page.keyboard.press("Enter")
        expect(page.locator("#checklist li")).to_have_count(number)
        expect(field).to_be_focused()
        expect(field).to_have_value("")
    page.keyboard.insert_text("White background\nSix scenes\n\nMobile check")
    page.keyboard.press("Enter")
    expect(page.locator("#checklist li")).to_have_count(5)
    page.locator("#checklist li").nth(1).get_by_role("checkbox").click()
    expect(page.locator("#checklist-progress")).to_contain_text("1/5")
    expect(page.locator("#checklist li").nth(1)).to_contain_text("Maya")
    expect(page.locator("#checklist li").nth(1).get_by_role("checkbox")).to_be_focused()
    page.locator("#checklist li").nth(0).locator("a.t").click()
    edit = page.get_by_label("Checklist item")
    expect(edit).to_be_focused()
    edit.press("Escape")
    expect(edit).to_have_count(0)
    expect(page.locator("#sheet #task-title")).to_be_visible()
    page.locator("#checklist li").nth(0).locator("a.t").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#checklist li")).to_have_count(4)
    expect(page.locator("#checklist-progress")).to_contain_text("1/4")


def test_enter_that_ends_a_composition_sends_nothing(site: Any) -> None:
    maya = make_maya()
    task = make_task(make_project(maya), title="Before", owner=maya)
    page = open_sheet(site, maya, task)
    cdp = page.context.new_cdp_session(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    for field in (page.get_by_label("Add to the checklist"), page.locator("#task-title-field")):
        field.click()
        cdp.send("Input.imeSetComposition", {"text": "zhutu", "selectionStart": 5, "selectionEnd": 5})
        # Chromium marks the keys of an input method so; Safari says only keyCode 229, after the composition ended.
        field.evaluate(
            "field => field.dispatchEvent(new KeyboardEvent('keydown',"
            " {key: 'Enter', isComposing: true, keyCode: 229, bubbles: true, cancelable: true}))"
        )
        cdp.send("Input.insertText", {"text": "主图"})
        field.evaluate(
            "field => field.dispatchEvent(new KeyboardEvent('keydown',"
            " {key: 'Enter', keyCode: 229, bubbles: true, cancelable: true}))"
        )
        assert "主图" in field.input_value()
        assert sent == []
    page.get_by_label("Add to the checklist").press("Enter")
    expect(page.locator("#checklist li .t")).to_have_text(["主图"])


def test_comment_is_sent_by_mod_enter_and_its_draft_survives(site: Any) -> None:
    maya = make_maya()
    task = make_task(make_project(maya), owner=maya)
    page = open_sheet(site, maya, task)
    field = page.locator("#composer-body")
    field.click()
    page.keyboard.type("First line")
    page.keyboard.press("Enter")
    page.keyboard.type("second <b>line</b>")
    page.reload()
    expect(field).to_have_value("First line\nsecond <b>line</b>")
    field.press("Control+Enter")
    expect(page.locator("#stream .note")).to_contain_text("second <b>line</b>")
    expect(field).to_have_value("")
    assert list(Comment.objects.values_list("body", "is_shared")) == [("First line\nsecond <b>line</b>", False)]
    page.reload()
    expect(field).to_have_value("")


def test_at_sign_offers_names_and_the_guests_are_named_before_sharing(site: Any) -> None:
    maya = make_maya()
    make_member(display_name="王晓")
    task = make_task(make_project(maya), owner=maya)
    guest = make_member("guest", display_name="Chen", company="Agency")
    ProjectAccess.objects.create(project=task.project, member=guest)
    Task.objects.filter(pk=task.pk).update(visibility="shared")
    page = open_sheet(site, maya, task)
    page.locator("#composer-body").click()
    page.keyboard.insert_text("请看 @王")
    expect(page.locator(".mentions [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#composer-body")).to_have_value("请看 @王晓 ")
    expect(page.locator(".when-shared")).not_to_be_visible()
    page.get_by_label("Share with guests").check()
    expect(page.locator(".when-shared")).to_contain_text("Chen (Agency)")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#stream .note--shared .mention")).to_have_text("@王晓")


def test_deadline_typed_in_chinese_is_shown_in_both_clocks_before_it_is_saved(site: Any) -> None:
    lin = make_member(display_name="Lin Two", time_zone="Asia/Shanghai")
    task = make_task(make_project(lin, time_zone="America/Los_Angeles"), owner=lin)
    page = open_sheet(site, lin, task, language="zh-hans")
    page.locator("#deadline-edit").click()
    expect(page.locator("#deadline-typed")).to_be_focused()
    page.keyboard.insert_text("明天 18:00")
    expect(page.locator("#deadline-preview")).to_contain_text("18:00 太平洋时间")
    expect(page.locator("#deadline-preview")).to_contain_text("你的时间")
    assert Task.objects.get(pk=task.pk).due_on is None
    page.keyboard.press("Enter")
    expect(page.locator("#deadline-edit .due--big")).to_contain_text("18:00 太平洋时间")
    saved = Task.objects.get(pk=task.pk)
    there = timezone.now().astimezone(saved.deadline.wall.tzinfo).date()
    assert (saved.due_on, saved.due_zone) == (there + timedelta(days=1), "America/Los_Angeles")


def test_nonsense_deadline_stays_beside_what_was_typed(site: Any) -> None:
    maya = make_maya()
    task = make_task(make_project(maya), owner=maya)
    page = open_sheet(site, maya, task)
    page.locator("#deadline-edit").click()
    page.locator("#deadline-typed").fill("the day after never")
    page.keyboard.press("Enter")
    expect(page.locator("#deadline_typed-error")).to_contain_text("was not understood")
    expect(page.locator("#deadline-typed")).to_have_value("the day after never")
    expect(page.locator("#deadline-typed")).to_be_focused()


def test_stale_description_shows_both_and_loses_nothing(site: Any) -> None:
    maya, lin = make_maya(), make_member(display_name="Lin Two")
    task = make_task(make_project(maya), owner=maya)
    edit_text(task, "description", "As it was", was=None, actor=lin, now=timezone.now())
    page = open_sheet(site, maya, task)
    page.locator("#description-edit").click()
    page.locator("#description-field").fill("My **long** text")
    edit_text(Task.objects.get(pk=task.pk), "description", "Their text", was=None, actor=lin, now=timezone.now())
    page.locator("#description-field").press("Control+Enter")
    stale = page.locator(".stale")
    expect(stale).to_contain_text("Lin Two wrote")
    expect(stale.locator(".stale__theirs")).to_have_text("Their text")
    expect(stale.locator("textarea[name=text]")).to_have_value("My **long** text")
    assert Task.objects.get(pk=task.pk).description == "Their text"
    page.get_by_role("button", name="Save mine over it").click()
    expect(page.locator("#task-description .prose")).to_have_text("My long text")
    assert Task.objects.get(pk=task.pk).description == "My **long** text"


def test_mark_done_and_delete_can_be_undone_from_the_toast(site: Any) -> None:
    maya = make_maya()
    task = make_task(make_project(maya), owner=maya)
    page = open_sheet(site, maya, task)
    page.get_by_role("button", name="Mark done").click()
    expect(page.locator("#task-state")).to_contain_text("Done")
    page.locator("toast-region").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Mark done")).to_be_visible()
    expect(page.locator("#stream .stream__act").last).to_contain_text("undid the move")
    page.get_by_label("More about this task").click()
    page.get_by_role("button", name="Move to the bin").click()
    expect(page.locator("#sheet")).not_to_be_visible()
    expect(page.locator(f"#task-{task.pk}")).to_have_count(0)
    page.locator("toast-region").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast").last).to_contain_text("Put back as it was.")
    assert Task.objects.get(pk=task.pk).deleted_at is None


def test_everything_works_without_a_script(site: Any) -> None:
    maya = make_maya()
    task = make_task(make_project(maya), title="Before", owner=maya)
    [item] = add_items(task, ["Send the samples"], actor=maya, now=timezone.now())
    page = site.page_for(maya, language="en", javascript=False)
    page.goto(site.url(f"/tasks/{task.pk}/"))
    page.locator("#task-title-field").fill("After")
    page.locator("#task-title button").click()
    page.locator(f"#item-{item.pk}-tick").check()
    page.locator(f"#item-{item.pk} .checklist__tick button").click()
    page.locator("#priority-field").select_option("4")
    page.locator("#prop-priority button").click()
    page.locator("#deadline-edit").click()
    page.locator("#deadline-on").fill("2029-11-30")
    page.get_by_role("button", name="Save deadline").click()
    page.locator("#composer-body").fill("Said without a script")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#stream")).to_contain_text("Said without a script")
    saved = Task.objects.get(pk=task.pk)
    assert (saved.title, saved.priority, saved.checklist_done_count) == ("After", 4, 1)
    assert saved.due_on is not None


def test_on_a_phone_the_sheet_fills_the_screen(site: Any) -> None:
    maya = make_maya()
    task = make_task(make_project(maya), owner=maya)
    page = open_sheet(site, maya, task, width=390)
    box = page.locator("#sheet").bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 390)
    assert page.evaluate("document.querySelector('#sheet').scrollWidth") <= 390
    page.locator("#sheet [data-close]").click()
    expect(page.locator("#sheet")).not_to_be_visible()


def test_no_page_of_a_task_fails_axe(site: Any) -> None:
    maya, now = make_maya(), timezone.now()
    task = make_task(make_project(maya), owner=maya)
    add_items(task, ["Send the samples"], actor=maya, now=now)
    edit_text(task, "description", "**Why**\n\n- one\n- two", was=None, actor=maya, now=now)
    guest = make_member("guest", display_name="Chen", company="Agency")
    ProjectAccess.objects.create(project=task.project, member=guest)
    Task.objects.filter(pk=task.pk).update(visibility="shared")
    page = open_sheet(site, maya, task)
    assert serious(page) == []
    for opener in ("#helpers-summary", "#labels-summary", "#deadline-edit", "#description-edit"):
        page.locator(opener).click()
    expect(page.locator("#deadline-typed")).to_be_visible()
    expect(page.locator("#description-field")).to_be_visible()
    assert serious(page) == []
    for who, address in ((maya, f"/projects/{task.project_id}/activity/"), (guest, f"/tasks/{task.pk}/")):
        page = site.page_for(who, language="en")
        page.goto(site.url(address))
        assert serious(page) == []
