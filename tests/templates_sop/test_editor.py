"""The pages of the editor: what they show, what they refuse, and how they answer."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tenants.utils import tenant_context

from templates_sop.actions.drafts import add_steps, edit_step
from templates_sop.actions.templates import copy_built_in, publish
from templates_sop.library import get_template
from templates_sop.models import TemplateVersion, WorkspaceTemplate
from templates_sop.parsing import parse
from templates_sop.questions import anchors_for
from templates_sop.shapes import Text
from tests.factories import client_of, make_member

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
HTMX: dict[str, Any] = {"HTTP_HX_REQUEST": "true"}


def text(response: Any) -> str:
    """What is read on the page, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


@pytest.fixture
def maya(_inside_acme: None) -> Any:
    return make_member("manager", display_name="Maya", language="en")


@pytest.fixture
def template(maya: Any) -> WorkspaceTemplate:
    return copy_built_in(get_template("fba_replenishment_shipment"), actor=maya, now=NOW)


def at(name: str, template: WorkspaceTemplate, *args: str) -> str:
    return reverse(f"templates_sop:{name}", args=[template.key, *args])


def filled(page: Any) -> dict[str, Any]:
    """What the form of a step sends when nobody has typed into it."""
    form = page.context["form"]
    sent: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if value not in (None, False):
            sent[bound.name] = f"{value:%H:%M}" if hasattr(value, "hour") else value
    return sent


def test_the_list_asks_no_more_for_more_templates(maya: Any, template: WorkspaceTemplate) -> None:
    browser, url = client_of(maya), reverse("templates_sop:draft-list")
    browser.get(url)
    with CaptureQueriesContext(connection) as one:
        browser.get(url)
    for _ in range(2):
        publish(copy_built_in(get_template("prime_day"), actor=maya, now=NOW), what_changed="", actor=maya, now=NOW)
    with CaptureQueriesContext(connection) as three:
        page = text(browser.get(url))
    assert len(one) == len(three)
    assert "Ours, based on “FBA replenishment and shipment plan (incl. Q4 inbound deadline)” version" in page
    assert page.count("Not published yet") == 1


def test_the_editor_asks_no_more_for_more_steps(maya: Any, template: WorkspaceTemplate) -> None:
    browser, url = client_of(maya), at("draft", template)
    browser.get(url)
    with CaptureQueriesContext(connection) as few:
        browser.get(url)
    add_steps(template, [Text("第一步", "Step")] * 40, phase="demand", actor=maya, now=NOW)
    with CaptureQueriesContext(connection) as many:
        page = browser.get(url).content.decode()
    assert len(few) == len(many)
    assert page.count('class="outline__line is-wrong"') == 40


def test_a_step_is_saved_as_it_was_sent_out_when_nothing_is_typed(maya: Any, template: WorkspaceTemplate) -> None:
    browser = client_of(maya)
    for step in parse(template.draft, is_draft=True).steps:
        url = at("draft-step", template, step.key)
        assert browser.post(url, filled(browser.get(url)), **HTMX).status_code == 204
    again = WorkspaceTemplate.objects.get(pk=template.pk)
    assert (again.draft_version, again.draft) == (1, template.draft)


def test_an_elapsed_step_keeps_its_hours(maya: Any) -> None:
    template = copy_built_in(get_template("product_recall_return_spike"), actor=maya, now=NOW)
    browser = client_of(maya)
    for step in parse(template.draft, is_draft=True).steps:
        url = at("draft-step", template, step.key)
        browser.post(url, filled(browser.get(url)))
    assert WorkspaceTemplate.objects.get(pk=template.pk).draft == template.draft


def test_a_step_is_changed(maya: Any, template: WorkspaceTemplate) -> None:
    browser, url = client_of(maya), at("draft-step", template, "velocity")
    typed = filled(browser.get(url)) | {
        "title_en": "Compute velocity", "checklist_zh": "甲\n乙", "checklist_en": "A\nB",
        "count": "90", "side": "before",
        "duration": "0.5", "reminders": "2，24, 72", "lead_least": "3", "lead_most": "9", "lead_zh": "工厂",
        "depends_on": ["cash_ok"], "evidence_zh": "截图", "evidence_en": "", "is_milestone": "on",
    }  # fmt: skip
    answer = browser.post(url, typed, **HTMX)
    assert (answer.status_code, set(json.loads(answer["HX-Trigger"]))) == (204, {"sheet:close", "draft:changed"})
    step = parse(WorkspaceTemplate.objects.get(pk=template.pk).draft, is_draft=True).steps[0]
    assert (step.title.en, step.offset_days, step.duration_days) == ("Compute velocity", -90, 0.5)
    assert (step.checklist, step.evidence) == ((Text("甲", "A"), Text("乙", "B")), (Text("截图", ""),))
    assert (step.reminders_hours, step.depends_on, step.is_milestone) == ((72, 24, 2), ("cash_ok",), True)
    assert step.lead_time is not None
    assert (step.lead_time.least, step.lead_time.most, step.lead_time.whose) == (3, 9, Text("工厂", ""))


