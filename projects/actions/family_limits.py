"""How many tasks may stand under one, and how deep: the one place where it is asked, for whoever hangs one there."""

from collections.abc import Sequence

from django.db.models import Q

from projects.circles import Way
from projects.models import Task

# A tree deeper than this is a project of its own; a longer list is one that nobody reads.
MOST_LEVELS = 5
MOST_SUBTASKS = 200


class NotItsParent(ValueError):
    """The task cannot stand under that one: it is of another project, or not there any more."""


class CyclicParent(NotItsParent):
    """The task to stand under stands under this one itself; `path` leads from this one down to that, both included."""

    def __init__(self, path: Sequence[Task]) -> None:
        super().__init__(" > ".join(str(task.pk) for task in path))
        self.path = list(path)


class PartWaits(NotItsParent):
    """The two hold each other back: the one could only begin, or end, after the other. `way` leads round."""

    def __init__(self, way: Way) -> None:
        super().__init__(" > ".join(str(pk) for pk in way.tasks))
        self.way = way


class PartIsLinked(NotItsParent):
    """What would be a part is linked with what it would be a part of: `ends` (pks), the one that waits last."""

    def __init__(self, ends: tuple[int, int]) -> None:
        super().__init__(f"{ends[0]} > {ends[1]}")
        self.ends = ends


class TooDeep(NotItsParent):
    """There would be more than MOST_LEVELS tasks one under the other."""


class TooManySubtasks(NotItsParent):
    """The task cannot have this many subtasks; `room` is how many more it takes."""

    def __init__(self, room: int) -> None:
        super().__init__(f"room for {room} more")
        self.room = room


def check_room(parent: Task, count: int) -> None:
    """Raises TooManySubtasks, under the lock of the board."""
    taken = parent.subtasks.alive().count()
    if taken + count > MOST_SUBTASKS:
        raise TooManySubtasks(max(MOST_SUBTASKS - taken, 0))


def path_to(task: Task) -> list[Task]:
    """From the topmost task down to this one, which is the last."""
    rows = {row.pk: row for row in Task.objects.filter(Q(pk=task.pk) | Q(pk__in=Task.objects.above(task.pk)))}
    path = [rows[task.pk]]
    while (above := path[0].parent_id) is not None:
        path.insert(0, rows[above])
    return path
