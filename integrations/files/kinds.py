"""The kinds of files that are understood, and by which headings their columns are known."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = str | Promise


@dataclass(frozen=True)
class Column:
    """`headings`: how files name it, in lower case without blanks; the first is the template's."""

    key: str
    label: Words
    headings: tuple[str, ...]
    is_needed: bool = False


@dataclass(frozen=True)
class FileKind:
    """`is_orders`: its rows are lines of orders; otherwise sums of a day and SKU. `is_of_one_day`: it names no day."""

    key: str
    name: Words
    where: Words
    columns: tuple[Column, ...]
    channels: tuple[str, ...]
    is_orders: bool = False
    is_of_one_day: bool = False


_SKU, _UNITS = _("SKU"), _("Units sold")
_DAY = pgettext_lazy("column of a file", "Day")
_GROSS = _("Sales before discounts")
_DISCOUNT = _("Discounts you paid for")
_CURRENCY = _("Currency")
_ALL = ("amazon", "shopify", "walmart", "tiktok")

KINDS: dict[str, FileKind] = {
    kind.key: kind
    for kind in (
        FileKind(
            "plain",
            _("A table of your own: day, SKU, units, sales"),
            _(
                "Any spreadsheet; one row a day and SKU. Fill in the template, or bring yours and say which column is"
                " which."
            ),
            (
                Column("day", _DAY, ("Date", "Day", "日期", "天"), True),
                Column("sku", _SKU, ("SKU", "MSKU", "Seller SKU", "货号", "商品编码", "卖家SKU"), True),
                Column(
                    "units",
                    _UNITS,
                    ("Units", "Units ordered", "Quantity", "销量", "数量", "件数", "销售数量", "订单商品数量"),
                    True,
                ),
                Column("gross", _GROSS, ("Gross sales", "Sales", "Ordered product sales", "销售额", "销售金额"), True),
                Column("discount", _DISCOUNT, ("Discounts", "Discount", "折扣", "优惠")),
                Column("units_refunded", _("Units refunded"), ("Units refunded", "退款数量", "退货数量")),
                Column("refund", _("Refunds, in money"), ("Refunds", "Refund amount", "退款金额", "退款")),
                Column("ad_spend", _("Ad spend"), ("Ad spend", "Spend", "Cost", "广告花费", "广告费")),
                Column("currency", _CURRENCY, ("Currency", "币种", "货币")),
            ),
            _ALL,
        ),
        FileKind(
            "amazon_business",
            _("Amazon: business report by child ASIN"),
            _("Seller Central, Reports, Business Reports, “Detail Page Sales and Traffic By Child Item”, for one day."),
            (
                Column("sku", _SKU, ("SKU",), True),
                Column("asin", "ASIN", ("(Child) ASIN", "Child ASIN", "（子）ASIN", "(子)ASIN")),
                Column("day", _DAY, ("Date", "日期")),
                Column("units", _UNITS, ("Units Ordered", "已订购商品数量", "订购商品数量"), True),
                Column("gross", _GROSS, ("Ordered Product Sales", "已订购商品销售额", "订购商品销售额"), True),
                Column("sessions", _("Sessions"), ("Sessions - Total", "Sessions", "会话数 - 总计", "买家访问次数")),
                Column(
                    "page_views",
                    _("Page views"),
                    ("Page Views - Total", "Page Views", "页面浏览量 - 总计", "页面浏览次数"),
                ),
                Column(
                    "buy_box",
                    _("Buy box"),
                    (
                        "Featured Offer (Buy Box) Percentage",
                        "Buy Box Percentage",
                        "推荐报价（推荐报价展示位）百分比",
                        "购买按钮赢得率",
                    ),
                ),
            ),
            ("amazon",),
            is_of_one_day=True,
        ),
        FileKind(
            "shopify_orders",
            _("Shopify: export of orders"),
            _("Admin, Orders, Export, “CSV for Excel”. Refunds have no day in it and are left out."),
            (
                Column("order", _("Order number"), ("Name", "订单号"), True),
                Column("placed", _("Placed at"), ("Created at", "创建时间"), True),
                Column("sku", _SKU, ("Lineitem sku",), True),
                Column("units", _UNITS, ("Lineitem quantity",), True),
                Column("price", _("Price of one"), ("Lineitem price",), True),
                Column("line_discount", _("Discount of the line"), ("Lineitem discount",)),
                Column("order_discount", _("Discount of the order"), ("Discount Amount",)),
                Column("cancelled", _("Cancelled at"), ("Cancelled at",)),
                Column("currency", _CURRENCY, ("Currency",)),
            ),
            ("shopify",),
            is_orders=True,
        ),
        FileKind(
            "walmart_orders",
            _("Walmart: export of orders"),
            _("Seller Center, Orders, Download."),
            (
                Column("order", _("Order number"), ("PO#", "PO Number", "Purchase Order #"), True),
                Column("line", _("Line number"), ("PO Line#", "Line #")),
                Column("placed", _("Placed at"), ("Order Date",), True),
                Column("sku", _SKU, ("SKU",), True),
                Column("units", _UNITS, ("Qty", "Quantity"), True),
                Column("price", _("Price of one"), ("Item Cost", "Unit Price"), True),
                Column("status", _("Status"), ("Status",)),
            ),
            ("walmart",),
            is_orders=True,
        ),
        FileKind(
            "tiktok_orders",
            _("TikTok Shop: export of orders"),
            _("Seller Center, Orders, Export."),
            (
                Column("order", _("Order number"), ("Order ID", "订单编号", "订单号"), True),
                Column("placed", _("Placed at"), ("Created Time", "创建时间", "下单时间"), True),
                Column("sku", _SKU, ("Seller SKU", "卖家SKU"), True),
                Column("line", _("Line number"), ("SKU ID",)),
                Column("units", _UNITS, ("Quantity", "数量"), True),
                Column("price", _("Price of one"), ("SKU Unit Original Price", "SKU单价", "SKU 单件原价"), True),
                Column("line_discount", _("Discount you paid for"), ("SKU Seller Discount", "卖家折扣")),
                Column("status", _("Status"), ("Order Status", "订单状态")),
            ),
            ("tiktok",),
            is_orders=True,
        ),
    )
}  # fmt: skip


def kinds_for(channel: str) -> list[FileKind]:
    """The channel's own first."""
    return sorted((kind for kind in KINDS.values() if channel in kind.channels), key=lambda kind: kind.key == "plain")


def recognise(kind: FileKind, head: list[str], remembered: Mapping[str, str]) -> dict[str, str]:
    """Column → heading of this file: as somebody said before ("": none of them), else by the names that are known."""
    by_name = {plain_heading(heading): heading for heading in reversed(head) if heading}
    found = {}
    for column in kind.columns:
        if remembered.get(column.key) == "":
            continue
        names = [plain_heading(name) for name in (remembered.get(column.key, ""), *column.headings) if name]
        heading = next((by_name[name] for name in names if name in by_name), None)
        if heading:
            found[column.key] = heading
    return found


def plain_heading(text: str) -> str:
    return re.sub(r"[\s_\-–—]+", "", text.replace("（", "(").replace("）", ")")).casefold()
