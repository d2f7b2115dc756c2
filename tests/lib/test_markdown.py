import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.markdown import render

LINK = '<a href="{0}" target="_blank" rel="noopener noreferrer nofollow">{1}</a>'
ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src=//evil.example></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](javascript:alert(1))",
    '![x](https://e.example/"onerror="alert(1))',
    '[x](https://e.example/ "onclick=alert(1)")',
    '[x](https://e.example/"onmouseover="alert(1))',
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "`<script>alert(1)</script>`",
    "```<script>\n<img src=x onerror=alert(1)>\n```",
    '```js" onload="alert(1)\nx\n```',
    "https://e.example/<script>alert(1)</script>",
    'https://e.example/"onclick="alert(1)',
    "<style>*{display:none}</style>",
    "<form action=/x><input name=y></form>",
    "<math><mtext></form><mglyph><style></math><img src onerror=alert(1)>",
    "<!--><script>alert(1)</script>-->",
    "|a|\n|-|\n|<img src=x onerror=alert(1)>|",
]


TAGS = {
    "p",
    "br",
    "hr",
    "strong",
    "em",
    "s",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "a",
    "h1",
    "h2",
    "h3",
    "h4",
}
TAGS |= {"h5", "h6", "table", "thead", "tbody", "tr", "th", "td"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def _assert_safe(html: str) -> None:
    reader = _Reader()
    reader.feed(html)
    allowed = {"a": {"href", "title", "target", "rel"}, "ol": {"start"}}
    for tag, attributes in reader.found:
        assert tag in TAGS
        assert set(attributes) <= allowed.get(tag, set())
        scheme = re.match(r"\s*([a-zA-Z][\w+.\-]*):", attributes.get("href") or "")
        assert scheme is None or scheme[1].lower() in ("http", "https", "mailto")
        if tag == "a":
            assert attributes["rel"] == "noopener noreferrer nofollow"
            assert attributes["target"] == "_blank"


@pytest.mark.parametrize("text", ATTACKS)
def test_attack_is_only_text(text: str) -> None:
    _assert_safe(render(text))


@given(
    st.text() | st.lists(st.sampled_from([*ATTACKS, "[", "](", ")", "`", "\n", "<", '"', "*", "> ", "- "])).map("".join)
)
def test_any_text_is_safe(text: str) -> None:
    _assert_safe(render(text))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        (" \n ", ""),
        ("**粗** *斜* ~~删~~ `a<b`", "<p><strong>粗</strong> <em>斜</em> <s>删</s> <code>a&lt;b</code></p>"),
        ("一\n二", "<p>一<br>\n二</p>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("```py\nx\n```", "<pre><code>x\n</code></pre>"),
        ("<b>hi</b>", "<p>&lt;b&gt;hi&lt;/b&gt;</p>"),
        ("[规格](/files/3)", f"<p>{LINK.format('/files/3', '规格')}</p>"),
        (
            "看https://a.example/x(1)，好",
            f"<p>看{LINK.format('https://a.example/x(1)', 'https://a.example/x(1)')}，好</p>",
        ),
        ("(https://a.example/y).", f"<p>({LINK.format('https://a.example/y', 'https://a.example/y')}).</p>"),
        ("`https://a.example`", "<p><code>https://a.example</code></p>"),
        ("https://", "<p>https://</p>"),
        ("![主图](https://a.example/1.png)", f"<p>{LINK.format('https://a.example/1.png', '主图')}</p>"),
        ("![](https://a.example/1.png)", f"<p>{LINK.format('https://a.example/1.png', 'https://a.example/1.png')}</p>"),
    ],
)
def test_render(text: str, html: str) -> None:
    assert render(text) == html


def test_table() -> None:
    html = render("|a|b|\n|-|:-:|\n|1|2|")
    assert re.sub(r"\s", "", html) == (
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    )


def test_a_short_text_makes_no_huge_table() -> None:
    text = "|a" * 200 + "|\n" + "|-" * 200 + "|\n" + "|\n" * 200
    assert render(text).count("<td>") <= 800


def test_a_table_with_short_rows_is_filled_up() -> None:
    html = render("| a | b |\n| - | - |\n| 1 |\n")
    assert html.count("<td>") == 2
