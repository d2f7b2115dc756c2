"""Where a task comes from, as its sheet shows it."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from projects.models import Task
from templates_sop.library import library
from tests.factories import client_of, make_member, make_project, make_task
from tests.pages import HTMX, text

pytestmark = pytest.mark.django_db


def test_step_tells_phase_role_and_why() -> None:
    template = library()["prime_day"]
    step = template.steps[0]
    member = make_member(language="en")
    page = text(client_of(member).get(reverse("templates_sop:step", args=[template.key, step.key]), **HTMX))
    phase = next(phase for phase in template.phases if phase.key == step.phase)
    assert phase.name.en in page
    assert step.risk.en in page
    assert step.why.en in page
    assert step.outcome.en in page
    assert [item.en for item in step.evidence if escape(item.en) not in page] == []


def test_step_tells_how_long_others_take() -> None:
    member = make_member(language="zh-hans")
    address = reverse("templates_sop:step", args=["amazon_us_new_product_launch", "fba_received"])
    assert "亚马逊仓库收货" in text(client_of(member).get(address, **HTMX))


def test_step_that_an_answer_added_is_found() -> None:
    address = reverse("templates_sop:step", args=["amazon_us_new_product_launch", "q_fcc"])
    assert client_of(make_member(language="en")).get(address, **HTMX).status_code == 200


def test_step_added_by_a_variant_is_found_and_an_invented_one_is_not() -> None:
    template, added = next(
        (template, step) for template in library().values() for variant in template.variants for step in variant.add
    )
    browser = client_of(make_member(language="en"))
    addresses = [reverse("templates_sop:step", args=[template.key, key]) for key in (added.key, "invented")]
    assert [browser.get(address, **HTMX).status_code for address in addresses] == [200, 404]
    assert browser.get(addresses[0])["Location"] == reverse("templates_sop:template-show", args=[template.key])
    assert client_of(make_member("guest")).get(addresses[0], **HTMX).status_code == 403


def test_sheet_asks_for_the_step_of_its_task() -> None:
    template = library()["prime_day"]
    member = make_member(language="en")
    task = make_task(make_project(member), owner=member)
    Task.objects.filter(pk=task.pk).update(sop_step=template.steps[0].key)
    type(task.project).objects.filter(pk=task.project_id).update(sop_template=template.key)
    page = text(client_of(member).get(task.get_absolute_url(), **HTMX))
    assert reverse("templates_sop:step", args=[template.key, template.steps[0].key]) in page
