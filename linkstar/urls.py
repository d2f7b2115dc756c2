"""The addresses of a workspace."""

from django.urls import include, path

from linkstar.urls_common import handler400, handler403, handler404, handler500
from linkstar.urls_common import urlpatterns as common

urlpatterns = [
    path("", include("projects.urls")),
    path("", include("notifications.urls")),
    path("", include("templates_sop.urls")),
    path("", include("linkstar.compliance.urls")),
    path("", include("integrations.urls")),
    path("", include("linkstar.pilot.urls")),
    path("", include("linkstar.retrospectives.urls")),
    path("", include("linkstar.members.urls")),
    path("", include("linkstar.calendars.urls")),
    path("", include("linkstar.workspaces.urls")),
    path("", include("linkstar.phone.urls")),
    *common,
]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
