"""A workspace's own templates: begun in three ways, written, published, put away."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from projects.models import Project, Task
from templates_sop.actions.projects import start_project
from templates_sop.actions.templates import (
    DraftChanged,
    NothingNew,
    NotReady,
    archive,
    copy_built_in,
    create_template,
    publish,
    restore,
    save_draft,
    save_from_project,
)
from templates_sop.catalogue import VersionNotFound, all_templates, find_template, template_of
from templates_sop.drafting import Loss, anchored_of
from templates_sop.library import TemplateNotFound, get_template, library
from templates_sop.models import ProjectOrigin, TemplateVersion, VersionFixed, WorkspaceTemplate
from templates_sop.parsing import TemplateInvalid, parse
from templates_sop.questions import anchors_for, with_anchors
from templates_sop.shapes import Text
from templates_sop.writing import dump
from tests.factories import make_member, make_task

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
ANCHOR = date(2026, 11, 27)


@pytest.fixture
def copied(owner: Any) -> WorkspaceTemplate:
    return copy_built_in(get_template("prime_day"), actor=owner, now=NOW)


def start(by: Any, key: str = "black_friday_cyber_monday", variant: str | None = "electronics") -> Project:
    return start_project(
        find_template(key), variant=variant, anchor=ANCHOR, owner=by, roles={}, name="Q4", actor=by, now=NOW,
        language="zh-hans",
    )  # fmt: skip


@pytest.mark.parametrize("key", library())
def test_a_copy_of_any_built_in_can_be_published_as_it_is(owner: Any, key: str) -> None:
    template = copy_built_in(get_template(key), actor=owner, now=NOW)
    version = publish(template, what_changed="As it was", actor=owner, now=NOW)
    expected = replace(
        with_anchors(get_template(key)),
        key=template.key,
        version=1,
        based_on=key,
        based_on_version=get_template(key).version,
    )
    assert (version.number, find_template(template.key)) == (1, expected)
    assert parse(dump(expected)) == expected
    assert anchors_for(expected) == anchors_for(get_template(key))


def test_a_blank_template_has_everything_but_steps(owner: Any) -> None:
    template = create_template(Text("开店", "Open a store"), actor=owner, now=NOW)
    assert template.key.startswith("ws-open-a-store-")
    assert parse(template.draft, is_draft=True).steps == ()
    with pytest.raises(NotReady) as error:
        publish(template, what_changed="", actor=owner, now=NOW)
    assert [finding.message for finding in error.value.findings] == ["There is no step yet."]


def test_ours_stand_in_the_place_of_the_built_in(owner: Any, copied: WorkspaceTemplate) -> None:
    blank = create_template(Text("开店", "Open a store"), actor=owner, now=NOW)
    keys = list(library())
    assert [template.key for template in all_templates()] == keys
    publish(copied, what_changed="", actor=owner, now=NOW)
    in_place = [copied.key if key == "prime_day" else key for key in keys]
    assert [template.key for template in all_templates()] == in_place
    assert [template.key for template in all_templates(with_replaced=True)][12:14] == [copied.key, "prime_day"]
    step = copied.draft["steps"][0] | {"depends_on": []}
    phases = copied.draft["phases"]
    save_draft(blank, blank.draft | {"steps": [step], "phases": phases}, base=1, actor=owner, now=NOW)
    publish(blank, what_changed="", actor=owner, now=NOW)
    assert [template.key for template in all_templates()] == [*in_place, blank.key]
    archive(copied, now=NOW)
    assert [template.key for template in all_templates()] == [*keys, blank.key]
    assert find_template(copied.key).key == copied.key
    restore(copied)
    assert [template.key for template in all_templates()] == [*in_place, blank.key]


def test_versions_are_fixed(owner: Any, copied: WorkspaceTemplate) -> None:
    first = publish(copied, what_changed=" First ", actor=owner, now=NOW)
    with pytest.raises(NothingNew):
        publish(copied, what_changed="Again", actor=owner, now=NOW)
    draft = deepcopy(copied.draft)
    draft["steps"][0]["title"]["en"] = "Read the calendar"
    save_draft(copied, draft, base=1, actor=owner, now=NOW)
    second = publish(copied, what_changed="Clearer", actor=owner, now=NOW)
    assert [(first.number, first.what_changed), (second.number, second.what_changed)] == [(1, "First"), (2, "Clearer")]
    assert find_template(copied.key).steps[0].title.en == "Read the calendar"
    assert find_template(copied.key, 1).steps[0].title == get_template("prime_day").steps[0].title
    with pytest.raises(VersionFixed):
        TemplateVersion.objects.update(number=3)
    with pytest.raises(VersionFixed):
        first.delete()


def test_unknown_templates_and_versions(copied: WorkspaceTemplate) -> None:
    assert find_template("prime_day", get_template("prime_day").version) == get_template("prime_day")
    with pytest.raises(VersionNotFound):
        find_template("prime_day", 99)
    with pytest.raises(VersionNotFound):
        find_template(copied.key, 1)
    with pytest.raises(TemplateNotFound):
        find_template(copied.key)
    with pytest.raises(TemplateNotFound):
        find_template("ws-none")


def test_who_writes_over_somebody_is_told_and_loses_nothing(owner: Any, copied: WorkspaceTemplate) -> None:
    maya = make_member("manager", display_name="Maya")
    mine, theirs = deepcopy(copied.draft), deepcopy(copied.draft)
    theirs["steps"][0]["title"]["zh"] = "别人写的"
    mine["steps"][0]["title"]["zh"] = "我写的"
    save_draft(WorkspaceTemplate.objects.get(pk=copied.pk), theirs, base=1, actor=maya, now=NOW)
    with pytest.raises(DraftChanged) as error:
        save_draft(copied, mine, base=1, actor=owner, now=NOW)
    current = error.value.current
    assert (current.draft_by, current.draft_version) == (maya, 2)
    assert current.draft["steps"][0]["title"]["zh"] == "别人写的"


def test_a_draft_may_be_unfinished_but_not_misshapen(owner: Any, copied: WorkspaceTemplate) -> None:
    draft = deepcopy(copied.draft)
    draft["steps"][0]["role"] = ""
    save_draft(copied, draft, base=1, actor=owner, now=NOW)
    with pytest.raises(NotReady):
        publish(copied, what_changed="", actor=owner, now=NOW)
    draft["steps"][0]["due_time"] = "soon"
    with pytest.raises(TemplateInvalid) as error:
        save_draft(copied, draft, base=2, actor=owner, now=NOW)
    assert [problem.path for problem in error.value.problems] == [f"steps[{draft['steps'][0]['key']}].due_time"]


def test_a_project_keeps_what_it_was_started_from(owner: Any, copied: WorkspaceTemplate) -> None:
    publish(copied, what_changed="", actor=owner, now=NOW)
    project = start(owner, copied.key)
    origin = ProjectOrigin.objects.get(project=project)
    assert (origin.template, origin.version, origin.answers) == (copied.key, 1, {"variant": "electronics"})
    assert origin.anchors == {get_template("prime_day").anchor.key: "2026-11-27"}
    before = template_of(project)
    draft = deepcopy(copied.draft)
    draft["steps"][0]["title"]["en"] = "Read the calendar"
    save_draft(copied, draft, base=1, actor=owner, now=NOW)
    publish(copied, what_changed="", actor=owner, now=NOW)
    assert template_of(project) == before == find_template(copied.key, 1)


def test_a_project_becomes_a_template_with_the_same_steps(owner: Any) -> None:
    project = start(owner)
    anchored = anchored_of(project)
    assert anchored is not None
    template, drafted = save_from_project(
        project, name=Text("黑五复盘版", ""), anchored=anchored, roles={}, reader=owner, actor=owner, now=NOW
    )
    assert drafted.dropped == ()
    original = {step.key: step for step in get_template("black_friday_cyber_monday").steps}
    saved = {step.key: step for step in parse(template.draft, is_draft=True).steps}
    added = {step.key for step in get_template("black_friday_cyber_monday").variant("electronics").add}
    changed_by_category = {key for key in original if key in saved and saved[key] != original[key]}
    assert set(saved) == set(original) | added
    assert changed_by_category == {"h24_bf"}
    assert set(saved["h24_bf"].depends_on) == {*original["h24_bf"].depends_on, "battery_ship"}


def test_what_was_changed_by_hand_is_taken_over_and_what_is_dropped_is_said(owner: Any) -> None:
    project, maya = start(owner), make_member(display_name="Maya")
    moved = project.tasks.get(sop_step="creative_done")
    Task.objects.filter(pk=moved.pk).update(
        due_on=date(2026, 10, 28), due_at=datetime(2026, 10, 28, 10, tzinfo=UTC), title="交付全部主图", owner=maya
    )
    undated = make_task(project, "找摄影师", actor=owner)
    own = make_task(project, "订模特", actor=owner, owner=maya)
    Task.objects.filter(pk=own.pk).update(
        due_on=date(2026, 11, 21), due_zone="Asia/Shanghai", due_at=datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC)
    )
    anchored = anchored_of(project)
    assert anchored is not None
    _, drafted = save_from_project(
        project, name=Text("黑五", ""), anchored=anchored, roles={maya.pk: ""}, reader=owner, actor=owner, now=NOW
    )
    steps = {step.key: step for step in drafted.template.steps}
    assert (steps["creative_done"].offset_days, steps["creative_done"].title) == (-30, Text("交付全部主图", ""))
    added = steps[f"task_{own.number}"]
    assert (added.offset_days, added.role, added.phase, added.on_non_working_day) == (-6, "", "added", "keep")
    losses = {dropped.loss: dropped.titles for dropped in drafted.dropped}
    assert losses == {
        Loss.UNDATED: (undated.title,), Loss.NO_ROLE: (own.title,), Loss.DATES_ALONE: (own.title,),
    }  # fmt: skip
