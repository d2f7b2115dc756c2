"""Circles that close over families: a task begins before its subtasks and ends after them."""

from functools import partial
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from linkstar.lib.schedule import Item, Link, find_cycle
from projects.actions.dependencies import CycleFound, LinkInFamily, LinkRefused, edit_link, link_tasks, unlink_tasks
from projects.actions.family_limits import NotItsParent, PartIsLinked, PartWaits, TooDeep
from projects.actions.subtasks import set_parent
from projects.actions.undo import undo
from projects.models import Dependency, Task
from tests.factories import client_of, make_member, make_project, make_task
from tests.pages import HTMX, text
from tests.projects.test_relocating import do as relocate
from tests.races import RACE, at_once

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def project(maya: Any) -> Any:
    return make_project(maya, name="Launch")


def named(project: Any, *titles: str) -> list[Task]:
    return [make_task(project, title) for title in titles]


def hang(child: Task, parent: Task | None, actor: Any) -> None:
    set_parent(Task.objects.get(pk=child.pk), parent, actor=actor, now=NOW)


def link(before: Task, after: Task, actor: Any, **values: Any) -> Dependency:
    return link_tasks(before, after, actor=actor, now=NOW, **values)[0]


@pytest.mark.parametrize("kind", ["fs", "ss"])
def test_a_whole_does_not_begin_after_what_its_part_holds_up(maya: Any, project: Any, kind: str) -> None:
    whole, part, between = named(project, "Whole", "Part", "Between")
    hang(part, whole, maya)
    link(part, between, maya)
    with pytest.raises(CycleFound) as found:
        link(between, whole, maya, kind=kind)
    assert found.value.path == [whole.pk, part.pk, between.pk, whole.pk]
    typed = {"side": "waits", "other": between.pk, "kind": kind}
    answer = client_of(maya).post(f"/tasks/{whole.pk}/links/add/", typed, **HTMX)
    words = "They would wait for each other: Whole → Part (a part of it) → Between → Whole."
    assert (answer.status_code, words in text(answer)) == (422, True)


def test_a_part_does_not_wait_for_what_waits_for_its_whole(maya: Any, project: Any) -> None:
    whole, middle, part, after = named(project, "Whole", "Middle", "Part", "After")
    hang(middle, whole, maya)
    hang(part, middle, maya)
    link(whole, after, maya)
    with pytest.raises(CycleFound) as found:
        link(after, part, maya, kind="ff")
    assert found.value.path == [part.pk, middle.pk, whole.pk, after.pk, part.pk]
    words = "Part → Middle (which it is a part of) → Whole (which it is a part of) → After → Part"
    answer = client_of(maya).post(f"/tasks/{part.pk}/links/add/", {"side": "waits", "other": after.pk, "kind": "ff"})
    assert (answer.status_code, words in text(answer)) == (422, True)


def test_a_whole_may_end_after_what_its_part_holds_up_but_not_be_made_to_begin_then(maya: Any, project: Any) -> None:
    whole, part, between = named(project, "Whole", "Part", "Between")
    hang(part, whole, maya)
    link(part, between, maya)
    made = link(between, whole, maya, kind="ff")
    with pytest.raises(CycleFound) as found:
        edit_link(made, kind="fs", lag_days=0, lag_is_working=False, actor=maya, now=NOW)
    assert found.value.path == [whole.pk, part.pk, between.pk, whole.pk]
    values = {"kind": "ss", "lag_days": "0"}
    answer = client_of(maya).post(f"/tasks/{whole.pk}/links/{made.pk}/", values, **HTMX)
    assert (answer.status_code, "Whole → Part (a part of it) → Between" in text(answer)) == (422, True)
    assert list(Dependency.objects.filter(blocked=whole).values_list("kind", flat=True)) == ["ff"]


def test_what_waits_is_not_hung_where_it_would_close_a_circle(maya: Any, project: Any) -> None:
    whole, part, between = named(project, "Whole", "Part", "Between")
    link(part, between, maya)
    link(between, whole, maya)
    with pytest.raises(PartWaits) as found:
        hang(part, whole, maya)
    assert found.value.way.tasks == (part.pk, between.pk, whole.pk, part.pk)
    answer = client_of(maya).post(f"/tasks/{part.pk}/parent/", {"parent": whole.pk}, **HTMX)
    words = "They would wait for each other: Part → Between → Whole → Part (a part of it)."
    assert (answer.status_code, words in text(answer)) == (422, True)
    assert not Task.objects.exclude(parent=None).exists()


