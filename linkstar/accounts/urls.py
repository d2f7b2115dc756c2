"""The addresses of signing in: only those of allauth that we want, under its own names."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path, re_path

from linkstar.accounts import views
from linkstar.accounts.access import open_to_anyone, own_account_only
from linkstar.accounts.views import honest

_entrance = open_to_anyone(reason="sign-in")
_by_mail = open_to_anyone(reason="the key in the letter is the credential")

urlpatterns = [
    path("login/", _entrance(honest(account.login)), name="account_login"),
    path("logout/", _entrance(honest(account.logout)), name="account_logout"),
    path("signup/", _entrance(honest(account.signup)), name="account_signup"),
    path("email-hint/", views.email_hint, name="account-email-hint"),
    path("inactive/", _entrance(honest(account.account_inactive)), name="account_inactive"),
    path("security/", views.security, name="account-security"),
    path("reauthenticate/", own_account_only(honest(account.reauthenticate)), name="account_reauthenticate"),
    path("email/", own_account_only(honest(account.email)), name="account_email"),
    path("confirm-email/", _entrance(honest(account.email_verification_sent)), name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", _by_mail(honest(views.confirm_email)), name="account_confirm_email"),
    path("password/change/", own_account_only(honest(account.password_change)), name="account_change_password"),
    path("password/set/", own_account_only(honest(account.password_set)), name="account_set_password"),
    path("password/reset/", _entrance(honest(account.password_reset)), name="account_reset_password"),
    path("password/reset/done/", _entrance(honest(account.password_reset_done)), name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        _entrance(honest(account.password_reset_from_key_done)),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        _by_mail(honest(account.password_reset_from_key)),
        name="account_reset_password_from_key",
    ),
    path("2fa/", own_account_only(honest(mfa.index)), name="mfa_index"),
    path("2fa/authenticate/", _entrance(honest(mfa.authenticate)), name="mfa_authenticate"),
    path("2fa/reauthenticate/", own_account_only(honest(mfa.reauthenticate)), name="mfa_reauthenticate"),
    path("2fa/app/on/", own_account_only(honest(totp.activate_totp)), name="mfa_activate_totp"),
    path("2fa/app/off/", own_account_only(honest(totp.deactivate_totp)), name="mfa_deactivate_totp"),
    path("2fa/codes/", own_account_only(honest(codes.view_recovery_codes)), name="mfa_view_recovery_codes"),
    path("2fa/codes/new/", own_account_only(honest(codes.generate_recovery_codes)), name="mfa_generate_recovery_codes"),
    path(
        "2fa/codes/download/",
        own_account_only(honest(codes.download_recovery_codes)),
        name="mfa_download_recovery_codes",
    ),
]
