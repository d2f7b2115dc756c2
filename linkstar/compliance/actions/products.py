"""What people do with products: bring them in, describe them, answer what the rule book asks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models.functions import Upper

from linkstar.compliance.actions.events import note
from linkstar.compliance.models import Passport, PassportEvent, Product
from linkstar.members.models import Member
from projects.models import Project

_DESCRIBED = "product described"


class SkuTaken(ValueError):
    """Another product has this SKU, in whatever case."""


class StaleProduct(ValueError):
    """Somebody else has described the product since it was read; nothing was saved."""


class HasPapers(ValueError):
    """Somebody has worked on its papers; such a passport is not thrown away."""


class NewProduct(NamedTuple):
    sku: str
    name: str = ""
    category: str = ""


class Imported(NamedTuple):
    """`known` had a passport before and was left as it is."""

    made: list[Passport]
    known: list[str]


@transaction.atomic
def add_products(entries: Sequence[NewProduct], *, market: str, actor: Member, now: datetime) -> Imported:
    """A passport each for those SKUs that have none. Of an SKU that is named twice the first line counts."""
    first: dict[str, NewProduct] = {}
    for entry in entries:
        first.setdefault(entry.sku.upper(), entry)
    known = _known(first)
    # In one order for everybody, so that two people with the same list wait for each other instead of dying.
    new = [one for key, one in sorted(first.items()) if key not in known]
    rows = [Product(sku=e.sku, name=e.name, category=e.category, created_by=actor, created_at=now) for e in new]
    # Somebody may have brought in the same SKUs a moment ago: their products stay as they made them.
    Product.objects.bulk_create(rows, ignore_conflicts=True)
    products = sorted(_known([one.sku.upper() for one in new]).values(), key=lambda product: product.pk)
    lacking = [Passport(product=one, market=market, created_by=actor, created_at=now) for one in products]
    Passport.objects.bulk_create(lacking, ignore_conflicts=True)
    mine = Passport.objects.filter(product__in=products, market=market, created_by=actor, created_at=now)
    made = list(mine.select_related("product").order_by("product__sku"))
    for passport in made:
        note(passport, "passport made", actor=actor, now=now, sku=passport.product.sku)
    return Imported(made, sorted(product.sku for product in known.values()))


def _known(keys: Sequence[str] | Mapping[str, Any]) -> dict[str, Product]:
    found = Product.objects.annotate(key=Upper("sku")).filter(key__in=list(keys))
    return {product.sku.upper(): product for product in found}


def last_described(passport: Passport) -> int:
    """Pk of the last event that changed the answers, by which a form knows what was read; 0: never described."""
    events = PassportEvent.objects.filter(passport=passport, verb=_DESCRIBED).order_by("-pk")
    return events.values_list("pk", flat=True).first() or 0


@transaction.atomic
def edit_product(
    passport: Passport,
    *,
    sku: str,
    asin: str,
    name: str,
    category: str,
    answers: Mapping[str, bool],
    channels: Sequence[str] | None,
    project: Project | None,
    read: int,
    actor: Member,
    now: datetime,
) -> None:
    """Describe the product and answer the questions; those that `answers` leaves out are open again.

    `read` is what `last_described` was when the person began. Raises StaleProduct and SkuTaken.
    """
    product = Product.objects.select_for_update().get(pk=passport.product_id)
    if last_described(passport) != read:
        raise StaleProduct
    before = _described(product, passport)
    product.sku, product.asin, product.name, product.category = sku, asin, name, category
    product.answers = dict(answers)
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError as error:
        raise SkuTaken from error
    passport.product, passport.project = product, project
    passport.channels = None if channels is None else list(channels)
    passport.save(update_fields=["channels", "project"])
    after = _described(product, passport)
    changed = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    if changed:
        note(passport, _DESCRIBED, actor=actor, now=now, changed=changed)


@transaction.atomic
def remove_product(passport: Passport) -> None:
    """Of an SKU that was brought in by mistake. Raises HasPapers."""
    Product.objects.select_for_update().get(pk=passport.product_id)
    if passport.papers.exists():
        raise HasPapers
    # Its own row is locked; whoever adds a paper meanwhile finds no passport.
    passport.product.delete()


def _described(product: Product, passport: Passport) -> dict[str, Any]:
    return {
        "sku": product.sku,
        "asin": product.asin,
        "name": product.name,
        "category": product.category,
        "answers": product.answers,
        "channels": passport.channels,
        "project": passport.project_id,
    }
