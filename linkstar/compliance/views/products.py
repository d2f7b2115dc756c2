"""Products: brought in by paste, described, answered for, thrown away."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.compliance import access
from linkstar.compliance.actions.products import (
    HasPapers,
    NewProduct,
    SkuTaken,
    StaleProduct,
    add_products,
    edit_product,
    last_described,
    remove_product,
)
from linkstar.compliance.models import Passport
from linkstar.compliance.rulebook import Rulebook, get_rulebook
from linkstar.compliance.shown import question_groups, said
from linkstar.compliance.verdicts import settled
from linkstar.compliance.views.passports import MARKET
from linkstar.lib.forms import send_again, set_choices, set_queryset
from linkstar.lib.text import clean_line
from linkstar.workspaces.access import managers_only, members_only
from linkstar.workspaces.http import WorkspaceRequest, posted
from projects.models import Project

MOST = 500
_ASIN = re.compile(r"[A-Z0-9]{10}")
# A spreadsheet separates by tabs; people by commas of either script.
_BETWEEN = re.compile(r"[,，;；]")


class PasteForm(forms.Form):
    """One product a line: SKU, name, category. A head line is known by its first word."""

    lines = forms.CharField(
        label=gettext_lazy("Products"),
        strip=False,
        widget=forms.Textarea(attrs={"class": "textarea", "rows": 8, "spellcheck": "false", "wrap": "off"}),
        error_messages={"required": gettext_lazy("Paste at least one SKU.")},
    )

    def __init__(self, data: QueryDict | None, *, book: Rulebook, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.book = book

    def clean_lines(self) -> list[NewProduct]:
        raws = [line for line in self.cleaned_data["lines"].splitlines() if line.strip()]
        if len(raws) > MOST:
            raise ValidationError(_("Up to %(most)d products at once."), params={"most": MOST})
        found, wrong = [], []
        for number, raw in enumerate(raws, 1):
            cells = [clean_line(cell, 200) for cell in (raw.split("\t") if "\t" in raw else _BETWEEN.split(raw))]
            if number == 1 and cells[0].casefold() in ("sku", "seller-sku", "seller sku", "货号"):
                continue
            try:
                found.append(self._read(cells))
            except ValueError as error:
                wrong.append(_("Line %(number)d: %(why)s") % {"number": number, "why": error})
        if wrong:
            raise ValidationError(wrong[:10])
        if not found:
            raise ValidationError(_("Paste at least one SKU."))
        return found

    def _read(self, cells: list[str]) -> NewProduct:
        """Raises ValueError with the reason."""
        sku, name, category = [*cells, "", ""][:3]
        if not sku:
            raise ValueError(_("the SKU is missing."))
        if len(sku) > 60:
            raise ValueError(_("an SKU has up to 60 characters."))
        return NewProduct(sku, name, self._category(category))

    def _category(self, typed: str) -> str:
        if not typed:
            return ""
        for key, category in self.book.categories.items():
            if typed.casefold() in (key, category.name.zh.casefold(), category.name.en.casefold()):
                return key
        raise ValueError(_("there is no category “%(typed)s”.") % {"typed": typed[:40]})


_ANSWERS = [("", ""), ("yes", ""), ("no", "")]


class ProductForm(forms.Form):
    """Besides the fields one answer a question, named "q-" and its key: "yes", "no" or "" for not answered.

    `read` is the last description that the person has read.
    """

    read = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    sku = forms.CharField(label="SKU", max_length=60, error_messages={"required": gettext_lazy("The SKU is missing.")})
    asin = forms.CharField(label="ASIN", max_length=10, required=False)
    name = forms.CharField(label=gettext_lazy("Name of the product"), max_length=200, required=False)
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("Where it is sold"), required=False, widget=forms.CheckboxSelectMultiple
    )
    project: "forms.ModelChoiceField[Project]" = forms.ModelChoiceField(
        None,
        label=gettext_lazy("Tasks about its papers go to"),
        required=False,
        empty_label=gettext_lazy("The project for compliance, made on first need"),
    )

    def __init__(self, data: QueryDict | None, *, book: Rulebook, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.book = book
        names = [(key, said(category.name)) for key, category in book.categories.items()]
        set_choices(self, "category", [("", _("Not chosen yet")), *names])
        set_choices(self, "channels", [(key, channel.name) for key, channel in book.channels.items()])
        set_queryset(self, "project", access.projects_for_tasks())
        for key in book.questions:
            self.fields[f"q-{key}"] = forms.ChoiceField(choices=_ANSWERS, required=False)

    def clean_sku(self) -> str:
        sku = clean_line(self.cleaned_data["sku"], 60)
        if not sku:
            raise ValidationError(_("The SKU is missing."))
        return sku

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 200)

    def clean_asin(self) -> str:
        asin = self.cleaned_data["asin"].strip().upper()
        if asin and not _ASIN.fullmatch(asin):
            raise ValidationError(_("An ASIN has ten letters and digits."))
        return asin

    @property
    def answers(self) -> dict[str, bool]:
        given = {key: self.cleaned_data[f"q-{key}"] for key in self.book.questions}
        return {key: answer == "yes" for key, answer in given.items() if answer}


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def product_add(request: WorkspaceRequest) -> HttpResponse:
    """`?sku=` is what a task lacked."""
    book = get_rulebook(MARKET)
    form = PasteForm(posted(request), book=book, initial={"lines": clean_line(request.GET.get("sku", ""), 60)})
    if request.method == "POST" and form.is_valid():
        entries = form.cleaned_data["lines"]
        done = add_products(entries, market=MARKET, actor=request.member, now=timezone.now())
        made, known = len(done.made), len(done.known)
        said_made = ngettext("%(count)d passport made.", "%(count)d passports made.", made) % {"count": made}
        said_known = ngettext("%(count)d was there already.", "%(count)d were there already.", known)
        messages.success(request, " ".join([said_made, *([said_known % {"count": known}] if known else [])]))
        return (
            redirect("compliance:product-edit", done.made[0].pk) if made == 1 else redirect("compliance:passport-list")
        )
    context = {"form": form, "categories": [said(category.name) for category in book.categories.values()]}
    return render(request, "compliance/product_add.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def product_edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The questions from which the requirements follow, beside what the product is called."""
    passport = access.get_passport(request.member, pk, to="edit")
    form = ProductForm(posted(request), book=passport.book, initial=_initial(passport))
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("sku", "asin", "name", "category", "project")}
        # No channel is an answer only once somebody has chosen some.
        channels = form.cleaned_data["channels"] or (None if passport.channels is None else [])
        try:
            edit_product(
                passport,
                **given,
                answers=form.answers,
                channels=channels,
                read=form.cleaned_data["read"] or 0,
                actor=request.member,
                now=timezone.now(),
            )
        except SkuTaken:
            form.add_error("sku", _("Another product has this SKU."))
        except StaleProduct:
            form.add_error(
                "read",
                _(
                    "Somebody else has described this product meanwhile. Below is what you typed; saving it now puts it"
                    " in the place of theirs."
                ),
            )
            send_again(form, "read", last_described(passport))
        else:
            messages.success(request, _("Saved. What applies was worked out anew."))
            return redirect(passport)
    return _draw(request, passport, form)


