from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "linkstar.demo"
    label = "demo"
