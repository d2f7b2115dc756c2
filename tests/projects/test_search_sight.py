"""Nobody finds what they may not see, and the index follows every action."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linkstar.lib.products import recognise
from projects.actions import bin, search_build
from projects.actions.checklists import add_items, edit_item, remove_item
from projects.actions.comments import add_comment, delete_comment, edit_comment
from projects.actions.edits import edit_text, set_visibility
from projects.actions.files import add_file, delete_file, restore_file
from projects.actions.products import link_products, unlink_product
from projects.actions.projects import archive_project, edit_project
from projects.actions.subtasks import promote_item
from projects.actions.tasks import delete_task, restore_task
from projects.models import Project, ProjectAccess, SearchEntry, StoredFile, Task
from projects.search import search
from tests.factories import client_of, make_member, make_project, make_task

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def found(member: Any, text: str) -> list[str]:
    return sorted(f"{hit.kind}: {hit.text}" for hit in search(member, text, now=NOW).hits)


@pytest.fixture
def project(owner: Any) -> Project:
    return make_project(owner, name="Launch")


@pytest.fixture
def guest(owner: Any, project: Project) -> Any:
    guest = make_member("guest", display_name="Agency")
    ProjectAccess.objects.create(member=guest, project=project)
    return guest


def file_of(task: Task | None, project: Project, actor: Any, name: str, **values: Any) -> StoredFile:
    values = {"is_shared": False, **values}
    return add_file(project, SimpleUploadedFile(name, b"x"), task=task, uploader=actor, now=NOW, **values)


def test_guest_finds_what_is_shared_and_nothing_else(owner: Any, project: Project, guest: Any) -> None:
    shared = make_task(project, "zebra shared")
    set_visibility(shared, Task.Visibility.SHARED, actor=owner, now=NOW)
    make_task(project, "zebra internal")
    make_task(make_project(owner, name="zebra project"), "zebra elsewhere")
    add_comment(shared, "zebra to the team", is_shared=False, author=owner, now=NOW)
    add_comment(shared, "zebra to guests", is_shared=True, author=owner, now=NOW)
    add_comment(make_task(project, "hidden"), "zebra hidden", is_shared=True, author=owner, now=NOW)
    file_of(shared, project, owner, "zebra-team.txt")
    file_of(shared, project, owner, "zebra-guests.txt", is_shared=True)
    add_items(shared, ["zebra item"], actor=owner, now=NOW)
    make_member(display_name="Zebra Person")
    theirs = ["comments: zebra to guests", "files: zebra-guests.txt", "items: zebra item", "tasks: zebra shared"]
    assert found(guest, "zebra") == theirs
    assert search(guest, "zebra", now=NOW).people == []
    assert len(found(owner, "zebra")) == 10
    assert len(search(owner, "zebra", now=NOW).people) == 1
    archive_project(project, actor=owner, now=NOW)
    assert found(guest, "zebra") == []
    assert {hit.is_archived for hit in search(owner, "zebra shared", now=NOW).hits} == {True}


def test_a_search_that_comes_often_is_answered_as_the_first_one(owner: Any, project: Project, guest: Any) -> None:
    """PostgreSQL has its statement planned by then, for whatever words and whoever asks."""
    shared = make_task(project, "zebra shared")
    set_visibility(shared, Task.Visibility.SHARED, actor=owner, now=NOW)
    make_task(project, "zebra internal")
    make_task(project, "主图复核")
    for _often in range(12):
        assert found(owner, "zebra") == ["tasks: zebra internal", "tasks: zebra shared"]
        assert found(guest, "zebra") == ["tasks: zebra shared"]
        assert found(owner, "主图") == ["tasks: 主图复核"]
        assert found(owner, "zebra is:done") == []


def test_two_guests_find_what_each_of_them_was_given(owner: Any, project: Project, guest: Any) -> None:
    """Their rule is written out once, with the guest left open."""
    second, elsewhere = make_member("guest"), make_project(owner, name="Second")
    ProjectAccess.objects.create(member=second, project=elsewhere)
    for place, title in ((project, "zebra first"), (elsewhere, "zebra second")):
        set_visibility(make_task(place, title), Task.Visibility.SHARED, actor=owner, now=NOW)
    assert (found(guest, "zebra"), found(second, "zebra")) == (["tasks: zebra first"], ["tasks: zebra second"])
    ProjectAccess.objects.filter(member=second).update(expires_at=NOW - timedelta(days=400))
    assert found(second, "zebra") == []


def test_guest_is_told_no_word_of_what_they_cannot_see(
    owner: Any, project: Project, guest: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        make_task(project, "Undercut the rival")
    assert search(owner, "undercat", now=NOW).instead == {"undercat": ["undercut"]}
    page = search(guest, "undercat", now=NOW)
    assert (page.hits, page.instead) == ([], {})


def test_products_are_the_teams_own(owner: Any, project: Project, guest: Any) -> None:
    task = make_task(project, "shared")
    set_visibility(task, Task.Visibility.SHARED, actor=owner, now=NOW)
    made = link_products(task, [recognise("B0CXYZ1234"), recognise("HF-2210")], actor=owner, now=NOW)
    assert [found(owner, text) for text in ("b0cx", "HF-2")] == [["products: B0CXYZ1234"], ["products: HF-2210"]]
    assert [found(guest, text) for text in ("b0cx", "HF-2")] == [[], []]
    unlink_product(made[0], actor=owner, now=NOW)
    assert found(owner, "b0cx") == []


def test_finance_is_found_by_whom_it_is_for(owner: Any, project: Project) -> None:
    member = make_member("member")
    task = make_task(project, "margin talk", sensitivity=Task.Sensitivity.FINANCE)
    add_comment(task, "margin of 30 %", is_shared=False, author=owner, now=NOW)
    file_of(task, project, owner, "margin.xlsx")
    add_items(task, ["margin check"], actor=owner, now=NOW)
    assert found(member, "margin") == []
    assert len(found(owner, "margin")) == 4
    Task.objects.filter(pk=task.pk).update(owner=member)
    assert len(found(member, "margin")) == 4


def test_bin_hides_and_gives_back(owner: Any, project: Project) -> None:
    task = make_task(project, "zebra")
    add_comment(task, "zebra said", is_shared=False, author=owner, now=NOW)
    file = file_of(task, project, owner, "zebra.txt")
    all_of_it = found(owner, "zebra")
    assert len(all_of_it) == 3
    delete_file(file, actor=owner, now=NOW)
    assert found(owner, "zebra") == ["comments: zebra said", "tasks: zebra"]
    restore_file(file, actor=owner, now=NOW)
    delete_task(task, actor=owner, now=NOW)
    assert found(owner, "zebra") == []
    restore_task(task, actor=owner, now=NOW)
    assert found(owner, "zebra") == all_of_it
    delete_task(task, actor=owner, now=NOW)
    bin.remove_task(task.pk, now=NOW + timedelta(days=31))
    assert not SearchEntry.objects.filter(task=task).exists()


def test_index_follows_what_is_edited(owner: Any, project: Project) -> None:
    task = make_task(project, "zebra")
    edit_text(task, "description", "about lions", was=None, actor=owner, now=NOW)
    edit_text(task, "title", "tiger", was=None, actor=owner, now=NOW)
    assert (found(owner, "zebra"), found(owner, "lions"), found(owner, "tiger")) == (
        [],
        ["tasks: tiger"],
        ["tasks: tiger"],
    )
    comment = add_comment(task, "panda", is_shared=False, author=owner, now=NOW)
    edit_comment(comment, "koala", now=NOW)
    assert (found(owner, "panda"), found(owner, "koala")) == ([], ["comments: koala"])
    delete_comment(comment, actor=owner, now=NOW)
    assert found(owner, "koala") == []
    first, second = add_items(task, ["otter", "heron"], actor=owner, now=NOW)
    edit_item(first, "beaver", actor=owner, now=NOW)
    assert (found(owner, "otter"), found(owner, "beaver")) == ([], ["items: beaver"])
    remove_item(first, actor=owner, now=NOW)
    promote_item(second, actor=owner, now=NOW)
    assert (found(owner, "beaver"), found(owner, "heron")) == ([], ["tasks: heron"])
    edit_project(project, actor=owner, now=NOW, name="Giraffe")
    assert (found(owner, "launch"), found(owner, "giraffe")) == ([], ["projects: Giraffe"])


def test_building_twice_gives_what_the_actions_wrote(owner: Any, project: Project) -> None:
    task = make_task(project, "黑五 zebra")
    add_comment(task, "zebra", is_shared=False, author=owner, now=NOW)
    add_items(task, ["zebra"], actor=owner, now=NOW)
    file_of(task, project, owner, "zebra.txt")
    file_of(None, project, owner, "zebra-project.txt")
    rows = SearchEntry.objects.order_by("kind", "ref").values_list("kind", "ref", "task", "project", "vector")
    written = list(rows)
    assert len(written) == 6
    SearchEntry.objects.all().delete()
    SearchEntry.objects.create(kind=SearchEntry.Kind.COMMENT, ref=999999, project=project, vector="")
    assert search_build.build_all() == 6
    assert list(rows) == written
    assert search_build.build_all() == 6
    assert list(rows) == written


def test_page_marks_what_was_found_and_escapes_the_rest(owner: Any, project: Project) -> None:
    make_task(project, "<b>黑五優惠</b> coupon")
    page = client_of(owner).get("/search/", {"q": "优惠 coup"}).content.decode()
    assert "&lt;b&gt;黑五<mark>優惠</mark>&lt;/b&gt; <mark>coup</mark>on" in page
    pinyin = client_of(owner).get("/search/", {"q": "hw"}, headers={"HX-Request": "true"}).content.decode()
    assert "<mark>黑五</mark>" in pinyin
    assert "<html" not in pinyin


def test_page_says_what_can_be_typed_and_what_was_not_found(owner: Any, project: Project) -> None:
    browser = client_of(owner)
    assert "负责人:我 是:逾期" in browser.get("/search/").content.decode()
    assert "zzz" in browser.get("/search/", {"q": "zzz color:red"}).content.decode()
    make_task(project, "zebra")
    browser.get("/search/", {"q": "zeb"})
    browser.get("/search/", {"q": "zebra"})
    empty = browser.get("/search/").content.decode()
    assert 'href="?q=zebra"' in empty
    assert 'href="?q=zeb"' not in empty


def test_page_goes_on(owner: Any, project: Project) -> None:
    for number in range(30):
        make_task(project, f"zebra {number}")
    browser = client_of(owner)
    page = browser.get("/search/", {"q": "zebra", "kind": "tasks"})
    assert page.content.count(b'class="hit"') == 25
    more = browser.get("/search/?q=zebra&kind=tasks&cursor=0.25", headers={"HX-Request": "true"})
    assert more.content.count(b'class="hit"') == 5


@pytest.mark.parametrize(
    "query", ["q=a&kind=nonsense", "q=a&kind=tasks&cursor=x.y", "q=%00", "q=" + "x" * 5000, "cursor=9"]
)
def test_bad_addresses_are_answered(owner: Any, query: str) -> None:
    assert client_of(owner).get(f"/search/?{query}").status_code == 200
