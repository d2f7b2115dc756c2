"""Who may read the SOP templates and start projects from them: everybody in the workspace but guests."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from linkstar.members.models import Member
from templates_sop import library
from templates_sop.library import SopTemplate, TemplateNotFound


def may_start_projects(member: Member) -> bool:
    return member.is_insider


def get_template(member: Member, key: str, *, to: str = "read") -> SopTemplate:
    """`to` is "read" or "start". Raises Http404 for an unknown key, PermissionDenied for guests."""
    if not may_start_projects(member):
        raise PermissionDenied
    try:
        return library.get_template(key)
    except TemplateNotFound as error:
        raise Http404(f"no SOP template {key!r} to {to}") from error
