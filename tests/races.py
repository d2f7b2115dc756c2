"""Acts that happen at the same moment, each on a connection of its own: for tests that commit."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

RACE = pytest.mark.django_db(transaction=True, available_apps=settings.INSTALLED_APPS)


def at_once(*acts: Callable[[], Any], expected: type[Exception] | tuple[type[Exception], ...] = ()) -> list[Any]:
    """Run the acts together, each inside the caller's workspace; what each returned, in the order of the acts.

    An error of an `expected` kind stands in the place of the result; any other is raised here once all have ended.
    """
    workspace, start = connection.tenant, Barrier(len(acts))
    with ThreadPoolExecutor(len(acts)) as pool:
        running = [pool.submit(_act, act, workspace, start) for act in acts]
    return [_outcome(done, expected) for done in running]


def meanwhile(act: Callable[[], Any]) -> Future[Any]:
    """`act` has begun inside the caller's workspace, and come as far as the locks of others let it, when this returns.

    `result(10)` of what is returned waits for its end, and raises what it raised.
    """
    pool = ThreadPoolExecutor(1)
    running = pool.submit(_act, act, connection.tenant, Barrier(1))
    pool.shutdown(wait=False)
    wait([running], timeout=0.7)
    return running


def _act(act: Callable[[], Any], workspace: Any, start: Barrier) -> Any:
    connection.set_tenant(workspace)
    try:
        # Connecting takes longer than most acts: whoever came first would be done before the others begin.
        connection.ensure_connection()
        start.wait(timeout=30)
        return act()
    finally:
        connection.close()


def _outcome(done: Future[Any], expected: type[Exception] | tuple[type[Exception], ...]) -> Any:
    try:
        return done.result()
    except expected as error:
        return error
