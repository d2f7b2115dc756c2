"""What is asked, and what the answers do to the steps."""

from dataclasses import replace
from datetime import date

import pytest

from templates_sop.answers import Answers, anchors_as_json, anchors_of
from templates_sop.library import get_template, library
from templates_sop.named_anchors import Contradiction, anchor_days, contradictions
from templates_sop.planning import plan
from templates_sop.questions import (
    QUESTIONS,
    added_steps,
    anchors_for,
    asked_for,
    optional_steps,
    properties,
    rules_for,
)
from templates_sop.shapes import SopTemplate, Step, Text
from templates_sop.variants import Touch, compose

LAUNCH = "amazon_us_new_product_launch"


def every_key(template: SopTemplate) -> set[str]:
    of_variants = {step.key for variant in template.variants for step in variant.add}
    return {step.key for step in (*template.steps, *added_steps(template))} | of_variants


@pytest.mark.parametrize("key", library())
def test_rules_name_only_what_exists(key: str) -> None:
    template = get_template(key)
    known, phases = every_key(template), {phase.key for phase in template.phases}
    roles = {role.key for role in template.roles}
    for rule in rules_for(template):
        assert (rule.when | rule.when_not) <= properties().keys()
        assert rule.remove | rule.retime.keys() <= known
        for addition in rule.add:
            step = addition.step
            assert {*step.depends_on, *step.blocks, addition.unless or step.key} <= known
            assert step.phase in phases
            assert step.role in roles
            assert addition.requirement
    for anchor in anchors_for(template):
        assert anchor.steps <= known
    gated = {step.key for step in template.steps if step.is_fixed or step.is_milestone} | {template.gate_step}
    assert optional_steps(template) <= known - gated


def test_every_question_matters_somewhere_and_is_in_both_languages() -> None:
    asked = {one.key for template in library().values() for one in asked_for(template)}
    assert asked == set(properties())
    assert len(asked) == 8
    texts = [getattr(one, name) for one in properties().values() for name in ("ask", "name", "without", "hint")]
    texts += [rule.because for template in library().values() for rule in rules_for(template)]
    texts += [text for template in library().values() for step in added_steps(template) for text in _texts(step)]
    assert all(text.zh and text.en and text.zh != text.en for text in texts if text.zh not in _NAMES)


# Names of rules that are the same in both languages.
_NAMES = {"UN38.3", "FCC ID", "FCC FRN", "CPC", "EPA/FIFRA", "TSCA Title VI", "ISPM 15"}


def _texts(step: Step) -> list[Text]:
    return [step.title, step.deliverable, step.risk, *step.checklist]


def test_a_lithium_battery_brings_un38_3_and_says_so() -> None:
    composition = compose(get_template(LAUNCH), "electronics", {"battery": True})
    change = composition.by_step["q_un383"]
    assert change.touch is Touch.ADDED
    assert [reason.en for reason in change.reasons] == ["battery → UN38.3"]
    assert [reason.zh for reason in change.reasons] == ["带电池 → UN38.3"]
    assert change.requirement == "battery_un38_3"
    steps = {step.key: step for step in composition.steps}
    assert "q_un383" in steps["hazmat_docs"].depends_on
    assert "q_un383" in steps["battery_docs"].depends_on
    assert (steps["hazmat_docs"].duration_days, composition.by_step["hazmat_docs"].days_before) == (5, 3)


def test_the_longer_of_two_durations_counts_and_both_say_why() -> None:
    change = compose(get_template(LAUNCH), None, {"battery": True, "hazmat": True}).by_step["hazmat_docs"]
    assert (change.touch, change.step.duration_days, change.days_before) == (Touch.RETIMED, 8, 3)
    assert [reason.en for reason in change.reasons] == [
        "battery → the hazmat review takes longer",
        "hazmat → SDS and hazmat review",
    ]


