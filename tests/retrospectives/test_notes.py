"""Keep, change, try: everybody's own words, and none of them lost."""

from threading import Barrier, Thread
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from linkstar.retrospectives.actions.retrospectives import (
    IsSettled,
    NoteChanged,
    TooManyNotes,
    add_note,
    close_retrospective,
    edit_note,
)
from linkstar.retrospectives.models import Note, Retrospective
from projects.models import Task
from tests.factories import client_of, make_member, make_project, make_task
from tests.pages import HTMX, text
from tests.retrospectives.conftest import Scene, at


def note(scene: Scene, words: str = "Ask the mould maker first", author: Any = None) -> Note:
    return add_note(
        scene.project, kind="keep", text=words, task=scene.sample, author=author or scene.maya, now=at(3, 17)
    )


@pytest.mark.django_db
class TestNotes:
    def test_what_was_typed_into_a_deleted_note_is_not_lost(self, scene: Scene) -> None:
        found, client = note(scene), client_of(scene.maya)
        url = f"/retrospective-notes/{found.pk}/edit/"
        given = {"kind": "keep", "text": "In better words", "task": scene.sample.pk, "version": 1}
        page = client.get(url).content.decode()
        assert f'name="project" value="{scene.project.pk}"' in page
        found.delete()
        answer = client.post(url, {**given, "project": scene.project.pk})
        assert answer.status_code == 422
        assert "In better words" in text(answer)
        assert client.post(url, given).status_code == 404

    def test_anybody_in_the_team_writes(self, scene: Scene) -> None:
        url = f"/projects/{scene.project.pk}/retrospective/notes/add/"
        note(scene, author=scene.lin)
        given = {"kind": "try", "text": "Book the boat earlier", "task": scene.photos.pk}
        answer = client_of(scene.maya).post(url, given, **HTMX)
        assert answer.status_code == 200
        # What others wrote meanwhile is there, too.
        assert "Ask the mould maker first" in text(answer)
        assert list(Note.objects.order_by("pk").values_list("kind", "text", "author", "task")) == [
            ("keep", "Ask the mould maker first", scene.lin.pk, scene.sample.pk),
            ("try", "Book the boat earlier", scene.maya.pk, scene.photos.pk),
        ]

    def test_what_is_wrong_is_said_and_the_words_stay(self, scene: Scene) -> None:
        url = f"/projects/{scene.project.pk}/retrospective/notes/add/"
        elsewhere = make_task(make_project(scene.lin, name="Another"))
        for given in ({"kind": "try", "text": ""}, {"kind": "try", "text": "Words", "task": elsewhere.pk}):
            answer = client_of(scene.maya).post(url, given, **HTMX)
            assert answer.status_code == 422
            assert str(given["text"]) in text(answer)
            assert 'role="alert"' in text(answer)
        assert not Note.objects.exists()

    def test_closed_meanwhile_the_words_are_still_there(self, scene: Scene) -> None:
        close_retrospective(scene.project, actor=scene.lin, now=at(3, 17))
        with pytest.raises(IsSettled):
            note(scene)

    def test_a_retrospective_holds_so_many(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("linkstar.retrospectives.actions.retrospectives.MOST_NOTES", 1)
        note(scene)
        with pytest.raises(TooManyNotes):
            note(scene)

    def test_its_author_edits_it(self, scene: Scene) -> None:
        found = note(scene)
        url = f"/retrospective-notes/{found.pk}/edit/"
        given = {"kind": "change", "text": "Ask him by phone", "version": 1}
        assert client_of(scene.lin).post(url, given).status_code == 403
        assert client_of(scene.maya).post(url, given).status_code == 302
        found.refresh_from_db()
        assert (found.kind, found.text, found.task, found.version) == ("change", "Ask him by phone", None, 2)

    def test_a_stale_edit_shows_both(self, scene: Scene) -> None:
        found = note(scene)
        edit_note(found, version=1, kind="keep", text="The first window", task=None, now=at(3, 18))
        with pytest.raises(NoteChanged):
            edit_note(found, version=1, kind="keep", text="The other window", task=None, now=at(3, 18))
        given = {"kind": "keep", "text": "The other window", "version": 1}
        answer = client_of(scene.maya).post(f"/retrospective-notes/{found.pk}/edit/", given)
        assert answer.status_code == 422
        assert "The first window" in text(answer)
        assert "The other window" in text(answer)
        assert 'name="version" value="2"' in text(answer)
        assert Note.objects.get().text == "The first window"

    def test_who_runs_the_project_may_delete_it(self, scene: Scene) -> None:
        url = f"/retrospective-notes/{note(scene).pk}/delete/"
        assert client_of(make_member()).post(url).status_code == 403
        assert client_of(scene.lin).post(url).status_code == 302
        assert not Note.objects.exists()

    def test_a_finance_task_is_not_named_to_who_may_not_see_it(self, scene: Scene) -> None:
        note(scene)
        Task.objects.filter(pk=scene.sample.pk).update(sensitivity="finance", may_be_shared=False, owner=scene.lin)
        shown = text(client_of(make_member()).get(f"/projects/{scene.project.pk}/retrospective/"))
        assert "Ask the mould maker first" in shown
        assert "Get the sample" not in shown


@pytest.mark.django_db(transaction=True, available_apps=settings.INSTALLED_APPS)
def test_two_first_notes_at_once_are_both_there(live_workspace: Any, owner: Any) -> None:
    project = make_project(owner)
    barrier = Barrier(2)

    def write(words: str) -> None:
        connection.set_tenant(live_workspace)
        barrier.wait()
        try:
            add_note(project, kind="keep", text=words, task=None, author=owner, now=timezone.now())
        finally:
            connection.close()

    writers = [Thread(target=write, args=[words]) for words in ("One", "Other")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(Note.objects.values_list("text", flat=True)) == ["One", "Other"]
    assert Retrospective.objects.count() == 1