def test_what_is_wrong_is_kept_and_said(maya: Any, template: WorkspaceTemplate) -> None:
    browser, url = client_of(maya), at("draft-step", template, "velocity")
    typed = filled(browser.get(url)) | {"reminders": "soon", "count": "", "side": "after", "title_en": "Kept"}
    answer = browser.post(url, typed, **HTMX)
    page = text(answer)
    assert answer.status_code == 422
    assert "Whole hours, parted by commas, such as 72, 24, 2." in page
    assert "How many?" in page
    assert 'value="Kept"' in answer.content.decode()


def test_409_shows_both_texts_and_sending_again_takes_mine(maya: Any, template: WorkspaceTemplate) -> None:
    lin = make_member("manager", display_name="Lin")
    browser, url = client_of(maya), at("draft-step", template, "velocity")
    typed = filled(browser.get(url)) | {"title_zh": "我写的", "title_en": "Mine"}
    step = parse(template.draft, is_draft=True).steps[0]
    edit_step(template, replace(step, title=Text("别人写的", "Theirs"), duration_days=3), base=step, actor=lin, now=NOW)
    answer = browser.post(url, typed, **HTMX)
    page = text(answer)
    assert answer.status_code == 409
    assert "Lin has changed the same meanwhile." in page
    assert ("别人写的" in page, "Theirs" in page) == (True, True)
    assert 'value="Mine"' in answer.content.decode()
    assert browser.post(url, filled(answer), **HTMX).status_code == 204
    step = parse(WorkspaceTemplate.objects.get(pk=template.pk).draft, is_draft=True).steps[0]
    assert (step.title, step.duration_days) == (Text("我写的", "Mine"), 3)


def test_the_frame_is_sent_back_as_it_was(maya: Any, template: WorkspaceTemplate) -> None:
    browser, url = client_of(maya), at("draft-frame", template)
    assert browser.post(url, filled(browser.get(url)), **HTMX).status_code == 204
    assert WorkspaceTemplate.objects.get(pk=template.pk).draft == template.draft
    answer = browser.post(url, filled(browser.get(url)) | {"name_zh": "", "name_en": " "}, **HTMX)
    assert answer.status_code == 422
    assert "Give the template a name." in text(answer)
    browser.post(url, filled(browser.get(url)) | {"name_en": "Restock", "languages": "en", "gate": "velocity"})
    again = WorkspaceTemplate.objects.get(pk=template.pk)
    assert (again.name["en"], again.draft["languages"], again.draft["gate_step"]) == ("Restock", ["en"], "velocity")


def test_bulk_forms_refuse_in_words(maya: Any, template: WorkspaceTemplate) -> None:
    browser, url = client_of(maya), at("draft-steps", template)
    for sent, said in (
        ({"do": "change"}, "Tick the steps first."),
        ({"do": "change", "step": "velocity"}, "Choose what to change first."),
        ({"do": "move", "step": "velocity"}, "Choose a phase."),
        ({"do": "change", "step": "velocity", "shift": "-700"}, "A step stands at most two years from the anchor."),
    ):
        answer = browser.post(url, sent, **HTMX)
        assert (answer.status_code, said in text(answer)) == (422, True), sent
        assert browser.post(url, sent).status_code == 422
    assert WorkspaceTemplate.objects.get(pk=template.pk).draft_version == 1


