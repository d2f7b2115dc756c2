"""Opening an account without the sign-up page: by an invitation, whose token proves the address."""

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from linkstar.accounts.models import User


class AccountExists(ValueError):
    """Somebody has confirmed this address already; they must sign in."""


def has_account(email: str) -> bool:
    """Whether the address belongs to a person who can sign in with it.

    A sign-up that was never confirmed counts for nothing: anybody may have typed the address.
    """
    user = User.objects.filter(email__iexact=email).first()
    return user is not None and not _is_unclaimed(user)


@transaction.atomic
def open_account(*, email: str, full_name: str, password: str, language: str, time_zone: str) -> User:
    """A person whose address is proven. Raises AccountExists.

    A sign-up of that address that was never confirmed is taken over, and its password with it: the proof is here.
    """
    user = User.objects.select_for_update().filter(email__iexact=email).first()
    if user is not None and not _is_unclaimed(user):
        raise AccountExists(email)
    user = user or User(email=email.lower())
    user.full_name, user.language, user.time_zone = full_name, language, time_zone
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        # The same person a moment ago: they clicked twice.
        raise AccountExists(email) from error
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user


def _is_unclaimed(user: User) -> bool:
    confirmed = EmailAddress.objects.filter(user=user, verified=True).exists()
    return not confirmed and user.last_login is None and not user.memberships.exists()
