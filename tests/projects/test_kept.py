"""Statements kept by linkstar/lib/kept.py: the same rows as the queryset gives, whoever asks and wherever."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone
from django_tenants.utils import tenant_context

from linkstar.lib.kept import Kept, Text
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
