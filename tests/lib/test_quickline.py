from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linkstar.lib.quickline import Grammar, Named, QuickLine, read_line

# A Tuesday afternoon in Shenzhen.
NOW = datetime(2026, 11, 24, 16, tzinfo=ZoneInfo("Asia/Shanghai"))
LA, CN = "America/Los_Angeles", "Asia/Shanghai"
GRAMMAR = Grammar(
    NOW,
    LA,
    "zh-hans",
    {
        "person": [Named(1, "林悦", ("me", "我")), Named(2, "Brand Kim"), Named(3, "刘洋"), Named(4, "王芳")],
        "label": [Named(11, "coupon"), Named(12, "主图"), Named(13, "A+ page")],
        "priority": [Named(4, "urgent", ("紧急", "1")), Named(3, "high", ("高", "2"))],
        "column": [Named(21, "待处理", ("todo",)), Named(22, "进行中", ("doing",)), Named(23, "In review")],
        "project": [Named(31, "黑五大促"), Named(32, "Spring launch")],
    },
    effort=lambda word: {"3h": 180, "90m": 90}.get(word),
)


def read(line: str) -> QuickLine:
    return read_line(line, GRAMMAR)


def said(line: str) -> tuple[str, list[tuple[str, int]]]:
    """The title and, by kind, what was understood beside it; a date by its spelling in the line."""
    found = read(line)
    return found.title, [(token.kind, token.pk) for token in found.tokens]


@pytest.mark.parametrize(
    ("line", "title", "tokens"),
    [
        ("交主图 @林悦", "交主图", [("person", 1)]),
        ("交主图@林悦", "交主图", [("person", 1)]),
        ("@林悦交主图", "交主图", [("person", 1)]),
        ("@linyue 交主图", "交主图", [("person", 1)]),
        ("@ly交主图 #zt", "@ly交主图", [("label", 12)]),
        ("@wf交主图", "交主图", [("person", 4)]),
        ("@王 交主图", "交主图", [("person", 4)]),
        ("Call @brand kim tomorrow", "Call", [("person", 2), ("date", 0)]),
        ("Call @brand about it", "Call about it", [("person", 2)]),
        ("Call @me", "Call", [("person", 1)]),
        ("＠林悦 交主图 ！紧急 ＃coupon", "交主图", [("person", 1), ("priority", 4), ("label", 11)]),
        ("Fix it #Coupon #主图", "Fix it", [("label", 11), ("label", 12)]),
        ("Write the #a+ page text", "Write the text", [("label", 13)]),
        ("Fix it !high >doing ~3h", "Fix it", [("priority", 3), ("column", 22), ("effort", 180)]),
        ("Fix it >进行中", "Fix it", [("column", 22)]),
        ("Fix it >jxz", "Fix it", [("column", 22)]),
        ("Fix it >in review now", "Fix it now", [("column", 23)]),
        ("主图 +hw !1", "主图", [("project", 31), ("priority", 4)]),
        ("主图 +黑五 明天18:00", "主图", [("project", 31), ("date", 0)]),
        ("主图 +3d", "主图", [("date", 0)]),
        ("@林悦 周五交图", "交图", [("person", 1), ("date", 0)]),
        # Left as they are.
        ("mail a@b.com", "mail a@b.com", []),
        ("C# and A+ and 3>2", "C# and A+ and 3>2", []),
        ("太好了！紧急", "太好了！紧急", []),
        ("Pay ~ 3 people !", "Pay ~ 3 people !", []),
        ("see #12", "see #12", []),
        ("Say \"@林悦 明天\" aloud", "Say \"@林悦 明天\" aloud", []),
        ("写“黑五明天见”文案", "写“黑五明天见”文案", []),
        (r"tag \@林悦 in it", "tag @林悦 in it", []),
        (r"\明天 is a film", "明天 is a film", []),
        (r"C:\temp \o/", r"C:\temp \o/", []),
        ("@林悦 !high", "@林悦 !high", []),
        ("明天", "明天", []),
        ("two !high !urgent", "two !urgent", [("priority", 3)]),
    ],
)  # fmt: skip
def test_what_a_line_says(line: str, title: str, tokens: list[tuple[str, int]]) -> None:
    assert said(line) == (title, tokens)


