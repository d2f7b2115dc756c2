"""US-09: the external designer sees their own tasks and what was shown to them, and nothing else."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from projects.actions.edits import set_owner, set_visibility
from projects.actions.projects import archive_project
from projects.models import Project, ProjectAccess
from tests.factories import client_of, make_member
from tests.pages import text
from tests.stories.conftest import SHENZHEN, at, clock, label, reminders, step

pytestmark = pytest.mark.django_db
HIDDEN = ("deal_margin", "settle", "ad_plan", "cash_plan")


@pytest.fixture
def chen(_inside_acme: None) -> Any:
    return make_member("guest", display_name="陈设计师", company="杭州设计", language="zh-hans", time_zone=SHENZHEN)


@pytest.fixture
def project(start: Callable[..., Project], owner: Any, chen: Any) -> Project:
    now = at("2026-07-01T03:00:00Z")
    project = start("black_friday_cyber_monday", date(2026, 11, 27), variant="electronics")
    ProjectAccess.objects.create(project=project, member=chen, created_at=now)
    set_visibility(step(project, "creative_brief"), "shared", actor=owner, now=now)
    set_owner(step(project, "creative_done"), chen, actor=owner, now=now)
    return project


def test_only_the_brief_and_the_creative_are_seen(chen: Any, project: Project) -> None:
    seen = set(project.tasks.visible_to(chen).values_list("sop_step", flat=True))
    assert seen == {"creative_brief", "creative_done"}
    browser = client_of(chen)
    with clock("2026-10-01T00:00:00Z"):
        assert browser.get(f"/tasks/{step(project, 'creative_done').pk}/").status_code == 200
        hidden = [browser.get(f"/tasks/{step(project, key).pk}/").status_code for key in HIDDEN]
        assert hidden == [404] * len(HIDDEN)


@pytest.mark.parametrize("words", ["毛利", "ACOS"])
def test_searching_for_money_finds_nothing(chen: Any, project: Project, words: str) -> None:
    page = text(client_of(chen).get("/search/", {"q": words}))
    for key in HIDDEN:
        assert step(project, key).title not in page


def test_no_page_tells_the_addresses_of_members(chen: Any, owner: Any, project: Project) -> None:
    browser = client_of(chen)
    for path in (f"/projects/{project.pk}/board/", f"/tasks/{step(project, 'creative_done').pk}/", "/"):
        assert owner.email not in text(browser.get(path))


def test_the_deadline_is_monday_at_six_in_shenzhen(project: Project) -> None:
    creative = step(project, "creative_done")
    assert creative.due_at == at("2026-10-26T10:00:00Z")
    assert label(creative, SHENZHEN, "zh-hans").startswith("10月26日 周一 18:00 ")
    assert reminders(creative) == [at("2026-10-23T10:00:00Z"), at("2026-10-25T10:00:00Z")]


def test_the_link_stops_working_with_the_project(chen: Any, owner: Any, project: Project) -> None:
    path = f"/tasks/{step(project, 'creative_done').pk}/"
    browser = client_of(chen)
    assert browser.get(path).status_code == 200
    archive_project(project, actor=owner, now=at("2026-12-20T00:00:00Z"))
    assert browser.get(path).status_code == 404
