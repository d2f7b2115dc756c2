"""What a project is heading for: the state and its reason, what would mend it, who is told, and who may read what."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from linkstar.calendars.models import Leave
from linkstar.lib.deadlines import Deadline
from linkstar.workspaces import due
from linkstar.workspaces.models import DueItem, Letter, Role
from notifications.kinds import kind_of
from notifications.models import Notification
from projects.actions.forecasting import KIND, SWEEP, forecast_project
from projects.actions.projects import archive_project
from projects.cards import Reader
from projects.forecasts.facts import lengths_of
from projects.forecasts.shown import ShownForecast, show
from projects.models import Dependency, Forecast, Project, Task
from tests.factories import client_of, make_column, make_member, make_project, make_task

SHANGHAI = "Asia/Shanghai"
# A Monday of five working days in China; nothing is off until the Dragon Boat Festival in June.
NOW = datetime(2026, 5, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def on(day: int, month: int = 5, at: time | None = None) -> Deadline:
    return Deadline(date(2026, month, day), at, SHANGHAI)


@pytest.fixture
def lin(_inside_acme: None) -> Any:
    return make_member(display_name="林悦", language="zh-hans", time_zone=SHANGHAI)


@pytest.fixture
def project(lin: Any) -> Project:
    return make_project(lin, name="Summer sale", time_zone=SHANGHAI, now=NOW)


def add(project: Project, title: str, days: int, due_on: int, *after: Task, **values: Any) -> Task:
    """A task of so many working days that ends on a day of May."""
    values = {"owner": project.owner, "calendar": "cn", "duration_days": days, "now": NOW, **values}
    task = make_task(project, title, deadline=on(due_on), **values)
    for other in after:
        Dependency.objects.create(blocker=other, blocked=task)
    return task


def sale(project: Project, due_on: int, *after: Task) -> Task:
    return add(project, "Sale opens", 0, due_on, *after, is_fixed=True, duration_days=None)


def reader(member: Any, language: str = "en") -> Reader:
    return Reader(member, SHANGHAI, language, NOW)


def read(forecast: Forecast, member: Any, language: str = "en") -> ShownForecast:
    with override(language):
        return show(forecast, reader(member, language))


@pytest.mark.django_db
class TestState:
    def test_green_with_days_to_spare(self, project: Project) -> None:
        photos = add(project, "Shoot photos", 2, 12)
        sale(project, 29, photos)
        found = forecast_project(project, now=NOW)
        assert (found.state, found.data["cause"], found.data["left"]) == ("green", "fine", 2)
        # Photos take Monday and Tuesday; thirteen working days are left until the end of Friday the 29th.
        assert found.data["days"] == 13
        assert read(found, project.owner).sentence == "13 working days to spare before “Sale opens” on Fri 29 May."
        assert found.data["mends"] == []

    def test_amber_when_little_is_left(self, project: Project) -> None:
        photos = add(project, "Shoot photos", 4, 14)
        sale(project, 14, photos)
        found = forecast_project(project, now=NOW)
        assert (found.state, found.data["cause"], found.data["days"]) == ("amber", "tight", 0)
        assert read(found, project.owner).sentence == "No working day to spare before “Sale opens” on Thu 14 May."

    def test_amber_when_it_is_missed_as_planned_only(self, project: Project) -> None:
        photos = add(project, "Shoot photos", 2, 22, start_on=date(2026, 5, 21))
        sale(project, 20, photos)
        found = forecast_project(project, now=NOW)
        assert (found.state, found.data["cause"], found.data["days"]) == ("amber", "plan", -2)
        assert found.data["mends"][0] == {"kind": "start", "task": photos.pk, "on": "2026-05-19", "days": 0}
        shown = read(found, project.owner)
        assert shown.sentence.startswith("As planned, “Sale opens” on Wed 20 May is missed by 2 working days.")
        assert shown.mends[0].text == "Begin “Shoot photos” by Tue 19 May."

    def test_red_when_it_is_not_to_be_reached(self, project: Project) -> None:
        photos = add(project, "Shoot photos", 6, 13)
        copy = add(project, "Write copy", 4, 14, photos, owner=make_member(display_name="Diego"))
        sale(project, 15, copy)
        found = forecast_project(project, now=NOW)
        assert (found.state, found.data["cause"], found.data["days"]) == ("red", "short", -5)
        assert found.data["chain"] == [photos.pk, copy.pk]
        assert found.data["left"] == 10
        kinds = {mend["kind"]: mend for mend in found.data["mends"]}
        assert [mend["kind"] for mend in found.data["mends"]] == ["parallel", "shorten"]
        assert (kinds["parallel"]["days"], kinds["shorten"]["days"]) == (4, 3)
        shown = read(found, project.owner, "en")
        assert shown.sentence == (
            "“Sale opens” on Fri 15 May is missed by 5 working days, even if everything on the way begins at once."
        )
        assert [(line.text, line.gain) for line in shown.mends] == [
            ("Do “Write copy” alongside “Shoot photos” instead of after it.", "−4 working days"),
            ("Shorten “Shoot photos” from 6 to 3 working days, with help or less of it.", "−3 working days"),
        ]

    def test_red_when_the_date_has_passed(self, project: Project) -> None:
        sale(project, 8)
        found = forecast_project(project, now=NOW)
        assert (found.state, found.data["cause"]) == ("red", "passed")
        assert read(found, project.owner).sentence == "“Sale opens” was due Fri 8 May and is not done."

    def test_what_is_late_is_not_finished_in_the_past(self, project: Project) -> None:
        """Two days of photos should have been done on Friday; begun now they end on Tuesday."""
        photos = add(project, "Shoot photos", 2, 8, start_on=date(2026, 5, 7))
        sale(project, 12, photos)
        found = forecast_project(project, now=NOW)
        assert (found.state, found.data["days"]) == ("amber", 0)
        assert [signal["kind"] for signal in found.data["signals"]] == ["overdue"]

    def test_nothing_to_work_towards(self, project: Project) -> None:
        make_task(project, "Think", now=NOW)
        found = forecast_project(project, now=NOW)
        assert (found.state, found.data) == ("none", {"cause": "nothing"})

    def test_without_a_fixed_date_the_last_deadline_counts(self, project: Project) -> None:
        add(project, "Photos", 2, 12)
        last = add(project, "Report", 1, 20)
        assert forecast_project(project, now=NOW).data["task"] == last.pk

    def test_what_is_left_after_a_date_reached_early_is_not_green_while_it_is_late(self, project: Project) -> None:
        goal = sale(project, 29)
        Task.objects.filter(pk=goal.pk).update(completed_at=NOW - DAY)
        settle = add(project, "Settle", 2, 8, goal)
        report = add(project, "Report", 1, 29)
        found = forecast_project(project, now=NOW)
        assert (found.state, found.data["cause"], found.data["task"]) == ("amber", "left over", settle.pk)
        shown = read(found, project.owner)
        assert shown.sentence == "“Settle” was due Fri 8 May and is not done."
        assert [(line.task, line.state) for line in shown.targets] == [(settle.pk, "amber"), (report.pk, "green")]
        with override("en"):
            told = Notification.objects.get(kind="forecast_amber")
            assert (
                kind_of(told.kind).words(told.data) == "“Summer sale” is at risk: work that is due 2026-05-08 is late"
            )

    def test_what_leads_to_no_fixed_date_is_doubtful_when_its_own_cannot_be_kept(self, project: Project) -> None:
        sale(project, 29, add(project, "Shoot photos", 2, 12))
        add(project, "Train support", 6, 14)
        found = forecast_project(project, now=NOW)
        assert (found.state, found.data["cause"], found.data["days"]) == ("amber", "left short", -2)
        shown = read(found, project.owner)
        assert shown.sentence == (
            "“Train support” on Thu 14 May is missed by 2 working days, even if everything on the way begins at once."
        )
        assert [line.text for line in shown.mends] == [
            "Shorten “Train support” from 6 to 3 working days, with help or less of it."
        ]

    def test_what_is_on_the_way_over_a_family_is_judged_by_the_date_it_leads_to(self, project: Project) -> None:
        whole = add(project, "Launch kit", 1, 20, duration_days=None)
        add(project, "Photos", 2, 8, parent_id=whole.pk)
        sale(project, 29, whole)
        found = forecast_project(project, now=NOW)
        assert (found.state, len(found.data["targets"])) == ("green", 1)

    def test_a_circle_is_said(self, project: Project) -> None:
        photos = add(project, "Photos", 2, 12)
        copy = add(project, "Copy", 2, 13, photos)
        Dependency.objects.create(blocker=copy, blocked=photos)
        found = forecast_project(project, now=NOW)
        assert (found.state, found.data["cause"]) == ("none", "circle")
        assert "circle" in read(found, project.owner).sentence


@pytest.mark.django_db
class TestSignals:
    def test_leave_makes_a_near_date_doubtful_and_a_colleague_mends_it(self, project: Project) -> None:
        maya = make_member(display_name="Maya", time_zone=SHANGHAI)
        photos = add(project, "Shoot photos", 2, 13, owner=maya, calendar="")
        sale(project, 15, photos)
        Leave.objects.create(member=maya, first_on=date(2026, 5, 11), last_on=date(2026, 5, 14), created_by=maya)
        found = forecast_project(project, now=NOW)
        assert found.state == "red"
        shown = read(found, project.owner)
        assert [line.text for line in shown.signals if line.kind == "leave"] == []
        assert [(mend.kind, mend.gain) for mend in shown.mends] == [
            ("colleague", "−4 working days"),
            ("shorten", "−1 working day"),
        ]
        assert shown.mends[0].text == "Give “Shoot photos” to somebody who is at work while Maya is away."

    def test_the_colleague_is_named_who_does_such_work_and_has_room(self, project: Project) -> None:
        maya = make_member(display_name="Maya", time_zone=SHANGHAI)
        busy, free, away, other = (make_member(display_name=name) for name in ("Busy", "Free", "Away", "Other"))
        photos = add(project, "Shoot photos", 2, 13, owner=maya, calendar="", sop_role="designer")
        sale(project, 15, photos)
        for person in (maya, away):
            Leave.objects.create(member=person, first_on=date(2026, 5, 11), last_on=date(2026, 5, 14), created_by=maya)
        elsewhere = make_project(project.owner, name="Before", now=NOW)
        for person in (busy, free, away):
            done = add(elsewhere, "Photos", 2, 8, owner=person, sop_role="designer")
            Task.objects.filter(pk=done.pk).update(completed_at=NOW - DAY)
        add(elsewhere, "More photos", 2, 12, owner=busy, sop_role="designer")
        add(elsewhere, "Copy", 2, 12, owner=other, sop_role="writer")
        mend = read(forecast_project(project, now=NOW), project.owner).mends[0]
        assert (mend.kind, mend.text) == (
            "colleague", "Give “Shoot photos” to Free, who does such work and has room, while Maya is away."
        )  # fmt: skip
        add(elsewhere, "Even more photos", 3, 13, owner=free)
        mend = read(forecast_project(project, now=NOW), project.owner).mends[0]
        assert mend.text == "Give “Shoot photos” to somebody who is at work while Maya is away."

    def test_a_faster_way_is_proposed_with_what_it_brings_and_costs(self, project: Project) -> None:
        ship = add(project, "Ship", 22, 29, faster_days=6, faster_note="by air, about ¥38 more per kg")
        sale(project, 29, ship)
        found = forecast_project(project, now=NOW)
        assert found.state == "red"
        shown = read(found, project.owner)
        assert [(mend.text, mend.gain) for mend in shown.mends if mend.kind == "faster"] == [
            (
                "Do “Ship” the faster way, in 6 instead of 22 working days: by air, about ¥38 more per kg.",
                "−16 working days",
            )
        ]
        Task.objects.filter(pk=ship.pk).update(sensitivity="finance")
        plain = make_member(display_name="Plain", time_zone=SHANGHAI)
        assert "¥38" not in " ".join(mend.text for mend in read(found, plain).mends)

    def test_leave_within_the_work(self, project: Project) -> None:
        maya = make_member(display_name="Maya", time_zone=SHANGHAI)
        photos = add(project, "Shoot photos", 3, 13, owner=maya, calendar="")
        sale(project, 18, photos)
        Leave.objects.create(member=maya, first_on=date(2026, 5, 12), last_on=date(2026, 5, 12), created_by=maya)
        found = forecast_project(project, now=NOW)
        assert (found.state, found.data["cause"]) == ("amber", "stuck")
        text = "Maya is on leave on Tue 12 May, while “Shoot photos” is to be done."
        assert read(found, project.owner).signals[0].text == text
        assert read(found, project.owner).sentence == f"On the way to “Sale opens” on Mon 18 May: {text}"

    def test_nobody_answers_for_it_and_silence(self, project: Project) -> None:
        photos = add(project, "Shoot photos", 1, 13, owner=None)
        copy = add(project, "Write copy", 1, 13, now=NOW - 9 * DAY)
        Task.objects.filter(pk=copy.pk).update(
            column=make_column(project, "doing"), updated_at=NOW - 9 * DAY, start_on=date(2026, 5, 11)
        )
        sale(project, 29, photos, copy)
        found = forecast_project(project, now=NOW)
        assert found.state == "green"
        assert [line.text for line in read(found, project.owner).signals] == [
            "Nobody answers for “Shoot photos”, which comes up soon.",
            "“Write copy” is being worked on, but nothing has changed in it for 9 days.",
        ]

    def test_a_holiday_within_the_work_is_told_once_in_both_languages(self, project: Project) -> None:
        now = datetime(2026, 9, 28, 1, tzinfo=UTC)
        first = add(project, "Produce", 6, 12)
        Task.objects.filter(pk=first.pk).update(due_on=date(2026, 10, 12), due_at=on(12, 10).instant)
        goal = sale(project, 29, first)
        Task.objects.filter(pk=goal.pk).update(due_on=date(2026, 10, 30), due_at=on(30, 10).instant)
        found = forecast_project(project, now=now)
        signals = [signal for signal in found.data["signals"] if signal["kind"] == "holiday"]
        assert [(signal["task"], signal["zh"]) for signal in signals] == [(first.pk, "国庆节")]
        assert "国庆节" in read(found, project.owner, "zh-hans").signals[0].text

    def test_goods_that_missed_the_warehouse(self, lin: Any) -> None:
        project = make_project(lin, name="Prime Day", channel="amazon_us", time_zone=SHANGHAI, now=NOW)
        now = datetime(2026, 6, 10, tzinfo=UTC)
        ship = add(project, "Ship to FBA", 2, 12, sop_role="logistics")
        Task.objects.filter(pk=ship.pk).update(due_on=date(2026, 5, 20), due_at=on(20).instant)
        goal = sale(project, 29, ship)
        Task.objects.filter(pk=goal.pk).update(due_on=date(2026, 6, 23), due_at=on(23, 6).instant)
        found = forecast_project(project, now=now)
        assert {signal["kind"] for signal in found.data["signals"]} == {"overdue", "cutoff"}


@pytest.mark.django_db
class TestHistory:
    def finished(self, project: Project, days: list[int]) -> None:
        for number, count in enumerate(days):
            task = add(project, f"Photos {number}", 2, 8, sop_step="photos", start_on=date(2026, 3, 2))
            done = datetime(2026, 3, 2, 9, tzinfo=UTC) + (count - 1) * DAY
            Task.objects.filter(pk=task.pk).update(completed_at=done)

    def test_without_history_it_says_so(self, project: Project, lin: Any) -> None:
        self.finished(make_project(lin, name="Before", time_zone=SHANGHAI, now=NOW), [2, 2, 2])
        sale(project, 29, add(project, "Shoot photos", 2, 12, sop_step="photos"))
        found = forecast_project(project, now=NOW)
        assert found.data["odds"] is None
        page = client_of(lin).get(f"/projects/{project.pk}/forecast/")
        assert page.status_code == 200

    def test_lengths_are_the_workspaces_own(self, project: Project, lin: Any) -> None:
        self.finished(make_project(lin, name="Before", time_zone=SHANGHAI, now=NOW), [2, 3, 4, 5])
        assert lengths_of(["photos", "other"]) == {"photos": [5, 4, 3, 2]}
        photos = add(project, "Shoot photos", 2, 12, sop_step="photos")
        sale(project, 13, photos)
        first, second = forecast_project(project, now=NOW), forecast_project(project, now=NOW)
        odds = first.data["odds"]
        assert odds == second.data["odds"]
        assert (odds["known"], odds["of"], odds["cases"]) == (1, 2, 4)
        # Two, three, four or five days from Monday, each as likely: the second is Wednesday, the last Friday.
        assert [line.on for line in read(first, lin).odds[1:]] == ["Fri 15 May", "Fri 15 May"]
        assert [line.is_late for line in read(first, lin).odds[1:]] == [True, True]
        assert 40 <= odds["in_time"] <= 60


@pytest.mark.django_db
class TestTelling:
    def told(self) -> list[tuple[str, str]]:
        rows = Notification.objects.filter(kind__startswith="forecast").order_by("pk")
        return list(rows.values_list("kind", "member__display_name"))

    def test_amber_tells_the_owner_once_and_red_the_admins_too(self, project: Project, owner: Any) -> None:
        boss = make_member(display_name="Boss", role=Role.ADMIN)
        photos = add(project, "Shoot photos", 4, 14)
        goal = sale(project, 14, photos)
        for hours in range(3):
            forecast_project(project, now=NOW + timedelta(minutes=hours))
        assert self.told() == [("forecast_amber", "林悦")]
        assert Letter.objects.filter(key__startswith="forecast").count() == 0
        Task.objects.filter(pk=goal.pk).update(due_on=date(2026, 5, 12), due_at=on(12).instant)
        for hours in range(3):
            forecast_project(project, now=NOW + DAY / 24 + timedelta(minutes=hours))
        new = self.told()[1:]
        assert {name for _kind, name in new} == {"林悦", boss.display_name, owner.display_name}
        assert {kind for kind, _name in new} == {"forecast_red"}
        assert len(new) == 3
        Task.objects.filter(pk=goal.pk).update(due_on=date(2026, 6, 12), due_at=on(12, 6).instant)
        assert forecast_project(project, now=NOW + DAY / 12).state == "green"
        assert len(self.told()) == 4

    def test_the_notice_reads_in_both_languages_and_names_no_task(self, project: Project) -> None:
        sale(project, 14, add(project, "Shoot photos", 4, 14))
        forecast_project(project, now=NOW)
        notice = Notification.objects.get(kind="forecast_amber")
        words = kind_of(notice.kind)
        with override("en"):
            text = words.words(notice.data)
        assert text == "“Summer sale” is at risk: 0 working days to spare before 2026-05-14"
        assert "Sale opens" not in str(notice.data)

    def test_changes_are_looked_at_after_some_minutes_and_all_projects_each_day(self, project: Project) -> None:
        due.run_due(NOW + timedelta(minutes=4))
        assert Forecast.objects.get().computed_at == NOW + timedelta(minutes=4)
        sale(project, 29)
        # Somebody is still at it; a minute later nobody is.
        Project.objects.update(last_activity_at=NOW + timedelta(minutes=10))
        due.run_due(NOW + timedelta(minutes=10, seconds=20))
        assert Forecast.objects.get().state == "none"
        due.run_due(NOW + timedelta(minutes=14))
        assert Forecast.objects.get().state == "green"
        # Nothing changed: not again before tomorrow.
        due.run_due(NOW + timedelta(minutes=300))
        assert Forecast.objects.get().computed_at == NOW + timedelta(minutes=14)
        due.run_due(NOW + 2 * DAY)
        assert Forecast.objects.get().computed_at == NOW + 2 * DAY

    def test_an_archived_project_has_none(self, project: Project, lin: Any) -> None:
        forecast_project(project, now=NOW)
        archive_project(project, actor=lin, now=NOW)
        due.run_due(NOW + 2 * DAY)
        assert not Forecast.objects.exists()
        assert not DueItem.objects.filter(kind__in=[KIND, SWEEP]).exists()


@pytest.mark.django_db
class TestReading:
    def test_titles_that_one_may_not_see_are_not_told(self, project: Project, owner: Any) -> None:
        photos = add(project, "Margin of the sale", 6, 13, sensitivity="finance")
        goal = sale(project, 14, photos)
        Task.objects.filter(pk=goal.pk).update(sensitivity="finance", owner=owner)
        Task.objects.filter(pk=photos.pk).update(owner=owner)
        forecast_project(project, now=NOW)
        plain = make_member(display_name="Plain", time_zone=SHANGHAI)
        for path in (f"/projects/{project.pk}/forecast/", f"/projects/{project.pk}/"):
            page = client_of(plain).get(path).content.decode()
            assert "Margin of the sale" not in page
            assert "Sale opens" not in page
        assert "Margin of the sale" in client_of(owner).get(f"/projects/{project.pk}/forecast/").content.decode()

    def test_the_state_stands_on_the_overview_and_in_the_list_of_projects(self, project: Project, lin: Any) -> None:
        sale(project, 8)
        forecast_project(project, now=NOW)
        lin.language = "en"
        lin.save()
        browser = client_of(lin)
        for path in (f"/projects/{project.pk}/", "/projects/", f"/projects/{project.pk}/board/"):
            assert "risk--red" in browser.get(path).content.decode()

    @pytest.mark.parametrize("count", [1, 3])
    def test_statements(self, project: Project, lin: Any, count: int, django_assert_num_queries: Any) -> None:
        for number in range(count):
            sale(project, 8 + number, add(project, f"Photos {number}", 6, 8 + number, owner=None))
        forecast = forecast_project(project, now=NOW)
        with django_assert_num_queries(1):
            read(forecast, lin)

    @pytest.mark.parametrize("count", [1, 3])
    def test_statements_of_a_forecast(self, project: Project, count: int, django_assert_max_num_queries: Any) -> None:
        for number in range(count):
            sale(project, 28, add(project, f"Photos {number}", 2, 8 + number, sop_step=f"step{number}"))
        with django_assert_max_num_queries(16):
            forecast_project(project, now=NOW)
