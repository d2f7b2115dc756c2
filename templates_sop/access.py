"""Who may read the SOP templates, start projects from them and write the workspace's own."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from linkstar.members.models import Member
from templates_sop import catalogue
from templates_sop.library import TemplateNotFound
from templates_sop.models import WorkspaceTemplate
from templates_sop.shapes import SopTemplate


def may_start_projects(member: Member) -> bool:
    """Everybody but guests."""
    return member.is_insider


def may_edit_templates(member: Member) -> bool:
    """Managers, admins and owners: what stands in an SOP is what the whole team will do."""
    return member.is_manager


def get_template(member: Member, key: str, *, to: str = "read") -> SopTemplate:
    """`to` is "read" or "start"; a workspace's own one is its newest version, and from an archived one nothing starts.

    Raises Http404 for an unknown key, PermissionDenied for guests.
    """
    if not may_start_projects(member):
        raise PermissionDenied
    try:
        template = catalogue.find_template(key)
    except TemplateNotFound as error:
        raise Http404(f"no SOP template {key!r} to {to}") from error
    if to == "start" and template.is_ours and not WorkspaceTemplate.objects.in_use().filter(key=key).exists():
        raise Http404(f"the SOP template {key!r} is archived")
    return template


def get_draft(member: Member, key: str, *, to: str = "read") -> WorkspaceTemplate:
    """A template of the workspace as it is being written; `to` is "read" or what is done with it.

    Raises Http404 for an unknown key, PermissionDenied for who may not, and for changes of an archived one other than
    taking it out again.
    """
    if not may_start_projects(member) or (to != "read" and not may_edit_templates(member)):
        raise PermissionDenied
    template = WorkspaceTemplate.objects.select_related("draft_by").filter(key=key).first()
    if template is None:
        raise Http404(f"no template {key!r} of this workspace")
    if template.is_archived and to not in ("read", "restore"):
        raise PermissionDenied
    return template
