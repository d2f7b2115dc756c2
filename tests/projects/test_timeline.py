"""The timeline: what lies where on whose clock, in which order, who sees what of it, and how much is asked for it."""

import json
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from linkstar.lib.zones import get_zone
from projects.actions.forecasting import forecast_project
from projects.actions.slips import freeze_plan
from projects.actions.tasks import delete_task
from projects.arrangement import Arrangement
from projects.asking import as_asked
from projects.cards import Reader
from projects.filters import TaskFilter
from projects.models import Dependency, Project, ProjectAccess, SavedView, Task
from projects.pdf import can_print
from projects.timeline import read_timeline
from projects.timeline_axis import Axis, axis_of, day_number, end_place, start_place, wall_minutes, wall_time
from projects.timeline_print import PAPERS, Sheet, TooManySheets, sheets_of
from tests.factories import client_of, make_member, make_project, make_task
from tests.pages import HTMX, glyphs_of, text
from tests.projects.test_move import statements

pytestmark = pytest.mark.django_db
ANGELES, BEIJING, NEW_YORK = "America/Los_Angeles", "Asia/Shanghai", "America/New_York"
DAY = 1440


def due(on: str, at: str | None = None, zone: str = ANGELES) -> Deadline:
    return Deadline(date.fromisoformat(on), time.fromisoformat(at) if at else None, zone)


def told(client: Client, project: Project, query: str = "") -> dict[str, Any]:
    """What the chart reads, its rows by their fields."""
    answer = client.get(f"/projects/{project.pk}/timeline/data/{query}")
    assert answer.status_code == 200
    found = json.loads(answer.content)
    found["rows"] = [dict(zip(found["fields"], row, strict=True)) for row in found["rows"]]
    return dict(found)


def titles(client: Client, project: Project, query: str = "") -> list[str]:
    return [row["title"] for row in told(client, project, query)["rows"]]


def place(on: str, clock: str = "00:00") -> int:
    at = time.fromisoformat(clock)
    return day_number(date.fromisoformat(on)) * DAY + at.hour * 60 + at.minute


