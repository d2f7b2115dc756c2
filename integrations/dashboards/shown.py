"""A dashboard in words and numbers for a reader: tiles, rows of its tables, and what its chart draws."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from integrations.dashboards.board import Board, Left, Point
from integrations.dashboards.marks import Mark
from integrations.dashboards.periods import Period
from integrations.dashboards.sums import Sums
from integrations.models import DailySales
from linkstar.calendars.models import MarketDate
from linkstar.lib.clock_text import day_text
from linkstar.lib.money import places_of
from linkstar.templatetags.linkstar import moment

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
# Above this nobody reads cents.
_LARGE = 1000
_MINUS = "−"

Number = Decimal | float | int | None


class Measure(NamedTuple):
    """`kind` is "money", "count" or "share"; `is_good` whether more of it is: None is neither."""

    name: Any
    kind: str
    is_good: bool | None
    of: Callable[[Sums], Number]


MEASURES = {
    "gross": Measure(gettext_lazy("Gross sales"), "money", True, lambda sums: sums.gross),
    "net": Measure(gettext_lazy("Net sales"), "money", True, lambda sums: sums.net),
    "units": Measure(pgettext_lazy("sales", "Units"), "count", True, lambda sums: sums.units),
    "orders": Measure(pgettext_lazy("sales", "Orders"), "count", True, lambda sums: sums.told_orders),
    "conversion": Measure(gettext_lazy("Conversion"), "share", True, lambda sums: sums.conversion),
    "sessions": Measure(pgettext_lazy("of a listing", "Sessions"), "count", True, lambda sums: sums.sessions),
    "refunds": Measure(gettext_lazy("Refunds"), "money", False, lambda sums: sums.refunds),
    "ads": Measure(gettext_lazy("Ad spend"), "money", None, lambda sums: sums.ad_spend),
}
SOURCES = dict(DailySales.Origin.choices)


def amount(value: Number, currency: str, *, is_whole: bool = False) -> str:
    """ "$1,234.50", "CAD 18,037"; a dash for what nobody has told."""
    if value is None:
        return "–"
    size = abs(Decimal(value))
    places = 0 if is_whole and size >= _LARGE else places_of(currency)
    sign = _SIGNS.get(currency, f"{currency}\u00a0")
    return f"{_MINUS if value < 0 else ''}{sign}{size:,.{places}f}"


def text_of(measure: Measure, value: Number, currency: str) -> str:
    if value is None:
        return "–"
    if measure.kind == "money":
        return amount(value, currency, is_whole=True)
    return f"{value:.1%}" if measure.kind == "share" else f"{value:,}"


def change(measure: Measure, now: Number, before: Number) -> float | None:
    """By which part of what it was it is more (of a share: by how many points, of 1); None where that means nothing."""
    if now is None or before is None:
        return None
    if measure.kind == "share":
        return float(now) - float(before)
    return float(now) / float(before) - 1 if before > 0 else None


class Change(NamedTuple):
    """`tone` is "good", "bad" or ""."""

    text: str
    tone: str
    is_up: bool


def shown_change(measure: Measure, now: Number, before: Number) -> Change | None:
    by = change(measure, now, before)
    if by is None:
        return None
    if measure.kind == "share":
        text = _("%(points)s points") % {"points": _signed(by * 100, 1)}
        is_same = abs(by) < 0.0005
    else:
        text, is_same = f"{_signed(by * 100, 1 if abs(by) < 1 else 0)}\u202f%", abs(by) < 0.0005
    tone = "" if measure.is_good is None or is_same else "good" if (by > 0) == measure.is_good else "bad"
    return Change(text, tone, by > 0)


def _signed(value: float, places: int) -> str:
    text = f"{abs(value):,.{places}f}"
    return f"{'+' if value > 0 else _MINUS if value < 0 else ''}{text}"


class Tile(NamedTuple):
    key: str
    name: str
    value: str
    change: Change | None
    before: str
    note: str
    is_chosen: bool


def tiles(board: Board) -> list[Tile]:
    """Of every measure that can be told in this view."""
    return [_tile(key, measure, board) for key, measure in told_measures(board).items()]


def told_measures(board: Board) -> dict[str, Measure]:
    hidden = {"orders"} if board.total.told_orders is None else set()
    hidden |= {"conversion", "sessions"} if board.total.sessions is None else set()
    hidden |= {"ads"} if board.total.ad_spend is None else set()
    return {key: measure for key, measure in MEASURES.items() if key not in hidden}


def chosen_measure(board: Board) -> str:
    wanted = board.asked.wanted.measure
    return wanted if wanted in told_measures(board) else "gross"


def _tile(key: str, measure: Measure, board: Board) -> Tile:
    now, before = measure.of(board.total), measure.of(board.before) if board.before else None
    compared = board.is_comparable
    return Tile(
        key,
        str(measure.name),
        text_of(measure, now, board.currency),
        shown_change(measure, now, before) if compared else None,
        text_of(measure, before, board.currency) if compared else "",
        _note(key, board),
        key == chosen_measure(board),
    )


def _note(key: str, board: Board) -> str:
    total, currency = board.total, board.currency
    if key == "net":
        return _("after discounts %(discounts)s and refunds %(refunds)s") % {
            "discounts": amount(total.discounts, currency, is_whole=True),
            "refunds": amount(total.refunds, currency, is_whole=True),
        }
    if key == "orders" and total.orders:
        each = {"amount": amount(total.average_order, currency)}
        return (
            _("%(amount)s each") if total.ordered == total.gross else _("%(amount)s each, where orders are told")
        ) % each
    if key == "units" and total.pending:
        return _("and %(count)s pending") % {"count": f"{total.pending:,}"}
    if key == "conversion":
        return _("units per session")
    if key == "refunds" and total.refund_rate is not None:
        return _("%(share)s of gross sales") % {"share": f"{total.refund_rate:.1%}"}
    if key == "ads" and total.ad_rate is not None:
        return _("%(share)s of gross sales there") % {"share": f"{total.ad_rate:.1%}"}
    return ""


def span_text(period: Period) -> str:
    """The year stands once, twice when it is two: "Tue 3 Nov – Mon 30 Nov 2026"."""
    language = get_language() or "en"
    last_first, crosses = language == "zh-hans", period.first.year != period.last.year
    if period.first == period.last:
        return day_text(period.first, language, with_year=True)
    first = day_text(period.first, language, with_year=crosses or last_first)
    return f"{first} – {day_text(period.last, language, with_year=crosses or not last_first)}"


def exchange_text(board: Board) -> str:
    """By whose rates amounts are shown, and the newest of them; "" where none was needed or none is there."""
    exchange = board.exchange
    newest = exchange.newest if exchange else None
    if exchange is None or newest is None:
        return ""
    day = day_text(newest, get_language() or "en", with_year=True)
    if exchange.is_made_up:
        return _("In %(currency)s by made-up rates of the demo, one for each day; the last of %(day)s.") % {
            "currency": exchange.target,
            "day": day,
        }
    return _("In %(currency)s by the European Central Bank's rate of each day; the last of %(day)s.") % {
        "currency": exchange.target,
        "day": day,
    }


def latecomers_text(board: Board) -> str:
    """Shops of which a part of the compared days is not known, and from when on they are."""
    language = get_language() or "en"
    return " · ".join(
        _("%(shop)s from %(day)s on") % {"shop": name, "day": day_text(since, language, with_year=True)}
        for name, since in board.latecomers
    )


def left_text(left: Sequence[Left]) -> str:
    """ "BRL 1,234.50 · TWD 300": the gross sales, in their own currencies, of what has no rate."""
    return " · ".join(amount(each.sums.gross, each.currency) for each in left)


class DayRow(NamedTuple):
    """A line of the table that says what the chart draws; `marks` are what the team did then."""

    label: str
    cells: Sequence[str]
    before: str
    change: Change | None
    note: str
    marks: Sequence[Mark]


def day_rows(board: Board) -> list[DayRow]:
    """Newest first; the columns are those of `told_measures`."""
    measures = told_measures(board)
    chosen = measures[chosen_measure(board)]
    return [_row(point, board, measures, chosen) for point in reversed(board.points)]


def _row(point: Point, board: Board, measures: dict[str, Measure], chosen: Measure) -> DayRow:
    period = point.period
    value = chosen.of(point.now)
    before = chosen.of(point.before) if point.before and board.is_comparable else None
    return DayRow(
        label=point_text(period),
        cells=[text_of(measure, measure.of(point.now), board.currency) for measure in measures.values()],
        before=text_of(chosen, before, board.currency) if board.is_comparable else "",
        change=shown_change(chosen, value, before),
        note=_note_of(period, board),
        marks=[mark for mark in board.marks if period.first <= mark.on <= period.last],
    )


def point_text(period: Period) -> str:
    language = get_language() or "en"
    first = day_text(period.first, language, with_year=False)
    return first if period.length == 1 else f"{first} – {day_text(period.last, language, with_year=False)}"


def _note_of(period: Period, board: Board) -> str:
    has_left = any(period.first <= day <= period.last for day in board.left_on)
    return " · ".join(filter(None, [_openness(period, board), _("not all has a rate") if has_left else ""]))


def _openness(period: Period, board: Board) -> str:
    if period.last >= board.sales_open:
        return _("preliminary")
    is_late = period.last >= board.traffic_open and board.total.sessions is not None
    return _("visits preliminary") if is_late else ""


def chart_data(board: Board) -> dict[str, Any]:
    """For js/sales.js. Numbers are for drawing alone; indices count points from the oldest."""
    measures, language = told_measures(board), get_language() or "en"
    return {
        "language": "zh-CN" if language == "zh-hans" else "en-US",
        "currency": board.currency,
        "sign": _SIGNS.get(board.currency, f"{board.currency} "),
        "places": places_of(board.currency),
        "measure": chosen_measure(board),
        "weekly": board.is_weekly,
        "labels": [point_text(point.period) for point in board.points],
        "beforeLabels": [_earlier(point.period, board) for point in board.points] if board.asked.before else [],
        "measures": {
            key: {
                "name": str(measure.name),
                "kind": measure.kind,
                "now": [_plain(measure.of(point.now)) for point in board.points],
                "before": [_plain(measure.of(point.before)) if point.before else None for point in board.points]
                if board.is_comparable
                else [],
                "open": _first_open(board, is_traffic=key in ("conversion", "sessions")),
            }
            for key, measure in measures.items()
        },
        "events": [
            {
                "name": entry.name.for_language(language),
                "from": _index(max(entry.first, board.asked.period.first), board),
                "to": _index(min(entry.last, board.asked.period.last), board),
                "kind": entry.kind,
                # What a team prepares for is named first where there is room for one name only.
                "weight": 2 if entry.kind == MarketDate.Kind.MARKETPLACE_EVENT else 1 if entry.lead_days else 0,
            }
            for entry in board.events
            if entry.first and entry.last
        ],
        "marks": [_mark(mark, board) for mark in board.marks],
        "words": {
            "now": _("this period"),
            "before": compared_with(board),
            "open": _("preliminary"),
            "marks": _("What the team did"),
            "more": _("%(count)s actions"),
        },
    }


def compared_with(board: Board) -> str:
    return span_text(board.asked.before) if board.asked.before else ""


def _earlier(period: Period, board: Board) -> str:
    before = board.asked.before
    shift = (board.asked.period.first - before.first).days if before else 0
    return point_text(period.moved(-shift))


def _plain(value: Number) -> float | None:
    return None if value is None else round(float(value), 4)


def _first_open(board: Board, *, is_traffic: bool) -> int | None:
    day = board.traffic_open if is_traffic else board.sales_open
    return next((number for number, point in enumerate(board.points) if point.period.last >= day), None)


def _index(day: date, board: Board) -> int:
    return next(number for number, point in enumerate(board.points) if point.period.first <= day <= point.period.last)


def _mark(mark: Mark, board: Board) -> dict[str, Any]:
    skus = ", ".join(mark.skus[:3]) + (f" +{len(mark.skus) - 3}" if len(mark.skus) > 3 else "")
    return {
        "at": _index(mark.on, board),
        "kind": mark.kind,
        "name": mark.kind_name,
        "title": mark.title,
        "who": mark.who,
        "where": f"{mark.shop}{f' · {skus}' if skus else ''}",
        "when": moment(mark.at),
        "url": mark.url,
    }
