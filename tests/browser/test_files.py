"""Files brought by hand: dropped, pasted, chosen, photographed, and without any script."""

from typing import Any

from playwright.sync_api import Page, expect

from projects.models import FileVersion, StoredFile
from tests.browser.conftest import Site
from tests.factories import make_project, make_task

# Files cannot be dragged from outside by the mouse of a test, so the event is made with what a drop carries.
DROP = """([target, files, name]) => {
  const box = new DataTransfer();
  for (const [title, text] of files) box.items.add(new File([text], title, { type: "text/plain" }));
  const init = { bubbles: true, cancelable: true };
  const event = name === "paste"
    ? new ClipboardEvent("paste", { ...init, clipboardData: box })
    : new DragEvent(name, { ...init, dataTransfer: box });
  document.querySelector(target).dispatchEvent(event);
}"""


def bring(page: Page, files: dict[str, str], *, by: str = "drop", on: str = "body") -> None:
    expect(page.locator("file-drop:defined").first).to_be_visible()
    page.evaluate(DROP, [on, list(files.items()), by])


def names() -> set[str]:
    return set(StoredFile.objects.values_list("name", flat=True))


def test_files_dropped_on_a_task_appear_in_the_sheet_and_on_the_card(site: Site, owner: Any) -> None:
    project = make_project(owner)
    task = make_task(project, "Cut the dieline")
    page = site.page_for(owner, language="en")
    page.goto(site.url(f"/projects/{project.pk}/board/"))
    page.locator(f"#task-{task.pk} .card__title a, #task-{task.pk} a.card__title").first.click()
    expect(page.locator("#sheet #task-files file-drop")).to_be_visible()

    bring(page, {"front.txt": "one", "back.txt": "two"})

    expect(page.locator("#task-files .filerow__name")).to_have_text(["back.txt", "front.txt"])
    expect(page.locator("#stream")).to_contain_text("front.txt")
    assert names() == {"front.txt", "back.txt"}


def test_what_is_chosen_is_listed_and_goes_with_its_note(site: Site, owner: Any, settings: Any) -> None:
    project = make_project(owner)
    settings.UPLOAD_MAX_BYTES = 1000
    page = site.page_for(owner, language="en")
    page.goto(site.url(f"/projects/{project.pk}/files/"))

    page.locator("input[data-main]").set_input_files(
        [
            {"name": "brief.txt", "mimeType": "text/plain", "buffer": b"What we want"},
            {"name": "film.mov", "mimeType": "video/quicktime", "buffer": b"x" * 1001},
            {"name": "nothing.txt", "mimeType": "text/plain", "buffer": b""},
        ]
    )
    expect(page.locator(".filedrop__chosen li")).to_have_text(["brief.txt · 12 B"])
    expect(page.locator(".filedrop__errors p")).to_contain_text(["film.mov: ", "nothing.txt: "])
    page.get_by_label("Note").fill("First draft")
    page.get_by_role("button", name="Add files").click()

    expect(page.locator(".filerow__name")).to_have_text(["brief.txt"])
    expect(page.get_by_label("Note")).to_have_value("")
    assert FileVersion.objects.get().note == "First draft"


def test_a_pasted_screenshot_is_named_by_its_time_and_a_pasted_text_stays_text(site: Site, owner: Any) -> None:
    project = make_project(owner)
    page = site.page_for(owner, language="en")
    page.goto(site.url(f"/projects/{project.pk}/files/"))

    bring(page, {"image.png": "picture"}, by="paste")

    expect(page.locator(".filerow__name")).to_have_count(1)
    [name] = names()
    assert name.startswith("Screenshot 20") and name.endswith(".png")


def test_a_new_version_is_added_under_the_same_address(site: Site, owner: Any) -> None:
    project = make_project(owner)
    page = site.page_for(owner, language="en")
    page.goto(site.url(f"/projects/{project.pk}/files/"))
    bring(page, {"box.txt": "one"})
    page.get_by_role("link", name="box.txt", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("box.txt")
    address = page.url

    bring(page, {"anything.txt": "two"})

    expect(page.locator("#version-2")).to_contain_text("Newest")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download version 1").click()
    assert download.value.suggested_filename == "box.txt"
    assert download.value.path().read_text() == "one"
    assert page.url == address


def test_a_phone_offers_the_camera_and_nothing_is_wider_than_it(site: Site, owner: Any) -> None:
    project = make_project(owner)
    page = site.page_for(owner, language="zh-hans", width=390)
    page.goto(site.url(f"/projects/{project.pk}/files/"))
    bring(page, {"x" * 180 + ".txt": "long name"})

    expect(page.locator(".filerow__name")).to_have_count(1)
    expect(page.locator(".filedrop__camera")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_scripts_the_form_still_takes_files(site: Site, owner: Any) -> None:
    project = make_project(owner)
    page = site.page_for(owner, language="en", javascript=False)
    page.goto(site.url(f"/projects/{project.pk}/files/"))

    page.locator("input[data-main]").set_input_files([{"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"}])
    page.get_by_role("button", name="Add files").click()

    expect(page.locator(".filerow__name")).to_have_text(["a.txt"])
