"""US-08: no store registration before the EIN (domain/personas.md)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from projects.actions.finishing import finish_task
from projects.actions.refusals import StillBlocked
from projects.actions.tasks import move_task
from projects.cards import Reader
from projects.chains import open_chain
from projects.models import Activity, Task
from templates_sop.actions.projects import start_project
from templates_sop.library import get_template

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 1, tzinfo=UTC)
CHAIN = ["ein_letter", "doc_pack", "clean_env", "register_amz"]


def test_registration_is_held_back_by_the_letter_and_shows_the_chain(maya: Any) -> None:
    project = start_project(
        get_template("brand_and_account_opening"),
        variant=None,
        anchor=date(2026, 12, 15),
        owner=maya,
        roles={},
        name="Brand and account",
        actor=maya,
        now=NOW,
        language="en",
    )
    steps = {task.sop_step: task for task in project.tasks.select_related("project", "column__board")}
    assert [steps[key].due_at for key in ("ein_letter", "register_amz")] == [
        datetime(2026, 10, 31, 0, tzinfo=UTC),
        datetime(2026, 11, 25, 1, tzinfo=UTC),
    ]
    reader = Reader(maya, "Asia/Shanghai", "en", NOW)
    done = project.board.columns.filter(status="done").order_by("position")[0]
    for row in open_chain(steps["register_amz"], reader):
        task = Task.objects.select_related("project", "column__board").get(pk=row.pk or 0)
        if task.sop_step not in CHAIN:
            move_task(task, column=done, before=None, actor=maya, now=NOW, despite="Settled beforehand")
    Task.objects.filter(project=project).update(owner=maya)
    last = Task.objects.select_related("project", "column__board").get(pk=steps["register_amz"].pk)
    doing = project.board.columns.filter(status="doing").order_by("position")[0]
    with pytest.raises(StillBlocked):
        move_task(last, column=doing, before=None, actor=maya, now=NOW)
    shown = [row.pk for row in open_chain(last, reader)]
    assert [Task.objects.get(pk=pk or 0).sop_step for pk in shown] == CHAIN
    for key in CHAIN[:-1]:
        finish_task(Task.objects.get(pk=steps[key].pk), actor=maya, now=NOW)
    move_task(Task.objects.get(pk=last.pk), column=doing, before=None, actor=maya, now=NOW)
    assert not Activity.objects.filter(task=last, verb="begun despite").exists()
