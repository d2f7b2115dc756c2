"""check_isolation says yes of the product as it is, leaves nothing, and says no as soon as one wall is taken down."""

from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django_tenants.utils import tenant_context

from linkstar.accounts.models import User
from linkstar.members.models import Member
from linkstar.operations.isolation import MARK, SLUGS, Pair, check, laid_out
from linkstar.workspaces import jobs
from linkstar.workspaces.models import Letter, Workspace
from linkstar.workspaces.provisioning import create_workspace
from linkstar.workspaces.slugs import SlugRefused
from projects.models import FileVersion
from tests.factories import make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair() -> Iterator[Pair]:
    before = connection.tenant
    with laid_out() as pair:
        yield pair
    connection.set_tenant(before)


def wrong(pair: Pair) -> list[str]:
    """The names of the checks that found something."""
    return [name for name, found in check(pair).items() if found]


def test_a_customer_who_took_the_address_of_the_check_keeps_their_workspace() -> None:
    connection.set_schema_to_public()
    owner = User.objects.create_user("owner@firm.test", "x")
    create_workspace(name="Firm", slug=SLUGS[0], owner=owner, time_zone="UTC", language="en", now=timezone.now())
    with pytest.raises(SlugRefused), laid_out():
        pass
    assert Workspace.objects.filter(slug=SLUGS[0]).exists()


def test_two_workspaces_do_not_reach_each_other_and_the_check_leaves_nothing() -> None:
    out = StringIO()

    call_command("check_isolation", stdout=out)

    told = dict(line.split(": ", 1) for line in out.getvalue().splitlines())
    assert len(told) >= 8
    assert set(told.values()) == {"ok"}
    connection.set_schema_to_public()
    assert not Workspace.objects.filter(slug__in=SLUGS).exists()
    assert not User.objects.filter(email__contains="isolation-check").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'ws\\_isolation%%'")
        assert cursor.fetchone() == (0,)


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def link_schemas(pair: Pair, _patch: pytest.MonkeyPatch) -> None:
    there = pair.a.schema_name
    _execute(f"CREATE TABLE {pair.b.schema_name}.leak (id bigint REFERENCES {there}.projects_project (id))")


def add_trigger(pair: Pair, _patch: pytest.MonkeyPatch) -> None:
    name = pair.b.schema_name
    _execute(f"CREATE FUNCTION {name}.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
    _execute(f"CREATE TRIGGER late AFTER INSERT ON {name}.projects_project EXECUTE FUNCTION {name}.nothing()")


def share_cache_keys(_pair: Pair, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        cache._connections[cache._alias], "key_func", lambda key, prefix, version: f"{prefix}:{version}:{key}"
    )


def run_jobs_anywhere(pair: Pair, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(jobs, "_workspace", lambda _id: pair.a)


def answer_every_host(pair: Pair, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("linkstar.workspaces.middleware.workspace_on", lambda _host: pair.a)
    with tenant_context(pair.a):
        Member.objects.create(user=pair.stranger, display_name="x", email="x@x.test", role="owner")


def write_next_door(pair: Pair, _patch: pytest.MonkeyPatch) -> None:
    with tenant_context(pair.b):
        make_project(Member.objects.get(), name=MARK)


def move_file(pair: Pair, _patch: pytest.MonkeyPatch) -> None:
    with tenant_context(pair.a):
        version = FileVersion.objects.get()
        default_storage.delete(version.key)
        FileVersion.objects.filter(pk=version.pk).update(key=f"{pair.b.pk}/00/0")


def misfile_letter(pair: Pair, _patch: pytest.MonkeyPatch) -> None:
    Letter.objects.create(
        workspace=pair.b,
        key="x",
        to="x@x.test",
        name="notice",
        language="en",
        context={"task": MARK},
        send_at=timezone.now(),
    )


BREACHES: dict[str, Callable[[Pair, pytest.MonkeyPatch], Any]] = {
    "foreign keys": link_schemas,
    "triggers": add_trigger,
    "cache": share_cache_keys,
    "queue": run_jobs_anywhere,
    "pages": answer_every_host,
    "tables": write_next_door,
    "files": move_file,
    "due rows and letters": misfile_letter,
}


@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_is_found(pair: Pair, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert wrong(pair) == []

    BREACHES[name](pair, monkeypatch)

    assert name in wrong(pair)


def test_the_command_fails_on_a_breach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkstar.operations.isolation.links_out_of_schemas", lambda: ["a -> b"])
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("check_isolation", stdout=out)

    assert "foreign keys: a -> b" in out.getvalue()
