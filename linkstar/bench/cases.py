"""The rows of the table: what the product does, what the floor does, and the goal between them."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from threading import Lock
from typing import Any

from django.db import connection
from django_tenants.utils import tenant_context

from linkstar.accounts.models import User
from linkstar.bench.data import Data
from linkstar.bench.driver import Browser, Transport
from linkstar.bench.plans import bare_pass, lay_out, plan_all
from linkstar.lib import ranks
from linkstar.workspaces.provisioning import create_workspace
from linkstar.workspaces.recording import create_schema, migrate_and_record
from projects.models import Column, Project, Task

TIMES = 120
_NEXT = re.compile(r'hx-get="(/columns/\d+/cards/[^"]*)"')


@dataclass(frozen=True)
class Case:
    """`goal` is the most that median over median may be, `most_sql` the most statements; None: none is set."""

    name: str
    product: Callable[[], bytes]
    floor: Callable[[], Any]
    goal: float | None = None
    most_sql: int | None = None
    times: int = TIMES
    floor_times: int = TIMES
    warm_up: int = 5


class Bench:
    """Everything is ready: the browser is signed in, the floor's view answers, and positions to move to are known."""

    def __init__(self, data: Data, cookies: dict[str, str], *, product: Transport, plain: Transport) -> None:
        self.data, self.random = data, random.Random(7)  # noqa: S311 - the same run each time
        host = data.workspace.host
        self.browser, self.plain = Browser(product, host, cookies), Browser(plain, host)
        self.numbers, self.rank, self.ranking = count(100_000), "", Lock()
        with tenant_context(data.workspace):
            self.columns = self._columns(data.board_500)
            self.tasks = list(Task.objects.filter(project=data.board_500).values_list("pk", flat=True))
            self.side = self._columns(data.side)
            self.plain_project = Project.objects.get(name="Project 0").pk
            self.plain_columns = self._columns(self.plain_project)
            self.plain_tasks = list(Task.objects.filter(project=self.plain_project).values_list("pk", flat=True))
        # The first answer brings the CSRF cookie.
        self.browser.get(f"/projects/{data.board_500}/board/")

    @staticmethod
    def _columns(project: int) -> list[int]:
        open_columns = Column.objects.filter(board__project=project).exclude(status=Column.Status.DONE)
        return list(open_columns.order_by("position").values_list("pk", flat=True))

    def cases(self) -> list[Case]:
        data, get, plain = self.data, self.browser.get, self.plain.get
        small, large = f"/projects/{data.board_500}/board/", f"/projects/{data.board_5000}/board/"
        shops = ",".join(map(str, data.shops))
        task, found = f"/tasks/{data.task}/", "/search/?kind=tasks&q="
        return [
            Case("board, 500 open tasks", lambda: get(small), lambda: plain(f"/board/{data.board_500}/"), 0.6, 8),
            Case(
                "… with all its 500 cards", lambda: self.whole(small), lambda: plain(f"/board/{data.board_500}/"),
                times=20, floor_times=20,
            ),
            Case(
                "board, 5,000 open tasks", lambda: get(large), lambda: plain(f"/board/{data.board_5000}/"), 0.6, 8,
                times=100, floor_times=20, warm_up=2,
            ),
            Case(
                "list, 100 of 500 rows", lambda: get(f"/projects/{data.board_500}/list/"),
                lambda: plain(f"/list/{data.board_500}/"), 2, 10,
            ),
            Case(
                "Gantt, 500 tasks", lambda: get(f"/projects/{data.plan}/timeline/data/"),
                lambda: plain(f"/gantt/{data.plan}/"), 1.5, 14,
            ),
            Case("move a card", lambda: self.move(self.browser), lambda: self.plain_move(self.plain), 5, 10),
            Case("create a task", self.create, self.plain_create, 5, 12),
            Case("task sheet", lambda: get(task, htmx=True), lambda: plain(f"/task/{data.task}/"), 5, 12),
            Case("task as a page", lambda: get(task), lambda: plain(f"/task/{data.task}/"), None, 12),
            Case("search, 主图", lambda: get(f"{found}%E4%B8%BB%E5%9B%BE"), lambda: plain("/search/zh/"), 2, 12),
            Case("search, samples", lambda: get(f"{found}samples"), lambda: plain("/search/en/"), 2, 12),
            Case("My work, 40 projects", lambda: get("/"), lambda: plain(f"/work/{data.member}/"), 2, 12),
            Case("project list, 40", lambda: get("/projects/"), lambda: plain(f"/work/{data.member}/"), 1.5, 12),
            Case(
                "sales, 1,000,000 facts", lambda: get("/sales/"), lambda: plain(f"/sales/{shops}/"), 1.5, 12,
                times=40, floor_times=40,
            ),
            Case(
                "the same, shown in CNY", lambda: get("/sales/?show=CNY"), lambda: plain(f"/sales/{shops}/"), 1.5, 13,
                times=40, floor_times=40,
            ),
            Case(
                "plan 5,000 tasks, 8,000 links", plan_all(lay_out()),
                lambda: bare_pass(lay_out().items, lay_out().links), 8, times=30, floor_times=30,
            ),
            Case(
                "create a workspace", self.create_workspace, self.migrate_schema, 0.1, None,
                times=20, floor_times=3, warm_up=1,
            ),
        ]  # fmt: skip

    def crowded(self) -> dict[str, tuple[Callable[[Browser], Any], Callable[[Browser], Any]]]:
        """What many do at once: the product's side and the floor's."""
        data = self.data
        return {
            "board, 500 open tasks": (
                lambda browser: browser.get(f"/projects/{data.board_500}/board/"),
                lambda browser: browser.get(f"/board/{data.board_500}/"),
            ),
            "Gantt, 500 tasks": (
                lambda browser: browser.get(f"/projects/{data.plan}/timeline/data/"),
                lambda browser: browser.get(f"/gantt/{data.plan}/"),
            ),
            "move a card": (self.move, self.plain_move),
        }

    def whole(self, path: str) -> bytes:
        """The page, and what it fetches while somebody scrolls each column to its end."""
        content = self.browser.get(path)
        waiting = _NEXT.findall(content.decode())
        while waiting:
            more = self.browser.get(waiting.pop().replace("&amp;", "&"), htmx=True)
            waiting += _NEXT.findall(more.decode())
            content += more
        return content

    def move(self, browser: Browser) -> bytes:
        """Some card, above some other card or at the end of a column."""
        task, before = self.random.sample(self.tasks, 2)
        column = self.random.choice(self.columns)
        return browser.post(f"/tasks/{task}/move/", {"column": column, "before": before})

    def plain_move(self, browser: Browser) -> bytes:
        task, column = self.random.choice(self.plain_tasks), self.random.choice(self.plain_columns)
        return browser.post(f"/move/{task}/", {"column": column, "rank": self._rank(), "member": self.data.member})

    def create(self) -> bytes:
        number = next(self.numbers)
        return self.browser.post(f"/columns/{self.side[0]}/tasks/add/", {"titles": f"Order samples, {number}"})

    def plain_create(self) -> bytes:
        number = next(self.numbers)
        return self.plain.post(
            f"/create/{self.plain_project}/",
            {
                "column": self.plain_columns[0],
                "rank": self._rank(),
                "number": number,
                "title": f"Order samples, {number}",
                "member": self.data.member,
            },
        )

    def create_workspace(self) -> bytes:
        slug = f"new-{next(self.numbers)}"
        connection.set_schema_to_public()
        owner = User.objects.get(pk=self.data.user.pk)
        create_workspace(
            name=slug, slug=slug, owner=owner, time_zone="UTC", language="en", now=self.data.workspace.created_at
        )
        return b""

    def migrate_schema(self) -> None:
        connection.set_schema_to_public()
        name = f"ws_plain_{next(self.numbers)}"
        create_schema(name)
        migrate_and_record(name)

    def _rank(self) -> str:
        # After all ranks of the product, which begin with letters and digits below this.
        with self.ranking:
            self.rank = ranks.between(self.rank or "zz", None)
            return self.rank
