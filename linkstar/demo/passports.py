"""The demo's compliance passports: five SKUs, from in order to run out, one paper of them with 25 days left."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from linkstar.compliance.actions import expiry
from linkstar.compliance.actions.papers import PaperWords, decide, save_paper, waive
from linkstar.compliance.actions.products import NewProduct, add_products, edit_product
from linkstar.compliance.models import Passport
from linkstar.compliance.rulebook import get_rulebook
from linkstar.compliance.standing import today_in
from linkstar.demo.plans import NEW_PRODUCT
from linkstar.lib.products import recognise
from linkstar.members.models import Member
from projects.actions.products import link_products
from projects.models import Project

MARKET = "us"


@dataclass(frozen=True)
class _Paper:
    """`ends_in` days from now, None for without an end; `by` is whose it is."""

    number: str
    issuer: str
    ends_in: int | None = None
    by: str = "ops"
    progress: str = "in_hand"


_BEGUN = _Paper("", "", progress="in_progress")


@dataclass(frozen=True)
class _Item:
    """`yes` are the questions answered with yes; all others with no, unless `is_new`: then nobody has answered."""

    sku: str
    name: str
    category: str
    yes: tuple[str, ...] = ()
    asin: str = ""
    papers: Mapping[str, _Paper] = field(default_factory=dict)
    is_new: bool = False


_ITEMS = (
    _Item(
        "PF-01-WHT", "静音宠物饮水机 2.5L 白色", "electronics", ("electronic", "mains"), "B0CX7Q4M2L",
        {
            "fcc_sdoc": _Paper("SDOC-2025-0118", "深圳信测标准", 25),
            "electrical_safety_nrtl": _Paper("E531907", "Intertek", 300),
        },
    ),
    _Item(
        "PF-01-BLK", "静音宠物饮水机 2.5L 黑色", "electronics", ("electronic", "mains", "wireless", "battery"),
        papers={"fcc_certification": _Paper("2BF7K-PF01B", "TÜV Rheinland (TCB)"), "battery_un38_3": _BEGUN},
    ),
    _Item(
        "KD-PUZ-24", "木制拼图 24 片", "toys_children", ("toy", "composite_wood"),
        papers={
            "cpc": _Paper("CPC-2024-077", "HEYFINCH LLC", -6), "cpsc_efiling": _Paper("REG-88213", "CPSC"),
            "cpsia_tracking_label": _Paper("LOT-2408", "HEYFINCH LLC"),
            "astm_f963": _Paper("GZ24-55102", "SGS 广州", 190), "tsca_title_vi": _BEGUN,
        },
    ),
    _Item(
        "BT-SPK-02", "Bluetooth shower speaker", "electronics", ("electronic", "wireless", "battery"),
        papers={
            "fcc_certification": _Paper("2BF7K-SPK02", "TÜV Rheinland (TCB)", by="brand"),
            "fcc_sdoc": _Paper("SDOC-2026-0009", "深圳信测标准", 400),
            "battery_un38_3": _Paper("UN-261104", "DEKRA", 330),
            "dangerous_goods_sds": _Paper("SDS-SPK02-R3", "HEYFINCH LLC", 720),
        },
    ),
    _Item("GL-MUG-11", "双层玻璃杯 350ml", "food_contact", is_new=True),
)  # fmt: skip


def add_passports(projects: Mapping[str, Project], people: Mapping[str, Member], *, now: datetime) -> None:
    """And the launch step that needs a passport says which one."""
    ops, at, launch = people["ops"], now - timedelta(days=20), projects[NEW_PRODUCT.name]
    book = get_rulebook(MARKET)
    entries = [NewProduct(item.sku, item.name, item.category) for item in _ITEMS]
    made = {one.product.sku: one for one in add_products(entries, market=MARKET, actor=ops, now=at).made}
    for item in _ITEMS:
        if item.is_new:
            continue
        passport = made[item.sku]
        implied = book.categories[item.category].implies
        answers = {key: key in item.yes or implied.get(key, False) for key in book.questions}
        edit_product(
            passport, sku=item.sku, asin=item.asin, name=item.name, category=item.category, answers=answers,
            channels=["amazon_us", "walmart_us"], project=launch, read=0, actor=ops, now=at,
        )  # fmt: skip
        _record(passport, item, people, now=at)
    prop_65 = book.requirements["prop_65"]
    decide(made["BT-SPK-02"], prop_65, "not", reason="SGS：未检出清单化学物质，报告 GZ26-10233", actor=ops, now=at)
    label = book.requirements["dangerous_goods_sds"]
    waive(made["PF-01-BLK"], label, reason="首批走海运样品，不进 FBA；正式批次前补齐", actor=people["owner"], now=at)
    _launch(launch, ops, now=now)


def _record(passport: Passport, item: _Item, people: Mapping[str, Member], *, now: datetime) -> None:
    today, book = today_in(MARKET, now + timedelta(days=20)), get_rulebook(MARKET)
    for key, paper in item.papers.items():
        ends = None if paper.ends_in is None else today + timedelta(days=paper.ends_in)
        words = PaperWords(
            progress=paper.progress, number=paper.number, issuer=paper.issuer, owner=people[paper.by],
            issued_on=ends - timedelta(days=730) if ends else None, expires_on=ends,
        )  # fmt: skip
        requirement = book.requirements[key]
        saved = save_paper(passport, requirement, words, upload=None, version=0, actor=people["ops"], now=now)
        # What a worker would have done by now.
        expiry.look(saved.pk, now=now + timedelta(days=20))


def _launch(project: Project, actor: Member, *, now: datetime) -> None:
    task = project.tasks.select_related("project", "column").get(sop_step="hazmat_docs")
    link_products(task, [recognise("PF-01-BLK")], actor=actor, now=now - timedelta(days=2))
