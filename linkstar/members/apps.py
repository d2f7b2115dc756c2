from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "linkstar.members"
    label = "members"
