"""The public addresses with those that exist under DEBUG only."""

from django.urls import include, path

from linkstar.urls_public import handler400, handler403, handler404, handler500
from linkstar.urls_public import urlpatterns as public

urlpatterns = [*public, path("dev/", include("linkstar.dev.urls"))]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
