from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "linkstar.calendars"
    label = "calendars"

    def ready(self) -> None:
        """Says what is looked at once a day."""
        from linkstar.calendars.actions import clocks  # noqa: F401
