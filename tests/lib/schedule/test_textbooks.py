"""Two networks after well-known textbooks, in days of one long working calendar.

The durations and what waits for what are after the books; no table was copied. Every number below is worked out by hand
in the comment beside it, and the test has them worked out once more by the planner that only counts (brute.py): books,
hand, counting and the planner agree, or it fails.
"""

import pytest

from linkstar.lib.schedule import Item, Link, schedule
from tests.lib.schedule.brute import Arrow, Open, Task, early_dates, late_dates

DAY = 24 * 60

# After F. Hillier, G. Lieberman, Introduction to Operations Research: Reliable Construction Co., 44 weeks.
# Name: duration, what it waits for, then ES, EF, LS, LF. Forward, ES is the latest EF before; backward from 44, LF is
# the earliest LS behind.
RELIABLE = {
    "A": (2, "", 0, 2, 0, 2),  # 0+2; behind it B at 2: 2-2
    "B": (4, "A", 2, 6, 2, 6),  # 2+4; behind it C at 6: 6-4
    "C": (10, "B", 6, 16, 6, 16),  # 6+10; behind it D at 20, E at 16, I at 18, earliest 16: 16-10
    "D": (6, "C", 16, 22, 20, 26),  # 16+6; behind it G at 26: 26-6
    "E": (4, "C", 16, 20, 16, 20),  # 16+4; behind it F at 20, H at 33, earliest 20: 20-4
    "F": (5, "E", 20, 25, 20, 25),  # 20+5; behind it J at 25: 25-5
    "G": (7, "D", 22, 29, 26, 33),  # 22+7; behind it H at 33: 33-7
    "H": (9, "EG", 29, 38, 33, 42),  # E ends 20, G ends 29: 29+9; behind it M at 42: 42-9
    "I": (7, "C", 16, 23, 18, 25),  # 16+7; behind it J at 25: 25-7
    "J": (8, "FI", 25, 33, 25, 33),  # F ends 25, I ends 23: 25+8; behind it K at 34, L at 33: 33-8
    "K": (4, "J", 33, 37, 34, 38),  # 33+4; behind it N at 38: 38-4
    "L": (5, "J", 33, 38, 33, 38),  # 33+5; behind it N at 38: 38-5
    "M": (2, "H", 38, 40, 42, 44),  # 38+2; nothing behind it: 44-2
    "N": (6, "KL", 38, 44, 38, 44),  # K ends 37, L ends 38: 38+6; nothing behind it: 44-6
}
# After J. Heizer, B. Render, Operations Management: Milwaukee Paper Manufacturing, 15 weeks.
MILWAUKEE = {
    "A": (2, "", 0, 2, 0, 2),  # 0+2; behind it C at 2, D at 4: 2-2
    "B": (3, "", 0, 3, 1, 4),  # 0+3; behind it D at 4: 4-3
    "C": (2, "A", 2, 4, 2, 4),  # 2+2; behind it E at 4, F at 10: 4-2
    "D": (4, "AB", 3, 7, 4, 8),  # A ends 2, B ends 3: 3+4; behind it G at 8: 8-4
    "E": (4, "C", 4, 8, 4, 8),  # 4+4; behind it G at 8: 8-4
    "F": (3, "C", 4, 7, 10, 13),  # 4+3; behind it H at 13: 13-3
    "G": (5, "DE", 8, 13, 8, 13),  # D ends 7, E ends 8: 8+5; behind it H at 13: 13-5
    "H": (2, "FG", 13, 15, 13, 15),  # F ends 7, G ends 13: 13+2; nothing behind it: 15-2
}
# Free slack, the earliest ES behind minus the own EF: I 25-23, K 38-37, M 44-40; D 8-7, F 13-7; B 3-3 and D 22-22 none.


@pytest.mark.parametrize(
    ("book", "critical", "free"),
    [(RELIABLE, "ABCEFJLN", {"I": 2, "K": 1, "M": 4}), (MILWAUKEE, "ACEGH", {"D": 1, "F": 6})],
    ids=["Reliable Construction", "Milwaukee Paper"],
)
def test_table(book: dict[str, tuple], critical: str, free: dict[str, int]) -> None:
    items = [Item(name, row[0] * DAY) for name, row in book.items()]
    links = [Link(before, name) for name, row in book.items() for before in row[1]]
    found = schedule(items, links, start=0)
    assert {name: tuple(value // DAY for value in found[name][1:5]) for name in book} == {
        name: row[2:] for name, row in book.items()
    }
    assert {name: found[name].total_slack // DAY for name in book} == {
        name: row[4] - row[2] for name, row in book.items()
    }
    assert {name: found[name].free_slack // DAY for name in book if found[name].free_slack} == free
    assert "".join(found.critical) == critical
    assert "".join(found.last_chain) == critical


@pytest.mark.parametrize("book", [RELIABLE, MILWAUKEE], ids=["Reliable Construction", "Milwaukee Paper"])
def test_the_table_by_counting_alone(book: dict[str, tuple]) -> None:
    always, names = Open(range(-1, 60)), list(book)
    tasks = [Task(number, book[name][0], always) for number, name in enumerate(names)]
    arrows = [
        Arrow(names.index(before), number, "FS", 0, always)
        for number, name in enumerate(names)
        for before in book[name][1]
    ]
    early = early_dates(tasks, arrows, 0)
    late = late_dates(tasks, arrows, early, max(finish for _start, finish in early.values()))
    assert {name: (*early[number], *late[number]) for number, name in enumerate(names)} == {
        name: row[2:] for name, row in book.items()
    }
