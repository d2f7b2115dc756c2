from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        """Says what a due reminder is."""
        from notifications.actions import reminders  # noqa: F401
