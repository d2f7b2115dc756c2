"""What a browser asks for to install a workspace as an app. None of it tells anything of the workspace but its name."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from linkstar.workspaces.access import anonymous_allowed
from linkstar.workspaces.http import SiteRequest

_OPEN = "the browser fetches it without a session, and it names the workspace as the sign-in page does"


@require_safe
@anonymous_allowed(reason=_OPEN)
@cache_control(max_age=3600)
def manifest(request: SiteRequest) -> HttpResponse:
    """The web app manifest, in the language of who asks."""
    name = request.workspace.name if request.workspace is not None else "LinkStar"
    icons = [
        {"src": static(f"brand/app-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size, purpose in ((192, "any"), (512, "any"), (512, "maskable"))
    ]
    content = {
        "id": "/",
        "name": f"{name} · LinkStar",
        "short_name": name[:12],
        "start_url": reverse("projects:home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f2f5f7",
        "theme_color": "#224aad",
        "icons": icons,
        "shortcuts": [
            {"name": _("My work"), "url": reverse("projects:home")},
            {"name": _("Inbox"), "url": reverse("notifications:inbox")},
            {"name": _("Projects"), "url": reverse("projects:project-list")},
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@require_safe
@anonymous_allowed(reason="a script that is the same for everybody")
@cache_control(no_cache=True)
def worker(request: SiteRequest) -> HttpResponse:
    """The service worker, at the root so that it may serve every page; the browser looks for a newer one each day."""
    found = finders.find("dist/sw.js")
    if not isinstance(found, str):
        raise Http404("The service worker has not been built.")
    return HttpResponse(Path(found).read_bytes(), content_type="text/javascript; charset=utf-8")


@require_safe
@anonymous_allowed(reason="it only says that there is no network")
def offline(request: SiteRequest) -> HttpResponse:
    return render(request, "phone/offline.html")
