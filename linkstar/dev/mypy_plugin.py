"""Tells mypy what the connection has of django-tenants and of PostgreSQL; django-stubs know only what all have."""

from collections.abc import Callable

from mypy.plugin import ClassDefContext, Plugin
from mypy.plugins.common import add_attribute_to_class
from mypy.types import AnyType, TypeOfAny

ADDED = {
    "django.db.backends.base.base.BaseDatabaseWrapper": (
        "tenant",
        "schema_name",
        "set_tenant",
        "set_schema",
        "set_schema_to_public",
    ),
    "django.db.backends.base.operations.BaseDatabaseOperations": ("compose_sql",),
}


class TenantsPlugin(Plugin):
    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        return _add_attributes if fullname in ADDED else None


def _add_attributes(context: ClassDefContext) -> None:
    for name in ADDED[context.cls.fullname]:
        add_attribute_to_class(context.api, context.cls, name, AnyType(TypeOfAny.explicit))


def plugin(version: str) -> type[Plugin]:
    return TenantsPlugin
