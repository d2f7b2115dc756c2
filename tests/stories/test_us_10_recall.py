"""US-10: the 24 hours of a recall elapse across the end of summer time, from a moment that nobody changes later."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from linkstar.accounts.models import User
from projects.models import Project
from tests.factories import client_of
from tests.pages import HTMX, text
from tests.stories.conftest import PACIFIC, SHENZHEN, at, label, reminders, shown, step

pytestmark = pytest.mark.django_db
KNOWN = at("2026-11-01T03:15:00Z")  # 31 October, 20:15 in Los Angeles


@pytest.fixture
def recall(start: Callable[..., Project]) -> Project:
    return start("product_recall_return_spike", KNOWN, now=KNOWN, anchor_zone=PACIFIC)


def test_the_report_is_due_after_24_elapsed_hours(recall: Project) -> None:
    report = step(recall, "report_cpsc")
    assert report.due_at == at("2026-11-02T03:15:00Z")
    assert (shown(report, PACIFIC), shown(report, SHENZHEN)) == ("2026-11-01 19:15", "2026-11-02 11:15")
    assert label(report, SHENZHEN).startswith("Sun 1 Nov, 19:15 PST (UTC−8)")


def test_reminders_come_12_and_4_hours_before(recall: Project) -> None:
    assert reminders(step(recall, "report_cpsc")) == [at("2026-11-01T15:15:00Z"), at("2026-11-01T23:15:00Z")]


def test_the_moment_of_first_knowledge_is_not_to_be_changed(owner: Any, recall: Project) -> None:
    browser, address = client_of(owner), reverse("templates_sop:project-anchor", args=[recall.pk])
    page = text(browser.get(address))
    assert "anchor_on" not in page
    answer = browser.post(address, {"anchor_on": "2026-11-05", "step": "apply", "seal": ""})
    recall.refresh_from_db()
    assert (answer.status_code, recall.anchor_at, recall.anchor_on) == (422, KNOWN, None)


def test_a_correction_is_written_beside_it_and_moves_nothing(owner: Any, recall: Project) -> None:
    User.objects.filter(pk=owner.user_id).update(language="en")
    browser, address = client_of(owner), reverse("templates_sop:project-anchor", args=[recall.pk])
    page = text(browser.get(address))
    assert "It cannot be changed afterwards. Write what has to be corrected as a comment" in page
    assert not page.count('<input class="input"')
    report = step(recall, "report_cpsc")
    due = dict(recall.tasks.values_list("pk", "due_at"))
    said = "Correction: the first call came at 20:05, not 20:15."
    answer = browser.post(reverse("projects:comment-add", args=[report.pk]), {"body": said}, **HTMX)
    assert answer.status_code == 200
    recall.refresh_from_db()
    assert (recall.anchor_at, dict(recall.tasks.values_list("pk", "due_at"))) == (KNOWN, due)
    assert reminders(report) == [at("2026-11-01T15:15:00Z"), at("2026-11-01T23:15:00Z")]
    sheet = text(browser.get(reverse("projects:task", args=[report.pk])))
    assert said in sheet
