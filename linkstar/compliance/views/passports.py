"""The list of passports, one passport, and the list as a table for a spreadsheet."""

from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from linkstar.compliance import access
from linkstar.compliance.models import PassportEvent
from linkstar.compliance.rulebook import get_rulebook
from linkstar.compliance.shown import (
    STATES,
    days_left,
    event_text,
    question_text,
    said,
    sections,
    shown_passport,
)
from linkstar.compliance.standing import Standing, standing_of, standings_of
from linkstar.lib.csv_text import CONTENT_TYPE, csv_text
from linkstar.lib.text import clean_line
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest

PER_PAGE = 50
EVENTS_SHOWN = 50
MARKET = "us"


class Wanted(NamedTuple):
    """What of the list is asked for; "" is all."""

    q: str
    state: str
    category: str

    @classmethod
    def read(cls, request: HttpRequest) -> "Wanted":
        book = get_rulebook(MARKET)
        state, category = request.GET.get("state", ""), request.GET.get("category", "")
        return cls(
            clean_line(request.GET.get("q", ""), 100),
            state if state in STATES else "",
            category if category in book.categories else "",
        )

    @property
    def is_on(self) -> bool:
        return any(self)


@require_safe
@members_only
def passport_list(request: WorkspaceRequest) -> HttpResponse:
    """Filter by words, state and category in the address; `?page=` turns pages."""
    wanted = Wanted.read(request)
    standings = _standings(request, wanted)
    counts = {state: sum(one.state == state for one in standings) for state in STATES}
    found = [one for one in standings if not wanted.state or one.state == wanted.state]
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    book = get_rulebook(MARKET)
    context: dict[str, Any] = {
        "rows": [shown_passport(standing) for standing in page],
        "page": page,
        "wanted": wanted,
        "states": [(key, words, look, counts[key]) for key, (words, look) in STATES.items()],
        "categories": [(key, said(category.name)) for key, category in book.categories.items()],
        "total": len(standings),
        "book": book,
        "disclaimer": said(book.disclaimer),
    }
    fragment = request.htmx and request.htmx.target == "passports"
    name = "compliance/passport_list.html"
    response = render(request, f"{name}#passports" if fragment else name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _standings(request: WorkspaceRequest, wanted: Wanted) -> list[Standing]:
    """Those of the words and the category: what is worst comes first, then by SKU."""
    passports = access.passports_of(request.member).filter(market=MARKET)
    if wanted.q:
        words = Q()
        for name in ("sku", "asin", "name"):
            words |= Q(**{f"product__{name}__icontains": wanted.q})
        passports = passports.filter(words)
    if wanted.category:
        passports = passports.filter(product__category=wanted.category)
    order = list(STATES)
    found = standings_of(list(passports.order_by("product__sku", "pk")), now=timezone.now())
    return sorted(found, key=lambda standing: order.index(standing.state))


@require_safe
@members_only
def passport_csv(request: WorkspaceRequest) -> HttpResponse:
    """All rows that the filter lets through; days are the market's."""
    wanted, now = Wanted.read(request), timezone.now()
    head = [
        "SKU", "ASIN", pgettext("of a product", "Name"), _("Category"), _("Market"), _("Channels"),
        pgettext("column", "State"), _("Papers in order"), _("Papers required"), _("Lacking"), _("Questions open"),
        _("First to run out"),
    ]  # fmt: skip
    rows = []
    for standing in _standings(request, wanted):
        if wanted.state and standing.state != wanted.state:
            continue
        row = shown_passport(standing)
        end = standing.next_end.isoformat() if standing.next_end else ""
        rows.append(
            [
                row.sku,
                row.asin,
                row.name,
                row.category,
                row.market,
                ", ".join(row.channels),
                row.words,
                row.done,
                row.required,
                ", ".join(row.lacks),
                row.questions,
                end,
            ]
        )
    day = timezone.localtime(now).date().isoformat()
    disposition = f'attachment; filename="passports-{day}.csv"'
    return HttpResponse(csv_text(head, rows), content_type=CONTENT_TYPE, headers={"Content-Disposition": disposition})


@require_safe
@members_only
def passport(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """What is required of it and why, how its papers stand, and what does not apply."""
    found = access.get_passport(request.member, pk)
    book, standing = found.book, standing_of(found, now=timezone.now())
    events = PassportEvent.objects.filter(passport=found).select_related("actor").order_by("-pk")[:EVENTS_SHOWN]
    context = {
        "passport": found,
        "shown": shown_passport(standing),
        "parts": sections(standing),
        "questions": [question_text(book, key) for key in standing.questions],
        "channels": [(one.name, said(one.note)) for key, one in book.channels.items() if key in (found.channels or ())],
        "book": book,
        "disclaimer": said(book.disclaimer),
        "events": [(event, event_text(event, book)) for event in events],
        "may_waive": access.may(request.member, "waive"),
        "may_remove": access.may(request.member, "remove")
        and not any(line.paper for line in standing.lines if line.requirement.is_document),
        "next_left": days_left((standing.next_end - standing.today).days) if standing.next_end else "",
    }
    return render(request, "compliance/passport.html", context)
