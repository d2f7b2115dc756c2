"""Deeds that a phone kept while it had no network, and may send twice."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone

from linkstar.members.models import Receipt
from linkstar.workspaces.http import WorkspaceRequest

# A phone that was off for longer sends what its owner has long forgotten; the page asks before that.
KEPT = timedelta(days=30)
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")

View = Callable[..., HttpResponse]


def once_per_key(view: View) -> View:
    """For a view that stands below its access decorator: the same Idempotency-Key of the same person is done once.

    The receipt is part of the deed's transaction: a refused deed leaves none, and of two copies that arrive at once one
    waits for the other. The answer to a copy is an empty 200 with `X-Replayed`. Without the header nothing changes.
    """

    @wraps(view)
    def guarded(request: WorkspaceRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        if not _KEY.fullmatch(key):
            return view(request, *args, **kwargs)
        with transaction.atomic():
            if not _take(request, key):
                return HttpResponse(headers={"X-Replayed": "1"})
            response = view(request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            return response

    return guarded


def _take(request: WorkspaceRequest, key: str) -> bool:
    """Whether the key is new; the constraint makes a copy that comes meanwhile wait here."""
    now = timezone.now()
    Receipt.objects.filter(member=request.member, created_at__lt=now - KEPT).delete()
    _receipt, is_new = Receipt.objects.get_or_create(member=request.member, key=key)
    return is_new
