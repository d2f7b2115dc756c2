"""What people write in comments and descriptions, as safe HTML.

CommonMark with tables, strikethrough and line breaks kept; bare web addresses become links. Raw HTML is shown as text.
An image becomes a link to it, so that reading a comment never tells another server who read it.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

_TAGS = {"p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
_TAGS |= {"h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_REL = "noopener noreferrer nofollow"
# Chinese runs on without a space after an address, so only what an address is spelled with belongs to it.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+", re.IGNORECASE)
_TRAILING = ".,;:!?'*"
# Rows shorter than the head are filled up to it, by 65,536 cells a table as the parser comes: a comment of a kilobyte
# then takes a second to draw, for everybody who opens the task. There is no option for it (markdown-it-py 4.3).
import_module("markdown_it.rules_block.table").MAX_AUTOCOMPLETED_CELLS = 500  # type: ignore[attr-defined]


# A task is opened far more often than its words change; a text and its HTML are rarely more than a few kilobytes.
@lru_cache(maxsize=256)
def render(text: str) -> str:
    """Safe HTML of a Markdown text; "" for nothing but white space. Links open in a new tab and pass on no trace."""
    return nh3.clean(
        _parser.render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=_REL,
        set_tag_attribute_values={"a": {"target": "_blank"}},
    ).strip()


def _link_addresses(state: StateCore) -> None:
    """Turn bare addresses into links, except inside links and code."""
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = _with_links(block.children)


def _with_links(tokens: list[Token]) -> list[Token]:
    out: list[Token] = []
    depth = 0
    for token in tokens:
        depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "text" and depth == 0 and "://" in token.content:
            out.extend(_split(token.content))
        else:
            out.append(token)
    return out


def _split(text: str) -> list[Token]:
    out: list[Token] = []
    end = 0
    for match in _ADDRESS.finditer(text):
        address = _trimmed(match.group())
        if not _parser.validateLink(address):
            continue
        out += [_text(text[end : match.start()]), *_link(address)]
        end = match.start() + len(address)
    return [*out, _text(text[end:])]


def _trimmed(address: str) -> str:
    """Without the punctuation of the sentence around it; a closing bracket stays only with its opening one."""
    while address:
        last = address[-1]
        unpaired = last in ")]" and address.count(last) > address.count("(" if last == ")" else "[")
        if last not in _TRAILING and not unpaired:
            break
        address = address[:-1]
    return address


def _link(address: str) -> list[Token]:
    opening = Token("link_open", "a", 1, attrs={"href": _parser.normalizeLink(address)})
    return [opening, _text(address), Token("link_close", "a", -1)]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _image_as_link(
    renderer: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    token = tokens[index]
    address = str(token.attrs.get("src", ""))
    link = Token("link_open", "a", 1, attrs={"href": address})
    words = _text(token.content or address)
    return str(renderer.render([link, words, Token("link_close", "a", -1)], options, env))


def _build() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    parser.core.ruler.push("addresses", _link_addresses)
    parser.add_render_rule("image", _image_as_link)
    return parser


_parser = _build()
