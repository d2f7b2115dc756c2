"""Who the signed-in person is in this workspace."""

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from linkstar.accounts.sessions import end_foreign_session
from linkstar.lib.kept import Kept
from linkstar.lib.snapshots import CurrentSnapshot
from linkstar.members.models import Member
from linkstar.workspaces.http import SiteRequest

_SEEN_EVERY = timedelta(minutes=15)
_member_of = Kept(lambda user: Member.objects.active().filter(user_id=user).annotate(snapshot=CurrentSnapshot()))


class MemberMiddleware:
    """Sets `request.member`: None on the public site, for strangers and for the deactivated. Asked on every request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: SiteRequest) -> HttpResponse:
        end_foreign_session(request)
        request.member = None
        if request.workspace is not None and request.user.is_authenticated:
            request.member = self._member(request.user.pk)
        return self.get_response(request)

    @staticmethod
    def _member(user_id: int) -> Member | None:
        member: Member | None = next(iter(_member_of(user_id)), None)
        now = timezone.now()
        if member is not None and (member.last_seen_at is None or now - member.last_seen_at > _SEEN_EVERY):
            Member.objects.filter(pk=member.pk).update(last_seen_at=now)
        return member
