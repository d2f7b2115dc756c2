"""The bytes of a file: to them, and they themselves."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linkstar.members.models import Member
from linkstar.workspaces.access import anonymous_allowed, guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.downloads import content_disposition, signed_address, ticket_of
from projects.models import FileVersion


@require_safe
@guests_allowed
@never_cache
def file_download(request: WorkspaceRequest, pk: int, number: int | None = None) -> HttpResponse:
    """To the bytes of the newest version, or of the one with `number`."""
    file = access.get_file(request.member, pk)
    version = get_object_or_404(FileVersion, file=file, number=number or file.version_count)
    return redirect(signed_address(version, file.name, member=request.member))


@require_safe
@anonymous_allowed(
    reason="the address is signed for one member, lives five minutes, and asks for their permission again"
)
def file_bytes(request: HttpRequest, token: str) -> FileResponse:
    """The bytes, for programs without a session too. Somebody else who is signed in needs a permission of their own."""
    ticket = ticket_of(token)
    if ticket is None:
        raise Http404
    member: Member = getattr(request, "member", None) or get_object_or_404(Member.objects.active(), pk=ticket.member)
    version = get_object_or_404(FileVersion, pk=ticket.version)
    file = access.get_file(member, version.file_id)
    response = FileResponse(default_storage.open(version.key), content_type=version.content_type)
    response["Content-Disposition"] = content_disposition(file.name)
    response["Content-Length"] = version.size_bytes
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
