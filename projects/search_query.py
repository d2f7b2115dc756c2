"""What somebody types into the search field: words, "a phrase", -not, and operators such as owner:me or 是:逾期.

Nothing that can be typed is an error: what is no operator is text, and a hint says so.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from linkstar.lib.chinese import fold

LONGEST = 200
_MOST_PARTS = 24
_PART = re.compile(r'(-?)(?:([^\s:："“”-][^\s:："“”]*)[:：])?(?:"([^"]*)"?|“([^”]*)”?|(\S+))')
_KEYS = {
    "owner": "owner", "assignee": "owner", "负责人": "owner", "label": "label", "tag": "label", "标签": "label",
    "is": "is", "是": "is", "状态": "is", "project": "project", "项目": "project", "in": "in", "在": "in",
    "范围": "in", "due": "due", "截止": "due", "截止日期": "due",
}  # fmt: skip
STATES = {
    "overdue": "overdue", "逾期": "overdue", "已逾期": "overdue", "done": "done", "完成": "done", "已完成": "done",
    "open": "open", "未完成": "open", "进行中": "open", "draft": "draft", "草稿": "draft", "milestone": "milestone",
    "里程碑": "milestone", "archived": "archived", "归档": "archived", "已归档": "archived",
}  # fmt: skip
PLACES = {
    "titles": "titles", "title": "titles", "标题": "titles", "comments": "comments", "comment": "comments",
    "评论": "comments", "files": "files", "file": "files", "文件": "files", "checklists": "items",
    "checklist": "items", "清单": "items",
}  # fmt: skip
_ME = frozenset({"me", "我", "自己"})
_NONE = frozenset({"none", "nobody", "无", "没有"})
_DUE = re.compile(r"(<=|>=|<|>|=)?(\d{4})-(\d{1,2})-(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Due:
    """`sign` is one of < <= > >= =."""

    sign: str
    on: date


@dataclass(frozen=True, slots=True)
class Query:
    """`owner` is "me", "none" or part of a name. `strays` are operators that there are none of, read as text."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    owner: str = ""
    labels: tuple[str, ...] = ()
    states: frozenset[str] = frozenset()
    project: str = ""
    place: str = ""
    due: tuple[Due, ...] = ()
    strays: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is looked for, without operators."""
        return " ".join((*self.words, *self.phrases))

    @property
    def has_text(self) -> bool:
        return bool(self.words or self.phrases)

    @property
    def asks_of_tasks(self) -> bool:
        """Whether only tasks, and what lies in them, can answer."""
        return bool(self.owner or self.labels or self.states or self.due)

    @property
    def is_empty(self) -> bool:
        return not (self.has_text or self.asks_of_tasks or self.project)


@dataclass
class _Read:
    words: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    states: set[str] = field(default_factory=set)
    due: list[Due] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    single: dict[str, str] = field(default_factory=dict)


def parse(text: str) -> Query:
    """Read a line. More than two dozen parts, and what is past 200 characters, are left out."""
    read = _Read()
    for found in list(_PART.finditer(text[:LONGEST].replace("\0", " ")))[:_MOST_PARTS]:
        minus, key, straight, curly, bare = found.groups()
        quoted = straight if straight is not None else curly
        value = (quoted if quoted is not None else bare or "").strip()
        if not value:
            continue
        if key and not minus and _operator(read, _KEYS.get(fold(key), ""), value):
            continue
        if key:
            if fold(key) in _KEYS or (key.isalpha() and not value.startswith("/")):
                read.strays.append(f"{key}:{value}")
            value = f"{key} {value}"
        (read.excluded if minus else read.phrases if quoted is not None and not key else read.words).append(value)
    return Query(
        words=tuple(read.words), phrases=tuple(read.phrases), excluded=tuple(read.excluded),
        labels=tuple(read.labels), states=frozenset(read.states), due=tuple(read.due), strays=tuple(read.strays),
        **read.single,
    )  # fmt: skip


def _operator(read: _Read, key: str, value: str) -> bool:
    """Whether it was one that we know, with a value that says something."""
    folded = fold(value)
    if key == "owner":
        read.single["owner"] = "me" if folded in _ME else "none" if folded in _NONE else value
    elif key == "label":
        read.labels.append(value)
    elif key == "project":
        read.single["project"] = value
    elif key == "is" and folded in STATES:
        read.states.add(STATES[folded])
    elif key == "in" and folded in PLACES:
        read.single["place"] = PLACES[folded]
    elif key == "due" and (due := _due(folded)):
        read.due.append(due)
    else:
        return False
    return True


def _due(value: str) -> Due | None:
    found = _DUE.fullmatch(value)
    if not found:
        return None
    sign, year, month, day = found.groups()
    try:
        return Due(sign or "=", date(int(year), int(month), int(day)))
    except ValueError:
        return None
