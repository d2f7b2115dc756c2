"""What the frame around every page of a workspace shows."""

from functools import cached_property
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from linkstar.lib.snapshots import Cursor
from linkstar.lib.zones import get_zone
from linkstar.workspaces.http import SiteRequest, WorkspaceRequest
from linkstar.workspaces.trial import days_left

_AWAKE = range(8, 22)


class Clock(NamedTuple):
    zone: str
    city: str
    time: str
    day: str
    is_awake: bool
    is_reader: bool


class Frame:
    """Of a member's request. What is lazy here is not asked for by parts of a page, which have no frame around them."""

    def __init__(self, request: WorkspaceRequest) -> None:
        self._request = request
        self.member = request.member
        self.workspace = request.workspace
        match = request.resolver_match
        self.view, self.namespace = (match.view_name, match.namespace) if match else ("", "")

    @property
    def modules(self) -> list[str]:
        return self.workspace.modules

    @property
    def path(self) -> str:
        """Where the reader is, with the query."""
        return self._request.get_full_path()

    @property
    def time_zone(self) -> str:
        """What the reader has chosen in their profile."""
        return self._request.user.time_zone

    @property
    def is_shut(self) -> bool:
        """Whether the reader has folded the rail."""
        return self._request.COOKIES.get("rail") == "shut"

    @cached_property
    def cursor(self) -> Cursor:
        return cursor_of(self._request)

    @property
    def trial_days(self) -> int | None:
        return days_left(self.workspace, now=timezone.now())

    @property
    def clocks(self) -> list[Clock]:
        now, reader = timezone.now(), timezone.get_current_timezone_name()
        places = {
            "Asia/Shanghai": _("Beijing"),
            "America/New_York": _("New York"),
            "America/Los_Angeles": _("Los Angeles"),
        }
        places.setdefault(reader, _("Your time"))
        return [
            Clock(zone, city, f"{local:%H:%M}", date_format(local, "D"), local.hour in _AWAKE, zone == reader)
            for zone, city in places.items()
            for local in [now.astimezone(get_zone(zone))]
        ]

    @property
    def live_url(self) -> str:
        """The page's own host: the same origin behind a proxy, another port on a machine of one's own."""
        if not settings.LIVE_PORT:
            return "/live/"
        host = self._request.get_host().partition(":")[0]
        return f"{settings.SITE_SCHEME}://{host}:{settings.LIVE_PORT}/live/"

    @property
    def help_url(self) -> str:
        """The articles stand on the public site."""
        path = reverse("public:help", urlconf=settings.PUBLIC_SCHEMA_URLCONF)
        return f"{settings.SITE_SCHEME}://{settings.BASE_DOMAIN}{settings.SITE_PORT}{path}"


def frame(request: SiteRequest) -> dict[str, Any]:
    """`frame` for a member; nothing off a workspace."""
    if getattr(request, "member", None) is None or request.workspace is None:
        return {}
    return {"frame": Frame(cast("WorkspaceRequest", request))}


def cursor_of(request: SiteRequest) -> Cursor:
    """Older than everything that is read after the member was, so that what a page asks for later begins there."""
    return Cursor.of(getattr(request.member, "snapshot", ""), now=timezone.now())
