"""Whether a task is one piece of work that somebody can finish and show: a hint in the reader's words, never a refusal.

Rules from the seed's pits: a verb that says nothing (完成, 负责, handle), several verbs in one title, more than three
working days, nothing that says what will be there when it is done.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DAY_MINUTES = 8 * 60
LONGEST_DAYS = 3

# Said without an object that can be seen, these only promise that somebody will be busy.
_VAGUE_ZH = (
    "搞定", "完成", "负责(?!人)", "处理", "跟进", "推进", "落实", "弄好", "做好", "搞好", "解决", "对接", "安排好",
    "盯一下", "看一下", "看看", "研究一下", "弄一下", "搞一下", "处理好", "全权负责", "主导",
)  # fmt: skip
_VAGUE_EN = (
    "finish", "handle", "do", "deal with", "take care of", "look after", "work on", "sort out", "manage",
    "be responsible for", "responsible for", "look into", "follow up", "get done", "complete", "figure out",
)  # fmt: skip
_VERBS_ZH = (
    "上传", "拍摄", "拍", "修图", "设置", "创建", "新建", "编写", "撰写", "写", "修改", "更新", "检查", "审核", "提交",
    "联系", "确认", "准备", "发送", "发给", "下单", "采购", "翻译", "优化", "投放", "开启", "关闭", "启动", "测试",
    "打样", "报名", "申请", "注册", "付款", "发货", "订舱", "贴标", "制作", "设计", "挑选", "选品", "补货", "调价",
    "核对", "整理", "录入", "导出", "导入", "分析", "谈价", "签", "验货", "寄", "催", "做", "下架", "上架", "定价",
)  # fmt: skip
_VERBS_EN = (
    "upload", "shoot", "edit", "set", "create", "write", "change", "update", "check", "review", "submit", "contact",
    "confirm", "prepare", "send", "order", "buy", "translate", "optimise", "optimize", "launch", "start", "stop",
    "test", "sample", "apply", "register", "pay", "ship", "book", "label", "make", "design", "choose", "pick",
    "restock", "reprice", "price", "collect", "sort", "enter", "export", "import", "analyse", "analyze", "negotiate",
    "sign", "inspect", "call", "email", "publish", "list", "draft", "film", "cut", "print", "schedule", "plan",
)  # fmt: skip
_CLAUSES = re.compile(
    r"[、，,；;/&+]|→|->|并且|然后|以及|\s+and\s+|\s+then\s+|并(?=\S)|再(?=\S)|和(?=\S)", re.IGNORECASE
)
_ZH_STARTS = re.compile("^(?:请|把.{1,20}?)?(" + "|".join(sorted(_VERBS_ZH, key=len, reverse=True)) + ")")
_VAGUE_ZH_STARTS = re.compile("^(?:请|由.{1,8}?|尽快)?(" + "|".join(sorted(_VAGUE_ZH, key=len, reverse=True)) + ")")
# 把主图搞定, 广告跟进: the empty verb may also stand at the end.
_VAGUE_ZH_ENDS = re.compile("(?:" + "|".join(("搞定", "弄好", "做好", "搞好", "跟进", "处理", "负责")) + ")$")
_VAGUE_EN_STARTS = re.compile(
    r"^(?:please\s+)?(" + "|".join(sorted(_VAGUE_EN, key=len, reverse=True)) + r")\b", re.IGNORECASE
)
_EN_STARTS = re.compile(r"^(?:please\s+|to\s+)?(" + "|".join(_VERBS_EN) + r")\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Work:
    """What the rules look at; minutes of work, None when nobody has said."""

    title: str
    has_outcome: bool
    estimate_minutes: int | None


def clauses(title: str) -> list[str]:
    """The pieces of a title that a list or an "and" joins, in order, without blanks around them."""
    return [piece.strip() for piece in _CLAUSES.split(title) if piece.strip()]


def _verb_of(clause: str) -> str:
    found = _ZH_STARTS.match(clause) or _EN_STARTS.match(clause)
    return found.group(1).lower() if found else ""


def is_vague(work: Work) -> bool:
    title = work.title.strip()
    return bool(_VAGUE_ZH_STARTS.match(title) or _VAGUE_ZH_ENDS.search(title) or _VAGUE_EN_STARTS.match(title))


def has_several(work: Work) -> bool:
    """Two different verbs, each at the head of its own clause."""
    return len({verb for verb in map(_verb_of, clauses(work.title)) if verb}) > 1


def is_long(work: Work) -> bool:
    return work.estimate_minutes is not None and work.estimate_minutes > LONGEST_DAYS * DAY_MINUTES


def has_no_outcome(work: Work) -> bool:
    """Only asked of what takes a day or more: a line for each small errand would be noise."""
    return not work.has_outcome and work.estimate_minutes is not None and work.estimate_minutes >= DAY_MINUTES


_RULES: tuple[tuple[Callable[[Work], bool], Promise], ...] = (
    (is_vague, _("The verb does not say what will be done. Name the thing that will be there afterwards.")),
    (has_several, _("This is more than one piece of work. One task, one verb.")),
    (is_long, _("It is planned for more than three working days: nobody sees on the way whether it goes well.")),
    (has_no_outcome, _("Nothing says when it is done. Add a line to the description or a checklist.")),
)


def findings(work: Work) -> list[str]:
    """What could be said more finely, as sentences in the current language; empty for good work."""
    return [str(words) for rule, words in _RULES if rule(work)]
