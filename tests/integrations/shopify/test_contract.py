"""What we ask of Shopify, and what our stub answers, against the schema that Shopify publishes."""

from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_enum_type,
    is_specified_scalar_type,
    parse,
    validate,
)
from graphql.type import is_introspection_type

from integrations.channels.shopify import queries
from tests.integrations.contracts import contract
from tests.integrations.stubs import shopify

QUERIES = {name: text for name, text in vars(queries).items() if name.isupper() and not name.startswith("_")}
QUERIES["BULK_ORDERS"] = queries.bulk_orders("processed_at:>='2026-11-01T05:00:00Z'")


@pytest.fixture(scope="module")
def published() -> GraphQLSchema:
    text = contract("shopify/admin_2026-10.graphql").read_text(encoding="utf-8")
    return build_schema(text, assume_valid=True)


def test_there_are_queries() -> None:
    assert len(QUERIES) == 13


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_is_valid_by_the_published_schema(published: GraphQLSchema, name: str) -> None:
    assert validate(published, parse(QUERIES[name])) == []


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_is_valid_by_our_excerpt(name: str) -> None:
    assert validate(shopify.schema(), parse(QUERIES[name])) == []


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_no_query_asks_who_bought(name: str) -> None:
    for word in ("customer", "email", "phone", "address", "note", "clientIp", "presentmentMoney"):
        assert word.lower() not in QUERIES[name].lower()


def test_our_excerpt_says_what_the_published_schema_says(published: GraphQLSchema) -> None:
    wrong: list[str] = []
    for name, mine in shopify.schema().type_map.items():
        if is_introspection_type(mine) or is_specified_scalar_type(mine):
            continue
        theirs: Any = published.type_map[name]
        if isinstance(mine, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field, own in mine.fields.items():
                other = theirs.fields[field]
                if str(own.type) != str(other.type):
                    wrong.append(f"{name}.{field}: {own.type}, published {other.type}")
                if other.deprecation_reason:
                    wrong.append(f"{name}.{field} is deprecated")
                for argument, value in getattr(own, "args", {}).items():
                    if str(get_named_type(value.type)) != str(get_named_type(other.args[argument].type)):
                        wrong.append(f"{name}.{field}({argument})")
        elif is_enum_type(mine):
            wrong += [f"{name}.{value}" for value in mine.values if value not in theirs.values]  # type: ignore[attr-defined]
    assert wrong == []
