from templates_sop.library import get_template
from templates_sop.variants import steps_for


def test_black_friday_electronics_adds_one_step_and_gates_it() -> None:
    template = get_template("black_friday_cyber_monday")
    plain, electronics = steps_for(template, None), steps_for(template, "electronics")
    assert len(plain) == 35
    assert {step.key for step in electronics} - {step.key for step in plain} == {"battery_ship"}
    gate = next(step for step in electronics if step.key == template.gate_step)
    assert gate.depends_on == ("week_deals_on", "email_sms", "wfs_3pl", "battery_ship")


def test_followers_of_a_removed_step_wait_for_what_it_waited_for() -> None:
    template = get_template("compliance_fda_cosmetic_supplement")
    before = {step.key: step for step in steps_for(template, None)}
    after = {step.key: step for step in steps_for(template, "home")}
    removed = {"supp_tests", "tic_verify", "fsvp", "prior_notice", "ae_process"}
    assert set(before) - set(after) == removed
    assert {key: after[key].depends_on for key in after if key in before and set(before[key].depends_on) & removed} == {
        key: _without(before, key, removed)
        for key in before
        if key not in removed and set(before[key].depends_on) & removed
    } | {template.gate_step: (*_without(before, template.gate_step, removed), "food_contact")}


def _without(steps: dict, key: str, removed: set[str]) -> tuple[str, ...]:
    found: list[str] = []
    queue = list(steps[key].depends_on)
    while queue:
        name = queue.pop(0)
        if name in removed:
            queue = [*steps[name].depends_on, *queue]
        elif name not in found:
            found.append(name)
    return tuple(found)


def test_order_is_dependencies_first_then_deadline_then_key() -> None:
    for template in map(get_template, ("black_friday_cyber_monday", "product_recall_return_spike")):
        for variant in (None, *(variant.key for variant in template.variants)):
            seen: set[str] = set()
            for step in steps_for(template, variant):
                assert set(step.depends_on) <= seen
                seen.add(step.key)
    keys = [step.key for step in steps_for(get_template("product_recall_return_spike"), None)]
    assert keys[:7] == [
        "open_incident",
        "spike_rule",
        "stop_sale",
        "hazard_review",
        "counsel",
        "hold_stock",
        "platform_report",
    ]
