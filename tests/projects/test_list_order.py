"""A list in the order of a custom field or of the estimates: page by page, and when the field is gone."""

import csv
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from linkstar.accounts.models import User
from linkstar.members.models import Member
from projects import access
from projects.actions.fields import archive_field
from projects.arrangement import Arrangement
from projects.asking import as_asked
from projects.cards import Reader
from projects.filters import TaskFilter
from projects.list_rows import list_page
from projects.models import CustomField, ProjectAccess
from tests.factories import client_of, make_member, make_project, make_task
from tests.projects.test_fields import make_field, show
from tests.projects.test_list import page, rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reads_english(owner: Any) -> None:
    User.objects.filter(pk=owner.user_id).update(language="en")


USD, CNY = {"currency": "USD"}, {"currency": "CNY"}
VALUES: dict[str, list[Any]] = {
    "text": ["apple", "Banana", "x" * 500],
    "link": ["https://a.example/", "https://b.example/", "https://c.example/"],
    "number": ["-3.5", "9", "10"],
    "money": [{"amount": "900.00", **CNY}, {"amount": "20.00", **USD}, {"amount": "100.00", **USD}],
    "date": ["2026-09-30", "2026-11-27", "2027-01-02"],
    "choice": ["c2", "c1", "c3"],
}


def walked(member: Any, project: Any, sort: str) -> list[str]:
    """The titles of the list, one row a page."""
    reader = Reader(member, "UTC", "en", timezone.now())
    fields = {field.pk: field for field in access.fields_of(member, project)}
    arrangement = Arrangement.read(QueryDict(f"group=none&sort={sort}")).settled(fields, for_guest=False)
    titles, cursor = [], ""
    while True:
        found = list_page(project, as_asked(TaskFilter()), arrangement, reader, cursor=cursor, size=1, columns=[])
        titles += [row.card.title for row in found.rows]
        cursor = found.next
        if not cursor:
            return titles


@pytest.mark.parametrize("kind", [*VALUES, "person"])
def test_it_goes_by_the_values_of_a_field_and_what_is_empty_stands_last(owner: Any, kind: str) -> None:
    project = make_project(owner)
    choices = ["Second", "First", "Third"] if kind == "choice" else []
    field = make_field(owner, kind=kind, choices=choices)
    if kind == "choice":  # the order of the choices, not of their keys or names
        CustomField.objects.filter(pk=field.pk).update(choices=[field.choices[1], field.choices[0], field.choices[2]])
    people = [str(make_member(display_name=name).pk) for name in ("Abe", "Zed", "Zoe")] if kind == "person" else []
    values = people or VALUES[kind]
    for title, value in (("none", None), ("c", values[2]), ("a", values[0]), ("b", values[1])):
        task = make_task(project, title, field_values={} if value is None else {str(field.pk): value})
    show(task, field)
    project.refresh_from_db()
    assert walked(owner, project, f"f{field.pk}") == ["a", "b", "c", "none"]
    assert walked(owner, project, f"-f{field.pk}") == ["c", "b", "a", "none"]


def test_the_head_of_a_field_sorts_by_it_and_the_order_is_kept_with_the_filter(owner: Any) -> None:
    project, field = make_project(owner), make_field(owner, "Price", "number")
    first, second = (make_task(project, name, field_values={str(field.pk): name}) for name in ("2", "1"))
    show(first, field)
    Member.objects.filter(pk=owner.pk).update(list_columns=[f"f{field.pk}"])
    html = page(owner, project, f"?group=none&sort=f{field.pk}&q=")
    assert rows(html) == [second.pk, first.pk]
    assert f'aria-sort="ascending"><a href="/projects/{project.pk}/list/?sort=-f{field.pk}&amp;group=none"' in html
    assert f'<option value="f{field.pk}" selected>Price</option>' in html
    assert f"sort=f{field.pk}" in page(owner, project, f"?sort=f{field.pk}").split('id="views-menu"')[1]


def test_a_sort_by_a_field_that_is_gone_is_told_and_dropped(owner: Any) -> None:
    project, field = make_project(owner), make_field(owner, "Price", "number")
    first, second = make_task(project, "b", field_values={str(field.pk): "2"}), make_task(project, "a")
    show(first, field)
    archive_field(field, now=timezone.now())
    for asked in (f"f{field.pk}", "f999999", "-f999999999"):
        html = page(owner, project, f"?group=none&sort={asked}")
        assert rows(html) == [first.pk, second.pk]
        assert "The field these tasks are sorted by no longer exists." in html
        assert '<option value="rank" selected>' in html
    assert "no longer exists" not in page(owner, project, "?group=none&sort=junk")


def test_a_page_of_another_order_or_of_nonsense_is_the_first(owner: Any) -> None:
    project, field = make_project(owner), make_field(owner, "Price", "number")
    task = make_task(project, field_values={str(field.pk): "2"})
    show(task, field)
    for cursor in (
        "WyIyMDI2LTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwwLCJOYU4iLDFd",
        "WyIyMDI2LTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwwLCIxZTk5OSIsMV0",
    ):
        assert rows(page(owner, project, f"?group=none&sort=f{field.pk}&after={cursor}")) == [task.pk]


class TestEstimates:
    def test_they_are_a_column_and_an_order_and_stand_in_the_file_as_hours(self, owner: Any) -> None:
        project = make_project(owner)
        make_task(project, "none")
        make_task(project, "long", estimate_minutes=20 * 60)
        make_task(project, "short", estimate_minutes=90)
        assert walked(owner, project, "estimate") == ["short", "long", "none"]
        assert walked(owner, project, "-estimate") == ["long", "short", "none"]
        html = page(owner, project, "?columns=estimate&sort=estimate")
        assert "1 h 30 min</span>" in html
        response = client_of(owner).get(f"/projects/{project.pk}/list.csv?columns=estimate&sort=estimate&group=none")
        lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
        assert [line[-1] for line in csv.reader(lines)] == ["Estimate, hours", "1.50", "20.00", ""]

    def test_a_guest_learns_nothing_of_them_by_the_order(self, owner: Any) -> None:
        project, guest = make_project(owner), make_member("guest", language="en")
        ProjectAccess.objects.create(project=project, member=guest)
        first, second = (
            make_task(project, name, visibility="shared", estimate_minutes=size)
            for name, size in (("a", 600), ("b", 60))
        )
        html = page(guest, project, "?group=none&sort=estimate&columns=estimate")
        assert rows(html) == [first.pk, second.pk]
        assert '<td class="c-estimate"' not in html and '<option value="estimate"' not in html
