"""Tells mypy what django-tenants adds to Django's database connection; django-stubs know the plain one only."""

from collections.abc import Callable

from mypy.plugin import ClassDefContext, Plugin
from mypy.plugins.common import add_attribute_to_class
from mypy.types import AnyType, TypeOfAny

CONNECTION = "django.db.backends.base.base.BaseDatabaseWrapper"
ADDED = ("tenant", "schema_name", "set_tenant", "set_schema", "set_schema_to_public")


class TenantsPlugin(Plugin):
    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        return _add_attributes if fullname == CONNECTION else None


def _add_attributes(context: ClassDefContext) -> None:
    for name in ADDED:
        add_attribute_to_class(context.api, context.cls, name, AnyType(TypeOfAny.explicit))


def plugin(version: str) -> type[Plugin]:
    return TenantsPlugin
