"""Which products a task is about."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from linkstar.lib.products import Product
from linkstar.members.models import Member
from projects.actions.search_index import forget, index_products
from projects.actions.trace import leave_trace, touch
from projects.models import ProductLink, SearchEntry, Task

MOST_PRODUCTS = 50


class TooManyProducts(ValueError):
    """The task cannot name this many products; `room` is how many more it takes."""

    def __init__(self, room: int) -> None:
        super().__init__(f"room for {room} more")
        self.room = room


@transaction.atomic
def link_products(task: Task, products: Sequence[Product], *, actor: Member, now: datetime) -> list[ProductLink]:
    """Those that the task does not name yet; a bare SKU is taken as one of the project's channel.

    Raises TooManyProducts.
    """
    Task.objects.select_for_update(no_key=True).only("pk").get(pk=task.pk)
    known = set(task.products.values_list("asin", "sku", "url"))
    new = {(one.asin, one.sku, one.url): one for one in products if (one.asin, one.sku, one.url) not in known}
    if len(known) + len(new) > MOST_PRODUCTS:
        raise TooManyProducts(max(MOST_PRODUCTS - len(known), 0))
    if not new:
        return []
    made = []
    for one in new.values():
        values = {**asdict(one), "channel": one.channel or task.project.channel}
        made.append(ProductLink(task=task, created_by=actor, created_at=now, **values))
    ProductLink.objects.bulk_create(made)
    index_products(made)
    _count(task, now=now)
    names = [product.name for product in made]
    leave_trace("products linked", project=task.project, task=task, actor=actor, now=now, names=names)
    return made


@transaction.atomic
def unlink_product(product: ProductLink, *, actor: Member, now: datetime) -> None:
    """Twice is once."""
    task = product.task
    Task.objects.select_for_update(no_key=True).only("pk").get(pk=task.pk)
    removed, _rows = ProductLink.objects.filter(pk=product.pk).delete()
    if not removed:
        return
    forget(SearchEntry.Kind.PRODUCT, product.pk)
    _count(task, now=now)
    leave_trace("product unlinked", project=task.project, task=task, actor=actor, now=now, name=product.name)


def _count(task: Task, *, now: datetime) -> None:
    task.product_count = task.products.count()
    touch(task, "product_count", now=now)