def test_what_is_linked_is_not_hung_under_each_other_at_any_depth(maya: Any, project: Any) -> None:
    top, whole, part, leaf = named(project, "Top", "Whole", "Part", "Leaf")
    hang(whole, top, maya)
    hang(leaf, part, maya)
    # Harmless as a way, and yet a link within one family.
    made = link(leaf, top, maya, kind="ff")
    with pytest.raises(PartIsLinked) as found:
        hang(part, whole, maya)
    assert found.value.ends == (leaf.pk, top.pk)
    answer = client_of(maya).post(f"/tasks/{part.pk}/parent/", {"parent": whole.pk}, **HTMX)
    assert (answer.status_code, "“Top” waits for “Leaf”" in text(answer)) == (422, True)
    unlink_tasks(made, actor=maya, now=NOW)
    hang(part, whole, maya)
    assert Task.objects.get(pk=part.pk).parent_id == whole.pk


def test_hidden_tasks_of_such_a_circle_are_not_named(maya: Any, project: Any) -> None:
    member = make_member(language="en")
    whole, part = named(project, "Whole", "Part")
    secret = make_task(project, "Margin", sensitivity="finance")
    link(part, secret, maya)
    link(secret, whole, maya)
    page = text(client_of(member).post(f"/tasks/{part.pk}/parent/", {"parent": whole.pk}, **HTMX))
    assert "Part → (1 task that you cannot see) → Whole → Part (a part of it)." in page
    assert "Margin" not in page


def test_undo_brings_no_link_back_that_a_family_closes_by_now(maya: Any, project: Any) -> None:
    whole, part, between = named(project, "Whole", "Part", "Between")
    link(part, between, maya)
    removed = unlink_tasks(link(between, whole, maya), actor=maya, now=NOW)
    within = unlink_tasks(link(part, whole, maya, kind="ff"), actor=maya, now=NOW)
    hang(part, whole, maya)
    assert [undo(change, actor=maya, now=NOW).left for change in (removed, within)] == [{"changed": 1}] * 2
    assert list(Dependency.objects.values_list("blocker", "blocked")) == [(part.pk, between.pk)]


def test_what_comes_back_from_another_project_stands_alone_when_it_was_linked_meanwhile(
    maya: Any, project: Any
) -> None:
    whole, part = named(project, "Whole", "Part")
    hang(part, whole, maya)
    _plan, moved = relocate(make_project(maya, name="Other"), [Task.objects.get(pk=part.pk)], maya)
    link(part, whole, maya)
    undo(moved, actor=maya, now=NOW)
    back = Task.objects.get(pk=part.pk)
    assert (back.project_id, back.parent_id, Task.objects.get(pk=whole.pk).subtask_count) == (project.pk, None, 0)


@pytest.mark.parametrize("seed", range(6))
def test_exactly_what_the_planner_would_refuse_is_refused(maya: Any, project: Any, seed: int) -> None:
    """Random links and families, one after another; each refusal and each consent is put to the planner."""
    chance = Random(seed)  # noqa: S311 - no secret
    tasks = named(project, *"ABCDEFG")
    for _step in range(30):
        one, other = chance.sample(tasks, 2)
        parents = dict(Task.objects.values_list("pk", "parent_id"))
        links = set(Dependency.objects.values_list("blocker_id", "blocked_id", "kind"))
        kind = chance.choice(["fs", "ss", "ff", "sf"])
        is_link = chance.random() < 0.6
        if is_link and any((before, after) == (one.pk, other.pk) for before, after, _kind in links):
            continue
        try:
            if is_link:
                links |= {(one.pk, other.pk, kind)}
                link(one, other, maya, kind=kind)
            else:
                parents[one.pk] = other.pk
                hang(one, other, maya)
            is_refused = False
        except TooDeep:
            continue
        except (LinkRefused, NotItsParent):
            is_refused = True
        assert is_refused == _is_refused_by_the_planner(parents, links), (one, other, kind)


def _is_refused_by_the_planner(parents: dict[int, int | None], links: set[tuple[int, int, Any]]) -> bool:
    items = [Item(pk, parent=parent) for pk, parent in parents.items()]
    return find_cycle(items, [Link(before, after, kind.upper()) for before, after, kind in links]) is not None


@RACE
def test_a_link_and_a_family_made_at_once_close_no_circle(live_workspace: Any, owner: Any) -> None:
    project = make_project(owner)
    for _round in range(5):
        whole, part, between = named(project, "Whole", "Part", "Between")
        link(part, between, owner)
        results = at_once(
            partial(hang, part, whole, owner),
            partial(link, between, whole, owner),
            expected=(CycleFound, PartWaits),
        )
        assert sum(isinstance(result, Exception) for result in results) == 1
        links = set(Dependency.objects.values_list("blocker_id", "blocked_id", "kind"))
        assert not _is_refused_by_the_planner(dict(Task.objects.values_list("pk", "parent_id")), links)


@RACE
def test_a_link_within_a_family_is_not_made_while_the_family_is(live_workspace: Any, owner: Any) -> None:
    project = make_project(owner)
    for _round in range(5):
        whole, part = named(project, "Whole", "Part")
        results = at_once(
            partial(hang, part, whole, owner),
            partial(link, part, whole, owner, kind="ff"),
            expected=(LinkInFamily, PartIsLinked),
        )
        assert sum(isinstance(result, Exception) for result in results) == 1
