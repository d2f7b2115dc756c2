from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    name = "linkstar.workspaces"
    label = "workspaces"
