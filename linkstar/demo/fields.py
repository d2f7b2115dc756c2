"""The demo's custom fields, and its task that comes again every week."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from linkstar.demo.plans import BLACK_FRIDAY, NEW_PRODUCT
from linkstar.lib.deadlines import Deadline
from linkstar.lib.recurrence import Rule
from linkstar.members.models import Member
from projects.actions.checklists import add_items
from projects.actions.fields import choose_fields, create_field, set_field
from projects.actions.finishing import finish_task
from projects.actions.recurrence import look, repeat_task
from projects.actions.tasks import create_task
from projects.field_values import Stored
from projects.models import Column, CustomField, Project

_MARKET = "America/Los_Angeles"
_FRIDAY = 4
# step → (field, value), of the project for Black Friday
_VALUES: dict[str, tuple[tuple[str, Stored], ...]] = {
    "deal_margin": (("margin", "11.8"), ("budget", {"amount": "12000", "currency": "USD"})),
    "ad_plan": (("budget", {"amount": "8500", "currency": "USD"}),),
    "settle": (("margin", "10"),),
    "creative_done": (("listing", "c2"),),
    "freeze": (("listing", "c3"),),
    "email_sms": (("budget", {"amount": "1500.5", "currency": "USD"}),),
}


def add_fields(projects: Mapping[str, Project], people: Mapping[str, Member], *, now: datetime) -> None:
    """Margin (finance), coupon budget and the state of the listing; two projects show them."""
    at, boss = now - timedelta(days=20), people["owner"]
    asked = (
        ("margin", "目标毛利率 (%)", CustomField.Kind.NUMBER, (), CustomField.Sensitivity.FINANCE),
        ("budget", "优惠券预算", CustomField.Kind.MONEY, (), CustomField.Sensitivity.NORMAL),
        (
            "listing",
            "Listing 状态",
            CustomField.Kind.CHOICE,
            ("草稿", "审核中", "在售", "被下架"),
            CustomField.Sensitivity.NORMAL,
        ),
    )
    fields = {
        key: create_field(
            name=name, kind=kind, choices=choices, sensitivity=sensitivity, for_guests=False, actor=boss, now=at
        )
        for key, name, kind, choices, sensitivity in asked
    }
    shown = [fields[key].pk for key in ("listing", "budget", "margin")]
    for plan in (BLACK_FRIDAY, NEW_PRODUCT):
        project = projects[plan.name]
        choose_fields(project, shown=shown, on_cards=shown[:2], actor=people[plan.owner], now=at)
    tasks = projects[BLACK_FRIDAY.name].tasks.select_related("project").order_by("number")
    for task in tasks.filter(sop_step__in=_VALUES):
        for key, value in _VALUES[task.sop_step]:
            actor = people["finance"] if key == "margin" else people["ops"]
            set_field(task, fields[key], value, actor=actor, now=at + timedelta(hours=2))


def add_weekly(projects: Mapping[str, Project], people: Mapping[str, Member], *, now: datetime) -> None:
    """The stock is checked every Friday: the copy of last week is done, and that of this week is open."""
    project, actor = projects[BLACK_FRIDAY.name], people["ops"]
    today = now.astimezone(ZoneInfo(_MARKET)).date()
    friday = today + timedelta(days=(_FRIDAY - today.weekday()) % 7)
    # Before this week's deadline, the week's copy is the one to do; after it, the next.
    last = friday - timedelta(days=7)
    at = now - timedelta(days=15)
    column = project.board.columns.filter(status=Column.Status.TODO).select_related("board__project")[0]
    deadline = Deadline(last, time(18), _MARKET)
    task = create_task(title="每周库存与断货检查", column=column, actor=actor, now=at, owner=actor, deadline=deadline)
    add_items(task, ["FBA 可售天数", "在途与预计到仓", "断货风险 SKU 报给投放"], actor=actor, now=at)
    rule = Rule("weeks", last, _MARKET, time(18), weekdays=(_FRIDAY,))
    recurrence = repeat_task(task, rule=rule, window_days=7, ends_on=None, most_copies=None, actor=actor, now=at)
    finish_task(task, actor=actor, now=min(now, deadline.instant) - timedelta(hours=3))
    look(recurrence.pk, now=now)
