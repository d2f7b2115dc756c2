"""A project that is done goes into the archive once it was looked back at, or somebody said why not, by every way."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from linkstar.retrospectives.actions.retrospectives import (
    close_retrospective,
    reopen_retrospective,
    waive_retrospective,
)
from linkstar.retrospectives.figures import figures_of
from linkstar.retrospectives.models import Retrospective
from projects.actions.projects import archive_project, finish_project, restore_project, resume_project
from projects.archiving import ArchiveHeld, is_done
from projects.models import Activity, Project, Recurrence, Task
from tests.factories import client_of, make_member, make_project, make_ready_task
from tests.pages import text
from tests.retrospectives.conftest import LA, Scene, at

pytestmark = pytest.mark.django_db


def page(project: Project, name: str = "") -> str:
    return f"/projects/{project.pk}/retrospective/{name}"


class TestWhatIsDone:
    def test_with_tasks_and_none_of_them_open(self, scene: Scene) -> None:
        assert is_done(scene.project)
        Task.objects.filter(pk=scene.photos.pk).update(completed_at=None)
        assert not is_done(scene.project)

    def test_while_a_task_comes_again_it_is_not(self, scene: Scene) -> None:
        again = Recurrence.objects.create(
            unit="weekly", zone=LA, anchor_on=date(2026, 3, 16), next_on=date(2031, 1, 1), created_by=scene.lin
        )
        Task.objects.filter(pk=scene.photos.pk).update(recurrence=again, occurrence_on=date(2026, 3, 16))
        assert not is_done(scene.project)
        Recurrence.objects.update(stopped_at=at(3, 17))
        assert is_done(scene.project)

    def test_an_empty_project_is_not(self, owner: Any) -> None:
        assert not is_done(make_project(owner))

    def test_what_its_owner_calls_finished_is(self, owner: Any) -> None:
        project = make_project(owner)
        make_ready_task(project)
        finish_project(project, actor=owner, now=timezone.now())
        assert is_done(project)
        resume_project(project, actor=owner, now=timezone.now())
        assert not is_done(project)
        assert Project.objects.get(pk=project.pk).state == "active"


class TestArchiving:
    def test_what_is_done_is_held_until_it_was_looked_back_at(self, scene: Scene) -> None:
        with pytest.raises(ArchiveHeld) as held:
            archive_project(scene.project, actor=scene.lin, now=at(3, 20))
        assert held.value.hold.url == page(scene.project)
        close_retrospective(scene.project, actor=scene.lin, now=at(3, 20))
        archive_project(scene.project, actor=scene.lin, now=at(3, 21))
        assert Project.objects.get(pk=scene.project.pk).is_archived

    def test_a_waiver_with_a_reason_is_enough(self, scene: Scene) -> None:
        waive_retrospective(scene.project, because="A trial run", actor=scene.lin, now=at(3, 20))
        archive_project(scene.project, actor=scene.lin, now=at(3, 21))
        assert Project.objects.get(pk=scene.project.pk).is_archived

    def test_an_open_one_holds_it_again(self, scene: Scene) -> None:
        close_retrospective(scene.project, actor=scene.lin, now=at(3, 20))
        reopen_retrospective(scene.project, actor=scene.lin, now=at(3, 20))
        with pytest.raises(ArchiveHeld):
            archive_project(scene.project, actor=scene.lin, now=at(3, 21))

    def test_what_is_called_off_is_not_held(self, scene: Scene) -> None:
        Task.objects.filter(pk=scene.photos.pk).update(completed_at=None)
        answer = client_of(scene.lin).post(f"/projects/{scene.project.pk}/archive/", follow=True)
        assert "“Launch” is archived as called off." in text(answer)
        assert not Retrospective.objects.exists()

    def test_what_was_archived_as_done_can_come_back_and_go_again(self, scene: Scene) -> None:
        close_retrospective(scene.project, actor=scene.lin, now=at(3, 20))
        archive_project(scene.project, actor=scene.lin, now=at(3, 21))
        restore_project(scene.project, actor=scene.lin, now=at(3, 22))
        archive_project(scene.project, actor=scene.lin, now=at(3, 23))
        assert Project.objects.get(pk=scene.project.pk).is_archived

    def test_the_page_of_the_settings_leads_to_the_retrospective(self, scene: Scene) -> None:
        browser = client_of(scene.lin)
        answer = browser.post(f"/projects/{scene.project.pk}/archive/")
        assert (answer.status_code, answer.url) == (302, page(scene.project))
        assert not Project.objects.get(pk=scene.project.pk).is_archived
        assert "retrospective is closed, or waived" in text(browser.get(page(scene.project)))

    def test_the_finished_question_leads_there(self, scene: Scene) -> None:
        browser, url = client_of(scene.lin), f"/projects/{scene.project.pk}/"
        assert "Finish and look back" in text(browser.get(url))
        answer = browser.post(f"{url}finish/")
        assert (answer.status_code, answer.url) == (302, page(scene.project))
        shown = text(browser.get(url))
        assert page(scene.project) in shown
        assert f"{url}archive/" not in shown
        close_retrospective(scene.project, actor=scene.lin, now=timezone.now())
        assert f"{url}archive/" in text(browser.get(url))

    def test_settings_say_what_archiving_means(self, scene: Scene) -> None:
        url = f"/projects/{scene.project.pk}/edit/"
        assert "its retrospective is closed first" in text(client_of(scene.lin).get(url))
        Task.objects.filter(pk=scene.photos.pk).update(completed_at=None)
        assert "counts as called off" in text(client_of(scene.lin).get(url))


class TestClosing:
    def test_figures_are_kept_as_they_were(self, scene: Scene) -> None:
        now = at(3, 20)
        live = figures_of(scene.project, now=now)
        close_retrospective(scene.project, actor=scene.lin, now=now)
        Task.objects.filter(pk=scene.sample.pk).update(title="Something else", completed_at=at(4, 20))
        found = Retrospective.objects.get()
        assert (found.figures, found.state, found.settled_by) == (live, "closed", scene.lin)
        assert "Get the sample" in text(client_of(scene.lin).get(page(scene.project)))
        close_retrospective(scene.project, actor=scene.maya, now=at(3, 25))
        assert Retrospective.objects.get().settled_by == scene.lin

    def test_opened_again_they_live(self, scene: Scene) -> None:
        close_retrospective(scene.project, actor=scene.lin, now=at(3, 20))
        assert client_of(scene.lin).post(page(scene.project, "reopen/")).status_code == 302
        assert (Retrospective.objects.get().figures, Retrospective.objects.get().state) == ({}, "open")

    def test_a_waiver_wants_a_reason(self, scene: Scene) -> None:
        browser = client_of(scene.lin)
        answer = browser.post(page(scene.project, "waive/"), {"because": "   "})
        assert (answer.status_code, "Say why" in text(answer)) == (422, True)
        assert browser.post(page(scene.project, "waive/"), {"because": "A  trial\nrun"}).status_code == 302
        found = Retrospective.objects.get()
        assert (found.state, found.waived_because) == ("waived", "A trial run")
        assert "A trial run" in text(browser.get(page(scene.project)))

    def test_each_leaves_a_trace(self, scene: Scene) -> None:
        waive_retrospective(scene.project, because="A trial run", actor=scene.lin, now=at(3, 20))
        reopen_retrospective(scene.project, actor=scene.lin, now=at(3, 20))
        close_retrospective(scene.project, actor=scene.lin, now=at(3, 20))
        verbs = Activity.objects.filter(verb__startswith="retrospective").order_by("pk").values_list("verb", flat=True)
        assert list(verbs) == ["retrospective waived", "retrospective reopened", "retrospective closed"]
        shown = text(client_of(scene.lin).get(f"/projects/{scene.project.pk}/activity/"))
        assert "waived the retrospective: A trial run" in shown

    def test_who_does_not_run_the_project_may_not(self, scene: Scene) -> None:
        for name in ("close/", "waive/", "reopen/"):
            assert client_of(scene.maya).post(page(scene.project, name), {"because": "No"}).status_code == 403


def test_an_archived_one_is_read_and_not_written(scene: Scene) -> None:
    close_retrospective(scene.project, actor=scene.lin, now=at(3, 20))
    archive_project(scene.project, actor=scene.lin, now=at(3, 21))
    browser = client_of(make_member("admin"))
    assert browser.get(page(scene.project)).status_code == 200
    assert browser.post(page(scene.project, "reopen/")).status_code == 403
