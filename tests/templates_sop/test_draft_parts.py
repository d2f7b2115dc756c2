"""Further days and roles of a template's own."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from templates_sop.actions.draft_parts import MOST_ROLES, save_anchor, save_role
from templates_sop.actions.drafts import edit_step
from templates_sop.actions.templates import copy_built_in, publish
from templates_sop.library import get_template
from templates_sop.models import WorkspaceTemplate
from templates_sop.parsing import parse
from templates_sop.shapes import FurtherAnchor, Role, SopTemplate, Text
from tests.factories import client_of, make_member
from tests.templates_sop.test_editor import HTMX, at, text

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def maya(_inside_acme: None) -> Any:
    return make_member("manager", display_name="Maya", language="en")


@pytest.fixture
def template(maya: Any) -> WorkspaceTemplate:
    return copy_built_in(get_template("fba_replenishment_shipment"), actor=maya, now=NOW)


def draft_of(template: WorkspaceTemplate) -> SopTemplate:
    return parse(WorkspaceTemplate.objects.get(pk=template.pk).draft, is_draft=True)


def test_a_day_is_made_named_and_counted_from(maya: Any, template: WorkspaceTemplate) -> None:
    browser = client_of(maya)
    answer = browser.post(at("draft-anchor-add", template), {"name_zh": "拍摄日", "days": "-20"}, **HTMX)
    made = draft_of(template).anchors[-1]
    assert (answer.status_code, made) == (204, FurtherAnchor(made.key, Text("拍摄日", ""), -20))
    page = text(browser.get(at("draft", template)))
    assert "拍摄日 -20" in page and "Pick-up day -45" in page
    form = browser.get(at("draft-step", template, "velocity"), **HTMX).content.decode()
    assert f'<option value="{made.key}">' in form


def test_its_steps_move_along_with_a_day(maya: Any, template: WorkspaceTemplate) -> None:
    before = {step.key: step.offset_days for step in draft_of(template).steps}
    counted = {step.key for step in draft_of(template).steps if step.anchor == "pick_up"}
    client_of(maya).post(at("draft-anchor", template, "pick_up"), {"name_en": "Pick-up", "days": "-40", "do": "save"})
    after = draft_of(template)
    assert counted and {step.key: step.offset_days - before[step.key] for step in after.steps} == {
        key: 5 if key in counted else 0 for key in before
    }
    publish(template, what_changed="Later", actor=maya, now=NOW)


def test_a_day_that_steps_count_from_stays(maya: Any, template: WorkspaceTemplate) -> None:
    browser = client_of(maya)
    answer = browser.post(at("draft-anchor", template, "pick_up"), {"do": "remove"}, **HTMX)
    assert (answer.status_code, "Steps count from this day." in text(answer)) == (422, True)
    save_anchor(template, "", label=Text("", "Photos"), days=3, actor=maya, now=NOW)
    unused = draft_of(template).anchors[-1].key
    assert browser.post(at("draft-anchor", template, unused), {"do": "remove"}, **HTMX).status_code == 204
    assert unused not in {one.key for one in draft_of(template).anchors}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"days": "1"}, "Name the day, in one language at least."),
        ({"name_en": "Photos"}, "Type whole days, such as -45 or 7."),
        ({"name_en": "Photos", "days": "1000"}, "less than or equal to 730"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    maya: Any, template: WorkspaceTemplate, sent: dict[str, str], said: str
) -> None:
    answer = client_of(maya).post(at("draft-anchor-add", template), sent, **HTMX)
    assert (answer.status_code, said in text(answer)) == (422, True)
    assert all(f'value="{value}"' in answer.content.decode() for value in sent.values())


def test_a_role_is_made_given_a_step_renamed_and_only_then_kept(maya: Any, template: WorkspaceTemplate) -> None:
    browser = client_of(maya)
    browser.post(at("draft-role-add", template), {"name_en": "Stylist"}, **HTMX)
    role = draft_of(template).roles[-1]
    assert role == Role(role.key, Text("", "Stylist"))
    step = draft_of(template).steps[0]
    edit_step(template, replace(step, role=role.key), base=step, actor=maya, now=NOW)
    browser.post(at("draft-role", template, role.key), {"name_zh": "造型师", "name_en": "Stylist", "do": "save"})
    assert draft_of(template).roles[-1].name == Text("造型师", "Stylist")
    answer = browser.post(at("draft-role", template, role.key), {"do": "remove"}, **HTMX)
    assert (answer.status_code, "Steps are done by this role." in text(answer)) == (422, True)
    publish(template, what_changed="A stylist", actor=maya, now=NOW)


def test_shared_roles_are_not_changed_here_and_own_ones_have_a_limit(maya: Any, template: WorkspaceTemplate) -> None:
    browser = client_of(maya)
    assert browser.get(at("draft-role", template, "finance"), **HTMX).status_code == 404
    for number in range(MOST_ROLES):
        save_role(template, "", name=Text("", f"Role {number}"), actor=maya, now=NOW)
    answer = browser.post(at("draft-role-add", template), {"name_en": "One more"}, **HTMX)
    assert (answer.status_code, "up to 20 roles" in text(answer)) == (422, True)
