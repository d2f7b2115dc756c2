"""The page of search results; the same address answers while somebody types."""

from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from linkstar.lib.text import clean_line
from linkstar.members.models import Member
from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from projects.search import KINDS, Page, search
from projects.search_query import LONGEST
from projects.views.boards import reader_of

KIND_NAMES = {
    "tasks": _("Tasks"),
    "projects": _("Projects"),
    "people": _("People"),
    "products": _("Products"),
    "comments": _("Comments"),
    "files": _("Files"),
    "items": _("Checklists"),
}
# What can be typed beside words, an example each; the second ones are for those who read Chinese.
EXAMPLES = [
    ("owner:me is:overdue", "负责人:我 是:逾期", _("yours, past the deadline")),
    ("owner:none", "负责人:无", _("tasks that nobody owns")),
    ("label:listing", "标签:主图", _("with this label")),
    ("project:launch", "项目:黑五", _("in this project, or its pinyin")),
    ("is:open", "是:未完成", _("also done, draft, milestone, archived")),
    ("in:comments", "在:评论", _("also titles, files, checklists")),
    ("due:<2026-12-01", "截止:<2026-12-01", _("also <=, >, >= and the day itself")),
    ('"main image"', "“主图复核”", _("these words, one after the other")),
    ("-draft", "-草稿", _("without this word")),
]
SHORT, LONG = 6, 25
_RECENT = 6
_KEPT_SECONDS = 90 * 86400


@require_safe
@guests_allowed
def search_page(request: WorkspaceRequest) -> HttpResponse:
    """`?q=` what was typed, `?kind=` one of KINDS, `?cursor=` where the page before ended."""
    text = clean_line(request.GET.get("q", ""), LONGEST)
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in KINDS else ""
    cursor = request.GET.get("cursor", "") if kind else ""
    page = _search(request, text, kind, cursor)
    context: dict[str, Any] = {
        "q": text,
        "kind": kind,
        "page": page,
        "tabs": _tabs(page, text, kind),
        "groups": [_drawn(group, text, kind) for group in page.groups if kind in ("", group.kind)],
        "strays": page.query.strays,
    }
    if cursor and request.htmx:
        response = render(request, "projects/search.html#more", context)
    else:
        recent = _recent(request.member, text if page.groups else "")
        context |= {"recent": recent, "examples": EXAMPLES, "is_chinese": reader_of(request).language == "zh-hans"}
        response = render(request, "projects/search.html#results" if request.htmx else "projects/search.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _search(request: WorkspaceRequest, text: str, kind: str, cursor: str) -> Page:
    """A first page counts all kinds, so that each tab says what it holds; a later one asks for its own."""
    reader = reader_of(request)
    return search(
        request.member,
        text,
        now=reader.now,
        limit=LONG if kind else SHORT,
        cursor=cursor,
        kinds=[kind] if cursor else None,
        shown=kind,
        zone=reader.zone,
        language=reader.language,
    )


def _tabs(page: Page, text: str, kind: str) -> list[dict[str, Any]]:
    counts = {group.kind: f"{group.count}+" if group.is_more else str(group.count) for group in page.groups}
    tabs = [{"name": pgettext_lazy("search results", "All"), "url": _address(text), "is_here": not kind, "count": ""}]
    for key, name in KIND_NAMES.items():
        if key in counts or key == kind:
            here = {"name": name, "url": _address(text, kind=key), "is_here": key == kind}
            tabs.append({**here, "count": counts.get(key, "0")})
    return tabs


def _drawn(group: Any, text: str, kind: str) -> dict[str, Any]:
    shown = len(group.hits) + len(group.people)
    more = _address(text, kind=group.kind, cursor=group.cursor) if kind and group.cursor else ""
    rest = _address(text, kind=group.kind) if not kind and (group.count > shown or group.is_more) else ""
    return {"group": group, "name": KIND_NAMES[group.kind], "more_url": more, "all_url": rest}


def _address(text: str, **more: str) -> str:
    return f"?{urlencode({'q': text, **more})}"


def _recent(member: Member, text: str) -> list[str]:
    """The person's last searches that found something, the newest first, with this one among them.

    What is typed letter by letter is one search: the longest of it is kept.
    """
    key = f"recent-searches:{member.pk}"
    recent: list[str] = cache.get(key, [])
    if not text:
        return recent
    if recent and recent[0].startswith(text):
        return recent
    others = [other for other in recent if other != text]
    if others and text.startswith(others[0]):
        others = others[1:]
    recent = [text, *others][:_RECENT]
    cache.set(key, recent, _KEPT_SECONDS)
    return recent
