"""Real PostgreSQL and Valkey, the public schema and two workspaces, once a run (style.md, Tests)."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# A busy machine draws slowly and a run must not depend on chance: the same examples each time, however long they take.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The public schema is migrated by now; lay the two workspaces of every test."""
    from tests.seed import lay_workspaces

    with django_db_blocker.unblock():
        lay_workspaces()


_left_dirty = pytest.StashKey[bool]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test that commits leaves nothing behind: the two workspaces are put back before the next one begins."""
    if item.config.stash.get(_left_dirty, False):
        from pytest_django.plugin import blocking_manager_key

        from tests.seed import put_back

        with item.config.stash[blocking_manager_key].unblock():
            put_back()
        item.config.stash[_left_dirty] = False
    marker = item.get_closest_marker("django_db")
    if (marker and marker.kwargs.get("transaction")) or "live_workspace" in getattr(item, "fixturenames", ()):
        item.config.stash[_left_dirty] = True


@pytest.fixture(autouse=True)
def _inside_acme(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests with a database run inside the workspace `acme`; `other` is there to prove that nothing leaks."""
    if not request.node.get_closest_marker("django_db") and "db" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("_django_db_helper")
    from django.core.cache import caches
    from django.db import connection

    from linkstar.workspaces.hosts import forget_hosts
    from linkstar.workspaces.models import Workspace

    for cache in caches.all(initialized_only=True):
        cache.clear()
    forget_hosts()
    connection.set_schema_to_public()
    connection.set_tenant(Workspace.objects.get(slug="acme"))
    yield
    connection.set_schema_to_public()


@pytest.fixture
def live_workspace(transactional_db: None, _inside_acme: None) -> Any:
    """The workspace `acme` for tests that commit: races, browsers. What they leave is wiped before the next test."""
    from linkstar.workspaces.models import Workspace

    return Workspace.objects.get(slug="acme")


@pytest.fixture
def acme(_inside_acme: None) -> Any:
    from linkstar.workspaces.models import Workspace

    return Workspace.objects.get(slug="acme")


@pytest.fixture
def other(_inside_acme: None) -> Any:
    """The workspace next door."""
    from linkstar.workspaces.models import Workspace

    return Workspace.objects.get(slug="other")


@pytest.fixture
def owner(_inside_acme: None) -> Any:
    """The owner of acme: Lin Yue, in Shenzhen, reading Chinese."""
    from linkstar.members.models import Member

    return Member.objects.get(role="owner")
