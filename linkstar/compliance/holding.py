"""Tasks that need a passport are not done before the papers of the products they name are in order."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from operator import attrgetter
from urllib.parse import urlencode

from django.db.models import Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from linkstar.compliance.models import Paper, Passport
from linkstar.compliance.standing import Line, Standing, standings_of
from projects.holding import Hold, holds
from projects.models import ProductLink, Task
from projects.wording import listed


@holds(attrgetter("needs_passport"))
def papers_lacking(tasks: Collection[Task], /, *, now: datetime) -> dict[int, list[Hold]]:
    """By task, in four statements at most."""
    links: dict[int, list[ProductLink]] = defaultdict(list)
    for link in ProductLink.objects.filter(task__in=[task.pk for task in tasks]).order_by("pk"):
        links[link.task_id].append(link)
    by_name = _standings([link for each in links.values() for link in each], now)
    found = {task.pk: _holds_of(links[task.pk], by_name) for task in tasks}
    return {pk: held for pk, held in found.items() if held}


def standings_for(task: Task, *, now: datetime) -> list[Standing]:
    """The passports of the products that it names, each once."""
    found = _standings(list(task.products.order_by("pk")), now)
    return list({standing.passport.pk: standing for each in found.values() for standing in each}.values())


def _standings(links: Iterable[ProductLink], now: datetime) -> dict[str, list[Standing]]:
    """By SKU and by ASIN, in capitals."""
    links = list(links)
    skus, asins = {link.sku.upper() for link in links} - {""}, {link.asin.upper() for link in links} - {""}
    if not skus and not asins:
        return {}
    named = Passport.objects.annotate(sku_key=Upper("product__sku"), asin_key=Upper("product__asin"))
    passports = list(named.filter(Q(sku_key__in=skus) | Q(asin_key__in=asins)).select_related("product").order_by("pk"))
    found: dict[str, list[Standing]] = defaultdict(list)
    for standing in standings_of(passports, now=now) if passports else []:
        product = standing.passport.product
        for name in {product.sku.upper(), product.asin.upper()} - {""}:
            found[name].append(standing)
    return found


def _holds_of(links: Collection[ProductLink], by_name: dict[str, list[Standing]]) -> list[Hold]:
    if not links:
        text = _("No SKU is linked to this task, so no passport can be looked at. Link the SKUs it is about.")
        return [Hold(_("the passport"), text, "")]
    known, unknown = {}, []
    for link in links:
        found = by_name.get(link.sku.upper(), []) or by_name.get(link.asin.upper(), [])
        known.update({standing.passport.pk: standing for standing in found})
        if not found:
            unknown.append(link)
    # The address of a listing holds the marketplace's own number, not an SKU; beside a known SKU it says nothing new.
    unknown = [link for link in unknown if not known or not link.url or link.asin]
    held = [_hold(standing) for standing in known.values() if not standing.is_in_order]
    return [*held, *(_unknown(link) for link in unknown)]


def _unknown(link: ProductLink) -> Hold:
    url = f"{reverse('compliance:product-add')}?{urlencode({'sku': link.sku or link.asin or link.name})}"
    return Hold(link.name, _("“%(sku)s” has no passport yet.") % {"sku": link.name}, url)


def _hold(standing: Standing) -> Hold:
    sku = standing.passport.product.sku
    parts = [
        _part(state, standing.lacking) for state in (Paper.State.EXPIRED, Paper.State.MISSING, Paper.State.IN_PROGRESS)
    ]
    if standing.questions:
        count = len(standing.questions)
        words = ngettext("%(count)d question is not answered", "%(count)d questions are not answered", count)
        parts.append(words % {"count": count})
    text = _("%(sku)s: %(lacks)s.") % {"sku": sku, "lacks": listed(part for part in parts if part)}
    return Hold(sku, text, standing.passport.get_absolute_url())


def _part(state: Paper.State, lines: Iterable[Line]) -> str:
    names = listed(line.requirement.short.get(get_language() or "en") for line in lines if line.state == state)
    if not names:
        return ""
    words = {
        Paper.State.EXPIRED: _("%(papers)s expired"),
        Paper.State.MISSING: _("%(papers)s missing"),
        Paper.State.IN_PROGRESS: _("%(papers)s still in progress"),
    }
    return words[state] % {"papers": names}
