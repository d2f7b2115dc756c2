from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "linkstar.operations"
    label = "operations"
