"""Who sees which rows of this app, and who may do what with them. Views and the API reach rows through here only.

A row that is not there for this person is a 404; a row they see but may not change is a 403.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypedDict, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, When
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from linkstar.lib.kept import Kept
from linkstar.members.models import Member
from linkstar.workspaces.access import ADMINS
from linkstar.workspaces.models import Role
from projects.models import (
    Change,
    ChecklistItem,
    Column,
    Comment,
    CustomField,
    OwnerOffer,
    Printout,
    Project,
    ProjectAccess,
    SavedView,
    StoredFile,
    Task,
)
from projects.models.tasks import TaskQuerySet

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Around(TypedDict):
        has_key: bool
        is_helper: bool
        can_be_put_on: bool

    PersonAround = WithAnnotations[Member, _Around]

Row = TypeVar("Row")
Rule = Callable[[Member, Project], bool]


def _runs(member: Member, project: Project) -> bool:
    return member.is_manager or project.owner_id == member.pk


PROJECT_RULES: dict[str, Rule] = {
    "view": lambda member, project: True,
    "add task": lambda member, project: member.is_insider,
    "attach": lambda member, project: True,
    "edit": _runs,
    "edit board": _runs,
    "invite guests": _runs,
    "see guests": lambda member, project: member.is_insider,
    "hand over": lambda member, project: member.is_admin or project.owner_id == member.pk,
    "archive": lambda member, project: member.is_admin or project.owner_id == member.pk,
    "finish": lambda member, project: member.is_admin or project.owner_id == member.pk,
    "see activity": lambda member, project: member.is_insider,
    "see forecast": lambda member, project: member.is_insider,
    "check health": lambda member, project: member.is_insider,
    "see bin": lambda member, project: member.is_insider,
}
# What stays possible in an archived project, which is read-only.
_ON_ARCHIVED = frozenset({"view", "see guests", "see activity", "see forecast", "see bin", "archive"})


def _only(found: list[Row]) -> Row:
    """Of a statement that asks for a pk."""
    if not found:
        raise Http404
    return found[0]


def may(member: Member, action: str, project: Project) -> bool:
    """Whether a member who sees the project may do this with it; raises KeyError for a word that is no rule."""
    allowed = PROJECT_RULES[action](member, project)
    return allowed and (action in _ON_ARCHIVED or not project.is_archived)


def get_project(member: Member, pk: int, *, to: str = "view") -> Project:
    """The project, with its owner and board; 404 when not visible, 403 when this may not be done."""
    projects = Project.objects.visible_to(member).select_related("owner", "board", "forecast")
    project = get_object_or_404(projects, pk=pk)
    if not may(member, to, project):
        raise PermissionDenied
    return project


_INSIDERS_ON_TASKS = frozenset(
    {"view", "edit", "move", "check", "comment", "attach", "log time", "share", "archive", "delete", "see activity"}
)
# A guest works on what is assigned to them, and speaks where they can read.
_GUESTS_ON_THEIRS = frozenset({"view", "move", "check", "comment", "attach", "log time"})
_GUESTS_ON_SHARED = frozenset({"view", "comment"})
_TASKS_OF_ARCHIVED = frozenset({"view", "see activity"})
# A task that is archived itself can be taken out again, too.
_ARCHIVED_TASKS = _TASKS_OF_ARCHIVED | {"archive"}


def may_task(member: Member, action: str, task: Task, *, is_on_it: bool | None = None) -> bool:
    """Whether a member who sees the task may do this with it. `is_on_it`: they are its owner or a helper; None asks."""
    if action not in _INSIDERS_ON_TASKS:
        raise KeyError(action)
    if task.project.is_archived and action not in _TASKS_OF_ARCHIVED:
        return False
    if task.is_archived and action not in _ARCHIVED_TASKS:
        return False
    if member.is_insider:
        return True
    if is_on_it is None:
        is_on_it = task.owner_id == member.pk or task.helpers.filter(pk=member.pk).exists()
    return action in (_GUESTS_ON_THEIRS if is_on_it else _GUESTS_ON_SHARED)


def may_waive(member: Member) -> bool:
    """Whether they may let a task be done although something holds it (projects/holding.py), or let it need nothing."""
    return member.is_admin


_task = Kept(lambda member, pk, beside: Task.objects.visible_to(member).select_related(*beside).filter(pk=pk))
_BESIDE_A_TASK = ("project__owner", "column__board", "owner", "created_by")


def get_task(member: Member, pk: int, *, to: str = "view", beside: Sequence[str] = _BESIDE_A_TASK) -> Task:
    """The task, with the rows `beside` it; 404 when not visible, 403 when this may not be done."""
    task = _only(_task(member, pk, tuple(beside)))
    if not may_task(member, to, task):
        raise PermissionDenied
    return task


def get_binned_task(member: Member, pk: int) -> Task:
    """A task in the bin, for whoever may put it there; 404 and 403 as for living ones."""
    tasks = Task.objects.allowed_to(member).in_bin()
    task = get_object_or_404(tasks.select_related("project__owner", "column__board"), pk=pk)
    if not may_task(member, "delete", task):
        raise PermissionDenied
    return task


def get_item(member: Member, pk: int, *, to: str = "check") -> ChecklistItem:
    """A checklist item of a visible task, with its task; "check" ticks it, "edit" changes its words."""
    items = ChecklistItem.objects.filter(task__in=Task.objects.visible_to(member).values("pk"))
    item = get_object_or_404(items.select_related("task__project__owner", "done_by"), pk=pk)
    if not may_task(member, to, item.task):
        raise PermissionDenied
    return item


def _column_as_seen(member: Member, pk: int) -> QuerySet[Column]:
    columns = Column.objects.filter(board__project__in=Project.objects.visible_to(member).values("pk"))
    return columns.select_related("board__project__owner").filter(pk=pk)


_column = Kept(_column_as_seen)


def get_column(member: Member, pk: int, *, to: str = "view") -> Column:
    """The column, with board and project; 404 when not visible, 403 when this may not be done on its project."""
    column = _only(_column(member, pk))
    if not may(member, to, column.board.project):
        raise PermissionDenied
    return column


def tasks_of(member: Member, project: Project) -> TaskQuerySet:
    """The project's tasks that this member may see, archived ones among them."""
    return project.tasks.visible_to(member)


