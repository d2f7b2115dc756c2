"""Letting us in: choose a channel, read what is asked, go there, come back."""

from typing import Any, NamedTuple

import structlog
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations import access, states
from integrations.actions.connecting import ShopRefused
from integrations.actions.granting import connect_grant
from integrations.addresses import SHOP_HOST
from integrations.asked import ASKED
from integrations.channels import authoriser_of
from integrations.channels.base import Grant
from integrations.channels.errors import ChannelError, Later
from integrations.models import ChannelAccount
from integrations.problems import Problem, problem_of_connecting
from integrations.states import Attempt
from integrations.views.callbacks import callback_url
from linkstar.workspaces.access import admins_only
from linkstar.workspaces.http import WorkspaceRequest, posted

log = structlog.get_logger(__name__)

# What of the operator's own a channel needs, by the names of the settings.
_KEYS = {
    "amazon": ("AMAZON_LWA_CLIENT_ID", "AMAZON_LWA_CLIENT_SECRET", "AMAZON_APPLICATION_ID"),
    "shopify": ("SHOPIFY_CLIENT_ID", "SHOPIFY_CLIENT_SECRET"),
    "walmart": (),
    "tiktok": ("TIKTOK_APP_KEY", "TIKTOK_APP_SECRET", "TIKTOK_SERVICE_ID"),
}
_REFUSED: dict[str, Any] = {
    "other_account": gettext_lazy(
        "At the channel you were signed in with another shop's account. Sign out there, and connect again as this shop."
    ),
    "claimed": gettext_lazy(
        "Another workspace has this shop already. Only an owner of this workspace can connect it here as well."
    ),
    "host": gettext_lazy("That is no address of a Shopify shop."),
    "credentials": gettext_lazy("The channel gave less than we need to read the shop. Connect it again."),
}


class Choice(NamedTuple):
    """A channel on offer; `lacks`: settings that whoever runs LinkStar has not made."""

    key: str
    name: str
    lacks: list[str]
    is_off: bool


