"""What allauth asks of us."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from linkstar.accounts.free_mail import is_free_mail
from linkstar.accounts.models import User
from linkstar.accounts.sessions import bind_session
from linkstar.lib.encryption import decrypt, encrypt
from linkstar.lib.text import clean_line

_WORDS = {
    "account_inactive": _("This account is closed. Write to us if that is a mistake."),
    "email_password_mismatch": _("Address and password do not match. Check both, or reset the password."),
    "email_taken": _("There is an account with this address already."),
    "enter_current_password": _("This is not your current password."),
    "incorrect_code": _("This code is not right, or it has run out. Type the one your app shows now."),
    "incorrect_password": _("This is not your password."),
    "invalid_or_expired_key": _("This link has expired or was used."),
    "invalid_password_reset": _("This link has expired or was used."),
    "too_many_login_attempts": _("Too many tries with this address. Wait five minutes, or reset the password."),
    "same_as_current": _("This is the address you have now. Type the new one."),
    "rate_limited": _("That was too often. Wait a minute and try again."),
}


class AccountAdapter(DefaultAccountAdapter):
    """Company addresses at sign-up, our own words and letters, and the person's name, language and zone kept."""

    error_messages = {**DefaultAccountAdapter.error_messages, **_WORDS}

    def clean_email(self, email: str) -> str:
        email = super().clean_email(email).lower()
        here = getattr(self.request, "resolver_match", None)
        signing_up = here is not None and here.url_name == "account_signup"
        if signing_up and settings.SIGNUP_REFUSE_FREE_MAIL and is_free_mail(email):
            raise ValidationError(_("Use your company address: free mail addresses are not accepted here."))
        return email

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user = super().save_user(request, user, form, commit=False)
        user.email = user.email.lower()
        user.full_name = clean_line(form.cleaned_data.get("full_name", ""), 80)
        user.language = get_language() or settings.LANGUAGE_CODE
        user.time_zone = form.cleaned_data.get("time_zone") or settings.DEFAULT_WORKSPACE_ZONE
        if commit:
            user.save()
        return user

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        bind_session(request)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are opened on the public site, or by an invitation's own page."""
        return getattr(request, "workspace", None) is None

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """A workspace's own front page; on the public site, the person's workspaces."""
        return "/" if getattr(request, "workspace", None) is not None else reverse("workspaces:mine")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("workspaces:new")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account-security")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """At once, in the language of whoever gets it: such a letter must not wait for a worker."""
        user = context.get("user") or User.objects.filter(email__iexact=email).first()
        language = user.language if user is not None else get_language() or settings.LANGUAGE_CODE
        facts = {
            "email": email,
            "language": language,
            "url": context.get("activate_url") or context.get("password_reset_url") or "",
            "workspace": getattr(getattr(self.request, "workspace", None), "name", ""),
        }
        with translation.override(language):
            self.render_mail(template_prefix, email, {**facts, **context}).send()

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth puts the host in front; a storm would get as many tries as there are workspaces.
        return str(credentials.get("email", "")).strip().lower()


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps and recovery codes are encrypted where they lie."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _WORDS["incorrect_code"],
        "unverified_email": _("Confirm your mail address first, then switch on the second step."),
    }

    def encrypt(self, text: str) -> str:
        return encrypt(text, settings.FIELD_ENCRYPTION_KEYS)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text, settings.FIELD_ENCRYPTION_KEYS)
