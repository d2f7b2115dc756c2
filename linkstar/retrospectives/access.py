"""Who reads a retrospective, writes into it and settles it; who proposes changes of an SOP and decides on them.

A project's own rules come first. Guests see none of it.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from linkstar.members.models import Member
from linkstar.retrospectives.lineage import current_template
from linkstar.retrospectives.models import Note, ProposedChange, Retrospective
from projects import access
from projects.models import Project
from templates_sop.access import may_edit_templates
from templates_sop.library import TemplateNotFound
from templates_sop.shapes import SopTemplate


def may(member: Member, action: str, project: Project) -> bool:
    """Of a project that the member sees: "view", "write" notes, or "settle" it, which is close, waive and reopen."""
    rules = {
        "view": member.is_insider,
        "write": member.is_insider and not project.is_archived,
        "settle": access.may(member, "archive", project) and not project.is_archived,
    }
    return rules[action]


def get_project(member: Member, pk: int, *, to: str = "view") -> Project:
    """The project with its owner; 404 when not visible, 403 when this may not be done."""
    project = access.get_project(member, pk)
    if not may(member, to, project):
        raise PermissionDenied
    return project


def retrospective_of(project: Project) -> Retrospective:
    """As stored, or an open one that is not saved yet."""
    found = Retrospective.objects.select_related("settled_by").filter(project=project).first()
    return found or Retrospective(project=project)


def get_note(member: Member, pk: int, *, to: str = "view") -> Note:
    """A note of a visible project: "edit" is its author's; "delete" is theirs too, and of who may settle it."""
    notes = Note.objects.select_related("retrospective__project__owner", "author", "task")
    note = get_object_or_404(notes, pk=pk)
    project = note.retrospective.project
    if not member.is_insider:
        raise Http404
    own = note.author_id == member.pk
    rules = {"view": True, "edit": own, "delete": own or may(member, "settle", project)}
    if not rules[to] or (to != "view" and project.is_archived):
        raise PermissionDenied
    return note


def get_template(member: Member, key: str) -> SopTemplate:
    """What is used now in the place of this template, for any insider; 404 for an unknown key, 403 for guests."""
    if not member.is_insider:
        raise PermissionDenied
    try:
        return current_template(key)
    except TemplateNotFound as error:
        raise Http404(key) from error


def get_change(member: Member, pk: int, *, to: str = "view") -> ProposedChange:
    """A proposed change; to "decide" on it is for who may edit templates."""
    if not member.is_insider:
        raise Http404
    change = get_object_or_404(ProposedChange.objects.select_related("proposed_by", "decided_by", "project"), pk=pk)
    if to == "decide" and not may_edit_templates(member):
        raise PermissionDenied
    return change