def asked(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(statements(captured))


class TestAxis:
    def test_a_deadline_lies_where_the_projects_clock_shows_it_and_a_day_at_its_end(self) -> None:
        assert end_place(due("2026-11-27", "23:59"), ANGELES) == place("2026-11-27", "23:59")
        assert end_place(due("2026-11-28", "15:59", BEIJING), ANGELES) == place("2026-11-27", "23:59")
        assert end_place(due("2026-11-27", None, BEIJING), ANGELES) == place("2026-11-28")
        assert start_place(date(2026, 11, 27), None, BEIJING, ANGELES) == place("2026-11-27")
        assert start_place(date(2026, 11, 28), time(9), BEIJING, ANGELES) == place("2026-11-27", "17:00")

    def test_days_stay_as_wide_where_clocks_change(self) -> None:
        before, after = due("2026-11-01", "00:30"), due("2026-11-01", "12:30")
        assert (after.instant - before.instant).total_seconds() == 13 * 3600
        assert end_place(after, ANGELES) - end_place(before, ANGELES) == 12 * 60  # type: ignore[operator]

    def test_its_offsets_name_the_minute_of_each_change(self) -> None:
        axis = Axis(date(2026, 1, 1), date(2026, 12, 31), ANGELES)
        spring = int(datetime(2026, 3, 8, 10, tzinfo=UTC).timestamp()) // 60
        autumn = int(datetime(2026, 11, 1, 9, tzinfo=UTC).timestamp()) // 60
        assert [(each.since, each.minutes, each.text) for each in axis.offsets()[1:]] == [
            (spring, -420, "UTC−7"), (autumn, -480, "UTC−8"),
        ]  # fmt: skip
        assert [each.minutes for each in axis.offsets(BEIJING)] == [480]

    def test_it_spans_what_is_dated_and_leaves_out_what_is_decades_off(self) -> None:
        today = date(2026, 11, 24)
        axis = axis_of([date(2026, 10, 10), date(2041, 1, 1)], today=today, zone=ANGELES)
        assert (axis.first, axis.last) == (date(2026, 9, 1), date(2027, 1, 8))
        far = axis_of([date(2041, 1, 1), date(2041, 2, 1)], today=today, zone=ANGELES)
        assert (far.first, far.last) == (date(2040, 12, 1), date(2041, 3, 18))

    def test_holidays_of_both_countries_and_working_weekends_are_named(self) -> None:
        axis = Axis(date(2026, 9, 20), date(2026, 11, 30), ANGELES)
        days = {(day.on, day.country): (day.name, day.is_work) for day in axis.off_days("en")}
        assert days[day_number(date(2026, 11, 26)), "us"] == ("Thanksgiving Day", False)
        assert days[day_number(date(2026, 10, 1)), "cn"][1] is False
        assert days[day_number(date(2026, 10, 10)), "cn"] == ("", True)

    def test_places_lead_back_to_wall_times(self) -> None:
        at = datetime(2026, 11, 28, 7, 59, tzinfo=UTC)
        assert wall_time(wall_minutes(at, ANGELES)) == datetime(2026, 11, 27, 23, 59)  # noqa: DTZ001 - a wall time


class TestRows:
    def test_they_stand_by_time_children_under_parents_and_undated_ones_last(self, owner: Any) -> None:
        project = make_project(owner)
        make_task(project, "undated")
        late = make_task(project, "late", deadline=due("2026-12-20"))
        make_task(project, "child", deadline=due("2026-12-01"), parent_id=late.pk)
        make_task(project, "early", deadline=due("2026-12-10"), start_on=date(2026, 12, 1))
        rows = told(client_of(owner), project)["rows"]
        assert [row["title"] for row in rows] == ["early", "late", "child", "undated"]
        assert [row["parent"] for row in rows] == [0, 0, late.pk, 0]
        assert [(row["start"], row["finish"]) for row in rows] == [
            (place("2026-12-01"), place("2026-12-11")), (None, place("2026-12-21")), (None, place("2026-12-02")),
            (None, None),
        ]  # fmt: skip

    def test_a_sort_and_a_filter_of_the_address_hold(self, owner: Any) -> None:
        project = make_project(owner)
        for title, day in (("b", "2026-12-01"), ("a", "2026-12-02"), ("c", "2026-12-03")):
            make_task(project, title, deadline=due(day))
        client = client_of(owner)
        assert titles(client, project) == ["b", "a", "c"]
        assert titles(client, project, "?sort=-title") == ["c", "b", "a"]
        assert titles(client, project, "?q=a") == ["a"]
        page = text(client.get(f"/projects/{project.pk}/timeline/?q=a&sort=title&zoom=week"))
        assert f'href="/projects/{project.pk}/board/?q=a&amp;sort=title"' in page
        assert '<input type="hidden" name="zoom" value="week">' in page

    def test_groups_stand_one_after_the_other_each_in_the_order_of_time(self) -> None:
        owner = make_member("owner", language="en", time_zone=ANGELES)
        project = make_project(owner)
        li = make_member("member", display_name="Li Na")
        late = make_task(project, "late", deadline=due("2026-12-20"), owner=li)
        make_task(project, "nobody's child", deadline=due("2026-12-01"), parent_id=late.pk)
        make_task(project, "her child", deadline=due("2026-12-02"), parent_id=late.pk, owner=li)
        make_task(project, "early", deadline=due("2026-12-10"), owner=li)
        client = client_of(owner)
        found = told(client, project, "?group=owner")
        assert found["heads"] == [["Li Na", 3], ["No owner", 1]]
        assert [(row["title"], row["group"], row["parent"]) for row in found["rows"]] == [
            ("early", 0, 0), ("late", 0, 0), ("her child", 0, late.pk), ("nobody's child", 1, 0),
        ]  # fmt: skip
        # Where its subtasks stand, it spans them.
        assert [row["title"] for row in found["rows"] if row["flags"] & found["flags"]["spans"]] == ["late"]
        assert told(client, project)["heads"] == []
        assert [name for name, _count in told(client, project, "?group=column")["heads"]] == [
            project.board.columns.get(position=0).name
        ]

    def test_the_list_has_the_same_groups_and_names_one_that_goes_on_once(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("projects.views.timeline.ROWS_PER_PAGE", 2)
        owner = make_member("owner", language="en", time_zone=ANGELES)
        project = make_project(owner)
        for number, priority in enumerate((4, 4, 4, 2)):
            make_task(project, f"task {number}", deadline=due(f"2035-12-0{number + 1}"), priority=priority)
        client = client_of(owner)
        heads = [
            re.findall(
                r'list__groupname">([^<]+)',
                text(client.get(f"/projects/{project.pk}/timeline/?group=priority&page={page}")),
            )
            for page in (1, 2)
        ]
        assert heads == [["Urgent"], ["Normal"]]

    def test_a_group_asked_for_here_goes_along_and_none_is_the_usual(self, owner: Any) -> None:
        project = make_project(owner)
        make_task(project)
        client = client_of(owner)
        plain = text(client.get(f"/projects/{project.pk}/timeline/"))
        assert '<option value="none" selected>' in plain
        assert f'href="/projects/{project.pk}/list/"' in plain
        asked_for = text(client.get(f"/projects/{project.pk}/timeline/?group=owner"))
        assert f'href="/projects/{project.pk}/list/?group=owner"' in asked_for
        kept = client.post(
            f"/projects/{project.pk}/views/add/?kind=timeline&query=group%3Dcolumn",
            {"name": "By column", "reach": "mine"},
        )
        assert kept.status_code == 302
        assert SavedView.objects.get().query == "group=column"

    def test_deadlines_are_told_on_both_clocks(self) -> None:
        maya = make_member("owner", language="en", time_zone=NEW_YORK)
        project = make_project(maya)
        make_task(project, deadline=due("2035-03-01", "23:59"))
        [row] = told(client_of(maya), project)["rows"]
        assert row["due_text"] == "Thu 1 Mar 2035, 23:59 PST (UTC−8)"
        assert row["you_text"] == "Fri 2 Mar 2035, 02:59 for you (UTC−5)"

    def test_a_task_is_only_told_to_who_sees_it_and_so_are_its_links(self, owner: Any) -> None:
        project = make_project(owner)
        open_one, secret, after = (make_task(project, title) for title in ("open", "secret deposit", "after"))
        Task.objects.filter(pk=secret.pk).update(sensitivity=Task.Sensitivity.FINANCE, may_be_shared=False)
        Dependency.objects.create(blocker=open_one, blocked=after)
        Dependency.objects.create(blocker=secret, blocked=after, kind="ss", lag_days=2)
        elsewhere = make_task(make_project(owner, name="Other"), "elsewhere")
        Dependency.objects.create(blocker=elsewhere, blocked=open_one)
        seen = told(client_of(owner), project)
        assert len(seen["rows"]) == 3
        assert [link[1:5] for link in seen["links"]] == [
            [open_one.pk, after.pk, "fs", 0], [secret.pk, after.pk, "ss", 2],
        ]  # fmt: skip
        member = client_of(make_member("member"))
        hidden = told(member, project)
        assert [link[1:3] for link in hidden["links"]] == [[open_one.pk, after.pk]]
        assert {row["title"]: row["waits"] for row in hidden["rows"]} == {
            "open": "elsewhere", "after": "open; A task you cannot see",
        }  # fmt: skip
        page = text(member.get(f"/projects/{project.pk}/timeline/"))
        assert "A task you cannot see" in page
        assert "secret" not in page

    def test_a_guest_is_told_no_slack_that_hangs_on_hidden_tasks(self, owner: Any) -> None:
        project, guest = make_project(owner), make_member("guest")
        ProjectAccess.objects.create(project=project, member=guest)
        shared = {"visibility": Task.Visibility.SHARED}
        apart = make_task(project, "apart", start_on=date(2035, 3, 1), deadline=due("2035-03-02"), **shared)
        before = make_task(project, "before", start_on=date(2035, 3, 1), deadline=due("2035-03-02"), **shared)
        secret = make_task(project, "secret", start_on=date(2035, 3, 5), deadline=due("2035-03-08"))
        after = make_task(project, "after", start_on=date(2035, 3, 9), deadline=due("2035-03-12"), **shared)
        end = make_task(project, "end", start_on=date(2035, 3, 20), deadline=due("2035-03-30"), **shared)
        Dependency.objects.create(blocker=before, blocked=secret)
        Dependency.objects.create(blocker=secret, blocked=after)

        def slacks(member: Any) -> dict[str, tuple[Any, Any, bool]]:
            found = told(client_of(member), project)
            critical = found["flags"]["critical"]
            return {row["title"]: (row["slack"], row["late"], bool(row["flags"] & critical)) for row in found["rows"]}

        true, seen = slacks(owner), slacks(guest)
        assert all(slack is not None for slack, _late, _critical in true.values())
        assert true["end"][2] is True
        assert seen == {
            "apart": true["apart"], "end": true["end"], "before": (None, None, False), "after": (None, None, False),
        }  # fmt: skip
        # The whole project ends with something hidden: then all slack hangs on it.
        Task.objects.filter(pk=end.pk).update(visibility=Task.Visibility.INTERNAL)
        assert set(slacks(guest).values()) == {(None, None, False)}
        page = text(client_of(guest).get(f"/projects/{project.pk}/timeline/"))
        assert (apart.title in page, "working day" in page, "timeline__critical" in page) == (True, False, False)

    def test_a_guest_sees_what_is_shared_and_moves_nothing(self, owner: Any) -> None:
        project, guest = make_project(owner), make_member("guest")
        ProjectAccess.objects.create(project=project, member=guest)
        make_task(project, "shared", visibility=Task.Visibility.SHARED)
        make_task(project, "internal")
        seen = told(client_of(guest), project)
        assert ([row["title"] for row in seen["rows"]], seen["mayEdit"]) == (["shared"], False)


class TestCountries:
    def test_a_row_goes_by_its_calendar_its_owner_or_its_clock(self, owner: Any) -> None:
        project = make_project(owner)
        jay = make_member("member", time_zone=NEW_YORK)
        when = due("2035-12-01")
        make_task(project, "by calendar", deadline=when, owner=jay, calendar="cn")
        make_task(project, "by owner", deadline=when, owner=jay)
        make_task(project, "by clock", deadline=when)
        # Drawn on the project's clock its day may be another one: nothing is said of it.
        make_task(project, "elsewhere", deadline=due("2035-12-01", "09:00", BEIJING), calendar="cn")
        rows = told(client_of(owner), project)["rows"]
        assert {row["title"]: row["country"] for row in rows} == {
            "by calendar": "cn", "by owner": "us", "by clock": "us", "elsewhere": "",
        }  # fmt: skip


class TestAlarms:
    def test_what_the_forecast_warns_of_is_told_to_the_team(self) -> None:
        owner = make_member("owner", language="en", time_zone=ANGELES)
        project, guest = make_project(owner), make_member("guest")
        ProjectAccess.objects.create(project=project, member=guest)
        now = timezone.now()
        today = now.astimezone(get_zone(ANGELES)).date()
        shared = {"visibility": Task.Visibility.SHARED}
        soon = Deadline(today + timedelta(days=2), None, ANGELES)
        work = make_task(project, "Shoot photos", start_on=today + timedelta(days=1), duration_days=30, **shared)
        sale = make_task(project, "Sale opens", deadline=soon, is_fixed=True, is_milestone=True, owner=owner, **shared)
        Dependency.objects.create(blocker=work, blocked=sale)
        forecast_project(project, now=now)
        rows = {row["title"]: row for row in told(client_of(owner), project)["rows"]}
        assert (rows["Sale opens"]["alarm"], rows["Shoot photos"]["alarm"]) == ("red", "red")
        assert "On the way to a date in danger: “Sale opens”" in rows["Shoot photos"]["risk"]
        assert "Nobody answers for “Shoot photos”" in rows["Shoot photos"]["risk"]
        page = text(client_of(owner).get(f"/projects/{project.pk}/timeline/?view=list"))
        assert 'class="risk risk--red timeline__alarm">On the way to a date in danger' in page
        theirs = told(client_of(guest), project)["rows"]
        assert [(row["title"], row["alarm"], row["risk"]) for row in theirs] == [
            ("Shoot photos", "", ""), ("Sale opens", "amber", "Planned earlier than what it waits for allows"),
        ]  # fmt: skip


class TestTombstones:
    def test_deleted_tasks_of_the_plan_that_is_compared_stay_to_be_seen(self) -> None:
        owner = make_member("owner", language="en", time_zone=ANGELES)
        project, guest = make_project(owner), make_member("guest")
        ProjectAccess.objects.create(project=project, member=guest)
        kept, gone = (
            make_task(project, title, start_on=date(2035, 12, 1), deadline=due("2035-12-03"), visibility="shared")
            for title in ("Order samples", "Print flyers")
        )
        frozen = freeze_plan(project, "Kick-off", actor=owner, now=timezone.now())
        delete_task(gone, actor=owner, now=timezone.now())
        client, query = client_of(owner), f"?baseline={frozen.pk}"
        assert told(client, project)["tombs"] == []
        assert told(client, project, query)["tombs"] == [
            [
                gone.pk,
                "Print flyers",
                place("2035-12-01"),
                place("2035-12-04"),
                "Sat 1 Dec",
                "Mon 3 Dec 2035, end of day PST (UTC−8)",
            ],
        ]
        assert titles(client, project, query) == [kept.title]
        assert told(client, project, f"{query}&q=samples")["tombs"] == []
        page = text(client.get(f"/projects/{project.pk}/timeline/{query}&view=list"))
        assert "<s>Print flyers</s>" in page
        assert told(client_of(guest), project, query)["tombs"] == []
        assert "Print flyers" not in text(client_of(guest).get(f"/projects/{project.pk}/timeline/{query}"))


class TestPage:
    def test_it_is_a_list_before_any_script(self) -> None:
        owner = make_member("owner", language="en", time_zone=ANGELES)
        project = make_project(owner)
        make_task(project, "Order samples", deadline=due("2035-12-01"), start_on=date(2035, 11, 20))
        page = text(client_of(owner).get(f"/projects/{project.pk}/timeline/"))
        assert "Order samples</a>" in page
        assert "Sat 1 Dec 2035, end of day PST (UTC−8)" in page

    def test_the_list_alone_brings_no_chart(self, owner: Any) -> None:
        project = make_project(owner)
        client = client_of(owner)
        assert "dist/timeline.js" in text(client.get(f"/projects/{project.pk}/timeline/"))
        assert "dist/timeline.js" not in text(client.get(f"/projects/{project.pk}/timeline/?view=list"))

    def test_it_pages(self, owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("projects.views.timeline.ROWS_PER_PAGE", 2)
        project = make_project(owner)
        for number in range(3):
            make_task(project, f"task {number}", deadline=due(f"2035-12-0{number + 1}"))
        client = client_of(owner)
        first = text(client.get(f"/projects/{project.pk}/timeline/"))
        assert ("task 1" in first, "task 2" in first) == (True, False)
        assert f"/projects/{project.pk}/timeline/?page=2" in first
        rest = client.get(f"/projects/{project.pk}/timeline/?page=2", **HTMX, HTTP_HX_TARGET="timeline-more")
        assert ("task 1" in text(rest), "task 2" in text(rest)) == (False, True)

    @pytest.mark.parametrize("query", ["?zoom=decade&view=sphere&page=-3", "?page=99999999", "?sort=nothing"])
    def test_nonsense_in_the_address_is_the_usual(self, owner: Any, query: str) -> None:
        project = make_project(owner)
        make_task(project, "Order samples")
        assert "Order samples" in text(client_of(owner).get(f"/projects/{project.pk}/timeline/{query}"))

    def test_as_much_is_asked_of_the_database_for_one_task_as_for_three(self, owner: Any) -> None:
        project = make_project(owner)
        client = client_of(owner)
        paths = ("timeline/", "timeline/data/")
        for path in paths:  # what a process asks once
            client.get(f"/projects/{project.pk}/{path}")
        counts = []
        for number in range(3):
            make_task(project, f"task {number}", deadline=due("2035-12-01"), owner=owner)
            if number != 1:
                counts.append([asked(client, f"/projects/{project.pk}/{path}") for path in paths])
        assert counts[0] == counts[1]

    def test_what_the_browser_has_is_not_sent_again(self, owner: Any) -> None:
        project = make_project(owner)
        make_task(project)
        client, address = client_of(owner), f"/projects/{project.pk}/timeline/data/"
        etag = client.get(address)["ETag"]
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
        make_task(project, "another")
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 200

    def test_a_frozen_plan_is_told_beside_what_stands_now(self, owner: Any) -> None:
        project = make_project(owner)
        task = make_task(project, start_on=date(2026, 12, 1), deadline=due("2026-12-03"))
        frozen = freeze_plan(project, "Kick-off", actor=owner, now=timezone.now())
        client = client_of(owner)
        assert told(client, project)["bases"] == {}
        assert told(client, project, f"?baseline={frozen.pk}")["bases"] == {
            str(task.pk): [place("2026-12-01"), place("2026-12-04")]
        }
        assert told(client, project, "?baseline=99999")["bases"] == {}
        assert f"?baseline={frozen.pk}" in text(client.get(f"/projects/{project.pk}/timeline/"))


class TestPaper:
    def sheets(self, owner: Any, count: int, zoom: str, group: str = "none") -> list[Sheet]:
        project = make_project(owner)
        for number in range(count):
            make_task(project, f"第 {number} 项", deadline=due("2026-12-01"), start_on=date(2026, 11, 20))
        reader = Reader(owner, ANGELES, "en", datetime(2026, 11, 24, 9, tzinfo=UTC))
        drawn = read_timeline(project, as_asked(TaskFilter()), Arrangement(group=group), reader)
        return sheets_of(drawn, reader, PAPERS["a4"], zoom)

    def test_it_is_cut_by_rows_and_by_time_and_empty_sheets_are_left_out(self, owner: Any) -> None:
        assert [(sheet.number, len(sheet.lines)) for sheet in self.sheets(owner, 30, "week")] == [(1, 28), (2, 2)]
        [sheet] = self.sheets(owner, 1, "day")
        assert (sheet.first, sheet.lines[0].left, sheet.lines[0].width) == (date(2026, 11, 16), 14.4, 43.2)

    def test_a_group_that_goes_on_has_its_head_again(self, owner: Any) -> None:
        first, second = self.sheets(owner, 30, "week", "status")
        assert [line.title for line in (*first.lines[:2], *second.lines[:2])] == [
            "To do (30)", "第 0 项", "To do (30)", "第 27 项",
        ]  # fmt: skip
        assert (len(first.lines), len(second.lines)) == (28, 4)

    def test_too_many_sheets_are_refused(self, owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("projects.timeline_print.MOST_SHEETS", 1)
        with pytest.raises(TooManySheets):
            self.sheets(owner, 30, "week")

    @pytest.mark.skipif(not can_print(), reason="This machine has no Pango.")
    def test_a_pdf_has_chinese_glyphs_in_it(self, owner: Any) -> None:
        project = make_project(owner, name="Q4 黑五备战")
        make_task(project, "下达采购订单", deadline=due("2026-12-01"))
        answer = client_of(owner).get(f"/projects/{project.pk}/timeline/print/?zoom=week")
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        # Each embedded font maps its glyphs to characters.
        assert all(f"{ord(sign):04x}" in glyphs_of(answer.content) for sign in "黑五备战下达采购订单")
