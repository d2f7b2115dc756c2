"""Which SKUs of which shops a project is about."""

from integrations.models import ChannelAccount, Listing, SalesAction
from linkstar.members.models import Member
from projects.models import ProductLink, Project, Task

Pairs = tuple[tuple[int, str], ...]


def pairs_of(member: Member, project: Project, shops: list[ChannelAccount]) -> Pairs:
    """(shop, SKU) of what the project's tasks name, by SKU or ASIN in any shop, and of what was done for it.

    Three statements. Only tasks that the member sees count.
    """
    tasks = Task.objects.visible_to(member).filter(project=project)
    named = list(ProductLink.objects.filter(task__in=tasks).values_list("sku", "asin"))
    skus, asins = {sku for sku, _asin in named if sku}, {asin for _sku, asin in named if asin}
    accounts = [shop.pk for shop in shops]
    known = Listing.objects.filter(account__in=accounts)
    # An ASIN names a product in every shop that sells the same SKU.
    of_asins = known.filter(asin__in=asins).values_list("sku", flat=True) if asins else ()
    found = set(known.filter(sku__in=skus.union(of_asins)).values_list("account", "sku"))
    done = SalesAction.objects.filter(account__in=accounts, state=SalesAction.State.RECORDED)
    for account, acted in done.filter(task__in=tasks).values_list("account", "skus"):
        found |= {(account, sku) for sku in acted}
    for account, acted in done.filter(task=None, project=project).values_list("account", "skus"):
        found |= {(account, sku) for sku in acted}
    return tuple(sorted(found))
