"""Lay the data out, time every case, print the table and write var/bench.json. Runs on a scratch database."""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import caches
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections

from linkstar.accounts.models import User
from linkstar.bench.cases import Bench, Case
from linkstar.bench.clients import CLIENTS, WORKERS, Crowd, crowds
from linkstar.bench.data import Data, lay_out
from linkstar.bench.driver import Browser, Transport, counted, gzip_size, in_process, interleave, over_http
from linkstar.bench.effects import measure_effects
from linkstar.bench.servers import serving
from linkstar.bench.streams import MOST_MIB, MOST_MS, measure_streams


def main() -> int:
    """0 also when a goal is missed: the table says so, and the machine may have been busy."""
    begun = time.monotonic()
    say("Each side is one gunicorn process; one client asks both over loopback HTTP, in turn.")
    say("Laying out a workspace with boards of 500 and 5,000 open tasks and a plan of 500 …")
    call_command("fleet_migrate", verbosity=0, stdout=sys.stderr)
    data = lay_out()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    session = sign_in(data.user)
    try:
        with serving("linkstar.wsgi:application") as product, serving("linkstar.bench.servers:floor()") as plain:
            cookies = {settings.SESSION_COOKIE_NAME: str(session.session_key)}
            bench = Bench(data, cookies, product=over_http(product), plain=over_http(plain))
            here = in_process(get_wsgi_application())
            cases = bench.cases()
            results = [measure(case, bench.browser, here) for case in cases]
        many = [*measure_crowds(bench)]
        streams = listen(data, str(session.session_key))
    finally:
        session.delete()
        caches["global"].delete("hosts-version")
        connections.close_all()
    figures = {"cases": results, "many": many, "live": streams, "effects": measure_effects(say)}
    path = Path(settings.VAR_DIR) / "bench.json"
    path.write_text(json.dumps({"seconds": time.monotonic() - begun, **figures}, indent=1))
    say(f"{time.monotonic() - begun:.0f} s; the figures are in {path}.")
    return 0


def measure_crowds(bench: Bench) -> Iterator[dict[str, Any]]:
    with (
        serving("linkstar.wsgi:application", workers=WORKERS) as product,
        serving("linkstar.bench.servers:floor()", workers=WORKERS) as plain,
    ):
        host, cookies = bench.browser.host, bench.browser.cookies
        people = [Browser(over_http(product), host, dict(cookies)) for _client in range(CLIENTS)]
        others = [Browser(over_http(plain), host) for _client in range(CLIENTS)]
        for name, (ask, ask_floor) in bench.crowded().items():
            # Each worker has answered once before the clock runs.
            for browser in people:
                ask(browser)
            ours, floor = crowds((ask, people), (ask_floor, others))
            say(f"{f'{CLIENTS} at once: {name}':32} LinkStar {_crowd(ours)}; floor {_crowd(floor)}")
            yield {"case": name, "product": asdict(ours), "floor": asdict(floor)}


def listen(data: Data, session: str) -> dict[str, Any]:
    """The open pages of the board of 500 tasks, on one live process."""
    found = measure_streams(
        host=data.workspace.host,
        cookie=f"{settings.SESSION_COOKIE_NAME}={session}",
        workspace=data.workspace.pk,
        project=data.board_500,
    )
    say(
        f"live, {found.streams} streams: {found.mib:.0f} MiB ({found.before_mib:.0f} without), a bell in"
        f" {found.median_ms:.0f} / {found.p95_ms:.0f} ms median / p95 (goals {MOST_MIB} MiB, {MOST_MS:.0f} ms)"
        f" {'met' if found.is_met else 'NOT MET'}"
    )
    return {**asdict(found), "met": found.is_met}


def sign_in(user: User) -> SessionBase:
    """A session as a sign-in makes it."""
    connection.set_schema_to_public()
    session: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session


def measure(case: Case, browser: Browser, here: Transport) -> dict[str, Any]:
    """Statements are counted over one request in this process, `here`; what is timed goes over HTTP.

    Over the second one: what a process reads once in a while is no part of a case.
    """
    served, browser.send = browser.send, here
    case.product()
    with counted() as statements:
        content = case.product()
    browser.send = served
    product, floor = interleave((case.product, case.times), (case.floor, case.floor_times), warm_up=case.warm_up)
    ratio = product.median / floor.median
    met = None if case.goal is None else ratio <= case.goal and len(statements) <= (case.most_sql or len(statements))
    row = {
        "case": case.name, "product": asdict(product), "floor": asdict(floor), "ratio": ratio, "goal": case.goal,
        "sql": len(statements), "most_sql": case.most_sql, "met": met, "bytes": len(content),
        "gzip": gzip_size(content),
        "statements": statements,
    }  # fmt: skip
    show(row, first=case.name.startswith("board, 500"))
    return row


def show(row: dict[str, Any], *, first: bool) -> None:
    if first:
        say(
            f"{'case':26} {'LinkStar ms':>16} {'floor ms':>16}"
            f" {'ratio':>6} {'goal':>5} {'SQL':>7} {'bytes':>8} {'gzip':>7}"
            "\n" + f"{'(times measured)':26} {'median / p95':>16} {'median / p95':>16}"
        )
    sql = f"{row['sql']}/{row['most_sql']}" if row["most_sql"] else str(row["sql"])
    verdict = {None: "", True: "met", False: "NOT MET"}[row["met"]]
    name = f"{row['case']} ({row['product']['times']})"
    goal = "" if row["goal"] is None else f"{row['goal']:g}"
    say(
        f"{name:32.32} {_ms(row['product']):>14} {_ms(row['floor']):>14} {row['ratio']:6.2f} {goal:>5} {sql:>7}"
        f" {row['bytes']:8,} {row['gzip']:7,} {verdict}"
    )


def _ms(timing: dict[str, float]) -> str:
    return f"{timing['median']:.1f} / {timing['p95']:.1f}"


def _crowd(crowd: Crowd) -> str:
    failed = f", {crowd.failed} FAILED" if crowd.failed else ""
    return f"{crowd.median:.0f} / {crowd.p95:.0f} ms, {crowd.a_second:.0f} a second of {crowd.answered}{failed}"


def say(text: str) -> None:
    print(text, flush=True)
