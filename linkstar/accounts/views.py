"""allauth's views with honest status codes, and the few pages of an account that allauth has not."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.views import ConfirmEmailView
from allauth.mfa.utils import is_mfa_enabled
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from linkstar.accounts.access import open_to_anyone, own_account_only
from linkstar.accounts.free_mail import is_free_mail

View = Callable[..., HttpResponse]
_TOO_OFTEN = {"too_many_login_attempts", "rate_limited"}


def honest(view: View) -> View:
    """Give an allauth page the status it means: 422 for a refused form, 429 for a storm, 410 for a dead link."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        context = getattr(response, "context_data", None) or {}
        form = context.get("form")
        if request.method == "POST" and isinstance(form, BaseForm) and form.errors:
            response.status_code = 429 if _codes(form) & _TOO_OFTEN else 422
        if context.get("token_fail") or ("confirmation" in context and not context["confirmation"]):
            response.status_code = 410
        return response

    return answered


def _codes(form: BaseForm) -> set[str]:
    return {error["code"] for errors in form.errors.get_json_data().values() for error in errors}


class ConfirmEmail(ConfirmEmailView):
    """allauth's page, for whoever presses the button twice: the second press finds the key used."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().post(*args, **kwargs)
        except Http404:
            is_in = self.request.user.is_authenticated
            return redirect(get_adapter().get_login_redirect_url(self.request) if is_in else self.request.path)
        return answer


confirm_email = ConfirmEmail.as_view()


@require_safe
@own_account_only
def security(request: HttpRequest) -> HttpResponse:
    """How this account is kept: address, password, second step."""
    pending = EmailAddress.objects.filter(user=request.user, verified=False).first()
    context = {"has_second_step": is_mfa_enabled(request.user), "pending": pending}
    return render(request, "account/security.html", context)


@require_safe
@open_to_anyone(reason="says only whether a domain is a mail provider's")
def email_hint(request: HttpRequest) -> HttpResponse:
    """A fragment for the sign-up page: a hint when the address names no company, otherwise nothing."""
    email = request.GET.get("email", "")[:254]
    return render(request, "account/_email_hint.html", {"is_free": is_free_mail(email)})
