"""Cache keys carry the workspace, so an entry of one can never be read in another."""

from typing import Any

from django.core.cache.backends import redis
from django.db import connection


def make_key(key: str, key_prefix: str, version: int) -> str:
    """`schema:prefix:version:key`. allauth's rate limits count tries over all hosts, so they stay in public."""
    schema = "public" if key.startswith("allauth:") else connection.schema_name
    return f"{schema}:{key_prefix}:{version}:{key}"


class _Client(redis.RedisCacheClient):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._made: dict[int, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """Made once a server, not at every call: that took longer than Valkey took to answer."""
        index = self._get_connection_pool_index(write)  # type: ignore[attr-defined]
        if index not in self._made:
            self._made[index] = super().get_client(key, write=write)
        return self._made[index]


class Cache(redis.RedisCache):
    """Valkey."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client
