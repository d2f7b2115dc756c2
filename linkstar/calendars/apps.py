from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "linkstar.calendars"
    label = "calendars"