def current_tasks_of(member: Member, project: Project) -> TaskQuerySet:
    """Those of them that are at work: what a board shows and counts."""
    return current_tasks_in(member, project.pk)


def current_tasks_in(member: Member, project: int) -> TaskQuerySet:
    """The same, of a project by its pk."""
    return Task.objects.filter(project=project).visible_to(member).current()


def get_comment(member: Member, pk: int, *, to: str = "view") -> Comment:
    """A comment on a visible task. Who reads it may "react"; "edit" and "delete" are its author's, and an admin may
    delete too.
    """
    comments = Comment.objects.visible_to(member).filter(task__in=Task.objects.visible_to(member).values("pk"))
    comment = get_object_or_404(comments.select_related("task__project__owner", "author"), pk=pk)
    own = comment.author_id == member.pk
    rules = {"view": True, "react": True, "edit": own, "delete": own or member.is_admin}
    if not rules[to] or (to != "view" and comment.task.is_readonly):
        raise PermissionDenied
    return comment


def get_printout(member: Member, pk: int) -> Printout:
    """One that is made, for them, of a project they still see."""
    theirs = Printout.objects.filter(member=member, project__in=Project.objects.visible_to(member))
    return get_object_or_404(theirs.exclude(ready_at=None).select_related("project"), pk=pk)


def get_saved_view(member: Member, pk: int, *, to: str = "view") -> SavedView:
    """A view of tasks, theirs or shared with them; "edit" is its author's, and of a shared one also the managers'."""
    views = SavedView.objects.visible_to(member).of_tasks().select_related("project", "member")
    view = get_object_or_404(views, pk=pk)
    rules = {"view": True, "edit": may_edit_view(member, view)}
    if not rules[to]:
        raise PermissionDenied
    return view


def may_edit_view(member: Member, view: SavedView) -> bool:
    """Of a view that the member sees."""
    return view.member_id == member.pk or member.is_manager


def saved_views_in(member: Member, project: Project) -> QuerySet[SavedView]:
    """What can be opened on the pages of a project: first one's own, then what others share."""
    views = SavedView.objects.visible_to(member).of_tasks().for_project(project).select_related("member")
    return views.order_by(Case(When(member=member, then=0), default=1), "name", "pk")


def get_file(member: Member, pk: int, *, to: str = "view") -> StoredFile:
    """A file; "replace" and "delete" belong to insiders and to the guest who put it there, "share" to insiders.

    A link to Google Drive has nothing to replace.
    """
    files = StoredFile.objects.visible_to(member).select_related("project__owner", "task__project__owner", "created_by")
    file = get_object_or_404(files, pk=pk)
    mine = member.is_insider or file.created_by_id == member.pk
    rules = {"view": True, "replace": mine and file.drive is None, "delete": mine, "share": member.is_insider}
    if not rules[to] or (to != "view" and file.is_readonly):
        raise PermissionDenied
    return file


def get_binned_file(member: Member, pk: int) -> StoredFile:
    """A file in the bin that an insider may take out: its task, if any, is not in the bin itself."""
    file = get_object_or_404(StoredFile.objects.in_bin(member).select_related("project__owner", "task__project"), pk=pk)
    if not member.is_insider or file.is_readonly:
        raise PermissionDenied
    return file


def files_of(member: Member, project: Project, task: Task | None, *, in_bin: bool = False) -> QuerySet[StoredFile]:
    """What the member may see of a task's files, or of a project's with those of its tasks."""
    files = StoredFile.objects.in_bin(member) if in_bin else StoredFile.objects.visible_to(member)
    files = files.filter(project=project).select_related("task")
    return files.filter(task=task) if task else files


