"""The library: what templates there are, by goal, channel, product category and words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from templates_sop.catalogue import all_templates
from templates_sop.common import common
from templates_sop.finding import Found, Wanted, count_choices, find_templates
from templates_sop.library import library
from templates_sop.shapes import SopTemplate
from templates_sop.strips import Strip, strip_of
from templates_sop.wording import GOALS, PLATFORMS, span_text

PER_PAGE = 48
MOST_STEPS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class ShownTemplate:
    template: SopTemplate
    name: str
    purpose: str
    anchor: str
    platform: Promise
    channel: str
    span: str
    strip: Strip


@dataclass(frozen=True, slots=True)
class Card:
    """`hits` are steps that hold the words, (key, title), and `more` how many others do. `adds` and `drops` are what
    the chosen category does to the template, in titles."""

    shown: ShownTemplate
    based_on: str
    hits: list[tuple[str, str]]
    more: int
    adds: list[str]
    drops: list[str]


@dataclass(frozen=True, slots=True)
class Choice:
    """`url` chooses it, or takes the choice back."""

    url: str
    label: Promise | str
    count: int
    is_on: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One of the filters; `name` and `value` are how it stands in the address."""

    name: str
    value: str
    label: Promise
    choices: list[Choice]


def language_of_reader() -> str:
    return get_language() or "en"


@require_safe
@members_only
def template_list(request: WorkspaceRequest) -> HttpResponse:
    language, templates = language_of_reader(), all_templates()
    wanted = _wanted(request)
    page = Paginator(find_templates(templates, wanted), PER_PAGE).get_page(request.GET.get("page"))
    groups = [
        (GOALS[goal], [_card(found, wanted.category, language) for found in group])
        for goal, group in groupby(page.object_list, key=lambda found: found.template.category)
    ]
    context = {
        "groups": groups,
        "page": page,
        "wanted": wanted,
        "is_filtered": wanted != Wanted(),
        "facets": _facets(templates, wanted, language),
    }
    name = "templates_sop/template_list.html"
    response = render(request, f"{name}#library" if request.htmx else name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _wanted(request: WorkspaceRequest) -> Wanted:
    """A choice that does not exist is none."""
    known: dict[str, Iterable[str]] = {"goal": GOALS, "platform": PLATFORMS, "category": common().variants}
    chosen = {name: request.GET.get(name, "") for name in known}
    chosen = {name: value if value in known[name] else "" for name, value in chosen.items()}
    return Wanted(words=request.GET.get("q", "").strip()[:100], **chosen)


def _facets(templates: Iterable[SopTemplate], wanted: Wanted, language: str) -> list[Facet]:
    counts = count_choices(templates, wanted)

    def facet(name: str, label: Promise, labels: Mapping[str, Promise | str]) -> Facet:
        chosen = getattr(wanted, name)
        choices = []
        for value, words in labels.items():
            url = _address(replace(wanted, **{name: "" if value == chosen else value}))
            choices.append(Choice(url, words, counts[name][value], value == chosen))
        return Facet(name, chosen, label, choices)

    categories = {key: name.get(language) for key, name in common().variants.items()}
    return [
        facet("goal", _("Goal"), GOALS),
        facet("platform", _("Channel"), PLATFORMS),
        facet("category", _("Product category"), categories),
    ]


def _address(wanted: Wanted) -> str:
    words = {"q": wanted.words, "goal": wanted.goal, "platform": wanted.platform, "category": wanted.category}
    path = reverse("templates_sop:template-list")
    chosen = {name: value for name, value in words.items() if value}
    return f"{path}?{urlencode(chosen)}" if chosen else path


def _card(found: Found, category: str, language: str) -> Card:
    template, titles = found.template, [(step.key, step.title.get(language)) for step in found.steps]
    adds, drops = _changes(template, category, language)
    origin = library().get(template.based_on)
    based_on = origin.name.get(language) if origin else ""
    more = max(0, len(titles) - MOST_STEPS_SHOWN)
    return Card(shown_template(template, language), based_on, titles[:MOST_STEPS_SHOWN], more, adds, drops)


def _changes(template: SopTemplate, category: str, language: str) -> tuple[list[str], list[str]]:
    variant = next((variant for variant in template.variants if variant.key == category), None)
    if variant is None:
        return [], []
    dropped = [step for step in template.steps if step.key in variant.remove]
    return [step.title.get(language) for step in variant.add], [step.title.get(language) for step in dropped]


def shown_template(template: SopTemplate, language: str) -> ShownTemplate:
    strip = strip_of(template)
    return ShownTemplate(
        template=template,
        name=template.name.get(language),
        purpose=template.purpose.get(language),
        anchor=template.anchor.label.get(language),
        platform=PLATFORMS[template.platform],
        channel=template.platform.partition("_")[0],
        span=span_text(strip.first_day, strip.last_day, language),
        strip=strip,
    )
