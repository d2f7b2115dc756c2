"""The second template engine: what is long or asked for often is drawn by Jinja2 (docs/decisions/0003).

It has the same words, escapes and icons as the pages around it.
"""

from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import TemplateDoesNotExist
from django.template.backends.jinja2 import Jinja2, Template
from django.templatetags.static import static
from django.urls import get_urlconf, reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from linkstar.jinja_quick import QuickEnvironment
from linkstar.templatetags.linkstar import due_label, markdown, moment


class Parts(Jinja2):
    """Takes the names that end in .jinja; `page.jinja#owner` is the block "owner" of that page alone.

    There is an environment for each language, so that a message is looked up once and not at every drawing.
    """

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__(_speaking(settings.LANGUAGE_CODE, params))
        self.by_language = {language: Jinja2(_speaking(language, params)) for language, _name in settings.LANGUAGES}

    def get_template(self, template_name: str) -> Template:
        name, _hash, block = template_name.partition("#")
        if not name.endswith(".jinja"):
            raise TemplateDoesNotExist(template_name, backend=self)
        engine = self.by_language.get(translation.get_language() or "")
        found = engine.get_template(name) if engine else super().get_template(name)
        return _Part(found.template, self, block)


def _speaking(language: str, params: dict[str, Any]) -> dict[str, Any]:
    return {**params, "OPTIONS": {**params["OPTIONS"], "language": language}}


class _Part(Template):
    def __init__(self, template: Any, backend: Parts, block: str) -> None:
        super().__init__(template, backend)
        self.block = block

    def render(self, context: Any = None, request: HttpRequest | None = None) -> SafeString:
        """The token is masked once for all forms of a page."""
        given = {**(context or {}), "address": _addresses(get_urlconf())}
        if request is not None:
            token = get_token(request)
            field = format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)
            given |= {"request": request, "csrf_token": token, "csrf_input": field}
        if not self.block:
            return mark_safe(self.template.render(given))  # noqa: S308 - rendered with autoescape
        drawn = self.template.blocks[self.block](self.template.new_context(given))
        return mark_safe("".join(drawn))  # noqa: S308 - the same


def environment(*, language: str, **options: Any) -> Environment:
    """A name that is missing is an error here, not an empty string."""
    options["undefined"] = StrictUndefined
    made = QuickEnvironment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True, **options)
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    words = {name: _in(language, getattr(translation, name)) for name in ("gettext", "ngettext", "pgettext")}
    words["_"] = words["gettext"]
    made.globals.update(words)
    made.constant = {**words, "icon": icon}
    made.filters.update(markdown=markdown, moment=moment, iso=_iso, day_iso=_day_iso, clock_iso=_clock_iso)
    made.globals.update(static=static, address=address, icon=icon, due_label=due_label)
    made.globals.update({name: _mark(made, name) for name in ("avatar", "due")})
    # What a page says when it is so: drawn out of band, or as a page of its own.
    made.globals.update(oob=False, is_page=False)
    return made


def _in(language: str, function: Callable[..., str]) -> Callable[..., Markup]:
    """`function` of gettext in one language, each message looked up once; what it fills in is escaped."""

    @lru_cache(maxsize=4096)
    def found(*messages: Any) -> Markup:
        with translation.override(language):
            return Markup(function(*messages))  # noqa: S704 - our own words

    @lru_cache(maxsize=4096)
    def filled(messages: tuple[Any, ...], variables: tuple[tuple[str, Any], ...]) -> Markup:
        return found(*messages) % dict(variables)

    def say(*messages: Any, **variables: Any) -> Markup:
        # Numbers come again and again; what people wrote does not.
        if all(type(value) is int for value in variables.values()):
            return filled(messages, tuple(variables.items()))
        return found(*messages) % variables

    return say


def address(name: str, *args: Any) -> str:
    """`reverse` with pks and words, ten times quicker: the form of an address is asked for once a name.

    The site stands at the root of its host, and pks are all that changes from one address to the next.
    """
    return _addresses(get_urlconf())(name, *args)


@lru_cache(maxsize=16)
def _addresses(urlconf: str | None) -> Callable[..., str]:
    """`address` of one site, so that it is not asked each time which that is."""

    def address(name: str, *args: Any) -> str:
        words = [arg if isinstance(arg, str) else None for arg in args]
        form = _form_of(urlconf, name, tuple(words))
        return form.format(*[arg for arg in args if not isinstance(arg, str)])

    return address


@lru_cache(maxsize=2048)
def _form_of(urlconf: str | None, name: str, words: tuple[str | None, ...]) -> str:
    probes = [10**8 + place for place in range(len(words))]
    path = reverse(name, urlconf, args=[word or probe for word, probe in zip(words, probes, strict=True)])
    path = path.replace("{", "{{").replace("}", "}}")
    for word, probe in zip(words, probes, strict=True):
        if word is None:
            path = path.replace(str(probe), "{}")
    return path


@lru_cache(maxsize=512)
def icon(name: str, size: str = "") -> SafeString:
    """An icon beside a word, as _icon.html draws it."""
    return format_html('<span class="icon icon--{}{}" aria-hidden="true"></span>', name, size and f" icon--{size}")


def _mark(made: Environment, name: str) -> Callable[..., Any]:
    """A macro of _marks.jinja as a global, so that a block drawn alone has it too."""

    def draw(*args: Any, **kwargs: Any) -> Any:
        return getattr(made.get_template("_marks.jinja").module, name)(*args, **kwargs)

    return draw


def _iso(instant: datetime) -> str:
    """On the reader's clock."""
    return timezone.localtime(instant).isoformat()


def _day_iso(on: date | None) -> str:
    return on.isoformat() if on else ""


def _clock_iso(at: time | None) -> str:
    return at.strftime("%H:%M") if at else ""
