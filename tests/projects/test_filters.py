"""What an address may ask for: any text is read, written back the same, and turned into a statement that runs."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db.models import Q
from django.http import QueryDict
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from linkstar.lib.deadlines import Deadline
from projects.filters import TaskFilter, due_days
from projects.models import Label, Project, Task
from tests.factories import make_column, make_member, make_project, make_task

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)  # a Tuesday: 17:00 in Shanghai, 01:00 in Los Angeles
ZONE = "Asia/Shanghai"
KEYS = [
    "q", "owner", "helper", "label", "priority", "status", "column", "channel", "milestone", "due", "draft", "overdue",
    "archived", "f1", "f7", "f99999999999", "f١", "sort", "",
]  # fmt: skip
VALUES = [
    "me", "none", "1", "2", "0", "-1", "999999999", "9999999999", "٣", "²", "todo", "done", "amazon_us", "today",
    "week", "next7", "2026-11-24", "2026-02-30", "2026-11-24..", "..2026-11-24", "..", "0001-01-01..9999-12-31",
    "2100-12-31", "2026-11-30..2026-11-01", "#3", "#999999999", "100%_\\", "\x00", "\ud800", "主图", "",
]  # fmt: skip
addresses = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(VALUES) | st.text(max_size=20)), max_size=12)


def read(*pairs: tuple[str, str]) -> TaskFilter:
    query = QueryDict(mutable=True)
    for key, value in pairs:
        query.appendlist(key, value)
    return TaskFilter.read(query)


def titles(query: str, *, me: int | None = None, now: datetime = NOW) -> list[str]:
    wanted = TaskFilter.read(QueryDict(query))
    found = Task.objects.filter(wanted.condition(now=now, zone=ZONE, me=me)).order_by("pk")
    return list(found.values_list("title", flat=True))


class TestAddress:
    @given(addresses)
    @example([("f1", "a"), ("f1", "a"), ("f1", "b")])
    def test_what_is_read_is_written_and_read_again_the_same(self, pairs: list[tuple[str, str]]) -> None:
        wanted = read(*pairs)
        assert TaskFilter.read(QueryDict(wanted.query)) == wanted
        assert wanted.is_on == bool(wanted.query)

    @pytest.mark.django_db
    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(addresses)
    def test_any_address_runs(self, owner: Any, pairs: list[tuple[str, str]]) -> None:
        list(Task.objects.filter(read(*pairs).condition(now=NOW, zone=ZONE, me=owner.pk)).values("pk"))

    def test_more_values_than_anybody_means_are_cut_off(self) -> None:
        wanted = read(*(("label", str(pk)) for pk in range(1000)), *((f"f{pk}", "x") for pk in range(1000)))
        assert (len(wanted.labels), len(wanted.fields)) == (50, 20)

    def test_junk_is_no_filter(self) -> None:
        assert not read(("owner", "x"), ("label", "9999999999"), ("draft", "2"), ("due", "2026-02-30")).is_on


@pytest.mark.parametrize(
    ("due", "first", "last"),
    [
        ("today", "2026-11-24", "2026-11-24"),
        ("week", "2026-11-23", "2026-11-29"),
        ("next7", "2026-11-24", "2026-11-30"),
        ("2026-12-01", "2026-12-01", "2026-12-01"),
        ("2026-12-01..2026-12-03", "2026-12-01", "2026-12-03"),
        ("2026-12-01..", "2026-12-01", None),
        ("..2026-12-03", None, "2026-12-03"),
        ("none", None, None),
        ("", None, None),
    ],
)
def test_days_that_are_asked_for(due: str, first: str | None, last: str | None) -> None:
    days = due_days(due, today=date(2026, 11, 24))
    assert tuple(day and day.isoformat() for day in days) == (first, last)


@pytest.mark.django_db
class TestFinds:
    @pytest.fixture
    def project(self, owner: Any) -> Project:
        return make_project(owner, channel="amazon_us")

    def test_by_people(self, owner: Any, project: Project) -> None:
        wei, maya = make_member(display_name="Wei"), make_member(display_name="Maya")
        make_task(project, "nobody's")
        make_task(project, "mine", owner=owner)
        make_task(project, "wei's", owner=wei).helpers.add(maya)
        assert titles("owner=me", me=owner.pk) == ["mine"]
        assert titles("owner=me") == []
        assert titles(f"owner=none&owner={wei.pk}") == ["nobody's", "wei's"]
        assert titles(f"helper={maya.pk}") == ["wei's"]
        assert titles("helper=none") == ["nobody's", "mine"]
        assert titles(f"owner=me&helper={maya.pk}", me=owner.pk) == []

    def test_by_what_a_task_is(self, owner: Any, project: Project) -> None:
        ads, photo = (Label.objects.create(name=name, tint=1) for name in ("Ads", "Photo"))
        doing = make_column(project, "doing")
        make_task(project, "ads", priority=4).labels.add(ads, photo)
        make_task(project, "photo", is_milestone=True).labels.add(photo)
        make_task(project, "started", column_id=doing.pk)
        make_task(make_project(owner), "elsewhere")
        assert titles(f"label={ads.pk}&label={photo.pk}") == ["ads", "photo"]
        assert titles("priority=3&priority=4") == ["ads"]
        assert titles("milestone=1") == ["photo"]
        assert titles("milestone=0&q=A") == ["ads", "started"]
        assert titles("status=doing") == ["started"]
        assert titles(f"column={doing.pk}") == ["started"]
        assert titles("channel=none") == ["elsewhere"]
        assert titles("channel=none&channel=amazon_us&q=%232") == ["photo"]

    def test_days_are_the_readers(self, project: Project) -> None:
        def due(on: str, at: time | None, zone: str = "America/Los_Angeles") -> Deadline:
            return Deadline(date.fromisoformat(on), at, zone)

        make_task(project, "no day")
        # The evening of the 23rd in Los Angeles is already the afternoon of the 24th in Shanghai.
        make_task(project, "this afternoon", deadline=due("2026-11-23", None))
        make_task(project, "tomorrow", deadline=due("2026-11-24", time(9)))
        make_task(project, "sunday", deadline=due("2026-11-29", None, ZONE))
        make_task(project, "next monday", deadline=due("2026-11-30", time(0), ZONE))
        assert titles("due=today") == ["this afternoon"]
        assert titles("due=week") == ["this afternoon", "tomorrow", "sunday"]
        assert titles("due=next7") == ["this afternoon", "tomorrow", "sunday", "next monday"]
        assert titles("due=none") == ["no day"]
        assert titles("due=2026-11-25..2026-11-29") == ["tomorrow", "sunday"]
        assert titles("due=2026-11-30..") == ["next monday"]
        assert titles("overdue=1", now=NOW - timedelta(hours=2)) == []
        assert titles("overdue=1") == ["this afternoon"]

    def test_a_custom_field_asks_only_what_it_is_known_to_ask(self, project: Project) -> None:
        make_task(project, "a")
        make_task(project, "b")
        wanted = TaskFilter.read(QueryDict("f5=a&f6=gone"))
        condition = wanted.condition(now=NOW, zone=ZONE, fields={5: lambda values: Q(title__in=values)})
        assert [task.title for task in Task.objects.filter(condition)] == ["a"]
