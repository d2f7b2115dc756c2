"""What a dashboard is asked: all of it stands in the address, and what is missing or wrong there is the usual."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode

from django.http import QueryDict

from integrations.dashboards.periods import (
    AGAINST,
    EVENT,
    RANGES,
    USUAL_AGAINST,
    USUAL_RANGE,
    Period,
    period_of,
    shift_of,
)
from integrations.dashboards.sums import SORTS, Scope
from integrations.models import ChannelAccount
from linkstar.lib.money import CURRENCIES

MEASURES = ("gross", "net", "units", "orders", "conversion", "sessions", "refunds", "ads")
USUAL_MEASURE = "gross"
# Amounts in the currency that something was sold in.
KEPT = "kept"
_MOST_TEXT = 200


@dataclass(frozen=True)
class Wanted:
    """`shop` and `sku` narrow it down, `currency` "" is the one most is sold in; `first` and `last` are of "custom".

    `show` is a currency that all amounts are shown in, KEPT, or "" for what the reader chose for good.
    """

    range: str = USUAL_RANGE
    first: date | None = None
    last: date | None = None
    against: str = USUAL_AGAINST
    shop: int | None = None
    sku: str = ""
    currency: str = ""
    show: str = ""
    measure: str = USUAL_MEASURE
    sort: str = "gross"
    words: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> "Wanted":
        given, against, shop = query.get("range", ""), query.get("against"), query.get("shop", "")
        is_known = against is not None and (against in AGAINST or against.startswith(EVENT))
        currency, measure, sort = query.get("currency", ""), query.get("measure", ""), query.get("sort", "")
        show = query.get("show", "")
        return cls(
            range=given if given in RANGES else USUAL_RANGE,
            first=_day(query.get("from", "")),
            last=_day(query.get("to", "")),
            against=against[:80] if against is not None and is_known else USUAL_AGAINST,
            shop=int(shop) if shop.isascii() and shop.isdigit() and len(shop) < 10 else None,
            # As the channel writes it: blanks and case are part of it.
            sku=query.get("sku", "").replace("\0", "")[:_MOST_TEXT],
            currency=currency if len(currency) == 3 and currency.isascii() and currency.isupper() else "",
            show=show if is_shown(show) else "",
            measure=measure if measure in MEASURES else USUAL_MEASURE,
            sort=sort if sort in SORTS else "gross",
            words=query.get("q", "").replace("\0", "").strip()[:_MOST_TEXT],
        )

    @property
    def params(self) -> list[tuple[str, str]]:
        """What differs from the usual, as it stands in an address."""
        usual = Wanted()
        texts = {
            "range": self.range, "from": self.first and self.range == "custom" and self.first.isoformat(),
            "to": self.last and self.range == "custom" and self.last.isoformat(), "against": self.against,
            "shop": self.shop, "sku": self.sku, "currency": self.currency, "show": self.show,
            "measure": self.measure,
            "sort": self.sort, "q": self.words,
        }  # fmt: skip
        own = {"from": "first", "to": "last", "q": "words"}
        changed = {key: value for key, value in texts.items() if value != getattr(usual, own.get(key, key))}
        return [(key, str(value)) for key, value in changed.items() if value]

    @property
    def query(self) -> str:
        return urlencode(self.params)

    def but(self, **changes: object) -> str:
        """The query of the same, but for this: `wanted.but(sku="A 1")`; with a question mark where it is not empty."""
        query = replace(self, **changes).query  # type: ignore[arg-type]
        return f"?{query}" if query else "?"


@dataclass(frozen=True)
class Asked:
    """`today` is the newest day of the shops in view, `open_from` the first that is not over in all of them; `before`
    None: nothing is compared.

    `show` is the currency that amounts are shown in, "" for the one each was sold in.
    """

    wanted: Wanted
    shops: Sequence[ChannelAccount]
    scope: Scope
    today: date
    period: Period
    before: Period | None
    open_from: date
    show: str = ""

    @property
    def periods(self) -> list[Period]:
        return [self.period, self.before] if self.before else [self.period]


def ask(
    wanted: Wanted,
    shops: Sequence[ChannelAccount],
    *,
    now: datetime,
    pairs: tuple[tuple[int, str], ...] | None = None,
    usual_show: str = "",
) -> Asked:
    """`shops` are all that may be looked at, `pairs` the (shop, SKU) of a project; one statement, for an event.

    `usual_show` is the currency that the reader chose for good.
    """
    seen = [shop for shop in shops if wanted.shop in (None, shop.pk)]
    # A shop that is gone, in an address that was kept, hides nothing.
    if not seen:
        wanted, seen = replace(wanted, shop=None), list(shops)
    if wanted.sku:
        picked = {(shop.pk, wanted.sku) for shop in seen}
        pairs = tuple(sorted(picked if pairs is None else picked.intersection(pairs)))
    days = [shop.day_of(now) for shop in seen] or [now.date()]
    today, open_from = max(days), min(days)
    # Counted days are over in every shop.
    newest = open_from if wanted.range.isdigit() else today
    period = period_of(wanted.range, newest, first=wanted.first, last=wanted.last)
    shift = shift_of(wanted.against, period)
    before = period.moved(-shift) if shift else None
    show = wanted.show or usual_show
    scope = Scope(tuple(shop.pk for shop in seen), pairs)
    return Asked(wanted, seen, scope, today, period, before, open_from, "" if show == KEPT else show)


def is_shown(text: str) -> bool:
    """Whether `text` can stand for `show`."""
    return text == KEPT or text in CURRENCIES


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # Sums are moved by up to a year and must stay days.
    return day if 2000 <= day.year < 2200 else None
