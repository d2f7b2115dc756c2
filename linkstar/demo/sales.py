"""The demo's shops: 120 days of sales on 12 SKUs, what the team did to them, and what is ahead of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from integrations.actions.estimating import estimate, promise
from integrations.actions.noticing import notice
from integrations.actions.signs import spot
from integrations.detecting import Change
from integrations.models import ChannelAccount, DailySales, Listing, SalesAction
from integrations.stock import FACTORS, paces_of
from linkstar.calendars.market import dates_between
from linkstar.demo.plans import BLACK_FRIDAY, FALL, WALMART
from linkstar.members.models import Member
from projects.models import Project, SavedView, Task

DAYS = 120
_CENT = Decimal("0.01")
_MONDAY_FIRST = (1.06, 1.02, 0.97, 0.95, 0.92, 1.0, 1.08)
# How many times the usual a day of the American retail year sells.
_EVENTS = {
    "amazon_prime_day": 2.6, "amazon_prime_big_deal_days": 2.0, "amazon_big_spring_sale": 1.5, "thanksgiving": 1.5,
    "black_friday": 3.0, "small_business_saturday": 1.7, "cyber_monday": 2.5, "giving_tuesday": 1.3, "labor_day": 1.2,
    "halloween": 0.9, "christmas": 0.6, "memorial_day": 1.2, "independence_day": 0.85, "green_monday": 1.3,
}  # fmt: skip
# Month and day from which on the season sells so much more than the year.
_SEASON = (((11, 1), 1.08), ((11, 15), 1.18), ((12, 1), 1.25), ((12, 19), 0.9))
_Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class _Item:
    """`daily` units on Amazon at the beginning, at `price` dollars; one of so many visits buys."""

    sku: str
    asin: str
    parent: str
    title: str
    price: str
    daily: float
    conversion: float
    refunds: float = 0.04
    growth: float = 0.12


_ITEMS = (
    _Item("PF-01-WHT", "B0CX7Q4M2L", "B0CX7PF010", "静音宠物饮水机 2.5L 白色", "39.99", 19, 0.11, growth=0.25),
    _Item("PF-01-BLK", "B0D3K8V1QN", "B0CX7PF010", "静音宠物饮水机 2.5L 黑色", "42.99", 9, 0.09),
    _Item("PF-FLT-04", "B0CYR2T6HD", "", "饮水机替换滤芯 4 片装", "14.99", 24, 0.22, 0.02, 0.3),
    _Item("BT-SPK-02", "B0CZ5N9KWP", "", "Bluetooth shower speaker", "29.99", 11, 0.08, 0.07),
    _Item("GL-MUG-11", "B0D1GH7M4C", "", "双层玻璃杯 350ml", "18.99", 14, 0.12, 0.06),
    _Item("KD-PUZ-24", "B0BTX3L8ZR", "", "木制拼图 24 片", "16.99", 13, 0.13, 0.03),
    _Item("CT-LIT-20", "B0CQ8W5J2V", "", "双层防漏猫砂垫 75×55cm", "21.99", 15, 0.14),
    _Item("DG-BED-M", "B0D6P4YX9K", "B0D6P4BED0", "可拆洗狗窝 中号", "36.99", 10, 0.09, 0.08),
    _Item("DG-BED-L", "B0D6P5RZ3T", "B0D6P4BED0", "可拆洗狗窝 大号", "46.99", 7, 0.08, 0.09),
    _Item("KT-ORG-06", "B0CLV1C7NE", "", "冰箱收纳盒 6 件套", "27.99", 17, 0.12),
    _Item("LED-NL-2P", "B0CV4D2S8G", "", "感应小夜灯 2 只装", "15.99", 20, 0.15, 0.03),
    _Item("YG-MAT-06", "B0D2J9B6XA", "", "Non-slip yoga mat 6 mm", "28.99", 9, 0.08, 0.05, -0.05),
)  # fmt: skip


@dataclass(frozen=True)
class _Shop:
    """Sells `items` (SKU → share of what Amazon sells of it) since `since` days ago."""

    channel: ChannelAccount.Channel
    external_id: str
    name: str
    zone: str
    items: Mapping[str, float]
    since: int = DAYS
    marketplace: str = ""
    counts_visits: bool = False


_AMAZON, _SHOPIFY, _WALMART = _SHOPS = (
    _Shop(
        ChannelAccount.Channel.AMAZON, "A3DEMOHEYFINCH", "HEYFINCH US", "America/Los_Angeles",
        {item.sku: 1.0 for item in _ITEMS}, marketplace="ATVPDKIKX0DER", counts_visits=True,
    ),
    _Shop(
        ChannelAccount.Channel.SHOPIFY, "pawjoy-demo.myshopify.com", "pawjoy.com", "America/New_York",
        {"PF-01-WHT": 0.3, "PF-FLT-04": 0.4, "CT-LIT-20": 0.25, "DG-BED-M": 0.35, "DG-BED-L": 0.3},
    ),
    _Shop(
        ChannelAccount.Channel.WALMART, "10001048576", WALMART.store, "America/Los_Angeles",
        {"GL-MUG-11": 0.3, "KT-ORG-06": 0.35, "LED-NL-2P": 0.25, "YG-MAT-06": 0.3}, since=84,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class _Act:
    """What somebody did on Amazon `ago` days before loading: by the step of a project, or noted by hand.

    From then on (for `lasts` days) `units` times as much is sold, at `price` times the price or with `coupon` off, and
    `ads` times as much is spent. Without stock for `out` days before.
    """

    kind: SalesAction.Kind
    ago: int
    skus: tuple[str, ...]
    by: str
    title: str
    project: str = ""
    step: str = ""
    units: float = 1.0
    price: float = 1.0
    coupon: float = 0.0
    ads: float = 1.0
    lasts: int | None = None
    out: int = 0


_K = SalesAction.Kind
_ACTS = (
    _Act(
        _K.IMAGES, 41, ("KT-ORG-06",), "brand", "Lifestyle main image with a filled fridge", FALL.name, "promo_images",
        units=1.6,
    ),
    _Act(
        _K.COUPON, 35, ("CT-LIT-20", "DG-BED-M"), "brand", "15 % coupon, fall pet week", FALL.name, "create_coupon",
        units=1.75, coupon=0.15, lasts=8,
    ),
    _Act(
        _K.AD, 39, ("LED-NL-2P",), "brand", "Event ad budget and bids up", FALL.name, "ad_budget_up",
        units=1.12, ads=1.8, lasts=13,
    ),
    _Act(
        _K.STOCK, 18, ("KD-PUZ-24",), "ops", "FBA 补货到仓 600 件", BLACK_FRIDAY.name, "deadline_fba_opt", out=6,
    ),
    _Act(
        _K.A_PLUS, 14, ("PF-01-WHT",), "ops", "A+ 换成对比图与静音实测", BLACK_FRIDAY.name, "listing_refresh",
        units=1.2,
    ),
    _Act(_K.PRICE, 24, ("BT-SPK-02",), "ops", "29.99 → 26.99 美元，对齐竞品", units=1.35, price=0.9),
    _Act(_K.TITLE, 30, ("YG-MAT-06",), "brand", "“Non-slip” moved to the front of the title"),
)  # fmt: skip


def add_sales(projects: Mapping[str, Project], people: Mapping[str, Member], *, now: datetime) -> None:
    """Three shops whose numbers came by file this morning: no channel is ever asked for them."""
    for seed, shop in enumerate(_SHOPS):
        begun = now - timedelta(days=shop.since)
        account = ChannelAccount.objects.create(
            channel=shop.channel, external_id=shop.external_id, name=shop.name, marketplace=shop.marketplace,
            time_zone=shop.zone, source=ChannelAccount.Source.FILES, state_at=begun,
            last_good_at=now - timedelta(hours=3), created_by=people["ops"], created_at=begun,
        )  # fmt: skip
        _fill(account, shop, seed=seed, now=now)
        if shop is _AMAZON:
            _record(account, projects, people, now=now)
            _look_ahead(account, projects[BLACK_FRIDAY.name], people, now=now)
    SavedView.objects.create(
        member=people["finance"], kind=SavedView.Kind.SALES, name="每周看：全部店铺", is_shared=True,
        query="range=last_week&against=week", mailed_to=[people["finance"].pk], created_at=now - timedelta(days=40),
    )  # fmt: skip


@dataclass
class _Days:
    """A SKU's days, oldest first: factors of its sales, price and ads, the coupon's share, and where stock was out."""

    units: _Numbers
    price: _Numbers
    ads: _Numbers
    coupon: _Numbers
    out: _Numbers


def _fill(account: ChannelAccount, shop: _Shop, *, seed: int, now: datetime) -> None:
    """Closed days only: a file holds none that is under way, and all files were made after the same day."""
    last = min(now.astimezone(ZoneInfo(each.zone)).date() for each in _SHOPS) - timedelta(days=1)
    days = [last - timedelta(days=back) for back in reversed(range(min(shop.since, DAYS)))]
    common = _common(days, np.random.default_rng(seed))
    rows, listings = list[DailySales](), list[Listing]()
    for at, item in enumerate(_ITEMS):
        if item.sku not in shop.items:
            continue
        acts = _acted(item, days) if shop is _AMAZON else _still(len(days))
        mine = _rows(account, shop, item, days, common, acts, np.random.default_rng([seed, at]), now=now)
        rows += mine
        listings.append(_listing(account, item, mine[-1], days[0], now=now))
    DailySales.objects.bulk_create(rows, batch_size=2000)
    Listing.objects.bulk_create(listings)


def _common(days: list[date], random: np.random.Generator) -> _Numbers:
    """What all SKUs of a shop have in common: weekday, season, events of the year, and a little weather."""
    factors = np.array([_MONDAY_FIRST[day.weekday()] for day in days])
    for at, day in enumerate(days):
        factors[at] *= ([1.0] + [times for begin, times in _SEASON if (day.month, day.day) >= begin])[-1]
    for entry in dates_between(days[0], days[-1], confirmed_only=True):
        for at, day in enumerate(days):
            if entry.first and entry.last and entry.first <= day <= entry.last:
                factors[at] *= _EVENTS.get(entry.key, 1.0)
    weather: _Numbers = np.repeat(random.normal(scale=0.04, size=len(days) // 7 + 1), 7)[: len(days)]
    return factors * np.exp(weather)


def _still(count: int) -> _Days:
    return _Days(np.ones(count), np.ones(count), np.ones(count), np.zeros(count), np.zeros(count))


def _acted(item: _Item, days: list[date]) -> _Days:
    """`ago` counts from the day of loading, the day after the last of `days`; the day itself has the half."""
    acted, count = _still(len(days)), len(days)
    for act in _ACTS:
        if item.sku not in act.skus:
            continue
        begins = count - act.ago
        ends = count if act.lasts is None else min(count, begins + act.lasts)
        acted.units[begins] *= (1 + act.units) / 2
        acted.units[begins + 1 : ends] *= act.units
        acted.price[begins:ends] *= act.price
        acted.ads[begins:ends] *= act.ads
        acted.coupon[begins:ends] = act.coupon
        acted.out[begins - act.out : begins] = 1
    return acted


def _rows(
    account: ChannelAccount, shop: _Shop, item: _Item, days: list[date], common: _Numbers, acted: _Days,
    random: np.random.Generator, *, now: datetime,
) -> list[DailySales]:  # fmt: skip
    count = len(days)
    growth = np.exp(np.linspace(0, np.log1p(item.growth), count))
    own = np.exp(np.repeat(random.normal(scale=0.05, size=count // 7 + 1), 7)[:count])
    chance, luck = random.gamma(40, 1 / 40, size=count), random.normal(size=count)
    level = item.daily * shop.items[item.sku] * common * growth * own * acted.units
    units = _counted(level * chance, luck) * (acted.out == 0)
    orders = np.minimum(units, np.maximum(random.binomial(units, 0.93), units > 0))
    # What comes back was sold a week or two before.
    sold_before = np.concatenate([np.full(9, item.daily * shop.items[item.sku]), units])[:count]
    refunded = random.binomial(sold_before.astype(int), item.refunds)
    sessions = random.poisson(np.where(acted.out == 1, level * 0.3, level) / item.conversion)
    spend = level / acted.units * float(item.price) * 0.085 * acted.ads * random.uniform(0.85, 1.15, size=count)
    stock = _stock(units, acted, random)
    prices = [(Decimal(item.price) * Decimal(str(factor))).quantize(_CENT) for factor in acted.price]
    rows = []
    for at, day in enumerate(days):
        gross, told = prices[at] * int(units[at]), min(now, _noon_after(account, day))
        row = DailySales(
            account=account, day_on=day, sku=item.sku, asin=item.asin if shop is _AMAZON else "", currency="USD",
            orders=int(orders[at]), orders_first=int(orders[at]), units_ordered=int(units[at]), gross_sales=gross,
            discounts=(gross * Decimal(str(acted.coupon[at]))).quantize(_CENT), units_refunded=int(refunded[at]),
            refund_amount=prices[at] * int(refunded[at]), sales_source=DailySales.Origin.FILES, sales_as_of=told,
            stock=int(stock[at]), price=prices[at], stock_source=DailySales.Origin.FILES, stock_as_of=told,
        )  # fmt: skip
        if shop.counts_visits:
            row.sessions, row.page_views = int(sessions[at]), int(sessions[at] * 1.35)
            row.buy_box_percent = Decimal(94 + at % 6)
            row.traffic_source, row.traffic_as_of = DailySales.Origin.FILES, told
            row.ad_spend, row.ad_source, row.ad_as_of = Decimal(f"{spend[at]:.2f}"), DailySales.Origin.HAND, told
        rows.append(row)
    return rows


def _counted(mean: _Numbers, luck: _Numbers) -> NDArray[np.int64]:
    """As good as Poisson counts, but of normal `luck`: the same on whichever day the demo is loaded.

    The square root of such a count varies by half, whatever its mean.
    """
    roots = np.maximum(np.sqrt(mean + 0.375) + luck / 2, 0)
    return np.maximum(np.rint(roots**2 - 0.375), 0).astype(np.int64)


def _stock(units: NDArray[np.int64], acted: _Days, random: np.random.Generator) -> _Numbers:
    """At the end of each day: five to eight weeks' worth arrives when less than two and a half are left."""
    pace = max(float(units.mean()), 1.0)
    left, levels = pace * random.uniform(30, 50), np.zeros(len(units))
    for at, sold in enumerate(units):
        left = max(left - sold, 0)
        if acted.out[at]:
            left = 0
        elif left < pace * 17:
            left += round(pace * random.uniform(35, 55))
        levels[at] = left
    return levels


