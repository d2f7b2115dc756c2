"""Where channels call us: one address on the public site. The signature is the credential."""

from typing import cast

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.actions.hooks import take_event
from integrations.channels.shopify.hooks import event_of, is_genuine
from linkstar.workspaces.access import anonymous_allowed

# Longer than Shopify tries again.
_KNOWN_SECONDS = 48 * 3600

log = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
@anonymous_allowed(reason="the signature of the body is the credential")
def shopify(request: HttpRequest) -> HttpResponse:
    """Each event once, however often it is sent: 200. What Shopify did not sign: 401."""
    told = request.headers.get("X-Shopify-Hmac-Sha256", "")
    if not is_genuine(request.body, told, settings.SHOPIFY_CLIENT_SECRET):
        return HttpResponse(status=401)
    event = event_of(cast("dict[str, str]", request.headers), request.body)
    if event is None:
        log.warning("shopify event without a shop", topic=request.headers.get("X-Shopify-Topic", "")[:60])
        return HttpResponse(status=200)
    key = f"shopify-event:{event.shop}:{event.topic}:{event.id}"
    if event.id and not cache.add(key, True, timeout=_KNOWN_SECONDS):
        return HttpResponse(status=200)
    try:
        take_event(event, now=timezone.now())
    except BaseException:
        # Shopify sends it again, and then it is not known.
        cache.delete(key)
        raise
    return HttpResponse(status=200)
