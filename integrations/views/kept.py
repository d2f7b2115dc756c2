"""Dashboards that are kept under a name: opened, changed, shared, mailed each week, deleted; and the end of letters."""

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations import access
from integrations.actions.digests import (
    TooMany,
    keep_to_author,
    member_of,
    subscribe,
    unsubscribe,
    unsubscribe_all,
)
from integrations.dashboards.asking import Wanted
from integrations.digests import MOST_VIEWS as MOST_MAILED
from linkstar.members.models import Member
from linkstar.workspaces.access import anonymous_allowed, members_only
from linkstar.workspaces.http import WorkspaceRequest, go_to
from projects.access import get_project
from projects.models import Project, SavedView
from projects.views.saved_views import MOST_VIEWS, NameForm


class KeptForm(NameForm):
    is_shared = forms.BooleanField(label=gettext_lazy("For everybody who sees finances"), required=False)
    is_mailed = forms.BooleanField(label=gettext_lazy("Mail me the closed week, once a week"), required=False)


def address_of(view: SavedView) -> str:
    """The page that it is a view of."""
    query = f"{view.query}&saved={view.pk}" if view.query else f"saved={view.pk}"
    return f"{_page_of(view)}?{query}"


def _page_of(view: SavedView) -> str:
    if view.project_id:
        return reverse("integrations:project-sales", args=[view.project_id])
    return reverse("integrations:sales")


class KeptMenu:
    """The kept dashboards beside the filters, read when the menu is opened. `view` is the one that the page was opened
    by; asking for it takes a statement where the address names one.
    """

    def __init__(self, member: Member, project: Project | None, query: str, opened: str) -> None:
        self._member, self._project = member, project
        self.query, self._opened = query, int(opened) if opened.isdecimal() and len(opened) < 10 else 0

    @cached_property
    def views(self) -> list[tuple[SavedView, str]]:
        views = access.sales_views(self._member).order_by("name", "pk")[:MOST_VIEWS]
        return [(view, address_of(view)) for view in views]

    @cached_property
    def view(self) -> SavedView | None:
        return access.sales_views(self._member).filter(pk=self._opened).first() if self._opened else None

    @property
    def is_changed(self) -> bool:
        return self.view is not None and self.view.query != self.query

    @property
    def may_edit(self) -> bool:
        return self.view is not None and access.may_edit_sales_view(self._member, self.view)

    @property
    def is_mailed(self) -> bool:
        return self.view is not None and self._member.pk in self.view.mailed_to

    @property
    def list_url(self) -> str:
        return f"{reverse('integrations:kept-list')}?{self._here(saved=str(self.view.pk) if self.view else '')}"

    @property
    def save_url(self) -> str:
        return f"{reverse('integrations:kept-add')}?{self._here()}"

    def _here(self, **more: str) -> str:
        here = {"query": self.query, "project": str(self._project.pk) if self._project else "", **more}
        return urlencode({key: value for key, value in here.items() if value})


def _clean(query: str) -> str:
    """Only what a dashboard understands, and that in its own order."""
    return Wanted.read(QueryDict(query[:4000])).query


def _check(request: WorkspaceRequest) -> None:
    if not access.may(request.member, "numbers"):
        raise Http404


@require_safe
@members_only
def kept_list(request: WorkspaceRequest) -> HttpResponse:
    """The menu's content; `?query=&project=&saved=` say of which page. Without htmx a page of its own."""
    _check(request)
    menu = KeptMenu(
        request.member, _project(request), _clean(request.GET.get("query", "")), request.GET.get("saved", "")
    )
    name = "integrations/kept_list.html#items" if request.htmx else "integrations/kept_list.html"
    response = render(request, name, {"kept": menu})
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def kept_add(request: WorkspaceRequest) -> HttpResponse:
    """`?query=&project=` say what is kept; they stay in the form's address."""
    _check(request)
    project = _project(request)
    form = KeptForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        view = SavedView(member=request.member, kind=SavedView.Kind.SALES, project=project)
        view.query = _clean(request.GET.get("query", ""))
        if SavedView.objects.filter(member=request.member).count() >= MOST_VIEWS:
            form.add_error(None, _("You keep %(most)d views already. Delete one first.") % {"most": MOST_VIEWS})
        elif _save(view, form, request):
            return go_to(request, address_of(view))
    return _dialog(request, {"project": project, "form": form, "action": request.get_full_path()})


