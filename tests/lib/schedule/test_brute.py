"""The planner against one that only counts minutes, on random small networks."""

from hypothesis import given, settings
from hypothesis import strategies as st

from linkstar.lib.schedule import Item, Link, Schedule, WorkTime, schedule
from tests.lib.schedule import brute
from tests.lib.schedule.brute import Arrow, Open, Task

START, HORIZON = 300, 900


@st.composite
def calendars(draw: st.DrawFn) -> Open:
    """Open and closed stretches in turn, of which two in five minutes at least are open."""
    at, minutes = draw(st.integers(-5, 0)), set()
    pattern = draw(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 6)), min_size=1, max_size=5))
    while at < HORIZON:
        for open_for, closed_for in pattern:
            minutes |= set(range(at, at + open_for))
            at += open_for + closed_for
    return Open(minutes)


ALWAYS_OPEN = Open(range(-5, HORIZON))


@st.composite
def networks(draw: st.DrawFn, *, settled: bool = True) -> tuple[list[Task], list[Arrow]]:
    clocks = [ALWAYS_OPEN, *draw(st.lists(calendars(), min_size=1, max_size=2))]
    size = draw(st.integers(1, 6))
    near = st.integers(START - 12, START + 40)
    tasks = []
    for key in range(size):
        task = Task(key, draw(st.integers(0, 7)), draw(st.sampled_from(clocks)))
        fields: dict[str, int] = {}
        if draw(st.integers(0, 3)) == 0:
            fields["no_earlier"] = draw(near)
        if settled and draw(st.integers(0, 2)) == 0:
            for name in draw(st.sets(st.sampled_from(["pinned", "fixed", "done", "started"]), max_size=2)):
                fields[name] = draw(near)
        tasks.append(Task(task.key, task.duration, task.open, **fields))
    arrows = []
    if size > 1:
        for _number in range(draw(st.integers(0, 9))):
            before = draw(st.integers(0, size - 2))
            after = draw(st.integers(before + 1, size - 1))
            kind = draw(st.sampled_from(["FS", "SS", "FF", "SF"]))
            arrows.append(Arrow(before, after, kind, draw(st.integers(-6, 6)), draw(st.sampled_from(clocks))))
    return tasks, arrows


def work_time(open_: Open) -> WorkTime:
    return WorkTime((minute, minute + 1) for minute in open_)


def as_network(tasks: list[Task], arrows: list[Arrow]) -> tuple[list[Item[int]], list[Link[int]]]:
    times = {open_: work_time(open_) for open_ in {thing.open for thing in [*tasks, *arrows]}}
    items = [
        Item(
            task.key,
            task.duration,
            times[task.open],
            start_no_earlier=task.no_earlier,
            pinned_start=task.pinned,
            fixed_finish=task.fixed,
            done_at=task.done,
            started_at=task.started,
        )
        for task in tasks
    ]
    links = [Link(a.before, a.after, a.kind, a.lag, times[a.open]) for a in arrows]  # type: ignore[arg-type]
    return items, links


def planned(tasks: list[Task], arrows: list[Arrow], start: int | None, finish: int | None) -> Schedule[int]:
    items, links = as_network(tasks, arrows)
    return schedule(items, links, start=start, finish=finish)


def has_margin(found: Schedule[int], task: Task) -> bool:
    return task.key in found.targets and found.targets[task.key].margin > 0


@settings(max_examples=150, deadline=None, derandomize=True)
@given(networks(), st.none() | st.integers(START - 10, START + 60))
def test_everything_agrees_with_counting_minutes(network: tuple[list[Task], list[Arrow]], finish: int | None) -> None:
    tasks, arrows = network
    found = planned(tasks, arrows, START, finish)
    early = brute.early_dates(tasks, arrows, START)
    assert {key: (item.early_start, item.early_finish) for key, item in found.items.items()} == early
    end = max(dates[1] for dates in early.values()) if finish is None else finish
    late = brute.late_dates(tasks, arrows, early, end)
    total = brute.total_slack(tasks, early, late)
    assert {key: item.total_slack for key, item in found.items.items()} == total
    assert {key: item.free_slack for key, item in found.items.items()} == brute.free_slack(tasks, arrows, early, end)
    assert {key: item.is_critical for key, item in found.items.items()} == {
        task.key: task.done is None and (total[task.key] < 0 or (total[task.key] == 0 and not has_margin(found, task)))
        for task in tasks
    }
    # Where something cannot move and has no slack either way, its late dates are shown where it stands.
    for task in tasks:
        if task.started is None and (task.fixed is None or total[task.key]):
            assert (found[task.key].late_start, found[task.key].late_finish) == late[task.key]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(networks(), st.none() | st.integers(START - 10, START + 60))
def test_no_constraint_is_broken_unreported(network: tuple[list[Task], list[Arrow]], finish: int | None) -> None:
    tasks, arrows = network
    found = planned(tasks, arrows, START, finish)
    dates = {key: (item.early_start, item.early_finish) for key, item in found.items.items()}
    expected = brute.broken(tasks, arrows, dates, START)
    if finish is not None:
        late = [task.key for task in tasks if task.done is None and dates[task.key][1] > finish]
        expected |= {("after_finish", key, None) for key in late}
    numbers = {id(link): number for number, link in enumerate(found.links)}
    reported = [(one.kind, one.key, numbers.get(id(one.link))) for one in found.violations]
    assert set(reported) == expected
    assert len(reported) == len(expected)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(networks(settled=False), st.integers(START, START + 60))
def test_without_a_start_it_begins_as_late_as_the_finish_allows(
    network: tuple[list[Task], list[Arrow]], finish: int
) -> None:
    tasks = [Task(task.key, task.duration, task.open) for task in network[0]]
    found = planned(tasks, network[1], None, finish)
    early = brute.early_dates(tasks, network[1], START)
    late = brute.late_dates(tasks, network[1], early, finish)
    assert found.start == min(begin for begin, _end in late.values())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(networks(settled=False))
def test_what_drives_an_item_really_holds_it(network: tuple[list[Task], list[Arrow]]) -> None:
    """Its driver's links alone give the early date; without a driver the item is where it would be alone."""
    tasks, arrows = network
    found = planned(tasks, arrows, START, None)
    for task in tasks:
        driver = found[task.key].driven_by
        others = [arrow for arrow in arrows if arrow.after != task.key or arrow.before != driver]
        mine = [arrow for arrow in arrows if arrow.after == task.key and arrow.before == driver]
        early = brute.early_dates(tasks, arrows, START)
        alone = brute.early_dates([task], [], START)[task.key]
        if driver is None:
            assert early[task.key] == alone
        else:
            assert mine
            asked = [(arrow.place, arrow.asks(early)) for arrow in mine]
            rest = brute._earliest(task, [a for a in others if a.after == task.key], early, START)
            assert rest <= early[task.key]
            assert early[task.key] == brute._earliest(task, mine, early, START), asked
