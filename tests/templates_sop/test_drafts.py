"""The draft of a template under several hands: moved, changed together, merged, and nothing lost."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from templates_sop.actions.drafts import (
    Changed,
    Frame,
    PhaseInUse,
    StepGone,
    TooManySteps,
    add_phase,
    add_steps,
    change_steps,
    edit_frame,
    edit_step,
    move_phase,
    move_steps,
    nudge_steps,
    remove_phase,
    remove_steps,
    rename_phase,
)
from templates_sop.actions.templates import NotReady, copy_built_in, publish, save_draft
from templates_sop.checking import findings
from templates_sop.library import get_template, library
from templates_sop.models import WorkspaceTemplate
from templates_sop.parsing import MOST_STEPS, parse
from templates_sop.shapes import SopTemplate, Step, Text
from tests.factories import make_member

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def template(owner: Any) -> WorkspaceTemplate:
    return copy_built_in(get_template("fba_replenishment_shipment"), actor=owner, now=NOW)


@pytest.fixture
def by(owner: Any) -> dict[str, Any]:
    return {"actor": owner, "now": NOW}


def draft(template: WorkspaceTemplate) -> SopTemplate:
    return parse(WorkspaceTemplate.objects.get(pk=template.pk).draft, is_draft=True)


def step(template: WorkspaceTemplate, key: str) -> Step:
    return next(found for found in draft(template).steps if found.key == key)


def in_phase(template: WorkspaceTemplate, phase: str) -> list[str]:
    return [found.key for found in draft(template).steps if found.phase == phase]


def said(template: WorkspaceTemplate, key: str) -> list[str]:
    return [finding.message for finding in findings(draft(template), "en") if finding.step == key and finding.is_error]


DEMAND = ["velocity", "inbound_limit", "reorder_qty", "q4_deadline", "cash_ok"]


def test_move_into_another_phase_and_to_a_place(template: WorkspaceTemplate, by: dict[str, Any]) -> None:
    assert in_phase(template, "demand") == DEMAND
    before = in_phase(template, "buy")
    move_steps(template, ["cash_ok", "velocity"], phase="buy", before=before[1], **by)
    assert in_phase(template, "buy") == [before[0], "velocity", "cash_ok", *before[1:]]
    move_steps(template, ["cash_ok"], phase="demand", before=None, **by)
    assert in_phase(template, "demand") == ["inbound_limit", "reorder_qty", "q4_deadline", "cash_ok"]
    assert template.draft_version == 3


def test_nudge_moves_over_the_edge_of_a_phase(template: WorkspaceTemplate, by: dict[str, Any]) -> None:
    first = in_phase(template, "buy")[0]
    nudge_steps(template, ["velocity"], by=-1, **by)
    assert (in_phase(template, "demand"), template.draft_version) == (DEMAND, 1)
    nudge_steps(template, ["velocity"], by=1, **by)
    assert in_phase(template, "demand")[:2] == ["inbound_limit", "velocity"]
    nudge_steps(template, [first], by=-1, **by)
    assert in_phase(template, "demand")[-1] == first
    nudge_steps(template, ["q4_deadline", "cash_ok"], by=-1, **by)
    assert in_phase(template, "demand") == ["inbound_limit", "velocity", "q4_deadline", "cash_ok", "reorder_qty", first]
    nudge_steps(template, [first], by=1, **by)
    assert in_phase(template, "buy")[0] == first


def test_change_several_at_once(template: WorkspaceTemplate, by: dict[str, Any]) -> None:
    change_steps(template, ["velocity", "inbound_limit"], role="finance", calendar="us_market", shift_days=-3, **by)
    changed, kept = step(template, "velocity"), step(template, "inbound_limit")
    assert (changed.role, changed.calendar, changed.zone) == ("finance", "us_market", "America/Los_Angeles")
    assert (changed.offset_days, f"{changed.due_time:%H:%M}") == (-88, "17:00")
    assert (kept.role, kept.offset_days) == ("finance", -87)


def test_removing_a_step_hands_its_waiting_on(template: WorkspaceTemplate, by: dict[str, Any], owner: Any) -> None:
    waiting = [found.key for found in draft(template).steps if "reorder_qty" in found.depends_on]
    remove_steps(template, ["reorder_qty", "inbound_limit"], **by)
    assert waiting
    assert [step(template, key).depends_on for key in waiting] == [("velocity",)] * len(waiting)
    # The categories' steps waited for it, too.
    assert publish(template, what_changed="", actor=owner, now=NOW).number == 1


@pytest.mark.parametrize("key", library())
def test_any_step_of_any_template_can_go(owner: Any, key: str) -> None:
    template = copy_built_in(get_template(key), actor=owner, now=NOW)
    keys = [found.key for found in draft(template).steps]
    remove_steps(template, keys[1::2], actor=owner, now=NOW)
    assert [found.key for found in draft(template).steps] == keys[::2]
    publish(template, what_changed="", actor=owner, now=NOW)


def test_phases(template: WorkspaceTemplate, by: dict[str, Any]) -> None:
    phase = add_phase(template, Text("复盘", "Look back"), **by).phases[-1].key
    with pytest.raises(PhaseInUse):
        remove_phase(template, "demand", **by)
    move_phase(template, phase, by=-1, **by)
    rename_phase(template, phase, Text("回顾", "Review"), **by)
    assert draft(template).phases[-2].name == Text("回顾", "Review")
    remove_phase(template, phase, **by)
    assert [found.key for found in draft(template).phases] == ["demand", "buy", "plan", "move", "recv", "close"]


def test_an_emptied_phase_takes_the_categories_along(template: WorkspaceTemplate, by: dict[str, Any]) -> None:
    move_steps(template, in_phase(template, "plan"), phase="buy", before=None, **by)
    remove_phase(template, "plan", **by)
    added = [found for variant in draft(template).variants for found in variant.add]
    assert "plan" not in {found.phase for found in added}
    publish(template, what_changed="", **by)


def test_added_steps_have_what_is_missing_said_of_them(
    template: WorkspaceTemplate, by: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    [key] = add_steps(template, [Text("负责所有事情", "")], phase="demand", **by)
    assert in_phase(template, "demand") == [*DEMAND, key]
    assert step(template, key).offset_days == step(template, "cash_ok").offset_days
    assert said(template, key) == ["Nobody's role yet: choose who does this.", "The English is missing."]
    advice = [each.message for each in findings(draft(template), "en") if each.step == key and not each.is_error]
    assert advice[0].startswith("The verb does not say what will be done.")
    monkeypatch.setattr("templates_sop.actions.drafts.MOST_STEPS", len(draft(template).steps))
    assert MOST_STEPS == 300
    with pytest.raises(TooManySteps):
        add_steps(template, [Text("再来一步", "One more")], phase="demand", **by)


def test_errors_are_said_beside_the_step(template: WorkspaceTemplate, by: dict[str, Any]) -> None:
    velocity = step(template, "velocity")
    edit_step(template, replace(velocity, depends_on=("reorder_qty",)), base=velocity, **by)
    circle = [each for each in findings(draft(template), "en") if each.message.startswith("These steps wait")]
    assert [each.message for each in circle] == [
        "These steps wait for each other: Compute daily velocity, days of cover, stock-out date → Compute reorder and"
        " safety stock → Compute daily velocity, days of cover, stock-out date."
    ]
    assert "It waits for “Compute reorder and safety stock”, which is due later." in said(template, "velocity")
    late = step(template, "q4_deadline")
    edit_step(template, replace(late, role="agency_external", title=Text("登记", "")), base=late, **by)
    assert said(template, "q4_deadline") == [
        "Somebody outside does this, but may not see it.",
        "The English is missing.",
    ]
    base = Frame.of(draft(template))
    edit_frame(template, replace(base, languages=("zh",)), base=base, **by)
    assert said(template, "q4_deadline") == ["Somebody outside does this, but may not see it."]


def test_two_people_on_one_step_keep_both_of_what_they_wrote(template: WorkspaceTemplate, by: dict[str, Any]) -> None:
    maya = make_member("manager", display_name="Maya")
    base = step(template, "velocity")
    edit_step(template, replace(base, why=Text("因为", "Because")), base=base, actor=maya, now=NOW)
    edit_step(template, replace(base, duration_days=2), base=base, **by)
    merged = step(template, "velocity")
    assert (merged.why, merged.duration_days) == (Text("因为", "Because"), 2)


def test_the_second_of_two_is_shown_both_texts(template: WorkspaceTemplate, by: dict[str, Any]) -> None:
    maya = make_member("manager", display_name="Maya")
    base = step(template, "velocity")
    theirs = replace(base, title=Text("别人写的", "Theirs"), duration_days=3)
    mine = replace(base, title=Text("我写的", "Mine"), role="finance")
    edit_step(template, theirs, base=base, actor=maya, now=NOW)
    with pytest.raises(Changed) as error:
        edit_step(template, mine, base=base, **by)
    assert (error.value.names, error.value.by, error.value.theirs) == (("title",), maya, theirs)
    assert error.value.merged == replace(theirs, title=mine.title, role="finance")
    edit_step(template, error.value.merged, base=error.value.theirs, **by)
    assert step(template, "velocity") == error.value.merged
    remove_steps(template, ["velocity"], **by)
    with pytest.raises(StepGone):
        edit_step(template, mine, base=base, **by)


def test_the_frame_is_merged_too(template: WorkspaceTemplate, by: dict[str, Any]) -> None:
    base = Frame.of(draft(template))
    edit_frame(template, replace(base, market_zone="America/New_York"), base=base, **by)
    assert {each.zone for each in draft(template).steps} == {"Asia/Shanghai", "America/New_York"}
    edit_frame(template, replace(base, name=Text("补货", "Restock")), base=base, **by)
    merged = Frame.of(draft(template))
    assert (merged.market_zone, merged.name, template.shown_name) == (
        "America/New_York",
        Text("补货", "Restock"),
        "Restock",
    )
    with pytest.raises(Changed):
        edit_frame(template, replace(base, name=Text("进货", "Supply")), base=base, **by)


def test_what_a_category_does_is_checked_last(template: WorkspaceTemplate, by: dict[str, Any], owner: Any) -> None:
    content = {**template.draft, "key": template.key}
    content["variants"]["apparel"]["add"][0]["depends_on"] = ["gone"]
    save_draft(template, content, base=1, **by)
    assert [each.message for each in findings(draft(template), "en") if each.is_error] == [
        "What the categories change does not fit: variants.apparel.add[size_split].depends_on: there is no step 'gone'."
    ]
    with pytest.raises(NotReady):
        publish(template, what_changed="", actor=owner, now=NOW)


def test_nothing_changed_is_no_version(template: WorkspaceTemplate, by: dict[str, Any]) -> None:
    move_steps(template, ["velocity"], phase="demand", before="inbound_limit", **by)
    assert template.draft_version == 1
