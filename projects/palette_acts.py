"""What the palette can do with what is open, and where it leads: the product's own words, by what the reader may."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from linkstar.accounts.models import User
from linkstar.members.models import Member
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.models import Task
from projects.palette import Open, Option


def task_actions(here: Open, member: Member) -> Iterator[Option]:
    task = here.task
    if task is None:
        return
    if access.may_task(member, "move", task):
        yield _state(task)
    if access.may_task(member, "edit", task):
        yield from _edits(task, member)
    if access.may_task(member, "move", task):
        setting = reverse("projects:task-set", args=[task.pk, "column"])
        for column in here.columns:
            if column.pk != task.column_id:
                title = _("Move to “%(column)s”") % {"column": column.name}
                yield Option(title, setting, "board", words="move column 移动 列", values={"column": str(column.pk)})
    yield Option(_("Copy the address"), task.get_absolute_url(), "link", words="copy link 复制链接", copies=True)


def subtask_named(here: Open, member: Member, text: str) -> Iterator[Option]:
    """What was typed as a subtask of the open task, read as its sheet reads lines."""
    task = here.task
    if task is not None and access.may_task(member, "edit", task):
        title = _("Add the subtask “%(title)s”") % {"title": text}
        url = reverse("projects:subtask-add", args=[task.pk])
        yield Option(title, url, "subtask", note=f"#{task.number}", values={"titles": text})


def _state(task: Task) -> Option:
    if task.is_done:
        return Option(_("Reopen"), reverse("projects:task-reopen", args=[task.pk]), "undo", words="重新打开", values={})
    finish = reverse("projects:task-finish", args=[task.pk])
    return Option(_("Mark done"), finish, "check", words="finish complete 完成", values={}, keys="e")


def _edits(task: Task, member: Member) -> Iterator[Option]:
    if task.owner_id != member.pk:
        setting = reverse("projects:task-set", args=[task.pk, "owner"])
        words = "assign me owner 分配 负责人"
        yield Option(_("Assign to me"), setting, "user", words=words, values={"owner": str(member.pk)}, keys="m")
    field = f"{task.get_absolute_url()}#subtasks-new"
    yield Option(_("Add a subtask"), field, "subtask", words="subtask add new 子任务 添加")
    setting = reverse("projects:task-set", args=[task.pk, "priority"])
    for value, name in reversed(Task.Priority.choices):
        if value != task.priority:
            title = _("Priority: %(name)s") % {"name": name}
            yield Option(title, setting, "flag", words="priority 优先级", values={"priority": str(value)})


def board_actions(here: Open, member: Member) -> Iterator[Option]:
    """Of the project whose page or task is open."""
    project = here.project
    if project is None:
        return
    board = reverse("projects:board", args=[project.pk])
    yield Option(_("Only my cards"), f"{board}?owner=me", "filter", note=project.name, words="filter mine 筛选 我的")
    yield Option(_("Only overdue cards"), f"{board}?overdue=1", "filter", note=project.name, words="filter late 逾期")
    title = _("Only blocked cards")
    yield Option(title, f"{board}?blocked=1", "filter", note=project.name, words="filter blocked waits 筛选 被阻塞")
    if member.is_insider:
        title = _("Only cards without owner or deadline")
        yield Option(title, f"{board}?draft=1", "filter", note=project.name, words="filter draft 草稿")
    if access.may(member, "edit board", project):
        column = reverse("projects:column-add", args=[project.pk])
        yield Option(_("New column"), column, "plus", note=project.name, words="add column 新建列", dialog=True)


def own_actions(request: WorkspaceRequest) -> Iterator[Option]:
    """What changes how the reader sees everything."""
    setting, path = reverse("set-language"), request.GET.get("path", "/")
    for code, name in settings.LANGUAGES:
        if code != get_language():
            values = {"language": code, "next": path, "plain": "1"}
            yield Option(
                str(name), setting, "globe", note=_("Language"), words="language 语言 english 中文", values=values
            )
    look, user = reverse("members:look-set"), request.user
    for value, name in User.Theme.choices:
        if value != user.theme:
            note, words = _("Theme"), "theme dark light 主题 深色 浅色"
            yield Option(str(name), look, "moon", note=note, words=words, values={"theme": str(value)})
    for value, name in User.Density.choices:
        if value != user.density:
            note, words = _("Density"), "density compact 密度 紧凑"
            yield Option(str(name), look, "list", note=note, words=words, values={"density": str(value)})


def new_options(member: Member) -> Iterator[Option]:
    if member.is_insider:
        words = "create add new task 新建任务"
        yield Option(_("New task"), reverse("projects:quick"), "plus", words=words, dialog=True, keys="c")
        words = "create add new project 新建项目"
        yield Option(_("New project"), reverse("projects:project-new"), "plus", words=words, keys="n p")


def pages(member: Member, modules: list[str]) -> Iterator[Option]:
    """The pages that the rail and the settings lead to, as far as this reader may open them."""
    if "projects" in modules:
        yield Option(_("My work"), reverse("projects:home"), "home", words="home my work 首页", keys="g h")
    yield Option(_("Inbox"), reverse("notifications:inbox"), "inbox", words="inbox notifications 通知", keys="g i")
    if "projects" in modules:
        yield Option(_("Projects"), reverse("projects:project-list"), "project", words="projects portfolio", keys="g p")
        if member.is_insider:
            words = "health check risk 项目体检"
            yield Option(_("Health check"), reverse("projects:health"), "activity", words=words)
            page, words = reverse("templates_sop:template-list"), "sop templates library 模板"
            yield Option(_("SOP templates"), page, "template", words=words, keys="g t")
            page, words = reverse("compliance:passport-list"), "compliance passports certificates sku 合规 护照 证书"
            yield Option(_("Passports"), page, "passport", words=words)
    if member.is_insider:
        page = reverse("members:member-list")
        yield Option(_("Members"), page, "people", words="members people team 成员 团队", keys="g m")
        words = "working days closures holidays 工作日历 停工 节假日"
        yield Option(_("Working days"), reverse("calendars:closures"), "clock", words=words)
        words = "retail year black friday prime day market 美国零售日历 黑五 大促"
        yield Option(_("US retail year"), reverse("calendars:market"), "flag", words=words)
        page, words = (
            reverse("calendars:member-time", args=[member.pk]),
            "leave vacation hours time off 休假 请假 工作时间",
        )
        yield Option(_("Your working time"), page, "user", words=words)
    yield Option(_("Profile and settings"), reverse("members:profile"), "user", words="profile theme language 个人资料")
    if member.is_manager:
        title = pgettext("page", "Invite somebody")
        yield Option(title, reverse("members:member-invite"), "mail", words="invite member 邀请成员")
    if member.is_admin:
        yield Option(_("Modules"), reverse("workspaces:modules"), "module", words="modules 功能")
        yield Option(_("Settings"), reverse("workspaces:settings"), "settings", words="settings workspace 工作区")