def test_no_takes_steps_away_and_what_waited_for_them_waits_on() -> None:
    composition = compose(get_template("compliance_electronics"), None, {"battery": False, "wireless": False})
    keys = {step.key for step in composition.steps}
    assert {"un383", "carton_mark", "button_cell", "tcb_grant"} & keys == set()
    assert composition.by_step["tcb_grant"].touch is Touch.REMOVED
    pack = next(step for step in composition.steps if step.key == "customs_pack")
    assert set(pack.depends_on) == {"rf_test", "sdoc_sign", "gcc_issue", "sds", "send_samples", "label_art"}


def test_what_is_not_answered_changes_nothing() -> None:
    for template in library().values():
        composition = compose(template, None, {})
        assert composition.changes == ()
        assert {step.key for step in composition.steps} == {step.key for step in template.steps}


def test_a_category_that_does_the_work_already_keeps_it_single() -> None:
    keys = {step.key for step in compose(get_template(LAUNCH), "toys_children", {"children": True}).steps}
    assert "cpc_issue" in keys
    assert "q_cpc" not in keys
    filing = next(
        step
        for step in compose(get_template(LAUNCH), "toys_children", {"children": True}).steps
        if step.key == "q_efiling"
    )
    assert filing.depends_on == ("cpc_issue",)


def test_two_answers_that_want_one_step_give_both_reasons() -> None:
    change = compose(get_template("shopify_us_store_launch"), None, {"battery": True, "hazmat": True}).by_step[
        "q_ground_only"
    ]
    assert [reason.en for reason in change.reasons] == ["battery → lithium by ground", "hazmat → hazmat by ground"]


def test_steps_left_out_are_bridged() -> None:
    composition = compose(get_template(LAUNCH), None, {}, left_out=["video_edit"])
    assert composition.by_step["video_edit"].touch is Touch.LEFT_OUT
    ads = next(step for step in composition.steps if step.key == "ads_setup")
    assert ads.depends_on == ("keyword_map", "photo_shoot", "create_listing")


def test_a_template_of_the_workspace_asks_what_its_built_in_one_asks() -> None:
    built_in = get_template(LAUNCH)
    steps = tuple(step for step in built_in.steps if step.key not in ("sample_eval", "book_freight"))
    ours = replace(
        built_in,
        key="ws-launch",
        based_on=LAUNCH,
        steps=tuple(
            replace(
                step, depends_on=tuple(key for key in step.depends_on if key not in ("sample_eval", "book_freight"))
            )
            for step in steps
        ),
        phases=tuple(phase for phase in built_in.phases if phase.key != "ship"),
    )
    assert asked_for(ours) == asked_for(built_in)
    found = {step.key: step for step in compose(ours, None, {"battery": True}).steps}
    assert found["q_un383"].depends_on == ()
    assert found["q_battery_marks"].phase == "select"
    assert "q_un383" in found["hazmat_docs"].depends_on
    assert asked_for(replace(ours, based_on="")) == []


def test_a_template_that_has_the_step_already_or_the_other_way_round_stands() -> None:
    """Saved from a project it holds the added step itself; rewired, what would be blocked comes first."""
    built_in = get_template(LAUNCH)
    added = compose(built_in, None, {"battery": True}).by_step["q_un383"].step
    held = replace(built_in, key="ws-a", based_on=LAUNCH, steps=(*built_in.steps, replace(added, duration_days=9)))
    assert "q_un383" not in compose(held, None, {"battery": True}).by_step
    first = tuple(
        replace(step, depends_on=("hazmat_docs",)) if step.key == "sample_eval" else _freed(step)
        for step in built_in.steps
    )
    turned = compose(replace(built_in, key="ws-b", based_on=LAUNCH, steps=first), None, {"battery": True}).steps
    found = {step.key: step for step in turned}
    assert found["q_un383"].depends_on == ("sample_eval",)
    assert "q_un383" not in found["hazmat_docs"].depends_on


