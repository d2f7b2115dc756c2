"""Sales of the workspace, of a shop, of an SKU, of a project: the page, its list of SKUs, and both as tables."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBadRequest, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from integrations.dashboards.asking import KEPT, Asked, Wanted, is_shown
from integrations.dashboards.board import Board, read_board
from integrations.dashboards.exchange import Exchange, find_exchange
from integrations.dashboards.periods import EVENT
from integrations.dashboards.shown import (
    MEASURES,
    SOURCES,
    amount,
    chart_data,
    compared_with,
    day_rows,
    exchange_text,
    latecomers_text,
    left_text,
    shown_change,
    span_text,
    text_of,
    tiles,
    told_measures,
)
from integrations.dashboards.sums import SkuSums, Told, currencies_of, find_skus, find_told
from integrations.models import ChannelAccount, Listing
from integrations.views.asking import asked_of, places_of, with_numbers
from integrations.views.kept import KeptMenu
from linkstar.lib.csv_text import CONTENT_TYPE, csv_lines
from linkstar.lib.money import FIRST
from linkstar.members.models import Member
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects.access import get_project, may
from projects.models import Project

PER_PAGE = 50
_MOST_ROWS = 100_000
RANGE_NAMES = [
    ("today", gettext_lazy("Today so far")),
    ("7", gettext_lazy("Last 7 days")),
    ("28", gettext_lazy("Last 28 days")),
    ("90", gettext_lazy("Last 90 days")),
    ("364", gettext_lazy("Last 52 weeks")),
    ("week", gettext_lazy("This week so far")),
    ("last_week", gettext_lazy("Last week")),
    ("month", gettext_lazy("This month so far")),
    ("last_month", gettext_lazy("Last month")),
    ("custom", gettext_lazy("Days of my choice")),
]
AGAINST_NAMES = [
    ("before", gettext_lazy("the days before")),
    ("week", gettext_lazy("the week before, same weekdays")),
    ("year", gettext_lazy("the year before, same weekdays")),
]
SORT_NAMES = [
    ("gross", gettext_lazy("Most sales")),
    ("up", gettext_lazy("Grew most")),
    ("down", gettext_lazy("Fell most")),
    ("units", gettext_lazy("Most units")),
    ("refunds", gettext_lazy("Most refunds")),
]


@require_safe
@members_only
@with_numbers
def sales(request: WorkspaceRequest, pk: int | None = None) -> HttpResponse:
    """`pk` is a project's. What is asked stands in the address (Wanted)."""
    project, asked, shops = asked_of(request, pk)
    context: dict[str, Any] = {
        "project": project,
        "wanted": asked.wanted,
        "asked": asked,
        "tab": "sales",
        **places_of(project),
    }
    if not shops:
        context["is_empty"] = True
        return render(request, "integrations/sales.html", context)
    board = read_board(asked, request.member)
    note_url = _note_url(request.member, project, asked.wanted)
    context |= {**_form(board, shops, request.member), **_shown(board), "note_url": note_url}
    context["kept"] = KeptMenu(request.member, project, asked.wanted.query, request.GET.get("saved", ""))
    fragment = request.htmx and request.htmx.target == "sales"
    response = render(request, f"integrations/sales.html{'#sales' if fragment else ''}", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _note_url(member: Member, project: Project | None, wanted: Wanted) -> str:
    """Where something that happened to what is shown is noted; "" where the reader may not."""
    if project is not None and not may(member, "add task", project):
        return ""
    here = {"project": project.pk if project else "", "shop": wanted.shop or "", "sku": wanted.sku}
    return f"{reverse('integrations:mark-add')}?{urlencode({key: value for key, value in here.items() if value})}"


def _form(board: Board, shops: list[ChannelAccount], member: Member) -> dict[str, Any]:
    asked, language = board.asked, get_language() or "en"
    events = {f"{EVENT}{entry.key}": entry.name.for_language(language) for entry in board.events}
    against = [*AGAINST_NAMES, *((key, _("%(event)s a year ago") % {"event": name}) for key, name in events.items())]
    return {
        "all_shops": shops,
        "ranges": RANGE_NAMES,
        "against": [*against, ("none", _("nothing"))],
        "shown": _shown_in(board),
        # What has no rates is no choice for good.
        "may_keep": asked.show != member.shown_currency and not (asked.show and board.exchange is None),
        "is_unknown_event": asked.wanted.against.startswith(EVENT) and asked.before is None,
    }


def _shown_in(board: Board) -> list[str]:
    """Currencies to show amounts in: usual ones, and those that something is sold in or shown in already."""
    shown = [board.asked.show] if board.asked.show else []
    return list(dict.fromkeys([*FIRST, *(shop.currency for shop in board.asked.shops), *board.currencies, *shown]))


def _shown(board: Board) -> dict[str, Any]:
    asked, currency = board.asked, board.currency
    rows = [
        {
            "line": line,
            "gross": amount(line.now.gross, currency, is_whole=True),
            "units": f"{line.now.units:,}",
            "left": left_text(line.left),
            "change": shown_change(MEASURES["gross"], line.now.gross, line.before.gross)
            if line.before and board.has_all_rates and _is_known_before(line.told, asked)
            else None,
            "sources": [SOURCES[source] for source in line.told.sources] if line.told else [],
        }
        for line in board.shops
    ]
    return {
        "board": board,
        # What is loaded later is of the same currency.
        "same": asked.wanted.but(
            currency=asked.wanted.currency if board.exchange or currency == _currency(asked) else currency
        ),
        "tiles": tiles(board),
        "measures": told_measures(board).values(),
        "rows": day_rows(board),
        "chart": json.dumps(chart_data(board), ensure_ascii=False, separators=(",", ":")),
        "shops": rows,
        "span": span_text(asked.period),
        "compared": compared_with(board),
        "exchanged": exchange_text(board),
        "left": left_text(board.left),
        "latecomers": latecomers_text(board),
        "listing": _listing(asked),
    }


def _is_known_before(told: Told | None, asked: Asked) -> bool:
    """And told of since: what nobody told yet did not fall to nothing."""
    if told is None or asked.before is None:
        return False
    return told.first_on <= asked.before.first and told.last_on >= asked.period.first


def _listing(asked: Asked) -> Listing | None:
    """What the chosen SKU is called, and what its shop shows of it."""
    if not asked.wanted.sku:
        return None
    found = Listing.objects.filter(account__in=asked.scope.accounts, sku=asked.wanted.sku)
    return found.order_by("-seen_at", "pk").first()


@require_safe
@members_only
@with_numbers
def sales_skus(request: WorkspaceRequest, pk: int | None = None) -> HttpResponse:
    """`?sort=&q=&page=`: fifty of them."""
    project, asked, shops = asked_of(request, pk)
    given = request.GET.get("page", "")
    page = max(int(given), 1) if given.isascii() and given.isdigit() and len(given) < 6 else 1
    exchange = _exchange(asked)
    currency = exchange.target if exchange else _currency(asked)
    found = _skus(asked, currency, exchange, first=(page - 1) * PER_PAGE, most=PER_PAGE + 1)
    names = {shop.pk: shop.name for shop in shops}
    compared = _comparable(asked) if exchange is None or exchange.is_whole else set()
    context = {
        "project": project,
        "wanted": asked.wanted,
        "asked": asked,
        "skus": [_sku_row(each, names[each.account], each.account in compared) for each in found[:PER_PAGE]],
        "sorts": SORT_NAMES,
        "page": page,
        "has_more": len(found) > PER_PAGE,
        **places_of(project),
    }
    response = render(request, "integrations/_sales_skus.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _exchange(asked: Asked) -> Exchange | None:
    """As the page has it (read_board); two statements, or none."""
    if not asked.show:
        return None
    currencies = currencies_of(asked.scope, asked.periods)
    exchange = find_exchange(asked.show, currencies, asked.periods)
    return None if exchange.is_empty and currencies - {asked.show} else exchange


def _currency(asked: Asked) -> str:
    """As the address says; without a word that of most shops in view."""
    own = [shop.currency for shop in asked.shops]
    return asked.wanted.currency or max(own, key=lambda each: (own.count(each), each), default="USD")


def _skus(asked: Asked, currency: str, exchange: Exchange | None = None, *, first: int, most: int) -> list[SkuSums]:
    wanted = asked.wanted
    return find_skus(
        asked.scope,
        asked.period,
        asked.before,
        currency=currency,
        exchange=exchange,
        sort=wanted.sort,
        words=wanted.words,
        first=first,
        most=most,
    )


def _comparable(asked: Asked) -> set[int]:
    """Shops whose facts go back to the first of the compared days; one statement."""
    if asked.before is None:
        return set()
    told = find_told(asked.scope.accounts, asked.period.last)
    return {each.account for each in told if _is_known_before(each, asked)}


def _sku_row(each: SkuSums, shop: str, is_comparable: bool) -> dict[str, Any]:
    currency = each.currency
    gross, units, conversion = (MEASURES[key] for key in ("gross", "units", "conversion"))
    before = each.before.gross if each.before and is_comparable else None
    return {
        "sku": each.sku,
        "asin": each.asin,
        "title": each.title,
        "account": each.account,
        "shop": shop,
        "gross": text_of(gross, each.now.gross, currency),
        "units": text_of(units, each.now.units, currency),
        "conversion": text_of(conversion, each.now.conversion, currency),
        "refunds": amount(each.now.refunds, currency, is_whole=True),
        "change": shown_change(gross, each.now.gross, before),
    }


@require_safe
@members_only
@with_numbers
def sales_csv(request: WorkspaceRequest, pk: int | None = None) -> HttpResponseBase:
    """`?table=skus` has a line for each SKU, else for each day; amounts as they are kept, never converted.

    They are of one currency; where the page adds up several, each has lines of its own.
    """
    _project, asked, shops = asked_of(request, pk)
    is_by_sku = request.GET.get("table") == "skus"
    lines = _sku_lines(asked, shops) if is_by_sku else _day_lines(_boards(asked, request.member))
    name = f"sales-{'skus-' if is_by_sku else ''}{asked.period.first}-{asked.period.last}.csv"
    disposition = f'attachment; filename="{name}"'
    return StreamingHttpResponse(lines, content_type=CONTENT_TYPE, headers={"Content-Disposition": disposition})


def _boards(asked: Asked, member: Member) -> list[Board]:
    """One of the asked currency; of each of them where the page shows all in another."""
    kept = replace(asked, show="")
    if not asked.show:
        return [read_board(kept, member)]
    currencies = sorted(currencies_of(asked.scope, asked.periods)) or [""]
    return [read_board(replace(kept, wanted=replace(asked.wanted, currency=each)), member) for each in currencies]


def _heads() -> list[str]:
    return [
        _("Currency"), _("Gross sales"), _("Discounts"), _("Refunds"), _("Net sales"), pgettext("sales", "Units"),
        _("Units refunded"), pgettext("sales", "Orders"), pgettext("of a listing", "Sessions"), _("Units per session"),
        _("Ad spend"), _("Gross sales of the compared days"), _("Units of the compared days"),
    ]  # fmt: skip


def _numbers(now: Any, before: Any, currency: str) -> list[object]:
    return [
        currency, now.gross, now.discounts, now.refunds, now.net, now.units, now.units_refunded, now.told_orders,
        now.sessions, None if now.conversion is None else round(now.conversion, 4), now.ad_spend,
        before.gross if before else None, before.units if before else None,
    ]  # fmt: skip


def _day_lines(boards: list[Board]) -> Iterable[str]:
    """A day or a week each, as the chart has them; what is still open says so."""
    head = [_("First day"), _("Last day"), *_heads(), _("Preliminary")]
    rows = [
        [point.period.first.isoformat(), point.period.last.isoformat(),
         *_numbers(point.now, point.before if board.is_comparable else None, board.currency), row.note]
        for board in boards
        for point, row in zip(board.points, reversed(day_rows(board)), strict=True)
    ]  # fmt: skip
    return csv_lines(head, rows)


def _sku_lines(asked: Asked, shops: list[ChannelAccount]) -> Iterable[str]:
    names, compared = {shop.pk: shop.name for shop in shops}, _comparable(asked)
    currencies = sorted(currencies_of(asked.scope, asked.periods)) if asked.show else [_currency(asked)]
    head = [pgettext("sales", "Shop"), "SKU", "ASIN", _("Title"), *_heads()]
    # Read while we are in the workspace: what is streamed is made after the request has left it.
    found = [each for currency in currencies for each in _skus(asked, currency, first=0, most=_MOST_ROWS)]
    rows = (
        [
            names[each.account], each.sku, each.asin, each.title,
            *_numbers(each.now, each.before if each.account in compared else None, each.currency),
        ]
        for each in found
    )  # fmt: skip
    return csv_lines(head, rows)


@require_POST
@members_only
@with_numbers
def sales_show(request: WorkspaceRequest, pk: int | None = None) -> HttpResponse:
    """Keep in which currency this person is shown amounts; what the address asked for instead is dropped from it."""
    project = get_project(request.member, pk) if pk is not None else None
    show = request.POST.get("show", "")
    if not is_shown(show):
        return HttpResponseBadRequest()
    request.member.shown_currency = "" if show == KEPT else show
    request.member.save(update_fields=["shown_currency"])
    query = QueryDict(request.POST.get("query", "")[:4000], mutable=True)
    query.pop("show", None)
    here = places_of(project)["here"]
    return redirect(f"{here}?{query.urlencode()}" if query else here)


@require_safe
@members_only
@with_numbers
def project_sales_panel(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """On the overview of a project: what its SKUs sold lately; nothing for one that names none."""
    project, asked, _shops = asked_of(request, pk)
    if not asked.scope.skus:
        return HttpResponse()
    board = read_board(asked, request.member)
    context = {"project": project, "board": board, "tiles": tiles(board)[:3], "span": span_text(asked.period)}
    context |= {"exchanged": exchange_text(board), "left": left_text(board.left)}
    return render(request, "integrations/_sales_panel.html", context)
