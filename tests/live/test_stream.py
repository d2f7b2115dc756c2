"""The stream itself, over HTTP: who is let in, what arrives and when, what ends it."""

import http.client
import queue
import socket
import threading
import time
from contextlib import suppress
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from django_tenants.utils import tenant_context

from linkstar.live import app as live_app
from linkstar.members.actions.members import deactivate_member
from linkstar.members.models import Member
from linkstar.workspaces import live as bells
from notifications.actions.notify import notify
from projects.actions.edits import edit_text
from projects.actions.guests import remove_guest
from projects.actions.tasks import move_task
from projects.models import Project, ProjectAccess
from tests.factories import client_of, make_column, make_member, make_project, make_task
from tests.live.conftest import Live
from tests.races import RACE

pytestmark = RACE


class Ear:
    """A browser's side of a stream."""

    def __init__(
        self,
        live: Live,
        who: Member | None,
        *projects: int,
        host: str = "acme.localhost",
        is_wide: bool = False,
        **headers: str,
    ) -> None:
        session = client_of(who).cookies[settings.SESSION_COOKIE_NAME].value if who else ""
        self.connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=15)
        query = "&".join([*(f"p={pk}" for pk in projects), *(["w=1"] if is_wide else [])])
        sent = {"Host": host, "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}", **headers}
        self.connection.request("GET", f"/live/?{query}", headers=sent)
        self.socket = self.connection.sock
        self.answer = self.connection.getresponse()
        self.status = self.answer.status
        self.events: queue.Queue[tuple[str, str] | None] = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        if self.status == 200:
            self.reader.start()
            assert self.next() == ("hello", "")

    def _read(self) -> None:
        name = ""
        try:
            while raw := self.answer.readline():
                line = raw.decode().rstrip("\n")
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data:"):
                    self.events.put((name, line.removeprefix("data:").strip()))
        except (OSError, ValueError, http.client.HTTPException):
            pass
        self.events.put(None)

    def next(self, *, seconds: float = 5) -> tuple[str, str] | None:
        """The next event; None is the end of the stream. Raises queue.Empty when none comes."""
        return self.events.get(timeout=seconds)

    def is_silent(self, *, seconds: float = 0.6) -> bool:
        try:
            self.events.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def close(self) -> None:
        """Shut first, so that whoever still reads from it hears of its end and lets it be closed."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        if self.reader.is_alive():
            self.reader.join(5)
        self.answer.close()
        self.connection.close()


@pytest.fixture
def project(live_workspace: Any) -> Project:
    return make_project(Member.objects.get(role="owner"))


def test_a_move_is_heard_well_within_two_seconds_by_those_on_the_board(live: Live, project: Project) -> None:
    task, colleague, elsewhere = make_task(project), make_member(), make_project(project.owner, name="Elsewhere")
    ear, other_board = Ear(live, colleague, project.pk), Ear(live, colleague, elsewhere.pk)
    begun = time.monotonic()
    move_task(task, column=make_column(project, "done"), before=None, actor=project.owner, now=timezone.now())

    assert ear.next() == ("change", f"project {project.pk}")
    assert time.monotonic() - begun < 1
    assert other_board.is_silent()


def test_one_transaction_rings_once_and_a_rolled_back_one_never(live: Live, project: Project) -> None:
    from django.db import transaction

    task, ear = make_task(project), Ear(live, project.owner, project.pk)
    with transaction.atomic():
        for number in range(5):
            edit_text(task, "title", f"Title {number}", was=None, actor=project.owner, now=timezone.now())
    assert ear.next() == ("change", f"project {project.pk}")
    with pytest.raises(RuntimeError), transaction.atomic():
        edit_text(task, "title", "Never", was=None, actor=project.owner, now=timezone.now())
        raise RuntimeError
    assert ear.is_silent()


def test_the_work_of_all_projects_is_heard_by_the_team_and_by_guests_of_theirs_alone(
    live: Live, project: Project
) -> None:
    guest, hidden = make_member("guest"), make_project(project.owner, name="Hidden")
    ProjectAccess.objects.create(project=project, member=guest, created_at=timezone.now())
    team, theirs, narrow = Ear(live, make_member(), is_wide=True), Ear(live, guest, is_wide=True), Ear(live, guest)
    make_task(hidden)
    assert (team.next(), theirs.is_silent()) == (("change", "work"), True)
    make_task(project)
    assert (team.next(), theirs.next()) == (("change", "work"), ("change", f"work {project.pk}"))
    assert narrow.is_silent()


def test_a_notice_rings_for_its_reader_alone(live: Live, project: Project) -> None:
    one, two = make_member(), make_member()
    hers, his = Ear(live, one), Ear(live, two)
    notify(
        [one], kind="commented", key="k", url="/", now=timezone.now(), actor=project.owner,
        data={"task": "t", "project": "p", "actor": "a", "excerpt": "e"},
    )  # fmt: skip
    assert (hers.next(), his.is_silent()) == (("change", "inbox"), True)


def test_the_workspace_next_door_is_never_heard(live: Live, project: Project, other: Any) -> None:
    ear = Ear(live, project.owner, project.pk)
    with tenant_context(other):
        owner = Member.objects.get(role="owner")
        theirs = make_project(owner)
        Project.objects.filter(pk=theirs.pk).update(name="Theirs")
        # The same number, next door.
        bells.publish([bells.project_bell(other.pk, project.pk), bells.access_bell(other.pk)])
        make_task(theirs)
    assert ear.is_silent()


def test_who_is_not_let_in(live: Live, project: Project, other: Any) -> None:
    guest, elsewhere, member = make_member("guest"), make_member("guest"), make_member()
    ProjectAccess.objects.create(project=project, member=guest, created_at=timezone.now())
    with tenant_context(other):
        neighbour = Member.objects.get(role="owner")
    gone = make_member()
    deactivate_member(gone, heir=None, actor=project.owner, now=timezone.now())
    own = "http://acme.localhost"
    knocks = {
        "guest": Ear(live, guest, project.pk),
        "guest elsewhere": Ear(live, elsewhere, project.pk),
        "stranger": Ear(live, None, project.pk),
        "neighbour": Ear(live, neighbour, project.pk),
        "former": Ear(live, gone),
        "no such project": Ear(live, member, 999_999),
        "no workspace": Ear(live, member, host="nobody.localhost"),
        "public site": Ear(live, member, host="localhost"),
        "own origin": Ear(live, member, Origin=own),
        "another workspace's page": Ear(live, member, Origin="http://other.localhost"),
        "another site": Ear(live, member, Origin="https://evil.test"),
        "another port": Ear(live, member, Origin=f"{own}:9"),
    }
    assert {name: ear.status for name, ear in knocks.items()} == {
        "guest": 200, "guest elsewhere": 404, "stranger": 401, "neighbour": 403, "former": 403, "no such project": 404,
        "no workspace": 404, "public site": 404, "own origin": 200, "another workspace's page": 403,
        "another site": 403, "another port": 403,
    }  # fmt: skip
    assert knocks["own origin"].answer.headers["Access-Control-Allow-Origin"] == own


@pytest.mark.parametrize("query", ["p=x", "p=-1", "p=1234567890", "&".join(f"p={n}" for n in range(1, 30))])
def test_what_no_page_of_ours_asks_is_refused(live: Live, query: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=5)
    connection.request("GET", f"/live/?{query}", headers={"Host": "acme.localhost"})
    assert connection.getresponse().status == 400


def test_a_stream_ends_when_access_is_taken(live: Live, project: Project) -> None:
    guest, member = make_member("guest"), make_member()
    key = ProjectAccess.objects.create(project=project, member=guest, created_at=timezone.now())
    hers, his, owners = (Ear(live, who, project.pk) for who in (guest, member, project.owner))
    remove_guest(key, actor=project.owner, now=timezone.now())
    # What happened on the board may ring first.
    heard = [hers.next(), hers.next()]
    assert ("bye", "access") in heard
    deactivate_member(member, heir=None, actor=project.owner, now=timezone.now())
    heard = [his.next()]
    while heard[-1] is not None:
        heard.append(his.next())
    assert heard[-2:] == [("bye", "access"), None]
    while not owners.is_silent():
        pass
    make_task(project)
    assert owners.next() == ("change", f"project {project.pk}")


def test_access_is_looked_at_again_by_itself(live: Live, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_app, "BEAT_SECONDS", 0.1)
    member = make_member()
    ear = Ear(live, member, project.pk)
    Member.objects.filter(pk=member.pk).update(is_active=False)
    assert ear.next() == ("bye", "access")


def test_stopping_ends_open_streams_at_once(live: Live, project: Project) -> None:
    ear, begun = Ear(live, project.owner, project.pk), time.monotonic()
    live.stop()
    assert (ear.next(), ear.next()) == (("bye", "restart"), None)
    assert time.monotonic() - begun < 5


def test_who_left_is_forgotten(live: Live, project: Project) -> None:
    ears = [Ear(live, project.owner, project.pk) for _ in range(3)]
    assert len(live.hub.listeners) == 3
    for ear in ears:
        ear.close()
    # The answer's file keeps the socket open until it is collected.
    del ears, ear
    make_task(project)
    Live.wait_for(lambda: not live.hub.listeners)


def test_a_dead_valkey_costs_a_change_nothing_but_its_bell(
    live_workspace: Any, project: Project, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(bells, "_client", None)
    monkeypatch.setattr(bells, "_rests_until", 0.0)
    begun = time.monotonic()
    tasks = [make_task(project, f"Task {number}") for number in range(3)]
    assert len(tasks) == 3
    assert time.monotonic() - begun < 2


def test_how_the_process_is(live: Live) -> None:
    for path, body in (("/live/healthz", b'"ok"'), ("/live/readyz", b'"ok"')):
        connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=5)
        connection.request("GET", path)
        answer = connection.getresponse()
        assert (answer.status, body in answer.read()) == (200, True)
