"""What allauth asks of us."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linkstar.accounts.free_mail import is_free_mail
from linkstar.lib.text import clean_line


class AccountAdapter(DefaultAccountAdapter):
    """Company addresses at sign-up, our own mail outbox-free letters, and the person's name, language and zone kept."""

    def clean_email(self, email: str) -> str:
        email = super().clean_email(email).lower()
        signing_up = self.request is not None and getattr(self.request, "resolver_match", None) is not None
        if signing_up and self.request.resolver_match.url_name == "account_signup":
            if settings.SIGNUP_REFUSE_FREE_MAIL and is_free_mail(email):
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

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are opened on the public site, or by an invitation's own page."""
        return getattr(request, "workspace", None) is None
