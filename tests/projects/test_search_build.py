"""Building the index gives way to people at work: it never makes them wait long, and never writes over their words."""

from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from linkstar.workspaces.models import DueItem
from projects.actions.edits import edit_text
from projects.actions.search_build import BUILD, Busy, build_batch, build_on
from projects.models import SearchEntry, Task
from projects.search import search
from tests.factories import make_project, make_task
from tests.races import RACE, meanwhile


@RACE
def test_a_batch_gives_way_to_an_edit_and_finds_its_words_afterwards(live_workspace: Any, owner: Any) -> None:
    task = make_task(make_project(owner), "Old words")
    SearchEntry.objects.all().delete()
    holds, may_end = Event(), Event()

    def edit() -> None:
        with transaction.atomic():
            edit_text(Task.objects.select_related("project").get(pk=task.pk), "title", "New words", was=None,
                      actor=owner, now=timezone.now())  # fmt: skip
            holds.set()
            assert may_end.wait(60)

    editing = meanwhile(edit)
    assert holds.wait(60)
    try:
        with pytest.raises(Busy):
            build_batch(0)
        build_on(0, now=timezone.now())
        assert DueItem.objects.filter(kind=BUILD).count() == 1
    finally:
        may_end.set()
    editing.result(60)
    assert build_batch(0) == task.pk
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() != ("200ms",)
    found = [hit.text for hit in search(owner, "new words", now=timezone.now()).hits]
    assert (found, search(owner, "old", now=timezone.now()).hits) == (["New words"], [])
