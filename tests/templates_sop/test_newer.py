"""A newer version of a project's SOP: what it would change, what stays, one act, and back again."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.actions.checklists import add_items
from projects.actions.edits import edit_text
from projects.actions.tasks import delete_task, move_task
from projects.actions.undo import undo
from projects.models import Activity, Change, Project, Slip, Task
from templates_sop import library as library_module
from templates_sop.actions.drafts import add_steps, edit_step, remove_steps
from templates_sop.actions.newer import NothingNewer, OfferChanged, apply_newer, keep_older
from templates_sop.actions.projects import start_project
from templates_sop.actions.templates import copy_built_in, publish
from templates_sop.catalogue import find_template, template_of
from templates_sop.library import get_template
from templates_sop.models import ProjectOrigin, WorkspaceTemplate
from templates_sop.newer import Stays, offer_for
from templates_sop.parsing import parse
from templates_sop.planning import plan
from templates_sop.shapes import SopTemplate, Step, Text
from tests.factories import client_of, make_column, make_member

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
ANCHOR = date(2026, 11, 27)


def text(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


@pytest.fixture
def own(owner: Any) -> WorkspaceTemplate:
    template = copy_built_in(get_template("fba_replenishment_shipment"), actor=owner, now=NOW)
    publish(template, what_changed="", actor=owner, now=NOW)
    return template


@pytest.fixture
def project(owner: Any, own: WorkspaceTemplate) -> Project:
    return start(owner, own.key)


def start(owner: Any, key: str, **values: Any) -> Project:
    values = {"variant": None, "anchor": ANCHOR, "roles": {}, "name": "Restock", "language": "en", **values}
    return start_project(find_template(key), owner=owner, actor=owner, now=NOW, **values)


def step(template: WorkspaceTemplate, key: str) -> Step:
    return next(found for found in parse(template.draft, is_draft=True).steps if found.key == key)


def step_in(template: SopTemplate, key: str) -> Step:
    return next(found for found in template.steps if found.key == key)


def change(template: WorkspaceTemplate, key: str, by: Any, **values: Any) -> None:
    base = step(template, key)
    edit_step(template, replace(base, **values), base=base, actor=by, now=NOW)


def task(project: Project, key: str) -> Task:
    return Task.objects.select_related("project", "column__board").get(project=project, sop_step=key)


def lines(of: Task) -> list[str]:
    return list(of.checklist.order_by("position").values_list("text", flat=True))


@pytest.fixture
def newer(owner: Any, own: WorkspaceTemplate, project: Project) -> str:
    """Version 2: one step added before another, one removed, some changed. The key of the new step comes back."""
    [key] = add_steps(own, [Text("找备用工厂", "Find a second factory")], phase="demand", actor=owner, now=NOW)
    change(own, key, owner, role="product", offset_days=-84, checklist=(Text("两家", "Two of them"),))
    change(own, "velocity", owner, checklist=(Text("看旺季", "Look at the season"),), duration_days=2)
    change(own, "reorder_qty", owner, depends_on=("velocity", key), why=Text("先有后备", "A fallback first"))
    change(own, "cash_ok", owner, offset_days=-80, title=Text("批准资金", "Approve the cash"))
    remove_steps(own, ["q4_deadline"], actor=owner, now=NOW)
    publish(own, what_changed="A second factory", actor=owner, now=NOW)
    return key


def take(project: Project, keys: list[str], by: Any, **values: Any) -> Any:
    offer = offer_for(project, by, "en")
    assert offer is not None
    return apply_newer(project, keys, seal=offer.seal, reader_language="en", actor=by, now=NOW, **values)


def offered(project: Project, by: Any) -> dict[str, tuple[str, Any, set[str]]]:
    offer = offer_for(project, by, "en")
    return {one.key: (one.kind.value, one.stays, set(one.parts)) for one in offer.steps} if offer else {}


ALL = ["velocity", "reorder_qty", "cash_ok", "q4_deadline"]


def test_nothing_is_said_while_nothing_newer_is_out(owner: Any, project: Project, own: WorkspaceTemplate) -> None:
    assert offer_for(project, owner, "en") is None
    change(own, "velocity", owner, duration_days=2)
    assert offer_for(project, owner, "en") is None
    with pytest.raises(NothingNewer):
        keep_older(project, reader_language="en", actor=owner, now=NOW)


def test_the_offer_is_step_by_step(owner: Any, project: Project, newer: str) -> None:
    found = offered(project, owner)
    after_removed = {key for key, (_kind, _stays, parts) in found.items() if parts == {"waits"}}
    assert {key: value for key, value in found.items() if key not in after_removed} == {
        "velocity": ("changed", None, {"checklist", "duration"}),
        "reorder_qty": ("changed", None, {"waits", "description"}),
        "cash_ok": ("changed", None, {"title", "deadline"}),
        newer: ("added", None, set()),
        "q4_deadline": ("removed", None, set()),
    }


def test_what_is_taken_over_is_one_act(owner: Any, project: Project, newer: str) -> None:
    maya = make_member(display_name="Maya")
    Task.objects.filter(project=project, sop_role="product").update(owner=maya)
    before = {key: task(project, key) for key in ALL}
    keys = list(offered(project, owner))
    applied = take(project, keys, owner)
    assert dict(applied.counts) == {"added": 1, "changed": len(keys) - 2, "removed": 1}
    added, velocity, waits, cash = (task(project, key) for key in (newer, "velocity", "reorder_qty", "cash_ok"))
    assert (added.title, added.owner, lines(added), added.sop_role) == (
        "Find a second factory", maya, ["Two of them"], "product",
    )  # fmt: skip
    assert (lines(velocity), velocity.duration_days, velocity.checklist_count) == (["Look at the season"], 2, 1)
    assert velocity.start_on is not None
    assert before["velocity"].start_on is not None
    assert velocity.start_on == before["velocity"].start_on - timedelta(days=1)
    assert set(waits.blocked_by_links.values_list("blocker__sop_step", flat=True)) == {"velocity", newer}
    assert "A fallback first" in waits.description
    planned = plan(template_of(project), variant=None, anchor=ANCHOR).by_key["cash_ok"]
    assert (cash.title, cash.deadline) == ("Approve the cash", planned.deadline)
    assert cash.due_on is not None
    assert before["cash_ok"].due_on is not None
    assert cash.due_on > before["cash_ok"].due_on
    assert Slip.objects.get(task=cash).reason == Slip.Reason.REPLAN
    assert task(project, "q4_deadline").deleted_at == NOW
    project.refresh_from_db()
    origin = ProjectOrigin.objects.get(project=project)
    assert (project.sop_version, origin.version) == (2, 2)
    assert template_of(project) == find_template(origin.template)
    assert offer_for(project, owner, "en") is None
    verbs = Activity.objects.filter(change=applied.change).values_list("verb", flat=True)
    assert sorted(set(verbs)) == ["sop applied", "step updated", "task created", "task deleted"]


def test_it_can_be_taken_back(owner: Any, project: Project, newer: str) -> None:
    fields = (
        "title",
        "description",
        "due_at",
        "start_on",
        "duration_days",
        "sop_role",
        "checklist_count",
        "deleted_at",
    )
    before = {key: [getattr(task(project, key), name) for name in fields] for key in ALL}
    held, old = lines(task(project, "velocity")), template_of(project)
    links = set(task(project, "reorder_qty").blocked_by_links.values_list("blocker", flat=True))
    applied = take(project, [*ALL, newer], owner)
    result = undo(Change.objects.get(pk=applied.change.pk), actor=owner, now=NOW + timedelta(minutes=1))
    assert sum(result.left.values()) == 0
    assert {key: [getattr(task(project, key), name) for name in fields] for key in ALL} == before
    assert lines(task(project, "velocity")) == held
    assert set(task(project, "reorder_qty").blocked_by_links.values_list("blocker", flat=True)) == links
    assert task(project, newer).deleted_at is not None
    project.refresh_from_db()
    assert (project.sop_version, template_of(project), Slip.objects.count()) == (1, old, 0)
    assert offer_for(project, owner, "en") is not None


def test_done_work_and_what_people_changed_stays_and_is_said(owner: Any, project: Project, newer: str) -> None:
    done, doing = make_column(project, "done"), make_column(project, "doing")
    Task.objects.filter(project=project).update(owner=owner)
    move_task(task(project, "velocity"), column=done, before=None, actor=owner, now=NOW)
    edit_text(task(project, "cash_ok"), "title", "Ask the bank", was=None, actor=owner, now=NOW)
    move_task(task(project, "q4_deadline"), column=doing, before=None, actor=owner, now=NOW, despite="Early")
    delete_task(task(project, "reorder_qty"), actor=owner, now=NOW)
    found = offered(project, owner)
    assert found["velocity"] == ("changed", Stays.DONE, set())
    assert found["cash_ok"] == ("changed", None, {"deadline"})
    assert found["q4_deadline"] == ("removed", Stays.BEGUN, set())
    assert found["reorder_qty"] == ("changed", Stays.GONE, set())
    applied = take(project, [*ALL, newer], owner)
    assert dict(applied.counts) == {"added": 1, "changed": 1, "removed": 0}
    assert (task(project, "cash_ok").title, lines(task(project, "velocity"))[0]) == (
        "Ask the bank", "Weighted 7/14/30 days",
    )  # fmt: skip
    # Its own plan keeps what it did not take over.
    steps = {each.key: each for each in template_of(project).steps}
    assert (steps["velocity"].duration_days, "q4_deadline" in steps) == (1, True)


def test_a_task_with_its_own_words_is_not_removed(owner: Any, project: Project, newer: str) -> None:
    add_items(task(project, "q4_deadline"), ["Ask Amazon"], actor=owner, now=NOW)
    assert offered(project, owner)["q4_deadline"] == ("removed", Stays.BY_HAND, set())


def test_what_was_left_out_is_offered_again_only_with_the_next_version(
    owner: Any, own: WorkspaceTemplate, project: Project, newer: str
) -> None:
    take(project, ["cash_ok"], owner)
    assert offer_for(project, owner, "en") is None
    change(own, "velocity", owner, duration_days=3)
    publish(own, what_changed="Longer", actor=owner, now=NOW)
    found = offered(project, owner)
    assert "cash_ok" not in found
    assert (found[newer][0], found["velocity"][2], found["q4_deadline"][0]) == (
        "added", {"checklist", "duration"}, "removed",
    )  # fmt: skip


def test_leaving_it_all_is_said_and_not_asked_again(owner: Any, project: Project, newer: str) -> None:
    old = template_of(project)
    keep_older(project, reader_language="en", actor=owner, now=NOW)
    assert offer_for(project, owner, "en") is None
    kept = template_of(project)
    assert {each.key for each in kept.steps} == {each.key for each in old.steps}
    assert Activity.objects.filter(project=project, verb="sop kept").count() == 1


def test_somebody_was_quicker(owner: Any, project: Project, newer: str) -> None:
    offer = offer_for(project, owner, "en")
    assert offer is not None
    edit_text(task(project, "cash_ok"), "title", "Ask the bank", was=None, actor=owner, now=NOW)
    with pytest.raises(OfferChanged):
        apply_newer(project, ALL, seal=offer.seal, reader_language="en", actor=owner, now=NOW)
    assert ProjectOrigin.objects.get(project=project).version == 1


def test_a_release_is_a_newer_version_too(owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    project = start(owner, "prime_day", variant="electronics", language="zh-hans")
    old = get_template("prime_day")
    first = replace(old.steps[0], checklist=(Text("新的一条", "A new one"),))
    released = replace(old, version=old.version + 1, steps=(first, *old.steps[1:]))
    library = {**library_module.library(), "prime_day": released}
    monkeypatch.setattr(library_module, "library", lambda: library)
    assert offered(project, owner) == {first.key: ("changed", None, {"checklist"})}
    take(project, [first.key], owner)
    assert lines(task(project, first.key)) == ["新的一条"]


def test_finance_steps_are_not_told_to_who_may_not_see_them(owner: Any, project: Project, newer: str) -> None:
    Task.objects.filter(project=project, sop_step="cash_ok").update(sensitivity="finance")
    colleague = make_member("manager")
    offer = offer_for(project, colleague, "en")
    assert offer is not None
    assert ("cash_ok" in {one.key for one in offer.steps}, offer.unseen) == (False, 1)
    # Nothing was done to its task, so its step stays as it was, too.
    take(project, ["velocity"], colleague)
    used = {one.key: one for one in template_of(project).steps}
    assert (used["cash_ok"], used["velocity"].duration_days) == (step_in(offer.old, "cash_ok"), 2)


def test_pages(owner: Any, project: Project, newer: str) -> None:
    maya = make_member("manager", language="en")
    browser, url = client_of(maya), reverse("templates_sop:project-sop", args=[project.pk])
    news = text(browser.get(reverse("templates_sop:project-sop-news", args=[project.pk])))
    assert news.startswith("A newer version (2) of its SOP")
    page = browser.get(url)
    for words in (
        "A second factory",
        "Find a second factory",
        "Was 1 working day Is 2 working days",
        "Nobody has begun it",
    ):
        assert words in text(page)
    assert browser.post(url, {"seal": page.context["offer"].seal}).status_code == 422
    assert browser.post(url, {"seal": "old", "step": ["cash_ok"]}).status_code == 409
    answer = browser.post(url, {"seal": page.context["offer"].seal, "step": [newer, "cash_ok"]})
    assert answer["Location"] == reverse("projects:board", args=[project.pk])
    board = text(browser.get(answer["Location"]))
    assert "The newer SOP is taken over: 1 task added · 1 task changed." in board
    assert text(browser.get(reverse("templates_sop:project-sop-news", args=[project.pk]))) == ""
    assert "The project is up to date" in text(browser.get(url))


def test_the_page_asks_no_more_for_more_steps(owner: Any, own: WorkspaceTemplate, project: Project) -> None:
    url, browser = reverse("templates_sop:project-sop", args=[project.pk]), client_of(owner)
    change(own, "velocity", owner, duration_days=2)
    publish(own, what_changed="Longer", actor=owner, now=NOW)
    browser.get(url)
    with CaptureQueriesContext(connection) as one:
        browser.get(url)
    for key in ("reorder_qty", "cash_ok", "q4_deadline", "inbound_limit"):
        change(own, key, owner, duration_days=3)
    publish(own, what_changed="Longer", actor=owner, now=NOW)
    with CaptureQueriesContext(connection) as many:
        browser.get(url)
    assert len(one) == len(many)
