"""The weekly letter on sales, as JSON in the words of its reader: for each kept dashboard what the closed week was."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from integrations import access
from integrations.dashboards.asking import Asked, Wanted, ask
from integrations.dashboards.board import Board, read_board
from integrations.dashboards.products import pairs_of
from integrations.dashboards.shown import (
    MEASURES,
    amount,
    compared_with,
    exchange_text,
    left_text,
    shown_change,
    span_text,
    tiles,
)
from integrations.dashboards.sums import SkuSums, find_skus
from integrations.models import ChannelAccount
from integrations.results import fresh_results
from linkstar.members.models import Member
from linkstar.templatetags.linkstar import day
from projects.models import SavedView

# A letter is read in a minute.
MOST_VIEWS = 5
_MOVERS, _MOST = 3, 8
_TILES = ("gross", "units", "conversion", "refunds", "ads")
_WEEK = timedelta(days=7)
_State = ChannelAccount.State


def section_of(
    view: SavedView, member: Member, shops: Sequence[ChannelAccount], *, now: datetime
) -> dict[str, Any] | None:
    """What one dashboard says of the shops' last whole week; None: there is no shop in it.

    In the language and on the clock that are set. A dozen statements, however much there is.
    """
    wanted = replace(Wanted.read(QueryDict(view.query)), range="last_week", against="week", first=None, last=None)
    pairs = pairs_of(member, view.project, list(shops)) if view.project else None
    asked = ask(wanted, shops, now=now, pairs=pairs, usual_show=member.shown_currency)
    if not asked.scope.accounts:
        return None
    board = read_board(asked, member)
    year = read_board(ask(replace(wanted, against="year"), shops, now=now, pairs=pairs, usual_show=asked.show), member)
    results = fresh_results(member, asked.scope.accounts, since=now - _WEEK, now=now)
    found = [(action, effect) for action, effect in results if effect.estimate is not None]
    return {
        "name": view.name,
        "path": reverse("integrations:kept", args=[view.pk]),
        "span": span_text(asked.period),
        "compared": compared_with(board),
        "has_numbers": board.has_numbers,
        "tiles": _tiles(board, year),
        # The only one of several that these numbers are of.
        "currency": board.currency if len(board.currencies) > 1 else "",
        "exchange": exchange_text(board),
        "left": left_text(board.left),
        "shops": _shops(board) if len(board.shops) > 1 else [],
        "up": _movers(asked, board, "up"),
        "down": _movers(asked, board, "down"),
        "marks": [
            {"on": day(mark.on), "kind": mark.kind_name, "title": mark.title, "who": mark.who}
            for mark in board.marks[-_MOST:]
        ],
        "results": [
            {"title": action.title, "word": effect.word, "short": effect.short} for action, effect in found[:_MOST]
        ],
        "without_result": len(results) - len(found),
        "late": [
            {"name": line.shop.name, "day": day(line.told.last_on) if line.told else ""}
            for line in board.shops
            if line.told is None or line.told.last_on < asked.period.last
        ],
        "is_preliminary": board.total.sessions is not None and asked.period.last >= board.traffic_open,
        "broken": [
            line.shop.name for line in board.shops if line.shop.state in (_State.RECONNECT, _State.NEEDS_ATTENTION)
        ],
    }


def is_worth_a_letter(section: dict[str, Any]) -> bool:
    return bool(section["has_numbers"] or section["broken"])


def views_for(member: Member) -> list[SavedView]:
    """Those that are mailed to them and that they may still see; none for who sees no numbers."""
    return list(access.sales_views(member).filter(mailed_to__contains=[member.pk]).order_by("name", "pk")[:MOST_VIEWS])


def _tiles(board: Board, year: Board) -> list[dict[str, Any]]:
    earlier = {tile.key: tile for tile in tiles(year)}
    found = []
    for tile in tiles(board):
        if tile.key in _TILES:
            before, was = tile.change, earlier[tile.key].change if tile.key in earlier else None
            found.append(
                {
                    "name": tile.name,
                    "value": tile.value,
                    "change": before.text if before else "",
                    "tone": before.tone if before else "",
                    "year": was.text if was else "",
                }
            )
    return found


def _shops(board: Board) -> list[dict[str, str]]:
    rows = []
    for line in board.shops:
        before = line.before.gross if line.before and board.is_comparable else None
        change = shown_change(MEASURES["gross"], line.now.gross, before)
        gross = amount(line.now.gross, board.currency, is_whole=True)
        rows.append({"name": line.shop.name, "gross": gross, "change": change.text if change else ""})
    return rows


def _movers(asked: Asked, board: Board, sort: str) -> list[dict[str, str]]:
    """The SKUs whose sales went up or down most, in money."""
    if not board.is_comparable:
        return []
    found = find_skus(
        asked.scope, asked.period, asked.before, currency=board.currency, exchange=board.exchange, sort=sort,
        most=_MOVERS,
    )  # fmt: skip
    moved = [(each, _difference(each)) for each in found if each.currency == board.currency]
    names = {line.shop.pk: line.shop.name for line in board.shops} if len(board.shops) > 1 else {}
    return [
        {
            "sku": each.sku,
            "title": each.title,
            "shop": names.get(each.account, ""),
            "by": f"{'+' if by > 0 else ''}{amount(by, board.currency, is_whole=True)}",
        }
        for each, by in moved
        if (by > 0 if sort == "up" else by < 0)
    ]


def _difference(each: SkuSums) -> Any:
    return each.now.gross - (each.before.gross if each.before else 0)
