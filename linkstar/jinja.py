"""The Jinja2 environment of the long lists: the same words, escapes and icons as the pages around them."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext
from jinja2 import Environment, StrictUndefined


def environment(**options: Any) -> Environment:
    """A name that is missing is an error here, not an empty string."""
    options["undefined"] = StrictUndefined
    made = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True, **options)  # noqa: S701 - Django sets autoescape
    made.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext)  # type: ignore[attr-defined]
    made.globals.update(static=static, url=reverse)
    return made
