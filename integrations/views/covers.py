"""Days of cover: how long the stock of each SKU lasts, as a page and as a table for spreadsheets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from integrations.dashboards.asking import Wanted
from integrations.dashboards.covers import (
    SOON_DAYS,
    SORTS,
    CoverRow,
    Planned,
    Verdict,
    in_order,
    newest_day,
    read_covers,
)
from integrations.stock import FACTORS, PACE_DAYS
from integrations.views.asking import asked_of, places_of, with_numbers
from linkstar.lib.csv_text import CONTENT_TYPE, csv_lines
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects.models import Project

PER_PAGE = 50
_PLANS = 3
_OLD = timedelta(days=1)
_TONES = {Verdict.OUT: "bad", Verdict.BEFORE: "bad", Verdict.DURING: "bad", Verdict.SOON: "warn", Verdict.LASTS: "good"}


@dataclass(frozen=True)
class ShownCover:
    row: CoverRow
    now: datetime

    @property
    def pace(self) -> str:
        """Units a day; one decimal where it says something."""
        daily = self.row.pace.daily
        places = Decimal("0.1") if daily < 10 else Decimal(1)
        return f"{daily.quantize(places, ROUND_HALF_UP):,f}"

    @property
    def stock(self) -> str:
        return f"{self.row.stock:,}"

    @property
    def inbound(self) -> str:
        return "–" if self.row.inbound is None else f"{self.row.inbound:,}"

    @property
    def is_old(self) -> bool:
        """Whether the stock was told long enough ago to say when."""
        return self.row.seen_at is not None and self.now - self.row.seen_at > _OLD

    @property
    def plans(self) -> list[Planned]:
        return list(self.row.plans[:_PLANS])

    @property
    def more(self) -> int:
        return max(0, len(self.row.plans) - _PLANS)

    @property
    def tone(self) -> str:
        return _TONES.get(self.row.verdict, "")

    @property
    def verdict(self) -> str:
        return str(self.row.verdict.label)


@require_safe
@members_only
@with_numbers
def sales_cover(request: WorkspaceRequest, pk: int | None = None) -> HttpResponse:
    """`?shop=&sku=&q=&by=&page=`; `by` is one of SORTS, with a minus in front from the other end."""
    project, wanted, by, rows, has_shops = _read(request, pk)
    page = Paginator(in_order(rows, by), PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "project": project,
        "wanted": wanted,
        "tab": "sales",
        "page": page,
        "rows": [ShownCover(row, timezone.now()) for row in page],
        "heads": _heads(by),
        "by": by,
        "orders": _orders(),
        "has_shops": has_shops,
        "in_danger": sum(_TONES.get(row.verdict) == "bad" for row in rows),
        "pace_days": PACE_DAYS,
        "until": newest_day(rows),
        "soon_days": SOON_DAYS,
        "factors": {kind: f"{factor.normalize():f}" for kind, factor in FACTORS.items()},
        "table_url": _table_url(project),
        **places_of(project),
    }
    fragment = request.htmx and request.htmx.target == "cover"
    response = render(request, f"integrations/cover.html{'#cover' if fragment else ''}", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@members_only
@with_numbers
def sales_cover_csv(request: WorkspaceRequest, pk: int | None = None) -> HttpResponseBase:
    """All rows of the page, in its order."""
    _project, _wanted, by, rows, _has_shops = _read(request, pk)
    head = [
        _("Shop"), "SKU", "ASIN", _("Title"), _("On hand"), _("Inbound"), _("Stock as of"), _("Units a day"),
        _("Days of the pace"), _("Pace until"), _("Days of cover"), _("Empty on"), pgettext("of stock", "Planned"),
        pgettext("of stock", "Verdict"),
    ]  # fmt: skip
    lines = csv_lines(head, (_cells(row) for row in in_order(rows, by)))
    headers = {"Content-Disposition": 'attachment; filename="days-of-cover.csv"'}
    return StreamingHttpResponse(lines, content_type=CONTENT_TYPE, headers=headers)


def _read(request: WorkspaceRequest, pk: int | None) -> tuple[Project | None, Wanted, str, list[CoverRow], bool]:
    project, asked, shops = asked_of(request, pk)
    by = request.GET.get("by", "")
    if by.removeprefix("-") not in SORTS:
        by = SORTS[0]
    rows = read_covers(request.member, shops, asked.scope, now=timezone.now(), words=asked.wanted.words)
    return project, asked.wanted, by, rows, bool(shops)


def _names() -> dict[str, str]:
    return {
        "sku": "SKU", "verdict": pgettext("of stock", "Verdict"), "days": _("Days of cover"),
        "stock": _("On hand"), "pace": _("Units a day"),
    }  # fmt: skip


def _heads(by: str) -> list[dict[str, str]]:
    """Columns that can be sorted by; the one in use turns round."""
    sorted_by = {by.removeprefix("-"): "descending" if by.startswith("-") else "ascending"}
    return [
        {"key": key, "name": name, "sorted": sorted_by.get(key, ""), "next": f"-{key}" if by == key else key}
        for key, name in _names().items()
    ]


def _orders() -> list[tuple[str, str]]:
    """The same as a choice, for phones, which have no heads."""
    return [
        (f"{sign}{key}", f"{name} {arrow}") for key, name in _names().items() for sign, arrow in (("", "↑"), ("-", "↓"))
    ]


def _table_url(project: Project | None) -> str:
    if project is None:
        return reverse("integrations:sales-cover-csv")
    return reverse("integrations:project-sales-cover-csv", args=[project.pk])


def _cells(row: CoverRow) -> list[object]:
    planned: Iterable[str] = (
        f"{each.action.get_kind_display()} {each.plan.first.isoformat()}–{each.plan.last.isoformat()}"
        for each in row.plans
    )
    return [
        row.account.name, row.sku, row.asin, row.title, row.stock, row.inbound,
        row.seen_at.isoformat(timespec="minutes") if row.seen_at else None, round(row.pace.daily, 2), row.pace.days,
        row.pace.until.isoformat() if row.pace.until else None, row.cover.days,
        row.cover.empty_on.isoformat() if row.cover.empty_on else None, "; ".join(planned), str(row.verdict.label),
    ]  # fmt: skip
