"""One project was looked back at: what was written down, what its SOP learnt from it, and how it had been forecast."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from linkstar.demo.plans import FALL
from linkstar.members.models import Member
from linkstar.retrospectives.actions.changes import accept_change, propose_change
from linkstar.retrospectives.actions.retrospectives import add_note, close_retrospective
from linkstar.retrospectives.lineage import current_template
from linkstar.retrospectives.models import ProposedChange
from projects.models import Forecast, ForecastState, Project

_NOTES = (
    ("keep", "ops", "h24_check", "上线前 24 小时逐项复核，没有一张券漏开。"),
    ("keep", "brand", "", "One person answered for the whole week. Nobody had to ask who decides."),
    ("change", "brand", "promo_images", "Pictures came back twice: the first brief did not name the phone crop."),
    ("change", "finance", "approve_promo", "预算审批卡了四天，因为毛利表没有含券费。"),
    ("try", "ops", "fee_recon", "对账前先导出券费明细，不等平台月结账单。"),
    ("try", "owner", "", "下次提前一周把备用折扣写进方案，当天不用再讨论。"),
)
# Days before the anchor, and what the project was heading for from then on.
_STATES = ((52, "green"), (38, "amber"), (34, "red"), (27, "amber"), (20, "green"))


def look_back(projects: Mapping[str, Project], people: Mapping[str, Member], *, now: datetime) -> None:
    project = projects[FALL.name]
    _forecast(project, now=now)
    steps = {task.sop_step: task for task in project.tasks.all()}
    notes = {}
    for number, (kind, who, step, text) in enumerate(_NOTES):
        at = now - timedelta(days=13, hours=20 - number)
        author, task = people[who], steps.get(step)
        notes[step] = add_note(project, kind=kind, text=text, task=task, author=author, now=at)
    longer = propose_change(
        current_template(FALL.template),
        kind=ProposedChange.Kind.DURATION,
        step="promo_images",
        after=6,
        reason="Two rounds of pictures are the rule, not the exception: brief, first proofs, phone crop.",
        note=notes["promo_images"],
        actor=people["brand"],
        now=now - timedelta(days=13),
        source=ProposedChange.Source.RETROSPECTIVE,
        project=project,
    )
    propose_change(
        current_template(FALL.template),
        kind=ProposedChange.Kind.CHECKLIST,
        step="margin_calc",
        after={"zh": "毛利表已含券费和活动费", "en": "The margin sheet includes coupon and event fees"},
        reason="审批时才发现毛利表没有含券费，来回改了两次。",
        note=notes["approve_promo"],
        actor=people["finance"],
        now=now - timedelta(days=12, hours=20),
        source=ProposedChange.Source.RETROSPECTIVE,
        project=project,
    )
    close_retrospective(project, actor=people["brand"], now=now - timedelta(days=12))
    accept_change(longer, actor=people["owner"], now=now - timedelta(days=11))


def _forecast(project: Project, *, now: datetime) -> None:
    """What the daily looks of those weeks would have left."""
    anchor = now + timedelta(days=FALL.anchor_in)
    states = [ForecastState(project=project, state=state, at=anchor - timedelta(days=ago)) for ago, state in _STATES]
    over = ForecastState(project=project, state=Forecast.State.NONE, at=now - timedelta(days=14))
    ForecastState.objects.bulk_create([*states, over])
