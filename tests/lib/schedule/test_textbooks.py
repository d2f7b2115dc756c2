"""Published networks with their published tables, in days of one long working calendar."""

import pytest

from linkstar.lib.schedule import Item, Link, schedule

DAY = 24 * 60

# F. Hillier, G. Lieberman, Introduction to Operations Research, chapter "Project Management with PERT/CPM": Reliable
# Construction Co., in weeks. Name: duration, predecessors, then ES, EF, LS, LF.
RELIABLE = {
    "A": (2, "", 0, 2, 0, 2),
    "B": (4, "A", 2, 6, 2, 6),
    "C": (10, "B", 6, 16, 6, 16),
    "D": (6, "C", 16, 22, 20, 26),
    "E": (4, "C", 16, 20, 16, 20),
    "F": (5, "E", 20, 25, 20, 25),
    "G": (7, "D", 22, 29, 26, 33),
    "H": (9, "EG", 29, 38, 33, 42),
    "I": (7, "C", 16, 23, 18, 25),
    "J": (8, "FI", 25, 33, 25, 33),
    "K": (4, "J", 33, 37, 34, 38),
    "L": (5, "J", 33, 38, 33, 38),
    "M": (2, "H", 38, 40, 42, 44),
    "N": (6, "KL", 38, 44, 38, 44),
}
# J. Heizer, B. Render, Operations Management, chapter "Project Management": Milwaukee Paper Manufacturing, in weeks.
MILWAUKEE = {
    "A": (2, "", 0, 2, 0, 2),
    "B": (3, "", 0, 3, 1, 4),
    "C": (2, "A", 2, 4, 2, 4),
    "D": (4, "AB", 3, 7, 4, 8),
    "E": (4, "C", 4, 8, 4, 8),
    "F": (3, "C", 4, 7, 10, 13),
    "G": (5, "DE", 8, 13, 8, 13),
    "H": (2, "FG", 13, 15, 13, 15),
}


@pytest.mark.parametrize(
    ("book", "critical", "free"),
    [(RELIABLE, "ABCEFJLN", {"I": 2, "K": 1, "M": 4}), (MILWAUKEE, "ACEGH", {"D": 1, "F": 6})],
    ids=["Reliable Construction", "Milwaukee Paper"],
)
def test_published_table(book: dict[str, tuple], critical: str, free: dict[str, int]) -> None:
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