def _freed(step: Step) -> Step:
    return replace(step, depends_on=()) if step.key == "hazmat_docs" else step


def test_answers_survive_their_storage() -> None:
    answers = Answers({"battery": True, "wood": False}, frozenset({"vine_enroll"}), has_room=True, waived_by=7)
    assert Answers.of(answers.as_json()) == answers
    assert Answers.of({}) == Answers()
    assert answers.missing(["battery", "textile", "wood"]) == ["textile"]
    days = {"fba_check_in": date(2027, 3, 1)}
    assert anchors_of(anchors_as_json(days)) == days


def test_an_anchor_is_at_its_usual_distance_until_it_is_chosen() -> None:
    template, launch = get_template(LAUNCH), date(2027, 6, 15)
    assert anchor_days(template, launch, {}) == {"fba_check_in": date(2027, 6, 7)}
    usual = plan(template, variant=None, anchor=launch)
    same = plan(template, variant=None, anchor=launch, anchors={"fba_check_in": date(2027, 6, 7)})
    assert [one.deadline for one in same.steps] == [one.deadline for one in usual.steps]
    earlier = plan(template, variant=None, anchor=launch, anchors={"fba_check_in": date(2027, 6, 1)})
    assert earlier.by_key["fba_received"].deadline.on == date(2027, 6, 1)
    assert earlier.by_key["in_transit"].raw_due_on == date(2027, 5, 24)
    assert earlier.by_key["go_live"].deadline == usual.by_key["go_live"].deadline
    assert earlier.anchors == {"fba_check_in": date(2027, 6, 1)}


def test_what_comes_before_a_chosen_anchor_is_pulled_before_it() -> None:
    """The purchase order counts from the launch; production, from the check-in six weeks earlier, cannot wait."""
    template, launch = get_template(LAUNCH), date(2027, 6, 15)
    result = plan(
        template,
        variant=None,
        anchor=launch,
        anchors={"fba_check_in": date(2027, 4, 27)},
        answers=Answers(has_room=True),
    )
    assert result.by_key["fba_received"].deadline.on == date(2027, 4, 27)
    assert result.by_key["purchase_order"].deadline.on <= result.by_key["mass_production"].start_on
    assert result.by_key["purchase_order"].pulled_for == ("mass_production",)
    assert [one.step.key for one in result.steps if one.warnings] == []


def test_anchors_the_wrong_way_round_are_found() -> None:
    template, launch = get_template(LAUNCH), date(2027, 6, 15)
    steps = compose(template, None).steps
    late = date(2027, 6, 20)
    assert contradictions(template, steps, launch, {"fba_check_in": late}) == [
        Contradiction("fba_check_in", "", late, launch)
    ]
    assert contradictions(template, steps, launch, {"fba_check_in": launch}) == []
    assert contradictions(template, steps, launch, {}) == []


def test_an_anchor_after_the_main_one_may_not_come_before_it() -> None:
    template, quarter = get_template("quarterly_retrospective"), date(2027, 3, 31)
    steps = compose(template, None).steps
    early = date(2027, 3, 20)
    assert contradictions(template, steps, quarter, {"meeting": early}) == [
        Contradiction("", "meeting", quarter, early)
    ]


@pytest.mark.parametrize("key", library())
def test_usual_anchors_never_contradict(key: str) -> None:
    template = get_template(key)
    if not template.anchor.is_instant:
        for variant in (None, *(variant.key for variant in template.variants)):
            answers = dict.fromkeys(properties(), True)
            steps = compose(template, variant, answers).steps
            assert contradictions(template, steps, date(2027, 6, 15), {}) == []


def test_the_data_is_shipped_with_the_app() -> None:
    assert sorted(path.name for path in QUESTIONS.glob("*.yaml")) == [
        "anchors.yaml",
        "optional.yaml",
        "properties.yaml",
        "rules.yaml",
        "steps.yaml",
    ]
