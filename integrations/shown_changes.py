"""Questions about changes that nobody recorded, in words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from integrations.models import ChannelAccount, SalesAction
from integrations.signs import DISCOUNT, Sign
from integrations.skus import Sku, named
from linkstar.lib.text import clean_line

SHOWN = 6
_FIELDS: dict[str, Promise] = {
    "price": gettext_lazy("Price"),
    "title": gettext_lazy("Title"),
    "image": gettext_lazy("Main image"),
    "stock": gettext_lazy("Stock"),
    "status": gettext_lazy("State of the listing"),
    "buy_box": gettext_lazy("Buy box"),
}


_SIGNS: dict[str, Promise] = {
    "price": gettext_lazy("The price of %(sku)s is %(after)s, it was %(before)s."),
    "title": gettext_lazy("%(sku)s has another title."),
    "image": gettext_lazy("%(sku)s has another main image."),
    "stock": gettext_lazy("%(sku)s is back in stock."),
    "status": gettext_lazy("%(sku)s is on sale."),
    DISCOUNT: gettext_lazy("Orders of %(sku)s have a discount."),
}


def sign_text(sign: Sign, account: ChannelAccount) -> str:
    """What the shop shows, of the first SKU."""
    sku, (before, after) = next(iter(sign.changes.items()))
    if sign.field == "price":
        before, after = (f"{value} {account.currency}" for value in (before, after))
    return str(_SIGNS[sign.field]) % {"sku": sku, "before": before, "after": after}


@dataclass(frozen=True)
class ShownChange:
    """`before` and `after` are "" for pictures, which have addresses and no words."""

    sku: Sku
    before: str
    after: str


class Question:
    def __init__(self, action: SalesAction) -> None:
        self.action = action
        self.field: str = action.seen.get("field", "")
        self.changes: dict[str, list[str]] = action.seen.get("changes", {})

    @property
    def name(self) -> str:
        return str(_FIELDS.get(self.field, self.field))

    @property
    def title(self) -> str:
        """As a mark would be called: "Price 29.99 → 26.99", or how many SKUs."""
        count = len(self.action.skus)
        if count != 1:
            many = ngettext("%(field)s of %(count)s SKU", "%(field)s of %(count)s SKUs", count)
            return many % {"field": self.name, "count": count}
        before, after = (self._word(value) for value in next(iter(self.changes.values()), ["", ""]))
        return clean_line(f"{self.name} {before} → {after}" if after else self.name, 200)

    @property
    def rows(self) -> list[ShownChange]:
        """SHOWN at most."""
        skus = named(self.action.account, self.action.skus[:SHOWN])
        pairs = [self.changes.get(one.sku, ["", ""]) for one in skus]
        return [
            ShownChange(sku, self._word(before), self._word(after))
            for sku, (before, after) in zip(skus, pairs, strict=True)
        ]

    @property
    def more(self) -> int:
        return max(0, len(self.action.skus) - SHOWN)

    def _word(self, value: str) -> str:
        match self.field:
            case "image":
                return ""
            case "price":
                return f"{value} {self.action.account.currency}"
            case "buy_box":
                return pgettext("buy box", "ours") if value == "yes" else pgettext("buy box", "another seller's")
            case "stock":
                return _("out of stock") if value.lstrip("-") == "0" or value.startswith("-") else value
            case _:
                return value
