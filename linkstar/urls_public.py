"""The addresses of the public site."""

from django.urls import include, path

from linkstar.urls_common import handler400, handler403, handler404, handler500
from linkstar.urls_common import urlpatterns as common

urlpatterns = [
    path("", include("linkstar.public.urls")),
    path("", include("linkstar.workspaces.urls_public")),
    path("", include("linkstar.members.urls_public")),
    path("", include("integrations.urls_public")),
    *common,
]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
