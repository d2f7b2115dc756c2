"""What is found, in which order, by what was typed."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkstar.lib.deadlines import Deadline
from projects import search_sql
from projects.actions.checklists import add_items
from projects.actions.comments import add_comment
from projects.actions.edits import make_label
from projects.models import Project, Task
from projects.search import Page, search
from tests.factories import make_column, make_member, make_project, make_task

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def found(member: Any, text: str, **options: Any) -> Page:
    return search(member, text, now=NOW, **options)


def titles(member: Any, text: str, **options: Any) -> list[str]:
    return [hit.text for hit in found(member, text, **options).hits]


@pytest.fixture
def project(owner: Any) -> Project:
    return make_project(owner, name="秋季上新")


@pytest.mark.parametrize(
    "query",
    [
        "黑", "券", "优惠", "五优", "優惠券", "黑五coupon", "黑五 coupon", "coup", "COUPON", "heiwu", "hw", "yhq",
        "youhui", "B0CX", "b0cxyz1234", "HF-2", "hf-2210", "2210", '"黑五优惠券"', '"coupon b0cxyz1234"', "cafe",
        "Café", "Ｃｏｕｐｏｎ", "coupon -draft", "🎉",
    ],
)  # fmt: skip
def test_title_is_found(owner: Any, project: Project, query: str) -> None:
    make_task(project, "黑五优惠券 Coupon B0CXYZ1234 / HF-2210 Café 🎉")
    make_task(project, "头程发货")
    assert titles(owner, query) == ["黑五优惠券 Coupon B0CXYZ1234 / HF-2210 Café 🎉"]


@pytest.mark.parametrize(
    "query",
    ["五黑", '"优惠 黑五"', "oupon", "coupon -黑五", "xyz", "?!", "-coupon", "b0cz", '"coupon 黑五"',
     "in:comments 黑五"],
)  # fmt: skip
def test_title_is_not_found(owner: Any, project: Project, query: str) -> None:
    make_task(project, "黑五优惠券 Coupon")
    assert titles(owner, query) == []


@pytest.mark.parametrize(
    "text", ["(", "a|b & !c", "' \\", "^.*$", "%", "\x00", "<script>", "is:", "owner:nobody9", ":*", "'a':*A"]
)
def test_any_sign_is_text(owner: Any, project: Project, text: str) -> None:
    make_task(project, "Order samples")
    found(owner, text)


@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.text(alphabet="黑五优惠券主图發貨复核アー", min_size=1, max_size=12))
def test_every_one_or_two_characters_of_a_chinese_title_find_it(owner: Any, project: Project, title: str) -> None:
    task = make_task(project, title)
    for start in range(len(title)):
        for end in (start + 1, start + 2):
            hits = found(owner, title[start:end], kinds=["tasks"], limit=200).hits
            assert task.pk in [hit.pk for hit in hits], title[start:end]


def test_title_stands_before_description_and_comment_and_open_before_done(owner: Any, project: Project) -> None:
    talked = make_task(project, "talked")
    add_comment(talked, "the coupon again", is_shared=False, author=owner, now=NOW)
    described = make_task(project, "described")
    edit(described, "description", "set up a coupon", owner)
    make_task(project, "coupon done", column=make_column(project, "done"))
    make_task(project, "coupon open")
    make_task(project, "old coupon", archived_at=NOW)
    assert titles(owner, "coupon") == ["coupon open", "coupon done", "described", "the coupon again", "old coupon"]


def edit(task: Task, field: str, value: str, actor: Any) -> None:
    from projects.actions.edits import edit_text

    edit_text(task, field, value, was=None, actor=actor, now=NOW)


def test_phrase_as_typed_stands_first(owner: Any, project: Project) -> None:
    make_task(project, "main image")
    make_task(project, "image of the main thing")
    assert titles(owner, "main image") == ["main image", "image of the main thing"]


def test_operators(owner: Any, project: Project) -> None:
    maya = make_member(display_name="单玛雅")
    late = make_task(project, "late", owner=owner, deadline=Deadline(date(2026, 11, 20), None, "UTC"))
    hers = make_task(project, "hers", owner=maya, deadline=Deadline(date(2026, 12, 20), None, "UTC"))
    done = make_task(project, "done", owner=owner, column=make_column(project, "done"))
    draft = make_task(project, "draft", is_milestone=True)
    elsewhere = make_task(make_project(owner, name="Elsewhere"), "elsewhere", archived_at=NOW)
    late.labels.add(make_label("主图"))
    asked = {
        "owner:me": [done, late], "负责人:shan": [hers], "owner:none": [elsewhere, draft], "label:主": [late],
        "is:overdue": [late], "是:已完成": [done], "is:open owner:me": [late], "is:draft": [elsewhere, draft],
        "is:milestone": [draft], "is:archived": [elsewhere], "project:秋季 is:draft": [draft],
        "project:qiuji is:draft": [draft], "project:elsewhere is:draft": [elsewhere], "due:<2026-12-01": [late],
        "due:>=2026-12-01": [hers], "owner:me late": [late], "owner:zzz is:open": [],
    }  # fmt: skip
    for text, tasks in asked.items():
        hits = found(owner, text, kinds=["tasks"]).hits
        assert {hit.pk for hit in hits} == {task.pk for task in tasks}, text


def test_everything_is_found_in_its_group(owner: Any, project: Project) -> None:
    task = make_task(project, "主图复核")
    add_comment(task, "秋季的主图", is_shared=False, author=owner, now=NOW)
    add_items(task, ["秋季清单"], actor=owner, now=NOW)
    make_member(display_name="秋季")
    groups = {group.kind: group.count for group in found(owner, "秋季").groups}
    assert groups == {"projects": 1, "people": 1, "comments": 1, "items": 1}


def test_slip_of_the_hand(owner: Any, project: Project, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        make_task(project, "Order samples from the supplier")
    page = found(owner, "smaples suplier")
    assert [hit.text for hit in page.hits] == ["Order samples from the supplier"]
    assert page.instead == {"smaples": ["samples"], "suplier": ["supplier"]}
    assert found(owner, "smpls").hits == []


def test_pages_follow_each_other(owner: Any, project: Project) -> None:
    made = [make_task(project, f"coupon {number}").pk for number in range(7)]
    seen, cursor = [], ""
    while True:
        page = found(owner, "coupon", kinds=["tasks"], limit=3, cursor=cursor)
        seen += [hit.pk for hit in page.hits]
        cursor = page.groups[0].cursor
        if not cursor:
            break
    assert sorted(seen) == made


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_what_is_found(owner: Any, project: Project, count: int) -> None:
    for number in range(count):
        task = make_task(project, f"coupon {number}")
        add_comment(task, "coupon", is_shared=False, author=owner, now=NOW)
        make_member(display_name=f"Coupon {number}")
    found(owner, "coupon")
    with CaptureQueriesContext(connection) as queries:
        page = found(owner, "coupon")
    assert {group.kind: group.count for group in page.groups} == {"tasks": count, "people": count, "comments": count}
    assert len(queries) == 2


def test_every_place_is_looked_into_and_each_hit_told_once(
    owner: Any, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the entries that are read one by one and the buckets after them, with a window smaller than either."""
    for name, value in {"_NEAR": 2, "_BUCKETS": 1, "WINDOW": 5}.items():
        monkeypatch.setattr(search_sql, name, value)
    made = []
    for number in range(30):
        if number == 15:
            with connection.cursor() as cursor:
                cursor.execute("SELECT setval(pg_get_serial_sequence('projects_searchentry', 'id'), 90000)")
        made.append(make_task(project, f"coupon {number}").pk)
        make_task(project, "else")
    seen, cursor_of_page = [], ""
    while True:
        page = found(owner, "coupon", kinds=["tasks"], limit=3, cursor=cursor_of_page)
        seen += [hit.pk for hit in page.hits]
        cursor_of_page = page.groups[0].cursor if page.groups else ""
        if not cursor_of_page:
            break
    assert sorted(seen) == made
