"""What the public site and every workspace share."""

from django.conf import settings
from django.urls import include, path

from linkstar.members.views.profile import set_language

urlpatterns = [
    path("language/", set_language, name="set-language"),
    path("accounts/", include("linkstar.accounts.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("dev/", include("linkstar.dev.urls")))

handler400 = "linkstar.errors.bad_request"
handler403 = "linkstar.errors.permission_denied"
handler404 = "linkstar.errors.not_found"
handler500 = "linkstar.errors.server_error"
