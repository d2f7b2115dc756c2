"""The demo's projects, as data: which SOP, when its anchor is, who does what, and how it ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Plan:
    """A project to be started from an SOP, `anchor_in` days from today (negative: that long ago).

    `guests_steps` are the steps that the guest is put on, `boss_steps` those that the owner of the workspace keeps;
    `slips` those that should be done by now and are not; `late` those that were done so many days after their deadline;
    `ends`: "" is still running, "done" when nothing is left to do and nobody has said that it is over, else "finished"
    or "archived". `yes` are the questions about the product that are answered yes, the others being no; `is_waived`
    leaves all of them open.
    """

    name: str
    template: str
    variant: str | None
    anchor_in: int
    owner: str
    roles: Mapping[str, str]
    language: str
    channel: str
    store: str
    guest: str = ""
    guests_steps: tuple[str, ...] = ()
    boss_steps: tuple[str, ...] = ()
    slips: tuple[str, ...] = ()
    late: Mapping[str, int] = field(default_factory=dict)
    ends: str = ""
    yes: tuple[str, ...] = ()
    is_waived: bool = False


_TEAM = {
    "operations": "ops", "product": "ops", "design": "brand", "advertising": "brand", "compliance": "ops",
    "logistics": "ops", "finance": "finance", "agency_external": "brand",
}  # fmt: skip
_NEW_YORK = {**_TEAM, "operations": "brand"}

BLACK_FRIDAY, NEW_PRODUCT, SHOPIFY, TIKTOK, RESTOCK, FALL, WALMART, _COUPON, _CHRISTMAS = PLANS = (
    Plan(
        "Q4 黑五备战 - Amazon US", "black_friday_cyber_monday", "electronics", 12, "ops", _TEAM, "zh-hans", "amazon_us",
        "HEYFINCH US", guest="designer", guests_steps=("creative_brief", "creative_done", "email_sms"),
        boss_steps=("week_deals_on", "bf_on", "bfcm_review"), slips=("email_sms", "creative_done", "ad_plan"),
        yes=("battery",),
    ),
    Plan(
        "宠物饮水机新品上架 - Amazon US", "amazon_us_new_product_launch", "electronics", 46, "ops", _TEAM, "zh-hans",
        "amazon_us", "PAWJOY US", guest="supplier",
        guests_steps=("sample_order", "mass_production", "final_inspection"),
        boss_steps=("go_no_go", "reorder_decision"), slips=("copywriting", "mass_production", "final_inspection"),
        yes=("battery", "wireless"),
    ),
    Plan(
        "Shopify US store launch", "shopify_us_store_launch", "home", 16, "brand", _NEW_YORK, "en", "shopify",
        "heyfinch.com", boss_steps=("wms_3pl", "launch_offer"), slips=("theme_build", "copy_native"),
    ),
    Plan(
        "TikTok Shop 美国站开店", "tiktok_shop_us_launch", None, 20, "ops", {**_TEAM, "compliance": ""}, "zh-hans",
        "tiktok_us", "HEYFINCH Shop", boss_steps=("aff_contract", "aff_list", "tts_review"),
        slips=("tts_ship", "aff_plan"), is_waived=True,
    ),
    Plan(
        "FBA 补货：12 月海运", "fba_replenishment_shipment", None, 38, "ops", _TEAM, "zh-hans", "amazon_us",
        "HEYFINCH US", slips=("isf", "pickup"),
    ),
    Plan(
        "Fall coupon and deal week", "amazon_coupon_deal_promotion", "home", -34, "brand", _NEW_YORK, "en", "amazon_us",
        "HEYFINCH US", ends="finished",
        late={"stock_lock": 5, "promo_matrix": 5, "approve_promo": 4, "promo_images": 6, "fee_recon": 5},
    ),
    Plan(
        "Walmart 入驻", "walmart_marketplace_onboarding", None, -90, "ops", _TEAM, "zh-hans", "walmart_us",
        "HEYFINCH Walmart", ends="archived",
    ),
    Plan(
        "9 月开学季优惠券", "amazon_coupon_deal_promotion", "home", -60, "ops", _TEAM, "zh-hans", "amazon_us",
        "PAWJOY US", late={"approve_promo": 4, "promo_images": 5}, ends="done",
    ),
    Plan(
        "圣诞优惠券 - Amazon US", "amazon_coupon_deal_promotion", "home", 4, "ops", _TEAM, "zh-hans", "amazon_us",
        "PAWJOY US", slips=("stack_test", "deal_status"), late={"approve_promo": 3, "promo_images": 3},
    ),
)  # fmt: skip
