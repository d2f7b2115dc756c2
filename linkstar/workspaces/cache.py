"""Cache keys carry the workspace, so an entry of one can never be read in another."""

from django.db import connection


def make_key(key: str, key_prefix: str, version: int) -> str:
    """`schema:prefix:version:key`. allauth's rate limits count tries over all hosts, so they stay in public."""
    schema = "public" if key.startswith("allauth:") else connection.schema_name
    return f"{schema}:{key_prefix}:{version}:{key}"
