from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self) -> None:
        """Registers what the rooms below, and the undo, ask of this one."""
        from projects import reminders  # noqa: F401
        from projects.actions import (  # noqa: F401
            bin,
            health,
            ownership,
            printouts,
            recurrence,
            relocating_back,
            resting,
            search_build,
        )
