"""Addresses of the workspace itself, on its own host."""

from django.urls import path

from linkstar.workspaces.views import entering, settings

app_name = "workspaces"
urlpatterns = [
    path("enter/", entering.arrive, name="arrive"),
    path("workspaces/", entering.switcher, name="switcher"),
    path("workspaces/<slug:slug>/enter/", entering.switch, name="switch"),
    path("settings/", settings.workspace_settings, name="settings"),
    path("settings/modules/", settings.module_list, name="modules"),
    path("settings/modules/<slug:module>/switch/", settings.module_switch, name="module-switch"),
]
