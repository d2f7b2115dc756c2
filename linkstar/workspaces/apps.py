from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    name = "linkstar.workspaces"
    label = "workspaces"

    def ready(self) -> None:
        from linkstar.lib.forms import say_what_is_offered

        say_what_is_offered()
