"""Words in Jinja2 templates reach the catalogue like all others."""

from linkstar.dev.messages import _calls_of


def test_calls_of_a_jinja_template_are_all_collected() -> None:
    template = """
    {{ _("Open") }} {{ ngettext("%(n)s card", "%(n)s cards", count, n=count) }}
    {% set high = pgettext("priority", "High") %} {{ _("You help %(name)s", name=row.name) }}
    """
    assert _calls_of(template).splitlines() == [
        "_('Open')",
        "ngettext('%(n)s card', '%(n)s cards', 1)",
        "pgettext('priority', 'High')",
        "_('You help %(name)s')",
    ]
