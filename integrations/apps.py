from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        """Registers what happens at its time."""
        from integrations import stock, tasks  # noqa: F401
        from integrations.actions import digests, estimating  # noqa: F401
