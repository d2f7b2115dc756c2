from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from linkstar.jinja_quick import QuickEnvironment


def _drawn(text: str, **values: object) -> str:
    return QuickEnvironment(autoescape=True).from_string(text).render(values)


def test_what_is_written_is_escaped_once() -> None:
    values = {"typed": '<b> & "', "safe": mark_safe("<b>"), "count": 3, "lazy": gettext_lazy("<Save>"), "none": None}
    drawn = _drawn("{{ typed }} {{ safe }} {{ count }} {{ lazy }} {{ none }} {{ typed|length }}", **values)
    assert drawn == "&lt;b&gt; &amp; &#34; <b> 3 &lt;Save&gt; None 7"


def test_macros_may_be_called_in_loops_and_blocks() -> None:
    text = (
        "{% macro cell(text) %}<td>{{ text }}</td>{% endmacro %}"
        "{% for row in rows %}{% set said = row ~ '&' %}{{ cell(said) }}{% endfor %}"
        "{% block foot %}{% set said = 'end' %}{{ cell(said) }}{% endblock %}"
    )
    assert _drawn(text, rows=["<a>", "b"]) == "<td>&lt;a&gt;&amp;</td><td>b&amp;</td><td>end</td>"


def test_constant_calls_are_made_while_compiling_and_others_each_time() -> None:
    made: list[str] = []

    def icon(name: str) -> str:
        made.append(name)
        return mark_safe(f"<i {name}>")  # noqa: S308 - our own

    environment = QuickEnvironment(autoescape=True)
    environment.globals["icon"] = icon
    environment.constant = {"icon": icon}
    text = '{% set kept = icon("a") %}{{ kept }}{{ icon("b") }}{% if icon("c") %}{{ icon(name) }}{% endif %}'
    template = environment.from_string(text)
    made.clear()
    assert [template.render(name="x"), template.render(name="y")] == ["<i a><i b><i x>", "<i a><i b><i y>"]
    assert made == ["x", "y"]
