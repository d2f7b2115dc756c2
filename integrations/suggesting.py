"""What kind of action a task looks like, by its words: it is offered, a person chooses."""

import re

from integrations.models import SalesAction
from projects.models import Task

Kind = SalesAction.Kind
# The first that fits; what is said more narrowly stands before what it is a part of ("deal price" is a deal).
_WORDS: tuple[tuple[Kind, str], ...] = (
    (Kind.A_PLUS, r"a\+|aplus|a_plus|brand story|品牌故事"),
    (Kind.COUPON, r"coupon|promo code|优惠券|优惠码|折扣码"),
    (Kind.DEAL, r"\bdeals?\b|lightning|best deal|秒杀|限时|prime exclusive|flash sale|大促提报"),
    (Kind.VIDEO, r"video|视频"),
    (Kind.IMAGES, r"\bimages?\b|main image|gallery|主图|副图|图片|套图"),
    (Kind.TITLE, r"\btitle\b|bullet|标题|五点"),
    (Kind.AD, r"\bads?\b|\bppc\b|campaign|sponsored|广告|投放"),
    (Kind.PRICE, r"\bpric(?:e|es|ing)\b|repric|调价|降价|涨价|改价|定价|售价"),
    (Kind.STOCK, r"restock|replenish|fba check-in|补货|入仓|上架库存"),
    (Kind.LISTING, r"\blistings?\b|relist|上架|链接合并|变体"),
)
_KNOWN = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in _WORDS)


def suggested_kind(task: Task) -> str:
    """Empty where nothing is obvious."""
    words = f"{task.title} {task.sop_step.replace('_', ' ')}"
    return next((kind.value for kind, known in _KNOWN if known.search(words)), "")
