"""Long timelines as files: asked for, drawn once, told of and fetched by one person, and gone after a day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage

from linkstar.lib.deadlines import Deadline
from linkstar.workspaces.models import DueItem
from notifications.models import Notification
from projects.actions.printouts import KEPT, MOST_WAITING, ask_for_printout, make_printout, remove_printout
from projects.models import Printout, Project, ProjectAccess
from projects.pdf import can_print
from tests.factories import client_of, make_member, make_project, make_task
from tests.pages import text

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not can_print(), reason="This machine has no Pango."),
]
NOW = datetime(2035, 3, 1, 9, tzinfo=UTC)


def asked(project: Project, actor: Any, html: str = "<p>黑五备战</p>") -> Printout:
    return ask_for_printout(project, html=html, sheets=31, actor=actor, now=NOW)


def test_it_is_drawn_once_and_told_to_the_one_who_asked(owner: Any, django_capture_on_commit_callbacks: Any) -> None:
    printout = asked(make_project(owner), owner)
    kept_html = printout.key
    with django_capture_on_commit_callbacks(execute=True):
        make_printout(printout, now=NOW)
        make_printout(printout, now=NOW)
    printout.refresh_from_db()
    assert (printout.ready_at, default_storage.exists(kept_html)) == (NOW, False)
    with default_storage.open(printout.key) as made:
        assert made.read(5) == b"%PDF-"
    [notice] = Notification.objects.all()
    assert (notice.member, notice.kind, notice.data["url"]) == (owner, "printout", f"/printouts/{printout.pk}/")
    assert DueItem.objects.get(kind="printout").run_at == NOW + KEPT


def test_only_that_person_gets_it_and_only_when_it_is_made(owner: Any) -> None:
    project, guest = make_project(owner), make_member("guest")
    given = ProjectAccess.objects.create(project=project, member=guest)
    printout = asked(project, guest)
    address, theirs = printout.get_absolute_url(), client_of(guest)
    assert theirs.get(address).status_code == 404
    make_printout(printout, now=NOW)
    answer = theirs.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment")
    assert client_of(owner).get(address).status_code == 404
    given.delete()
    assert theirs.get(address).status_code == 404


def test_it_is_gone_after_a_day_and_so_is_one_that_was_never_drawn(
    owner: Any, django_capture_on_commit_callbacks: Any
) -> None:
    made, never = (asked(make_project(owner), owner) for _ in range(2))
    later = NOW + timedelta(hours=1)
    with django_capture_on_commit_callbacks(execute=True):
        make_printout(made, now=later)
        remove_printout(made.pk, now=NOW + KEPT)
        remove_printout(never.pk, now=NOW + KEPT)
    made.refresh_from_db()
    assert list(Printout.objects.all()) == [made]
    assert DueItem.objects.get(kind="printout", object_id=made.pk).run_at == later + KEPT
    with django_capture_on_commit_callbacks(execute=True):
        remove_printout(made.pk, now=later + KEPT)
    assert not Printout.objects.exists()
    assert not default_storage.exists(made.key)


def test_a_long_timeline_is_offered_in_the_background(owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projects.timeline_print.AT_ONCE", 1)
    maya = make_member("owner", language="en")
    project = make_project(maya)
    for number in range(30):
        make_task(project, f"task {number}", deadline=Deadline(date(2035, 12, 1), None, project.time_zone))
    client, address = client_of(maya), f"/projects/{project.pk}/timeline/print/?zoom=week"
    page = text(client.get(address))
    assert "These are 2 sheets" in page
    assert f'action="{address}"' in page
    assert not Printout.objects.exists()
    for _ in range(MOST_WAITING):
        assert client.post(address).status_code == 302
    assert [printout.sheets for printout in Printout.objects.all()] == [2] * MOST_WAITING
    refused = client.post(address, follow=True)
    assert f"{MOST_WAITING} printouts are being made for you already" in text(refused)
    assert Printout.objects.count() == MOST_WAITING
    monkeypatch.setattr("projects.timeline_print.MOST_SHEETS", 1)
    assert "This would take 2 sheets; up to 1 are made" in text(client.get(address, follow=True))