def test_steps_and_phases_are_added_from_lines(maya: Any, template: WorkspaceTemplate) -> None:
    browser = client_of(maya)
    answer = browser.post(at("step-add", template), {"phase": "demand", "titles": "选道具\n\nBook a model"}, **HTMX)
    assert json.loads(answer["HX-Trigger"]) == {"outline:focus": {"id": "add-demand"}}
    browser.post(at("phase-add", template), {"name": "Look back"})
    draft = parse(WorkspaceTemplate.objects.get(pk=template.pk).draft, is_draft=True)
    assert [step.title for step in draft.steps if step.key.startswith("step_")] == [
        Text("选道具", ""), Text("", "Book a model"),
    ]  # fmt: skip
    assert draft.phases[-1].name == Text("", "Look back")
    assert browser.post(at("step-add", template), {"phase": "demand", "titles": " "}, **HTMX).status_code == 422
    assert browser.post(at("step-add", template), {"phase": "none", "titles": "x"}, **HTMX).status_code == 404


def test_publishing_refuses_errors_and_asks_what_changed(maya: Any, template: WorkspaceTemplate) -> None:
    browser, url = client_of(maya), at("draft-publish", template)
    assert browser.post(url, {"what_changed": ""}).status_code == 302
    answer = browser.post(url, {"what_changed": "Again"}, **HTMX)
    assert (answer.status_code, "Nothing has changed since the last version." in text(answer)) == (422, True)
    [key] = add_steps(template, [Text("选道具", "Choose the props")], phase="demand", actor=maya, now=NOW)
    page = text(browser.get(url, **HTMX))
    assert "Choose the props Nobody's role yet: choose who does this." in page
    assert browser.post(url, {"what_changed": "Props"}, **HTMX).status_code == 422
    browser.post(at("draft-steps", template), {"do": "change", "step": key, "role": "design"})
    answer = browser.post(url, {"what_changed": ""}, **HTMX)
    assert "Say in a sentence what is different" in text(answer)
    answer = browser.post(url, {"what_changed": "Props first"}, **HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, template.get_absolute_url())
    assert list(TemplateVersion.objects.order_by("number").values_list("number", "what_changed")) == [
        (1, ""), (2, "Props first"),
    ]  # fmt: skip


def test_versions_say_what_each_changed(maya: Any, template: WorkspaceTemplate) -> None:
    browser = client_of(maya)
    publish(template, what_changed="", actor=maya, now=NOW)
    step = parse(template.draft, is_draft=True).steps[0]
    edit_step(template, replace(step, duration_days=3, role="finance"), base=step, actor=maya, now=NOW)
    publish(template, what_changed="It takes longer", actor=maya, now=NOW)
    page = text(browser.get(at("version-list", template)))
    for words in (
        "It takes longer",
        "1 step is different",
        "Was 1 working day Is 3 working days",
        "Was Operations Is Finance",
    ):
        assert words in page


def test_a_member_reads_the_draft_and_finds_no_way_to_change_it(template: WorkspaceTemplate) -> None:
    page = client_of(make_member(language="en")).get(at("draft", template)).content.decode()
    assert "Compute daily velocity" in page
    assert "<textarea" not in page
    assert "Publish" not in page


def test_another_workspace_knows_nothing_of_it(maya: Any, template: WorkspaceTemplate, other: Any) -> None:
    with tenant_context(other):
        neighbour = make_member("owner", language="en")
        browser = client_of(neighbour)
        assert browser.get(at("draft", template)).status_code == 404
        assert "FBA replenishment" not in text(browser.get(reverse("templates_sop:draft-list")))


def test_a_step_counts_from_a_named_anchor(maya: Any) -> None:
    """Its offset is asked for from that anchor and kept from the template's own."""
    template = copy_built_in(get_template("prime_day"), actor=maya, now=NOW)
    draft = parse(template.draft, is_draft=True)
    close = next(one for one in draft.anchors if one.key == "submission_close")
    step = next(one for one in draft.steps if not one.anchor and one.offset_days < close.days)
    browser, url = client_of(maya), at("draft-step", template, step.key)
    typed = filled(browser.get(url)) | {"anchor": "submission_close", "count": "3", "side": "before"}
    assert browser.post(url, typed, **HTMX).status_code == 204
    again = parse(WorkspaceTemplate.objects.get(pk=template.pk).draft, is_draft=True)
    changed = next(one for one in again.steps if one.key == step.key)
    assert (changed.anchor, changed.offset_days) == ("submission_close", close.days - 3)
    assert filled(browser.get(url))["count"] == 3
    assert step.key in next(one for one in anchors_for(again) if one.key == "submission_close").steps