class ConnectForm(forms.Form):
    """The fields that a channel needs, none for those with a page of their own."""

    account = forms.IntegerField(required=False, widget=forms.HiddenInput)
    shop = forms.CharField(
        label=gettext_lazy("Address of the shop"),
        max_length=100,
        help_text=gettext_lazy("As in your-store.myshopify.com; the admin's address does as well."),
        widget=forms.TextInput(
            attrs={"class": "input", "placeholder": "your-store.myshopify.com", "spellcheck": "false"}
        ),
        error_messages={"required": gettext_lazy("Which shop? Type its address.")},
    )
    client_id = forms.CharField(
        label="Client ID",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Both keys are needed.")},
    )
    client_secret = forms.CharField(
        label="Client Secret",
        max_length=400,
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Both keys are needed.")},
    )

    def __init__(self, data: Any, *, channel: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        wanted = {"account", *(["shop"] if channel == "shopify" else []), *_typed(channel)}
        for name in set(self.fields) - wanted:
            del self.fields[name]

    def clean_shop(self) -> str:
        typed = self.cleaned_data["shop"].strip().lower().removeprefix("https://")
        # As it stands above the admin today: admin.shopify.com/store/heyfinch/orders.
        shop = typed.removeprefix("admin.shopify.com/store/").partition("/")[0].partition("?")[0]
        shop = shop if "." in shop else f"{shop}.myshopify.com"
        if not SHOP_HOST.fullmatch(shop):
            raise forms.ValidationError(_("That is no address of a Shopify shop: it ends in .myshopify.com."))
        return shop


@require_safe
@admins_only
def connect(request: WorkspaceRequest) -> HttpResponse:
    choices = [_choice(channel) for channel in ChannelAccount.Channel.values]
    context = {"choices": choices, "may_upload": access.may(request.member, "upload")}
    return render(request, "integrations/connect.html", context)


@sensitive_post_parameters("client_id", "client_secret")
@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
@never_cache
def connect_channel(request: WorkspaceRequest, channel: str) -> HttpResponse:
    """What is asked and why; then on to the channel, or, where it has no page for that, the keys are typed here.

    `?account=` is a store that is connected again.
    """
    choice = _choice(channel)
    again = _again(request, channel, request.GET.get("account", request.POST.get("account", "")))
    shop = again.external_id if again and channel == "shopify" else ""
    form = ConnectForm(posted(request), channel=channel, initial={"account": again.pk if again else None, "shop": shop})
    if request.method != "POST" or not form.is_valid() or choice.lacks or choice.is_off:
        bad = request.method == "POST"
        return _draw(request, choice, again, form, status=422 if bad else 200)
    attempt = Attempt.of(request, channel, again.pk if again else 0)
    given = form.cleaned_data
    if _typed(channel):
        params = {name: given[name] for name in _typed(channel)}
        return _exchange(request, choice, again, attempt, params, form)
    state = states.begin(attempt)
    there = authoriser_of(channel).authorize_url(
        state=state, redirect_uri=callback_url(channel), shop=given.get("shop", "")
    )
    # A form may not lead to other hosts (its redirects neither), and a channel's consent has several.
    context = {"choice": choice, "there": there}
    response = render(request, "integrations/connect_going.html", context)
    response["Refresh"] = f"0; url={there}"
    return response


@require_safe
@admins_only
@never_cache
def connect_finish(request: WorkspaceRequest, channel: str) -> HttpResponse:
    """Back from the channel. What it said is good once, for who went there, in the session they went from."""
    choice = _choice(channel)
    attempt = states.redeem(request.GET.get("state", ""), Attempt.of(request, channel))
    if attempt is None:
        context = {"choice": choice}
        return render(request, "integrations/connect_over.html", context, status=410)
    again = _again(request, channel, str(attempt.account_id or ""))
    form = ConnectForm(None, channel=channel, initial={"account": attempt.account_id or None})
    if request.GET.get("error"):
        declined = Problem(_("You did not agree at the channel."), _("Nothing was connected, and nothing has changed."))
        return _draw(request, choice, again, form, problem=declined, status=422)
    return _exchange(request, choice, again, attempt, request.GET.dict(), form)


@require_POST
@admins_only
@never_cache
def connect_share(request: WorkspaceRequest, channel: str) -> HttpResponse:
    """An owner confirms that a store of another workspace is theirs as well."""
    access.check(request.member, "share")
    choice = _choice(channel)
    held = states.take_grant(request.POST.get("token", ""), Attempt.of(request, channel))
    if held is None:
        return render(request, "integrations/connect_over.html", {"choice": choice}, status=410)
    grant, attempt = held
    again = _again(request, channel, str(attempt.account_id or ""))
    return _connect(request, choice, again, attempt, grant, ConnectForm(None, channel=channel), is_shared=True)


def _choice(channel: str) -> Choice:
    if channel not in ChannelAccount.Channel.values:
        raise Http404
    lacks = [name for name in _KEYS[channel] if not getattr(settings, name)]
    name = str(ChannelAccount.Channel(channel).label)
    return Choice(channel, name, lacks, channel not in settings.SALES_CHANNELS)


def _typed(channel: str) -> tuple[str, ...]:
    """What the seller types here, at a channel that has no page for it."""
    return authoriser_of(channel).typed if channel == ChannelAccount.Channel.WALMART else ()


def _again(request: WorkspaceRequest, channel: str, pk: str) -> ChannelAccount | None:
    """The store that is connected again; 404 for one that is not there or at another channel."""
    if not pk:
        return None
    if not pk.isdecimal():
        raise Http404
    found = access.get_shop(request.member, int(pk), to="run")
    if found.channel != channel:
        raise Http404
    return found


def _exchange(
    request: WorkspaceRequest,
    choice: Choice,
    again: ChannelAccount | None,
    attempt: Attempt,
    params: dict[str, str],
    form: ConnectForm,
) -> HttpResponse:
    try:
        grant = authoriser_of(choice.key).exchange(params, redirect_uri=callback_url(choice.key), now=timezone.now())
    except (ChannelError, Later) as error:
        log.warning("shop not connected", channel=choice.key, code=error.code, error=str(error))
        return _draw(request, choice, again, form, problem=problem_of_connecting(error.code), status=422)
    return _connect(request, choice, again, attempt, grant, form)


def _connect(
    request: WorkspaceRequest,
    choice: Choice,
    again: ChannelAccount | None,
    attempt: Attempt,
    grant: Grant,
    form: ConnectForm,
    *,
    is_shared: bool = False,
) -> HttpResponse:
    try:
        shop = connect_grant(
            choice.key, grant, again=again, actor=request.member, now=timezone.now(), is_shared=is_shared
        )
    except ShopRefused as error:
        if error.reason == "claimed" and access.may(request.member, "share"):
            context = {"choice": choice, "store": grant.external_id, "token": states.keep_grant(grant, attempt)}
            return render(request, "integrations/connect_share.html", context)
        problem = Problem(_REFUSED[error.reason], _("Nothing was connected, and nothing has changed."))
        return _draw(request, choice, again, form, problem=problem, status=422)
    messages.success(request, _("“%(shop)s” is connected. The newest sales come in first.") % {"shop": shop.name})
    return redirect(shop)


def _draw(
    request: WorkspaceRequest,
    choice: Choice,
    again: ChannelAccount | None,
    form: ConnectForm,
    *,
    problem: Problem | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "choice": choice,
        "again": again,
        "form": form,
        "asked": ASKED[choice.key],
        "is_typed": bool(_typed(choice.key)),
        "problem": problem,
        "callback": callback_url(choice.key),
        "may_upload": access.may(request.member, "upload"),
    }
    return render(request, "integrations/connect_channel.html", context, status=status)
