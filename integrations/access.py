"""Who sees shops, and who may do what with them: the team all of them, guests none; numbers need `sees_finance`."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from integrations.models import ChannelAccount, SalesAction
from linkstar.members.models import Member
from linkstar.workspaces.models import DriveGrant, Role
from projects.access import may_task
from projects.models import Project, SavedView, Task

_RULES: dict[str, Callable[[Member], bool]] = {
    "view": lambda member: member.is_insider,
    # Read it now rather than at its time.
    "sync": lambda member: member.is_manager,
    # Connect, reconnect, rename, pause, disconnect.
    "run": lambda member: member.is_admin,
    # Say that a store which another workspace has is theirs as well.
    "share": lambda member: member.role == Role.OWNER,
    "numbers": lambda member: member.is_insider and member.sees_finance,
    # Who brings numbers sees them.
    "upload": lambda member: member.is_insider and member.sees_finance,
}


def may(member: Member, action: str) -> bool:
    """Raises KeyError for a word that is no rule."""
    return _RULES[action](member)


def check(member: Member, action: str) -> None:
    """Raises PermissionDenied."""
    if not may(member, action):
        raise PermissionDenied


def drive_grant_of(member: Member) -> DriveGrant | None:
    """Their own permission at Google in this workspace, and nobody else's; guests have theirs."""
    mine = DriveGrant.objects.filter(membership__user=member.user_id, membership__workspace=connection.tenant)
    return mine.defer("credentials").first()


def shops_of(member: Member) -> QuerySet[ChannelAccount]:
    """Without their credentials, which no page needs."""
    return ChannelAccount.objects.visible_to(member).defer("credentials")


def get_shop(member: Member, pk: int, *, to: str = "view") -> ChannelAccount:
    """404 when not visible, 403 when this may not be done."""
    shop = get_object_or_404(shops_of(member), pk=pk)
    check(member, to)
    return shop


def sales_views(member: Member) -> QuerySet[SavedView]:
    """Kept dashboards: their own and shared ones, of what they see of the projects. None for who sees no numbers."""
    if not may(member, "numbers"):
        return SavedView.objects.none()
    in_sight = Q(project=None) | Q(project__in=Project.objects.visible_to(member))
    views = SavedView.objects.visible_to(member).of_sales().filter(in_sight)
    return views.select_related("project", "member")


def get_sales_view(member: Member, pk: int, *, to: str = "view") -> SavedView:
    """404 when not visible; "edit" is its author's, and for a shared one also the admins'."""
    view = get_object_or_404(sales_views(member), pk=pk)
    if to == "edit" and not may_edit_sales_view(member, view):
        raise PermissionDenied
    return view


def may_edit_sales_view(member: Member, view: SavedView) -> bool:
    """Of a view that the member sees."""
    return view.member_id == member.pk or member.is_admin


def actions_of(member: Member) -> QuerySet[SalesAction]:
    """Recorded and noticed ones; of tasks, those that the member sees and that are not in the bin."""
    seen = Task.objects.visible_to(member).values("pk")
    actions = SalesAction.objects.visible_to(member).filter(Q(task=None) | Q(task__in=seen))
    return actions.select_related("account", "task__project", "project", "created_by").defer("account__credentials")


def actions_in(member: Member, project: Project) -> QuerySet[SalesAction]:
    """What was recorded of this project, by a task or by hand."""
    recorded = actions_of(member).filter(state=SalesAction.State.RECORDED)
    return recorded.filter(Q(task__project=project) | Q(task=None, project=project))


def questions_for(member: Member) -> QuerySet[SalesAction]:
    """Changes that nobody recorded and nobody has answered yet."""
    return actions_of(member).filter(origin=SalesAction.Origin.NOTICED, state=SalesAction.State.OPEN)


def signs_for(member: Member) -> QuerySet[SalesAction]:
    """Actions of tasks that are still to be done, and look live."""
    recorded = actions_of(member).filter(state=SalesAction.State.RECORDED, seen__has_key="sign")
    return recorded.filter(task__isnull=False, task__completed_at=None, task__archived_at=None)


def may_act_on(member: Member, action: SalesAction, to: str) -> bool:
    """To "view" it; "edit", "remove" or "answer" one of a task is for who may edit the task, of others for the team."""
    may_change = member.is_insider and (action.task is None or may_task(member, "edit", action.task))
    return {"view": member.is_insider, "edit": may_change, "remove": may_change, "answer": may_change}[to]


def get_action(member: Member, pk: int, *, to: str = "view") -> SalesAction:
    """404 when not visible, 403 when this may not be done."""
    action = get_object_or_404(actions_of(member), pk=pk)
    if not may_act_on(member, action, to):
        raise PermissionDenied
    return action
