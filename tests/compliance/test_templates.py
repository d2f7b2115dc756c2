"""Steps of SOPs that need a passport become tasks that do, and come back as such steps."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from projects.models import Task
from templates_sop.actions.projects import start_project
from templates_sop.catalogue import find_template
from templates_sop.library import library
from templates_sop.parsing import parse
from templates_sop.writing import dump

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)


def test_launches_wait_for_papers() -> None:
    found = [(key, step.key) for key, template in library().items() for step in template.steps if step.needs_passport]
    assert ("amazon_us_new_product_launch", "hazmat_docs") in found
    assert ("compliance_electronics", "cargo_release") in found


def test_a_template_that_is_written_and_read_again_keeps_it() -> None:
    template = library()["amazon_us_new_product_launch"]
    again = parse(dump(template))
    assert [step.key for step in again.steps if step.needs_passport] == ["hazmat_docs"]


@pytest.mark.django_db
def test_a_project_started_from_it_has_such_a_task(owner: Any) -> None:
    project = start_project(
        find_template("amazon_us_new_product_launch"),
        variant=None,
        anchor=date(2027, 3, 1),
        owner=owner,
        roles={},
        name="Launch",
        actor=owner,
        now=NOW,
        language="en",
    )
    needing = Task.objects.filter(project=project, needs_passport=True)
    assert list(needing.values_list("sop_step", flat=True)) == ["hazmat_docs"]