def _noon_after(account: ChannelAccount, day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(12), tzinfo=ZoneInfo(account.time_zone))


def _listing(account: ChannelAccount, item: _Item, newest: DailySales, first: date, *, now: datetime) -> Listing:
    is_amazon = account.channel == ChannelAccount.Channel.AMAZON
    return Listing(
        account=account, sku=item.sku, asin=item.asin if is_amazon else "", parent=item.parent if is_amazon else "",
        title=item.title, price=newest.price, stock=newest.stock, has_buy_box=True if is_amazon else None,
        status="active", seen_at=now - timedelta(hours=3), first_seen_at=_noon_after(account, first),
    )  # fmt: skip


def _record(
    account: ChannelAccount, projects: Mapping[str, Project], people: Mapping[str, Member], *, now: datetime
) -> None:
    tasks = {(task.project_id, task.sop_step): task for task in _tasks(projects.values())}
    actions = []
    for act in _ACTS:
        project = projects.get(act.project)
        live_at = now - timedelta(days=act.ago, hours=2)
        task = tasks[project.pk, act.step] if project else None
        actions.append(
            SalesAction(
                account=account,
                kind=act.kind,
                skus=list(act.skus),
                live_at=live_at,
                title=act.title,
                ended_at=live_at + timedelta(days=act.lasts) if act.lasts else None,
                task=task,
                project=project,
                origin=SalesAction.Origin.TASK if task else SalesAction.Origin.MARK,
                created_by=people[act.by],
                created_at=live_at,
            )
        )
    for action in SalesAction.objects.bulk_create(actions):
        estimate(action, now=now)
        promise(action, now=now, tried=True)