@pytest.mark.parametrize(
    ("line", "span", "on", "at", "zone"),
    [
        ("交主图 明天18:00", "明天18:00", "2026-11-25", "18:00", LA),
        ("周五下午5点 给工厂回邮件", "周五下午5点", "2026-11-27", "17:00", LA),
        ("call the factory fri 5pm PT", "fri 5pm PT", "2026-11-27", "17:00", LA),
        ("Ship 11/28 23:59 PST @me", "11/28 23:59 PST", "2026-11-28", "23:59", LA),
        ("付款 明早9点半 北京时间", "明早9点半 北京时间", "2026-11-25", "09:30", CN),
        ("给工厂周五前回复", "周五前", "2026-11-27", None, LA),
        ("banner by friday", "by friday", "2026-11-27", None, LA),
        ("三天后复查广告", "三天后", "2026-11-27", None, LA),
        ("send the monday report fri 5pm", "fri 5pm", "2026-11-27", "17:00", LA),
    ],
)
def test_the_deadline_of_a_line(line: str, span: str, on: str, at: str | None, zone: str) -> None:
    found = read(line)
    token = found.first("date")
    assert token is not None and token.date is not None
    assert found.text(token) == span
    assert (token.date.on.isoformat(), token.date.zone) == (on, zone)
    assert token.date.time == (time.fromisoformat(at) if at else None)


@pytest.mark.parametrize(
    "line",
    [
        "Black Friday 主图", "每周五对账", "昨天的销量复盘", "周一到周五 轮班", "准备周一例会材料", "提10点意见",
        "order 2-3 samples",
        "Compare 3/4 inch screws", "今日头条投放", "Sun lamp photos", "11号仓盘点", "Ratio 16:10 banner",
        "Today's deals",
        "黑色星期五大促", "Sales 11/20 - 11/28", "the may report", "2020-01-01 audit", "version 1.5 notes", "+9999w",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_deadline_stays_in_the_title(line: str) -> None:
    assert read(line) == QuickLine(line, line)


def test_what_is_not_known_stays_and_is_named() -> None:
    found = read("交主图 @ly #newlabel @nobody !whatever >nowhere")
    assert found.title == found.line
    assert [(found.text(miss), miss.several) for miss in found.misses] == [
        ("@ly", ("林悦", "刘洋")),
        ("#newlabel", ()),
        ("@nobody", ()),
    ]


_PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "@林悦",
            "#coupon",
            "!紧急",
            ">doing",
            "+黑五",
            "~3h",
            "明天18:00",
            "fri 5pm PT",
            '"',
            "\\",
            " ",
            "📦",
            "‏שלום",
            "@",
            "＃",
        ]
    ),
)


@given(st.lists(_PIECES, max_size=10).map("".join))
@example("\\\\@林悦")
@example('"@林悦" "')
@example("@" * 300)
def test_nothing_is_lost_and_nothing_raises(line: str) -> None:
    found = read(line)
    parts, at = [], 0
    for token in found.tokens:
        assert at <= token.start < token.end <= len(line)
        parts.append(line[at : token.start])
        at = token.end
    kept = "".join([*parts, line[at:]])
    # The title is what stands around the tokens; only white space, the escapes and punctuation at its ends may go.
    left = iter(kept)
    assert all(char in left for char in found.title if not char.isspace())
    if not found.tokens and "\\" not in line:
        assert found.title == line


@given(
    st.text(
        alphabet=st.characters(exclude_characters="@＠#＃!！+＋>＞~～\\0123456789０１２３４５６７８９"), max_size=60
    )
)
def test_a_line_without_marks_or_days_is_left_exactly_as_it_is(line: str) -> None:
    found = read(line)
    if not found.tokens:
        assert (found.title, found.misses) == (line, ())
