"""Form fields in our clothes: allauth's forms know nothing of our CSS."""

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()

_CLASSES: list[tuple[type[forms.Widget], str]] = [
    (forms.CheckboxInput, "check"),
    (forms.Textarea, "textarea"),
    (forms.Select, "select"),
    (forms.widgets.Input, "input"),
]


@register.simple_tag
def dressed(field: BoundField, **attrs: str) -> SafeString:
    """The field's control with our class; a placeholder that only repeats the label is dropped.

    Attributes come as keywords: `hx_get="…"` becomes `hx-get`, None leaves one out.
    """
    widget = field.field.widget
    given = {name.replace("_", "-"): value for name, value in attrs.items() if value is not None}
    name = next((name for kind, name in _CLASSES if isinstance(widget, kind)), "")
    return field.as_widget(attrs={"class": name, "placeholder": False, **given})