# Its stock is gone on this day of the deal, counted from 1.
_EMPTY_SKU, _EMPTY_ON_DAY, _DEAL_DAYS = "LED-NL-2P", 2, 4


def _look_ahead(account: ChannelAccount, project: Project, people: Mapping[str, Member], *, now: datetime) -> None:
    """A deal that empties a SKU, ads noted for it, pictures that look live, and a price that nobody recorded."""
    tasks = {
        task.sop_step: task for task in Task.objects.filter(project=project, sop_step__in=("bf_on", "creative_done"))
    }
    opening = tasks["bf_on"].due_at or now + timedelta(days=12)
    SalesAction.objects.create(
        account=account, kind=_K.DEAL, skus=[_EMPTY_SKU, "PF-01-WHT"], title="黑五 7 折", live_at=opening,
        ended_at=opening + timedelta(days=_DEAL_DAYS), task=tasks["bf_on"], project=project,
        origin=SalesAction.Origin.TASK, created_by=people["ops"], created_at=now - timedelta(days=6),
    )  # fmt: skip
    SalesAction.objects.create(
        account=account, kind=_K.AD, skus=["YG-MAT-06"], title="Holiday ads, higher bids",
        live_at=now + timedelta(days=3), origin=SalesAction.Origin.MARK, created_by=people["brand"],
        created_at=now - timedelta(days=1),
    )  # fmt: skip
    SalesAction.objects.create(
        account=account, kind=_K.LISTING, skus=["GL-MUG-11"], title="黑五主图换新", task=tasks["creative_done"],
        project=project, origin=SalesAction.Origin.TASK, created_by=people["ops"], created_at=now - timedelta(days=6),
    )  # fmt: skip
    _leave_stock(account, until=account.day_of(opening), now=now)
    seen_at, price = now - timedelta(hours=3), Decimal("14.99")
    changes = [
        Change("GL-MUG-11", "image", "https://images.example/mug-1.jpg", "https://images.example/mug-2.jpg"),
        Change("KD-PUZ-24", "price", "16.99", str(price)),
    ]
    Listing.objects.filter(account=account, sku="KD-PUZ-24").update(price=price)
    notice(account, spot(account, changes, now=seen_at), now=seen_at)


def _leave_stock(account: ChannelAccount, *, until: date, now: datetime) -> None:
    """So much that it lasts to the deal's first day, and is gone on its second."""
    pace = paces_of([account], [_EMPTY_SKU], now=now)[account.pk, _EMPTY_SKU].daily
    days = max(0, (until - account.day_of(now)).days)
    stock = round(pace * (days + FACTORS[_K.DEAL.value] * (_EMPTY_ON_DAY - Decimal("0.5"))))
    Listing.objects.filter(account=account, sku=_EMPTY_SKU).update(stock=stock)
    newest = account.day_of(now) - timedelta(days=1)
    DailySales.objects.filter(account=account, sku=_EMPTY_SKU, day_on=newest).update(stock=stock)


def _tasks(projects: Iterable[Project]) -> Iterable[Task]:
    steps = {act.step for act in _ACTS if act.step}
    return Task.objects.filter(project__in=[project.pk for project in projects], sop_step__in=steps)