def _initial(passport: Passport) -> dict[str, Any]:
    product = passport.product
    return {
        "sku": product.sku,
        "asin": product.asin,
        "name": product.name,
        "category": product.category,
        "channels": passport.channels or [],
        "project": passport.project_id,
        "read": last_described(passport),
    }


def _draw(request: WorkspaceRequest, passport: Passport, form: ProductForm) -> HttpResponse:
    """After a refusal as it was typed."""
    book, facts = passport.book, passport.facts
    answers = dict(facts.answers)
    if form.is_bound:
        typed = {key: form.data.get(f"q-{key}", "") for key in book.questions}
        answers = {key: answer == "yes" for key, answer in typed.items() if answer in ("yes", "no")}
    context = {
        "passport": passport,
        "form": form,
        "groups": question_groups(book, answers, settled(book, facts)),
    }
    status = 409 if form.has_error("read") else 422 if form.errors else 200
    return render(request, "compliance/product.html", context, status=status)


@require_POST
@managers_only
def product_remove(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Of an SKU that was brought in by mistake; one with papers stays."""
    passport = access.get_passport(request.member, pk, to="remove")
    try:
        remove_product(passport)
    except HasPapers:
        messages.error(request, _("Papers of this product are recorded, so it stays."))
        return redirect(passport)
    messages.success(request, _("“%(sku)s” has no passport any more.") % {"sku": passport.product.sku})
    return redirect("compliance:passport-list")