@require_safe
@members_only
def kept_open(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Where a link and the weekly letter lead."""
    return redirect(address_of(access.get_sales_view(request.member, pk)))


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def kept_edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    view = access.get_sales_view(request.member, pk, to="edit")
    initial = {"name": view.name, "is_shared": view.is_shared, "is_mailed": request.member.pk in view.mailed_to}
    form = KeptForm(request.POST if request.method == "POST" else None, initial=initial)
    if view.member_id != request.member.pk:
        # It stays its author's, who alone can take it back.
        del form.fields["is_shared"]
    if form.is_bound and form.is_valid() and _save(view, form, request):
        return go_to(request, address_of(view))
    return _dialog(request, {"project": view.project, "form": form, "view": view, "action": request.get_full_path()})


@require_POST
@members_only
def kept_update(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """From now on it asks what the page it was opened on asks."""
    view = access.get_sales_view(request.member, pk, to="edit")
    view.query = _clean(request.POST.get("query", ""))
    view.save(update_fields=["query"])
    messages.success(request, _("“%(name)s” now shows this.") % {"name": view.name})
    return redirect(address_of(view))


@require_POST
@members_only
def kept_mail(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`on=1` asks for the weekly letter, its absence ends it."""
    view = access.get_sales_view(request.member, pk)
    if request.POST.get("on") == "1":
        try:
            subscribe(view, request.member, now=timezone.now())
        except TooMany:
            messages.error(request, _too_many())
        else:
            said = _("“%(name)s” comes by mail once a week, at nine on your clock.")
            messages.success(request, said % {"name": view.name})
    else:
        unsubscribe(view.pk, request.member.pk)
        messages.success(request, _("No more letters about “%(name)s”.") % {"name": view.name})
    return redirect(address_of(view))


@require_POST
@members_only
def kept_delete(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The page stays as it is, without the name."""
    view = access.get_sales_view(request.member, pk, to="edit")
    page, query = _page_of(view), view.query
    view.delete()
    messages.success(request, _("The dashboard “%(name)s” is deleted.") % {"name": view.name})
    return go_to(request, f"{page}?{query}" if query else page)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@anonymous_allowed(reason="the signed token is the credential")
@never_cache
def letters_stop(request: HttpRequest, token: str) -> HttpResponse:
    """The link at the foot of a letter asks once more; a mail program's one click (RFC 8058) and the button do it."""
    member = member_of(token)
    if member is None:
        raise Http404
    if request.method == "POST":
        unsubscribe_all(member)
    return render(request, "integrations/letters_stop.html", {"is_over": request.method == "POST"})


def _project(request: WorkspaceRequest) -> Project | None:
    given = request.GET.get("project", "")
    return get_project(request.member, int(given)) if given.isdecimal() and len(given) < 10 else None


def _save(view: SavedView, form: KeptForm, request: WorkspaceRequest) -> bool:
    """Whether it could be kept; the form says why not."""
    given = form.cleaned_data
    view.name = given["name"]
    view.is_shared = given.get("is_shared", view.is_shared)
    try:
        with transaction.atomic():
            # Who gets letters is written by others at the same time.
            view.save(update_fields=["name", "is_shared"] if view.pk else None)
            if given["is_mailed"]:
                subscribe(view, request.member, now=timezone.now())
            else:
                unsubscribe(view.pk, request.member.pk)
            if not view.is_shared:
                keep_to_author(view)
    except TooMany:
        form.add_error("is_mailed", _too_many())
        return False
    except IntegrityError:
        form.add_error("name", _("You keep a view of this name already."))
        return False
    return True


def _too_many() -> str:
    return _("The letter is about %(most)d dashboards already. End one of them first.") % {"most": MOST_MAILED}


def _dialog(request: WorkspaceRequest, context: dict[str, Any]) -> HttpResponse:
    name = "integrations/kept.html#dialog" if request.htmx else "integrations/kept.html"
    return render(request, name, context, status=422 if context["form"].errors else 200)
