"""What the demo's people said and brought, so that a newcomer finds a team at work."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from linkstar.demo.plans import BLACK_FRIDAY, FALL, NEW_PRODUCT, RESTOCK, SHOPIFY, TIKTOK
from linkstar.lib.drive import DriveFile
from linkstar.members.models import Member
from projects.actions.comments import add_comment
from projects.actions.edits import set_labels, set_priority
from projects.actions.files import add_file, add_version, link_drive_file
from projects.actions.guests import invite_guest
from projects.actions.ownership import offer_project
from projects.models import Label, Project, StoredFile, Task

LABELS = (("主图", 1), ("广告", 2), ("合规", 3), ("头程", 4), ("Listing", 5), ("紧急", 6))

# ruff: noqa: E501 - people speak in long lines
# project → (step, who, hours ago, shared with guests, words)
_TALK = {
    BLACK_FRIDAY.name: (
        ("creative_done", "ops", 30, True, "主图第二张的场景换成客厅，白底图边缘还有阴影，麻烦今天出一版。"),
        ("creative_done", "designer", 27, True, "收到。场景图今晚 20:00 前发，白底图已经重抠，见附件 v2。"),
        (
            "creative_done", "brand", 14, False,
            "Main image passes the white-background check now. The badge on image 3 still reads like a claim, please drop it.",
        ),
        ("creative_done", "ops", 3, True, "明白，第 3 张去掉徽章。今天北京时间 18:00 前再传一次。"),
        ("deal_margin", "finance", 50 * 24, False, "按秒杀价 29.99 测算，扣完旺季附加费后毛利 **11.8%**，低于 10% 就不报。"),
        ("deal_margin", "owner", 49 * 24, False, "同意，守住 10% 这条线。"),
        ("settle", "ops", 5, False, "@王秀兰 黑五当周的广告预算加了 20%，结算表里请单列一行。"),
        ("freeze", "brand", 8, False, "@林悦 Freeze list is ready: titles, main images and backend keywords. Anything you still need in?"),
        ("freeze", "ops", 6, False, "A+ 还差一张对比图，明天补上就冻结。"),
    ),
    NEW_PRODUCT.name: (
        ("mass_production", "supplier", 40, True, "第一批 1,200 台已上线，预计周五完成老化测试。"),
        ("mass_production", "ops", 20, True, "好的。水泵换供应商的那批请单独标箱，验货要抽到。"),
        ("final_inspection", "ops", 9, True, "@周建国 验货日期请确认，第三方周四、周五都有空。"),
        ("copywriting", "brand", 28, False, "Bullets 2 and 4 say the same thing. I would lead with *quiet, under 30 dB*."),
    ),
    SHOPIFY.name: (
        ("theme_build", "brand", 60, False, "The agency's build is on the preview theme. Mobile menu still jumps on iPhone SE."),
        ("policy_pages", "ops", 26, False, "退货政策按 30 天写，运费由谁承担等财务确认。"),
        ("copy_native", "brand", 7, False, "@赵明远 Hero line: **“Fresh water, all day.”** Fine with you?"),
    ),
    TIKTOK.name: (
        ("aff_list", "ops", 33, False, "达人名单 v1：46 位，宠物类 30 位，优先 GPM 15 以上的。"),
        ("own_video", "brand", 12, False, "First cut is too polished. TikTok wants the cat, not the logo."),
    ),
    RESTOCK.name: (
        ("sailing", "ops", 18, False, "船期从 12/1 推到 12/4，洛杉矶港预计 12/19 到。"),
    ),
    FALL.name: (
        (
            "promo_review", "brand", 15 * 24, False,
            "**Retrospective.** 1,148 units in 7 days, ACOS 24 %. Kept: the coupon went live 12 h early, so nothing failed at "
            "midnight. Change: ask for stock lock two weeks earlier, and never stack the code on the deal again.",
        ),
        ("promo_review", "finance", 15 * 24 - 5, False, "叠加优惠多让利约 1,900 美元，已记入复盘。"),
    ),
}  # fmt: skip


def add_labels() -> dict[str, Label]:
    return {name: Label.objects.create(name=name, tint=tint) for name, tint in LABELS}


def talk(
    projects: Mapping[str, Project], people: Mapping[str, Member], labels: Mapping[str, Label], *, now: datetime
) -> None:
    """Comments, labels, priorities and files, then the offer and the invitation that wait for an answer."""
    for name, project in projects.items():
        tasks = {task.sop_step: task for task in project.tasks.select_related("project", "owner", "column")}
        _say(tasks, _TALK.get(name, ()), people, now=now)
        if not project.is_archived:
            _mark(tasks, people["ops"], labels, now=now - timedelta(days=2))
    _bring(projects[BLACK_FRIDAY.name], projects[NEW_PRODUCT.name], people, now=now)
    offer_project(
        projects[RESTOCK.name],
        to=people["brand"],
        note="12 月我休年假两周，这个项目想交给你带。",
        actor=people["ops"],
        now=now - timedelta(hours=4),
    )
    invite_guest(
        projects[SHOPIFY.name],
        email="photo@brooklynlight.test",
        company="Brooklyn Light Studio",
        actor=people["brand"],
        now=now - timedelta(minutes=50),
    )


def _say(
    tasks: Mapping[str, Task],
    said: tuple[tuple[str, str, int, bool, str], ...],
    people: Mapping[str, Member],
    *,
    now: datetime,
) -> None:
    for step, who, hours, is_shared, words in said:
        add_comment(tasks[step], words, is_shared=is_shared, author=people[who], now=now - timedelta(hours=hours))


def _mark(tasks: Mapping[str, Task], actor: Member, labels: Mapping[str, Label], *, now: datetime) -> None:
    by_role = {
        "design": "主图",
        "advertising": "广告",
        "compliance": "合规",
        "logistics": "头程",
        "operations": "Listing",
    }
    for task in tasks.values():
        name = by_role.get(task.sop_role)
        if name is not None and not task.is_done and task.number % 2 == 0:
            set_labels(task, [labels[name]], actor=actor, now=now)
    for step in ("creative_done", "bf_on", "final_inspection"):
        if step in tasks:
            set_labels(tasks[step], [labels["紧急"]], actor=actor, now=now)
            set_priority(tasks[step], Task.Priority.URGENT, actor=actor, now=now)


def _bring(black_friday: Project, new_product: Project, people: Mapping[str, Member], *, now: datetime) -> None:
    images = black_friday.tasks.select_related("project").get(sop_step="creative_done")
    drafts = [_picture(number) for number in (1, 2, 3)]
    _versions(
        images,
        "黑五主图.svg",
        drafts,
        ("初稿", "白底重抠", "去掉第 3 张的徽章"),
        people["designer"],
        (72, 27, 2),
        now=now,
    )
    link_drive_file(
        black_friday,
        DriveFile("1LinkStarDemo0000000000000000000000000000000", "spreadsheets"),
        task=images,
        name="黑五拍摄清单",
        is_shared=True,
        actor=people["ops"],
        now=now - timedelta(hours=80),
    )
    parts = new_product.tasks.select_related("project").get(sop_step="mass_production")
    lists = [f"part,qty\npump,{number}200\nfilter,{number}200\n".encode() for number in (1, 2)]
    _versions(parts, "BOM.csv", lists, ("", "水泵换供应商"), people["supplier"], (200, 44), now=now)
    rules = "# 命名规则\n\n`SKU_位置_版本_日期`，例如 `PF-01_main_v2_2026-10-20`。\n".encode()
    add_file(
        black_friday,
        SimpleUploadedFile("素材命名规则.md", rules),
        task=None,
        is_shared=True,
        uploader=people["ops"],
        now=now - timedelta(days=40),
    )


def _versions(
    task: Task,
    name: str,
    contents: list[bytes],
    notes: tuple[str, ...],
    who: Member,
    hours_ago: tuple[int, ...],
    *,
    now: datetime,
) -> None:
    file: StoredFile | None = None
    for content, note, hours in zip(contents, notes, hours_ago, strict=True):
        upload, at = SimpleUploadedFile(name, content), now - timedelta(hours=hours)
        if file is None:
            file = add_file(task.project, upload, task=task, note=note, is_shared=True, uploader=who, now=at)
        else:
            add_version(file, upload, note=note, uploader=who, now=at)


def _picture(number: int) -> bytes:
    """A small drawing that differs from version to version."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200"><rect width="200" height="200" fill="#fff"/>'
        f'<circle cx="100" cy="100" r="{40 + 10 * number}" fill="#224aad"/></svg>'
    ).encode()
