"""What every page of a project's tasks reads from its address, and what its filter bar draws."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from linkstar.members.models import Member
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.opening import note_opened
from projects.arrangement import SORTS, Arrangement
from projects.asking import Asked, choices_for, settle
from projects.asking_everywhere import choices_everywhere
from projects.bulk_kinds import bulk_kinds
from projects.cards import Reader
from projects.filters import TaskFilter
from projects.list_columns import is_key
from projects.models import Column, Project, SavedView


@dataclass(frozen=True, slots=True)
class TaskPage:
    """A page of tasks as its address asks for it; `kind` is one of SavedView.Kind and the name of its address.

    `project` None: of all projects. `place` is where on the page one looks, as the days of a calendar: no filter.
    `view` is the saved view that was opened, and `views` are all that the reader can open here. `columns` are those the
    address asks for, None when it says nothing of them.
    """

    kind: str
    project: Project | None
    member: Member
    asked: Asked
    arrangement: Arrangement
    columns: list[str] | None
    views: list[SavedView]
    view: SavedView | None
    place: Sequence[tuple[str, str]] = ()

    @property
    def url(self) -> str:
        if self.project is None:
            return reverse(f"projects:{self.kind}-all")
        return reverse(f"projects:{self.kind}", args=[self.project.pk])

    @property
    def query(self) -> str:
        """What other views of these tasks keep, and a saved view holds: the filter and the arrangement."""
        return joined(self.asked.wanted, self.arrangement)

    @property
    def address(self) -> str:
        return f"{self.url}?{self.asked.query}" if self.asked.query else self.url

    @property
    def open_views(self) -> list[tuple[SavedView, str]]:
        """Each with its address."""
        return [(view, view.address_in(self.project)) for view in self.views] if self.project else []

    @property
    def cleared(self) -> str:
        """The page without a filter."""
        return f"{self.url}?{self.asked.kept_query}" if self.asked.kept_query else self.url

    @property
    def save_url(self) -> str:
        """Where what the page asks is kept as a view; "" where none can be."""
        if self.project is None:
            return ""
        given = {"kind": self.kind, "query": self.query, "columns": ",".join(self.columns or [])}
        return f"{reverse('projects:view-add', args=[self.project.pk])}?{urlencode(given)}"

    @property
    def may_edit_view(self) -> bool:
        return self.view is not None and access.may_edit_view(self.member, self.view)

    @property
    def may_update(self) -> bool:
        """Whether the page asks something else than the view it was opened by, and the reader may change that view."""
        return self.view is not None and self.may_edit_view and self.view.query != self.query


def joined(wanted: TaskFilter, arrangement: Arrangement) -> str:
    return "&".join(part for part in (wanted.query, arrangement.query) if part)


def clean_query(text: str, kind: str) -> str:
    """Of an address's query what a saved view of this kind can hold."""
    query = QueryDict(text[:8000])
    return joined(TaskFilter.read(query), _arrangement(query, kind))


def _arrangement(query: QueryDict, kind: str) -> Arrangement:
    """A timeline stands in the order of time, and is grouped only when somebody asks for it."""
    return Arrangement.read(query, usual="none" if kind == SavedView.Kind.TIMELINE else "column")


def read_page(
    request: WorkspaceRequest,
    project: Project | None,
    reader: Reader,
    *,
    kind: str,
    columns: Iterable[Column] = (),
    place: Sequence[tuple[str, str]] = (),
) -> TaskPage:
    """Without `columns`, those of a board can be asked for and are not offered. That its owner came is noted."""
    if project is not None:
        note_opened(project, actor=request.member, now=reader.now)
    arranged = _arrangement(request.GET, kind)
    shown = read_columns(request.GET.get("columns", ""))
    views = list(access.saved_views_in(request.member, project)) if project else []
    view = next((view for view in views if str(view.pk) == request.GET.get("saved")), None)
    wanted = TaskFilter.read(request.GET)
    if project is None:
        choices = choices_everywhere(request.member)
    else:
        if wanted.columns and not columns:
            columns = project.board.columns.order_by("position")
        choices = choices_for(request.member, project, columns)
    fields = {pk: choice.field for pk, choice in choices.fields.items()}
    arrangement = arranged.settled(fields, for_guest=request.member.is_guest)
    kept = [*arrangement.params, *place]
    kept += [("saved", str(view.pk))] if view else []
    kept += [("columns", ",".join(shown))] if shown else []
    asked = settle(wanted, choices, reader, kept=kept)
    if arrangement.sort != arranged.sort and arranged.sort not in SORTS:
        asked.lost.append(
            _("The field these tasks are sorted by no longer exists. They stand in the order of the board.")
        )
    return TaskPage(kind, project, request.member, asked, arrangement, shown, views, view, place)


def read_columns(text: str) -> list[str] | None:
    """None for a text that names none."""
    return [key for key in dict.fromkeys(text.split(",")[:40]) if is_key(key)] or None


def page_context(page: TaskPage) -> dict[str, Any]:
    """For _project_head.html and _filter_bar.html."""
    return {
        "page": page,
        "asked": page.asked,
        "wanted": page.asked.wanted,
        "tab": page.kind,
        "tab_query": page.query,
        "target": page.kind,
        "bulk_kinds": bulk_kinds(),
        "arranges": page.kind in (SavedView.Kind.LIST, SavedView.Kind.TIMELINE),
    }


def answer_part(request: WorkspaceRequest, part: str, context: dict[str, Any], page: TaskPage) -> HttpResponse:
    """The tasks again after the filter changed, with what else on the page says what is asked, and the address."""
    pieces, asker = [render_to_string(part, context, request)], request.htmx.trigger if request.htmx else None
    # Tasks that only show themselves again leave alone what somebody may have open beside them.
    if asker != page.kind:
        beside = _BESIDE if page.project else _BESIDE[1:]
        pieces += [render_to_string(name, {**context, "oob": True}, request) for name in beside]
    response = HttpResponse("".join(pieces))
    if asker == "filters":
        response["HX-Push-Url"] = page.address
    patch_vary_headers(response, ["HX-Request"])
    return response


_BESIDE = (
    "projects/_project_head.html",
    "projects/_filter_bar.html#arrange",
    "projects/_filter_bar.html#views",
)
