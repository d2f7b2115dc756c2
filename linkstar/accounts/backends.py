"""Who signs in, and who a session is of."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from linkstar.accounts.models import User
from linkstar.lib.kept import Kept

_user = Kept(lambda pk: User.objects.filter(pk=pk))


class Backend(AuthenticationBackend):
    def get_user(self, user_id: Any) -> User | None:
        """Asked on every request: who was deactivated is signed out with the next one."""
        found = _user(int(user_id))
        return found[0] if found and self.user_can_authenticate(found[0]) else None
