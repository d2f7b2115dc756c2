from django.apps import AppConfig


class PilotConfig(AppConfig):
    name = "linkstar.pilot"
    label = "pilot"

    def ready(self) -> None:
        """Registers what keeps new projects out, and the question at the end."""
        from linkstar.pilot import limits  # noqa: F401
        from linkstar.pilot.actions import pilots  # noqa: F401
