"""What the demo's people said and brought, so that a newcomer finds a team at work."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from linkstar.members.models import Member
from projects.actions.comments import add_comment
from projects.actions.edits import set_labels, set_priority
from projects.actions.files import add_file, add_version
from projects.models import Label, Project, StoredFile, Task

LABELS = (("主图", 1), ("广告", 2), ("合规", 3), ("头程", 4), ("Listing", 5), ("紧急", 6))

# (step, who, hours ago, shared with guests, words)
_TALK = (
    ("creative_done", "ops", 30, True, "主图第二张的场景换成客厅，白底图边缘还有阴影，麻烦今天出一版。"),
    ("creative_done", "designer", 27, True, "收到。场景图今晚 20:00 前发，白底图已经重抠，见附件 v2。"),
    ("creative_done", "brand", 14, False, "Main image passes the white-background check now. The badge on image 3 still reads like a claim, please drop it."),
    ("creative_done", "ops", 3, False, "明白，第 3 张去掉徽章。今天北京时间 18:00 前再传一次。"),
    ("deal_margin", "finance", 50, False, "按秒杀价 29.99 测算，扣完旺季附加费后毛利 **11.8%**，低于 10% 就不报。"),
    ("deal_margin", "owner", 48, False, "同意，守住 10% 这条线。"),
)


def add_labels() -> dict[str, Label]:
    return {name: Label.objects.create(name=name, tint=tint) for name, tint in LABELS}


def talk(project: Project, people: Mapping[str, Member], labels: Mapping[str, Label], *, now: datetime) -> None:
    """Comments, labels, priorities and a file with three versions on the Black Friday project."""
    tasks = {task.sop_step: task for task in project.tasks.select_related("project", "owner", "column")}
    for step, who, hours, is_shared, words in _TALK:
        task = tasks.get(step)
        if task is not None:
            add_comment(task, words, is_shared=is_shared, author=people[who], now=now - timedelta(hours=hours))
    _mark(tasks, people["ops"], labels, now=now - timedelta(days=2))
    if "creative_done" in tasks:
        _bring(tasks["creative_done"], people, now=now)
    rules = "# 命名规则\n\n`SKU_位置_版本_日期`，例如 `PF-01_main_v2_2026-10-20`。\n".encode()
    add_file(
        project, SimpleUploadedFile("素材命名规则.md", rules), task=None, is_shared=True, uploader=people["ops"],
        now=now - timedelta(days=40),
    )


def _mark(tasks: Mapping[str, Task], actor: Member, labels: Mapping[str, Label], *, now: datetime) -> None:
    by_role = {"design": "主图", "advertising": "广告", "compliance": "合规", "logistics": "头程", "operations": "Listing"}
    for task in tasks.values():
        name = by_role.get(task.sop_role)
        if name is not None and task.number % 2 == 0:
            set_labels(task, [labels[name]], actor=actor, now=now)
    for step in ("creative_done", "bf_on"):
        if step in tasks:
            set_priority(tasks[step], Task.Priority.URGENT, actor=actor, now=now)


def _bring(task: Task, people: Mapping[str, Member], *, now: datetime) -> None:
    file: StoredFile | None = None
    for number, (hours, note) in enumerate(((72, "初稿"), (27, "白底重抠"), (2, "去掉第 3 张的徽章")), start=1):
        upload = SimpleUploadedFile("黑五主图.svg", _picture(number))
        at = now - timedelta(hours=hours)
        if file is None:
            file = add_file(
                task.project, upload, task=task, note=note, is_shared=True, uploader=people["designer"], now=at
            )
        else:
            add_version(file, upload, note=note, uploader=people["designer"], now=at)


def _picture(number: int) -> bytes:
    """A small drawing that differs from version to version."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200"><rect width="200" height="200" fill="#fff"/>'
        f'<circle cx="100" cy="100" r="{40 + 10 * number}" fill="#224aad"/></svg>'
    ).encode()
