"""Passports that tests begin with."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from linkstar.compliance.actions.papers import PaperWords, save_paper
from linkstar.compliance.actions.products import NewProduct, add_products, edit_product
from linkstar.compliance.models import Paper, Passport
from linkstar.compliance.rulebook import get_rulebook
from linkstar.compliance.standing import today_in
from linkstar.members.models import Member

US = get_rulebook("us")
# A speaker with a battery and radio, for grown-ups: FCC ID, SDoC, UN38.3, SDS; nothing is left to ask.
SPEAKER = dict.fromkeys(US.questions, False) | {"battery": True, "wireless": True, "electronic": True}
SPEAKER_PAPERS = ["fcc_certification", "fcc_sdoc", "battery_un38_3", "dangerous_goods_sds"]


def make_passport(owner: Member, sku: str = "SP-01", **values: Any) -> Passport:
    """Of an electronic product, all questions answered as for SPEAKER unless `answers` say otherwise."""
    now = values.pop("now", timezone.now())
    [passport] = add_products([NewProduct(sku)], market="us", actor=owner, now=now).made
    given = {
        "sku": sku,
        "asin": "",
        "name": "Speaker",
        "category": "electronics",
        "answers": SPEAKER,
        "channels": ["amazon_us"],
        "project": None,
        "read": 0,
        **values,
    }
    edit_product(passport, **given, actor=owner, now=now)
    return Passport.objects.select_related("product", "project").get(pk=passport.pk)


def record(passport: Passport, key: str, *, owner: Member, **words: Any) -> Paper:
    """A paper in hand, by its number."""
    now: datetime = words.pop("now", timezone.now())
    held = Paper.objects.filter(passport=passport, requirement=key).first()
    given = {"progress": "in_hand", "number": "N-1", "owner": owner, **words}
    requirement = US.requirements[key]
    version = held.version if held else 0
    return save_paper(passport, requirement, PaperWords(**given), upload=None, version=version, actor=owner, now=now)


def fill(passport: Passport, *, owner: Member, but: tuple[str, ...] = (), **words: Any) -> None:
    """All that SPEAKER needs."""
    for key in SPEAKER_PAPERS:
        if key not in but:
            record(passport, key, owner=owner, **words)


def in_days(days: int, *, now: datetime | None = None) -> date:
    """Of the market's days."""
    return today_in("us", now or timezone.now()) + timedelta(days=days)


@pytest.fixture
def passport(owner: Member) -> Passport:
    return make_passport(owner)
