"""Addresses of workspaces on the public site: mine, a new one, and the door to each."""

from django.urls import path

from linkstar.workspaces.views import entering, starting

app_name = "workspaces"
urlpatterns = [
    path("workspaces/", entering.workspaces_mine, name="mine"),
    # The same page under the name it has on a workspace's host, for the frames that both share.
    path("workspaces/", entering.workspaces_mine, name="switcher"),
    path("workspaces/new/", starting.workspace_new, name="new"),
    path("workspaces/slug/", starting.slug_check, name="slug-check"),
    path("enter/<slug:slug>/", entering.enter, name="enter"),
]
