from itertools import count
from typing import Any

from django.db import connection
from django.test import Client

from linkstar.accounts.models import User
from linkstar.members.models import Member
from linkstar.workspaces.models import Membership

_numbers = count(1)


def make_user(**values: Any) -> User:
    """A verified person; password "correct-horse"."""
    from allauth.account.models import EmailAddress

    email = values.pop("email", f"person{next(_numbers)}@acme.test")
    values = {"full_name": email.partition("@")[0], "language": "en", "time_zone": "America/New_York", **values}
    user = User.objects.create_user(email, values.pop("password", "correct-horse"), **values)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_member(role: str = "member", *, user: User | None = None, **values: Any) -> Member:
    """A person of the current workspace: user, membership and member."""
    if user is None:
        taken = {key: values[key] for key in ("email", "language", "time_zone") if key in values}
        user = make_user(**taken, **({"full_name": values["display_name"]} if "display_name" in values else {}))
    Membership.objects.create(user=user, workspace=connection.tenant, role=role)
    fields = {"display_name": str(user), "email": user.email, "time_zone": user.time_zone, "language": user.language}
    return Member.objects.create(user=user, role=role, **{**fields, **values})


class WorkspaceClient(Client):
    """After each answer the test is back in the workspace it was in; a request leaves the public schema behind."""

    def request(self, **request: Any) -> Any:
        before = connection.tenant
        try:
            return super().request(**request)
        finally:
            connection.set_tenant(before)


def client_of(who: Member | User | None, *, workspace: Any = None) -> Client:
    """A browser on the workspace's host (the current one unless given), signed in as `who`; None is a stranger."""
    slug = (workspace or connection.tenant).slug
    client = WorkspaceClient(HTTP_HOST=f"{slug}.localhost")
    if who is not None:
        user = who if isinstance(who, User) else User.objects.get(pk=who.user_id)
        client.force_login(user, backend="linkstar.accounts.backends.Backend")
    return client
