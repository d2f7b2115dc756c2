"""The products that a task is about, on its sheet."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from linkstar.lib.forms import problems
from linkstar.lib.products import LIMIT, Product, ProductUnknown, recognise
from linkstar.lib.text import split_lines
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access, access_work
from projects.actions.products import MOST_PRODUCTS, TooManyProducts, link_products, unlink_product
from projects.views.sheet import TaskSheet, answer

_PART = "projects/_task_products.jinja#products"


class ProductsForm(forms.Form):
    """One product a line. What is not recognised is said, and nothing is linked."""

    entries = forms.CharField(required=False, strip=False)

    def clean_entries(self) -> list[Product]:
        lines = split_lines(self.cleaned_data["entries"], limit=LIMIT + 1)
        if not lines:
            raise ValidationError(_("Paste an address, an ASIN or an SKU."))
        if len(lines) > MOST_PRODUCTS:
            raise ValidationError(_("A task names up to %(most)d products."), params={"most": MOST_PRODUCTS})
        return [_recognised(line) for line in lines]


def _recognised(line: str) -> Product:
    try:
        return recognise(line)
    except ProductUnknown as error:
        raise ValidationError(
            _(
                "“%(line)s” is no product that we know: paste an ASIN, an SKU without spaces, or the address of a "
                "product at Amazon.com, Walmart.com, TikTok Shop or a Shopify store."
            ),
            params={"line": line[:80]},
        ) from error


@require_POST
@members_only
def product_add(request: WorkspaceRequest, pk: int) -> HttpResponse:
    task, now = access.get_task(request.member, pk, to="edit"), timezone.now()
    sheet, form = TaskSheet(task, request.member), ProductsForm(request.POST)
    if form.is_valid():
        try:
            link_products(task, form.cleaned_data["entries"], actor=request.member, now=now)
        except TooManyProducts as error:
            form.add_error("entries", _full_text(error))
    if form.errors:
        sheet.errors["products"] = problems(form)
        sheet.typed = {"products": form.data.get("entries", "")}
    return answer(request, sheet, _PART, now=now)


@require_POST
@members_only
def product_remove(request: WorkspaceRequest, pk: int) -> HttpResponse:
    product, now = access_work.get_product(request.member, pk), timezone.now()
    unlink_product(product, actor=request.member, now=now)
    return answer(request, TaskSheet(product.task, request.member), _PART, now=now)


def _full_text(error: TooManyProducts) -> str:
    return ngettext(
        "A task names up to %(most)d products: there is room for %(room)d more.",
        "A task names up to %(most)d products: there is room for %(room)d more.",
        error.room,
    ) % {"most": MOST_PRODUCTS, "room": error.room}
