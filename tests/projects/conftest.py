"""A person, a task of theirs and their browser, as most tests of the task's page want them."""

from typing import Any

import pytest

from projects.models import Task
from tests.factories import client_of, make_member, make_project, make_task


@pytest.fixture
def maya(_inside_acme: None) -> Any:
    return make_member(display_name="Maya", language="en", time_zone="America/New_York")


@pytest.fixture
def task(maya: Any) -> Task:
    return make_task(make_project(maya, name="Launch"), title="Shoot the main image", owner=maya)


@pytest.fixture
def browser(maya: Any) -> Any:
    return client_of(maya)
