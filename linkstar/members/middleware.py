"""Who the signed-in person is in this workspace."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from linkstar.accounts.sessions import end_foreign_session
from linkstar.lib.kept import Kept
from linkstar.lib.snapshots import CurrentSnapshot
from linkstar.members.models import Member
from linkstar.workspaces.http import SiteRequest

_SEEN_EVERY = timedelta(minutes=15)
# In one statement, on a page that is only read.
_SEE = """
WITH seen AS (UPDATE members_member SET last_seen_at = %(now)s WHERE id = %(member)s)
INSERT INTO members_memberday ("member_id", "on", by_phone) VALUES (%(member)s, %(on)s, %(by_phone)s)
ON CONFLICT (member_id, "on") DO UPDATE SET by_phone = members_memberday.by_phone OR EXCLUDED.by_phone
"""
_member_of = Kept(lambda user: Member.objects.active().filter(user_id=user).annotate(snapshot=CurrentSnapshot()))


class MemberMiddleware:
    """Sets `request.member`: None on the public site, for strangers and for the deactivated. Asked on every request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: SiteRequest) -> HttpResponse:
        end_foreign_session(request)
        request.member = None
        if request.workspace is not None and request.user.is_authenticated:
            request.member = self._member(request)
        return self.get_response(request)

    @staticmethod
    def _member(request: SiteRequest) -> Member | None:
        member: Member | None = next(iter(_member_of(request.user.pk)), None)
        now = timezone.now()
        if member is not None and (member.last_seen_at is None or now - member.last_seen_at > _SEEN_EVERY):
            _see(member, by_phone=is_phone(request), now=now)
        return member


def _see(member: Member, *, by_phone: bool, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SEE, {"member": member.pk, "now": now, "on": now.astimezone(UTC).date(), "by_phone": by_phone})


def is_phone(request: HttpRequest) -> bool:
    """As the browser says it; Safari only in the name it gives itself."""
    said = request.headers.get("Sec-CH-UA-Mobile")
    return said == "?1" if said else "Mobi" in request.headers.get("User-Agent", "")
