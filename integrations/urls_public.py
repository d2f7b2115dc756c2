"""Where the channels send sellers back to, and where they call us: one address each, for all workspaces."""

from django.urls import path

from integrations.views import callbacks, hooks

app_name = "integrations"

urlpatterns = [
    path("shops/connected/<slug:channel>/", callbacks.connected, name="connected"),
    path("drive/connected/", callbacks.drive_connected, name="drive-connected"),
    path("hooks/shopify/", hooks.shopify, name="hook-shopify"),
]
