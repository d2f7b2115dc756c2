"""When somebody was at a task, how many working days that are, and what each day was forecast as."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.workdays import get_calendar
from linkstar.retrospectives.spans import (
    Days,
    Moved,
    Stretch,
    days_by_state,
    days_lost,
    merged,
    work_of,
    working_days_of,
)

US, CN = get_calendar("us"), get_calendar("cn")
LA = ZoneInfo("America/Los_Angeles")
MADE, READY = datetime(2026, 3, 1, 17, tzinfo=UTC), datetime(2026, 3, 3, 8, tzinfo=UTC)


def at(day: int, hour: int = 18) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def work(moves: list[tuple[datetime, str, str]], done: datetime | None, until: datetime | None = None) -> Any:
    return work_of(
        [Moved(*move) for move in moves],
        created_at=MADE,
        could_begin_at=READY,
        done_at=done,
        until=until or at(31),
    )


def test_from_taken_up_to_done() -> None:
    found = work([(at(4), "todo", "doing"), (at(10), "doing", "done")], at(10))
    assert (found.stretches, found.is_start_known, found.times_reopened) == (((at(4), at(10)),), True, 0)


def test_between_two_columns_of_work_nothing_ends() -> None:
    found = work([(at(4), "todo", "doing"), (at(6), "doing", "doing"), (at(10), "doing", "done")], at(10))
    assert found.stretches == ((at(4), at(10)),)


def test_done_in_one_step_it_counts_from_when_it_could_begin() -> None:
    found = work([(at(10), "todo", "done")], at(10))
    assert (found.stretches, found.is_start_known) == (((READY, at(10)),), False)
    early = work([(at(2), "todo", "done")], at(2))
    assert early.stretches == ((at(2), at(2)),)


def test_finished_without_a_trace() -> None:
    assert work([], at(10)).stretches == ((READY, at(10)),)
    assert work([(at(4), "todo", "doing")], at(10)).stretches == ((at(4), at(10)),)
    assert work([(at(4), "todo", "doing")], at(10)).is_start_known


def test_reopened_it_does_not_count_while_it_was_done() -> None:
    moves = [
        (at(4), "todo", "doing"),
        (at(5), "doing", "done"),
        (at(12), "done", "doing"),
        (at(13), "doing", "done"),
    ]
    found = work(moves, at(13))
    assert (found.stretches, found.times_reopened) == (((at(4), at(5)), (at(12), at(13))), 1)
    assert working_days_of(found.days(LA), US) == 4
    straight = [(at(4), "todo", "doing"), (at(5), "doing", "done"), (at(12), "done", "todo"), (at(13), "todo", "done")]
    assert work(straight, at(13)).stretches == found.stretches


def test_put_back_it_rests() -> None:
    moves = [(at(4), "todo", "doing"), (at(5), "doing", "todo"), (at(12), "todo", "done")]
    assert work(moves, at(12)).stretches == ((at(4), at(5)), (at(12), at(12)))


def test_made_in_a_column_of_work() -> None:
    found = work([(at(10), "doing", "done")], at(10))
    assert (found.stretches, found.is_start_known) == (((MADE, at(10)),), True)


def test_an_open_task_is_worked_at_until_now_or_not_at_all() -> None:
    assert work([(at(4), "todo", "doing")], None, until=at(9)).stretches == ((at(4), at(9)),)
    assert work([], None).stretches == ()
    assert working_days_of([], US) == 0


def test_what_comes_after_it_was_done_at_last_is_not_read() -> None:
    found = work([(at(4), "todo", "doing"), (at(10), "doing", "done"), (at(20), "done", "todo")], at(10))
    assert found.stretches == ((at(4), at(10)),)


def test_days_are_those_of_the_tasks_clock() -> None:
    # Three in the morning in London is the evening before in Los Angeles.
    late = datetime(2026, 3, 5, 3, tzinfo=UTC)
    found = work([(late, "todo", "doing"), (late + timedelta(hours=2), "doing", "done")], late + timedelta(hours=2))
    assert found.days(LA) == [Days(date(2026, 3, 4), date(2026, 3, 4))]


def test_work_on_a_weekend_alone_counts_as_a_day() -> None:
    assert working_days_of([Days(date(2026, 3, 7), date(2026, 3, 8))], US) == 1


def test_each_country_has_its_own_days() -> None:
    festival = [Days(date(2026, 2, 16), date(2026, 2, 23))]
    assert (working_days_of(festival, CN), working_days_of(festival, US)) == (1, 5)


FIRST = date(2026, 1, 1)
DAY = st.integers(0, 300).map(lambda number: FIRST + timedelta(days=number))
STRETCHES = st.lists(
    st.tuples(DAY, st.integers(0, 20)).map(lambda pair: Days(pair[0], pair[0] + timedelta(days=pair[1]))), max_size=8
)


@given(STRETCHES)
def test_each_day_counts_once(stretches: list[Days]) -> None:
    days = {
        each.first + timedelta(days=number) for each in stretches for number in range((each.last - each.first).days + 1)
    }
    whole = merged(stretches)
    assert sum((each.last - each.first).days + 1 for each in whole) == len(days)
    assert all(one.last + timedelta(days=1) < other.first for one, other in pairwise(whole))
    expected = sum(US.is_workday(day) for day in days)
    assert working_days_of(stretches, US) == (max(1, expected) if stretches else 0)


EVENT = st.tuples(st.integers(0, 2000), st.sampled_from(["todo", "doing", "done", ""]))


@given(st.lists(EVENT, max_size=12), st.integers(0, 2000), st.booleans())
def test_stretches_are_in_order_and_end_when_it_was_done(
    events: list[tuple[int, str]], end: int, is_done: bool
) -> None:
    """Whatever the traces say, also where a column is not known any more."""
    moves, status = [], "todo"
    for hours, after in sorted(events):
        moves.append((MADE + timedelta(hours=hours), status, after))
        status = after
    until = MADE + timedelta(hours=2000)
    found = work(moves, MADE + timedelta(hours=end) if is_done else None, until=until)
    for first, last in found.stretches:
        assert first <= last <= until
    if is_done:
        assert found.stretches
        assert found.stretches[-1][1] <= MADE + timedelta(hours=end)
        assert working_days_of(found.days(LA), US) >= 1


@given(DAY, DAY)
def test_days_lost_are_those_before_it_was_free(planned: date, free: date) -> None:
    lost = days_lost(planned, free, US)
    days = [planned + timedelta(days=number) for number in range(max(0, (free - planned).days))]
    assert lost == sum(US.is_workday(day) for day in days)


def test_a_day_is_called_by_its_worst_state() -> None:
    states = [Stretch("green", at(2, 20)), Stretch("red", at(4, 20)), Stretch("amber", at(5, 21))]
    found = days_by_state(states, until=at(6, 20), zone=LA)
    assert [found[date(2026, 3, day)] for day in (2, 3, 4, 5, 6)] == ["green", "green", "red", "red", "amber"]
    assert len(found) == 5
    assert days_by_state([], until=at(6), zone=LA) == {}


@given(st.lists(st.tuples(st.integers(0, 900), st.sampled_from(["red", "amber", "green", "none"])), min_size=1))
def test_no_day_between_is_left_out(given_states: list[tuple[int, str]]) -> None:
    states = [Stretch(state, MADE + timedelta(hours=hours)) for hours, state in sorted(given_states)]
    until = MADE + timedelta(hours=1000)
    found = sorted(days_by_state(states, until=until, zone=LA))
    assert found[0] == states[0].first.astimezone(LA).date()
    assert found[-1] == until.astimezone(LA).date()
    assert len(found) == (found[-1] - found[0]).days + 1
