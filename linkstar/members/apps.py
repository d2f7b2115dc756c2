from typing import Any

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "linkstar.members"
    label = "members"

    def ready(self) -> None:
        from allauth.account.signals import email_changed

        email_changed.connect(_follow_address, dispatch_uid="members-follow-address")


def _follow_address(sender: Any, user: Any, **_: Any) -> None:
    """allauth has moved a person to a new address: the copies in their workspaces follow."""
    from linkstar.members.actions.profile import spread_profile

    user.refresh_from_db(fields=["email"])
    spread_profile(user)
