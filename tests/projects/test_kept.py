"""Statements kept by linkstar/lib/kept.py: the same rows as the queryset gives, whoever asks and wherever."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Upper
from django.utils import timezone
from django_tenants.utils import tenant_context

from linkstar.lib.deadlines import Deadline
from linkstar.lib.kept import Kept, KeptInsert, NotKept, Text
from linkstar.members.models import Member
from projects import access
from projects.models import Project, ProjectAccess, Task
from tests.factories import make_member, make_project, make_task


def seen(member: Member, project: int) -> Any:
    return Task.objects.visible_to(member).filter(project=project).select_related("project__owner").order_by("pk")


@pytest.mark.django_db
def test_each_member_gets_the_rows_of_their_own_rules(owner: Any) -> None:
    project, hidden = make_project(owner), make_project(owner)
    plain, finance = make_task(project, "Plain"), make_task(project, "Finance")
    Task.objects.filter(pk=finance.pk).update(sensitivity="finance")
    shared = make_task(project, "Shared")
    Task.objects.filter(pk__in=[shared.pk, make_task(hidden).pk]).update(visibility="shared")
    insider, on_it, guest = make_member(), make_member(), make_member("guest")
    finance.helpers.add(on_it)
    ProjectAccess.objects.create(project=project, member=guest)
    kept = Kept(seen)

    for _twice in range(2):
        for member in (owner, insider, on_it, guest):
            assert kept(member, project.pk) == list(seen(member, project.pk))
    assert kept(insider, project.pk) == [plain, shared]
    assert kept(guest, project.pk) == [shared]
    assert kept(guest, hidden.pk) == []
    [first, *_others] = kept(owner, project.pk)
    with connection.execute_wrapper(_nothing_more):
        assert first.project.owner == owner


def _nothing_more(*_args: Any) -> None:
    raise AssertionError("a statement too many")


@pytest.mark.django_db
def test_access_that_has_ended_is_gone_with_the_next_question(owner: Any) -> None:
    project, guest = make_project(owner), make_member("guest")
    key = ProjectAccess.objects.create(project=project, member=guest)
    kept = Kept(lambda member: Project.objects.visible_to(member))

    assert kept(guest) == [project]
    ProjectAccess.objects.filter(pk=key.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert kept(guest) == []


@pytest.mark.django_db
def test_texts_annotations_tuples_and_percent_signs(owner: Any) -> None:
    project = make_project(owner)
    task = make_task(project, "100% ours")
    by_title = Kept(lambda title: Task.objects.filter(title=title).annotate(loud=Upper("title")))
    like = Kept(lambda: Task.objects.filter(title__contains="0% o").values_list("pk", "title"))
    nobody = Kept(lambda pk: Task.objects.filter(Q(pk__in=[]) & Q(pk=pk)))

    assert [each.loud for each in by_title(Text("100% ours"))] == ["100% OURS"]
    assert by_title(Text("another")) == []
    assert like() == [(task.pk, "100% ours")]
    assert nobody(task.pk) == []


@pytest.mark.django_db
def test_what_is_kept_reads_the_workspace_that_asks(owner: Any, other: Any) -> None:
    kept = Kept(lambda: Project.objects.order_by("pk").values_list("name"))
    make_project(owner, name="Ours")
    for _often in range(4):  # past the count from which PostgreSQL has it prepared
        assert kept() == [("Ours",)]
        with tenant_context(other):
            assert kept() == []


@pytest.mark.django_db
def test_people_of_the_sheet_are_those_of_the_rule(owner: Any) -> None:
    project = make_project(owner)
    task, helper, gone = make_task(project), make_member(), make_member()
    task.helpers.add(helper, gone)
    Member.objects.filter(pk=gone.pk).update(is_active=False)

    expected = [(each.pk, each.is_helper, each.can_be_put_on) for each in access.people_around(task)]
    assert [(each.pk, each.is_helper, each.can_be_put_on) for each in access.people_beside(task)] == expected
    assert (gone.pk, True, False) in expected


NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def late(project: int, now: datetime) -> QuerySet[Any, Any]:
    return Task.objects.filter(project=project).overdue(now=now).order_by("pk").values_list("title", "field_values")


@pytest.mark.django_db
def test_each_asks_with_their_own_values(maya: Any) -> None:
    deadline = Deadline(date(2026, 11, 20), None, "UTC")
    task = make_task(make_project(maya), "Check the stock", owner=maya, deadline=deadline)
    assert task.due_at is not None
    after, before = task.due_at + timedelta(minutes=1), task.due_at - timedelta(minutes=1)
    kept = Kept(late)

    for _twice in range(2):
        assert kept(task.project_id, after) == [(task.title, {})]
        assert kept(task.project_id, before) == []
        assert kept(task.project_id + 1, after) == []


@pytest.mark.django_db
def test_what_was_not_given_is_refused() -> None:
    reckoned = Kept(lambda now: late(1, now - timedelta(days=7)))
    always = Kept(lambda now: late(1, NOW))
    on_a_day = Kept(lambda: Task.objects.filter(due_on=NOW.date()))
    since = Kept(lambda: Task.objects.filter(due_at__lt=timezone.now() - timedelta(days=7)))
    next_to = Kept(lambda pk: Task.objects.filter(pk=pk + 10**6))
    inside = Kept(lambda text: Task.objects.filter(title__contains=text))

    for kept, given in (
        (reckoned, NOW), (always, NOW), (on_a_day, None), (since, None), (next_to, 7), (inside, Text("stock")),
    ):  # fmt: skip
        with pytest.raises(NotKept):
            kept(*([] if given is None else [given]))


@pytest.mark.django_db
def test_what_only_the_order_needs_is_not_among_the_values(owner: Any) -> None:
    task = make_task(make_project(owner), "Ours")
    kept = Kept(lambda: Task.objects.order_by("created_at", "pk").values_list("title").distinct())

    assert kept() == [(task.title,)]


@pytest.mark.django_db
def test_a_row_is_inserted_as_bulk_create_does_it(owner: Any) -> None:
    project = make_project(owner)
    column, now = project.board.columns.order_by("position")[0], timezone.now()

    def new(number: int) -> Task:
        given = {"remind_hours_before": [2, 24], "field_values": {"7": "x"}} if number > 2 else {}
        return Task(
            project=project, column=column, rank=f"k{number}", number=number, title="100 %s", created_by=owner,
            created_at=now, updated_at=now, start_on=date(2026, 12, 1), **given,
        )  # fmt: skip

    def values(task: Task) -> dict[str, Any]:
        own = {"id", "number", "rank"}
        return {
            field.attname: getattr(task, field.attname)
            for field in Task._meta.concrete_fields
            if field.attname not in own
        }

    insert = KeptInsert(Task)
    for number in (1, 3):
        one, other = new(number), new(number + 1)
        insert(one)
        Task.objects.bulk_create([other])
        assert values(one) == values(other)
        assert values(Task.objects.get(pk=one.pk)) == values(Task.objects.get(pk=other.pk))
        one.title = "Changed"
        one.save(update_fields=["title"])
    assert Task.objects.filter(project=project, title="Changed").count() == 2
