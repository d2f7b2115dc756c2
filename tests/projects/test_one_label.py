"""A deadline reads the same wherever it is read, and names the moment that is stored: pages, mail, files, feeds, trace.

The hardest one there is: the second of two equal times, on the night clocks go back in New York.
"""

import csv
from datetime import UTC, date, datetime, time
from io import StringIO
from typing import Any

import pytest
from django.utils import timezone as clock
from django.utils import translation

from linkstar.lib.deadlines import Deadline, as_parts
from linkstar.workspaces.letters import render_letter
from linkstar.workspaces.models import Letter
from notifications.actions.notify import notify
from projects.actions.deadlines import set_deadline
from projects.models import Activity, Task
from projects.trace import sentence
from tests.factories import client_of, make_member, make_project, make_task

pytestmark = pytest.mark.django_db
SECOND = Deadline(date(2037, 11, 1), time(1, 30), "America/New_York", 1)
MOMENT = datetime(2037, 11, 1, 6, 30, tzinfo=UTC)
AT, YOU = "Sun 1 Nov 2037, 01:30 EST (UTC−5)", "Sun 1 Nov 2037, 14:30 for you (UTC+8)"


@pytest.fixture
def lin(_inside_acme: None) -> Any:
    return make_member("manager", display_name="Lin", language="en", time_zone="Asia/Shanghai")


@pytest.fixture
def task(lin: Any) -> Task:
    task = make_task(make_project(lin, name="Launch"), "Check the budget", owner=lin)
    set_deadline(task, SECOND, actor=lin, now=clock.now())
    task.refresh_from_db()
    assert task.due_at == MOMENT
    return task


def text(html: str) -> str:
    return " ".join(html.replace("&nbsp;", " ").split())


@pytest.mark.parametrize(
    "path", ["/tasks/{task}/", "/projects/{project}/", "/projects/{project}/board/", "/projects/{project}/list/"]
)
def test_pages(task, lin, path):
    html = text(client_of(lin).get(path.format(task=task.pk, project=task.project_id)).content.decode())
    assert AT in html
    assert YOU in html


def test_the_file_names_the_wall_the_offset_and_the_instant(task, lin):
    response = client_of(lin).get(f"/projects/{task.project_id}/list.csv")
    body = b"".join(response.streaming_content) if response.streaming else response.content
    [line] = list(csv.DictReader(StringIO(body.decode("utf-8-sig"))))
    assert (line["Deadline"], line["Time zone"], line["Offset"]) == (
        "2037-11-01 01:30",
        "America/New_York",
        "UTC-05:00",
    )
    assert line["Deadline (UTC)"].startswith("2037-11-01") and "06:30" in line["Deadline (UTC)"]


def test_the_letter(task, lin):
    data = {"task": task.title, "project": "Launch", "hours_before": 24, "deadline": as_parts(SECOND)}
    notify([lin], kind="task_due", key="due:1", data=data, url=task.get_absolute_url(), now=clock.now())
    mail = render_letter(Letter.objects.get(), now=clock.now())
    for body in (mail.body, *(content for content, _kind in mail.alternatives)):
        assert AT in text(body) and YOU in text(body)


def test_the_trace(task, lin):
    [line] = Activity.objects.filter(task=task, verb="deadline changed").select_related("actor")
    with clock.override("Asia/Shanghai"), translation.override("en"):
        assert f"{AT} · {YOU}" in sentence(line)
