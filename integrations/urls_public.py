"""Where the channels send sellers back to: one address each, for all workspaces."""

from django.urls import path

from integrations.views import callbacks

app_name = "integrations"

urlpatterns = [path("shops/connected/<slug:channel>/", callbacks.connected, name="connected")]
