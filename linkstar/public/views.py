"""The pages anyone may read."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from linkstar.public.articles import ARTICLES, find_article
from linkstar.public.example import clock_faces, example_board, example_day
from linkstar.public.plans import PLANS
from linkstar.workspaces.access import public_page


@require_safe
@public_page
def home(request: HttpRequest) -> HttpResponse:
    language = get_language() or "en"
    now = timezone.now()
    context = {
        "faces": clock_faces(now),
        "columns": example_board(now=now, language=language),
        "day": example_day(now=now, language=language),
    }
    return render(request, "public/home.html", context)


@require_safe
@public_page
def plans(request: HttpRequest) -> HttpResponse:
    return render(request, "public/plans.html", {"plans": PLANS})


@require_safe
@public_page
def help_index(request: HttpRequest) -> HttpResponse:
    return render(request, "public/help.html", {"articles": ARTICLES})


@require_safe
@public_page
def help_article(request: HttpRequest, article: str) -> HttpResponse:
    found = find_article(article)
    if found is None:
        raise Http404
    context = {"article": found, "articles": ARTICLES}
    return render(request, "public/help_article.html", context)
