"""Every address has a policy and a row; every row holds for everybody who may knock."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django_tenants.utils import tenant_context

from linkstar.accounts.models import User
from linkstar.members.models import Member
from tests.access.rows import AREAS, LOGIN, OK, PERSONAS, ROWS, Row
from tests.access.world import World, foreign_ids, lay_out
from tests.factories import client_of
from tests.factories.members import WorkspaceClient

CONFS = {False: settings.ROOT_URLCONF, True: settings.PUBLIC_SCHEMA_URLCONF}


def patterns(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        else:
            yield f"{space}{entry.name}", entry


def methods(view: Any) -> set[str]:
    """What the view's decorators let through, GET and POST only; {} when they do not say (allauth's own)."""
    while view is not None:
        names = dict(zip(view.__code__.co_freevars, view.__closure__ or (), strict=True))
        if "request_method_list" in names:
            return set(names["request_method_list"].cell_contents) & {"GET", "POST"}
        view = getattr(view, "__wrapped__", None)
    return set()


@pytest.mark.parametrize("is_public", [False, True], ids=["workspace", "public site"])
def test_every_view_has_a_policy(is_public: bool) -> None:
    found = list(patterns(get_resolver(CONFS[is_public])))

    assert len(found) > 20
    assert [name for name, entry in found if not getattr(entry.callback, "access_policy", "")] == []


@pytest.mark.parametrize("is_public", [False, True], ids=["workspace", "public site"])
def test_every_address_has_a_row_for_each_method(is_public: bool) -> None:
    has = {(row.name, row.method) for row in ROWS if row.is_public == is_public}
    wanted = {
        (name, method)
        for name, entry in patterns(get_resolver(CONFS[is_public]))
        for method in methods(entry.callback) or {"GET"}
    }

    assert sorted(wanted - has) == []
    assert sorted({name for name, _method in has} - {name for name, _method in wanted}) == []


class Doors:
    """Knocks on addresses as somebody, and puts everything back after each knock."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cookies = {name: client_of(user).cookies for name, user in world.people.items() if name in PERSONAS}

    def knock(self, row: Row, persona: str, ids: dict[str, Any]) -> Any:
        host = settings.BASE_DOMAIN if row.is_public else f"{connection.tenant.slug}.localhost"
        client = WorkspaceClient(raise_request_exception=False, HTTP_HOST=host)
        client.cookies = self.cookies[persona].__class__(self.cookies[persona].output(header="", sep=";"))
        at = [part[1:] if part.startswith("+") else ids[part] for part in row.at.split()]
        path = reverse(row.name, urlconf=CONFS[row.is_public], args=at)
        tenant = connection.tenant
        with transaction.atomic():
            answer = client.get(path) if row.post is None else client.post(path, self._data(row.post))
            if answer.streaming:
                list(answer.streaming_content)
            transaction.set_rollback(True)
        # The rollback took the search path back as well, which the connection does not know.
        connection.set_schema_to_public()
        connection.set_tenant(tenant)
        is_login = answer.status_code == 302 and answer.headers["Location"].startswith(reverse("account_login"))
        return LOGIN if is_login else answer.status_code

    def _data(self, post: dict[str, Any]) -> dict[str, Any]:
        return {key: self._value(value) for key, value in post.items()}

    def _value(self, value: Any) -> Any:
        if value == "$upload":
            return SimpleUploadedFile("new.txt", b"new bytes")
        if not value.startswith("$"):
            return value
        name, _, who = value[1:].partition(".")
        return self.world.members[who].pk if who else self.world.ids[name]


@pytest.fixture
def doors(db: None, owner: Member, caplog: pytest.LogCaptureFixture) -> Doors:
    # A thousand refusals are this test's trade; its report is the list of those that are wrong.
    caplog.set_level("CRITICAL", logger="django.request")
    world = lay_out(owner)
    world.people["neighbour"] = User.objects.get(email="olga@other.test")
    return Doors(world)


def told(row: Row, persona: str, expected: Any, found: Any) -> str:
    return f"{row.method} {row.name} ({row.at}) as {persona}: {found}, expected {expected}"


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.__name__.rpartition(".")[2])
def test_everybody_is_let_in_where_the_matrix_says(doors: Doors, area: ModuleType) -> None:
    wrong = []
    for row in area.ROWS:
        for persona in PERSONAS:
            expected = row.status if row.expected[persona] == OK else row.expected[persona]
            found = doors.knock(row, persona, doors.world.ids)
            if found != expected:
                wrong.append(told(row, persona, expected, found))

    assert not wrong, "\n".join(wrong)


def test_ids_of_another_workspace_are_unknown_here(doors: Doors, other: Any) -> None:
    with tenant_context(other):
        foreign_ids()
        there = lay_out(Member.objects.get(role="owner")).ids
    wrong = []
    for row in ROWS:
        # A word is nobody's id, and version 1 is version 1 everywhere.
        for part in [part for part in row.at.split() if not part.startswith("+") and part != "one"]:
            for persona in ("owner", "guest"):
                found = doors.knock(row, persona, {**doors.world.ids, part: there[part]})
                if found != row.unknown and not (persona == "guest" and row.expected["guest"] == found == 403):
                    wrong.append(told(row, persona, row.unknown, found))

    assert not wrong, "\n".join(wrong)


def test_a_fragment_for_somebody_whose_session_ended_is_a_401(doors: Doors) -> None:
    answer = client_of(None).get(reverse("projects:home", urlconf=CONFS[False]), HTTP_HX_REQUEST="true")

    assert (answer.status_code, answer.headers["HX-Trigger"]) == (401, "session-expired")