def fields_of(member: Member, project: Project, *, on_cards: bool = False) -> list[CustomField]:
    """The custom fields that the project shows to this member, in its order; no statement when it shows none."""
    wanted = project.card_fields if on_cards else project.shown_fields
    if not wanted:
        return []
    found = CustomField.objects.open().visible_to(member).in_bulk(wanted)
    return [found[pk] for pk in wanted if pk in found]


def get_field(member: Member, pk: int, project: Project) -> CustomField:
    """One of them; 404 for a field that is archived, hidden from this member or not shown by the project."""
    fields = CustomField.objects.open().visible_to(member).filter(pk__in=project.shown_fields)
    return get_object_or_404(fields, pk=pk)


def get_offer(member: Member, pk: int, *, to: str) -> OwnerOffer:
    """An offer of a visible project: "accept" and "decline" are for whom it was made to, "withdraw" for its owner and
    admins. 403 for everybody else and for other words.
    """
    offers = OwnerOffer.objects.filter(project__in=Project.objects.visible_to(member).values("pk"))
    offer = get_object_or_404(offers.select_related("project__owner", "offered_to"), pk=pk)
    asked = offer.offered_to_id == member.pk
    rules = {"accept": asked, "decline": asked, "withdraw": PROJECT_RULES["hand over"](member, offer.project)}
    if not rules.get(to, False):
        raise PermissionDenied
    return offer


def get_change(member: Member, pk: int) -> Change:
    """A change in a visible project, for who made it and for managers; 404 and 403 for others."""
    changes = Change.objects.filter(project__in=Project.objects.visible_to(member).values("pk"))
    change = get_object_or_404(changes.select_related("project"), pk=pk)
    if not change.may_be_undone_by(member):
        raise PermissionDenied
    return change


def assignable_to(member: Member, task: Task | None, project: Project) -> QuerySet[Member]:
    """Who can be put on a task of this project: active insiders, and its guests where the task may be shared."""
    insiders = Member.objects.active().insiders()
    if task is not None and not task.may_be_shared:
        return insiders.order_by("display_name", "pk")
    guests = Member.objects.active().filter(project_access__project=project)
    return (insiders | guests).distinct().order_by("display_name", "pk")


def people_around(task: Task) -> "QuerySet[PersonAround]":
    """Who can be put on the task or is on it already.

    With `can_be_put_on`, `is_helper` and `has_key` (to the project, for guests): who has left, or lost the key, is only
    shown where they still stand.
    """
    return _around(task.pk, task.project_id, task.owner_id)


def people_beside(task: Task) -> "list[PersonAround]":
    """The same people, for the sheet."""
    return _people_beside(task.pk, task.project_id, task.owner_id)


def _around(task: int, project: int, owner: int | None) -> "QuerySet[PersonAround]":
    now = timezone.now()
    keys = ProjectAccess.objects.valid(now=now).filter(member=OuterRef("pk"), project=project)
    helping = Task.helpers.through.objects.filter(task=task, member=OuterRef("pk"))
    people = Member.objects.annotate(has_key=Exists(keys), is_helper=Exists(helping))
    asked = Q(is_active=True) & (~Q(role=Role.GUEST) | Q(has_key=True))
    people = people.annotate(can_be_put_on=ExpressionWrapper(asked, output_field=BooleanField()))
    on_it = Q(is_helper=True) | Q(pk=owner)
    return people.filter(Q(can_be_put_on=True) | on_it).order_by("display_name", "pk")


# Their hours and clocks are not shown in a sheet.
_SHOWN = ("pk", "display_name", "role", "company", "is_active")
_people_beside = Kept(lambda task, project, owner: _around(task, project, owner).only(*_SHOWN))


def readers_of(task: Task) -> QuerySet[Member]:
    """Who works here and sees the task: the rule of TaskQuerySet.allowed_to, asked the other way round."""
    on_it = Q(pk=task.owner_id) | Q(pk__in=task.helpers.values("pk"))
    insiders, guests = ~Q(role=Role.GUEST), Q(role=Role.GUEST)
    if task.sensitivity == Task.Sensitivity.FINANCE:
        insiders &= on_it | Q(can_see_finance=True) | Q(role__in=ADMINS)
    if not task.may_be_shared:
        seen = insiders
    else:
        with_key = ProjectAccess.objects.valid(now=timezone.now()).filter(project=task.project_id)
        is_shown = Task.objects.shown_to_all_guests().filter(pk=task.pk).exists()
        guests &= Q(pk__in=with_key.values("member"))
        seen = insiders | (guests if is_shown else guests & on_it)
    return Member.objects.active().filter(seen).order_by("display_name", "pk")


def owners_for(task: Task) -> "QuerySet[PersonAround]":
    """Whom the owner's field takes: who can be put on the task, and the one who is its owner now."""
    return people_around(task).filter(Q(can_be_put_on=True) | Q(pk=task.owner_id))


def helpers_for(task: Task) -> "QuerySet[PersonAround]":
    """The same for helpers: those of now stay choosable, so that others can be changed beside them."""
    return people_around(task).filter(Q(can_be_put_on=True) | Q(is_helper=True))
