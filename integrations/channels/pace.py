"""The channels' rates, kept across all workers: a token bucket for each operation in Valkey."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from django.conf import settings
from redis import Redis

_PREFIX = "global:pace"
_COUNTS = "global:calls"
_KEPT_SECONDS = 24 * 3600
_COUNTED_DAYS = 31
# The share of each bucket that history leaves to news (integrations.md, rule 26).
SPARED = 0.5
_is_sparing: ContextVar[bool] = ContextVar("is_sparing", default=False)
# One bucket: tokens and the time of their count, the rate that the channel told last, and until when it wants no calls.
_TAKE = """
local now, rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local row = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'rate', 'closed')
rate = tonumber(row[3]) or rate
local closed = tonumber(row[4]) or 0
if closed > now then return tostring(closed - now) end
local tokens, at = tonumber(row[1]) or burst, tonumber(row[2]) or now
tokens = math.min(burst, tokens + math.max(0, now - at) * rate)
local wait, needed = 0, math.min(1 + burst * tonumber(ARGV[5]), math.max(burst, 1))
if tokens >= needed then tokens = tokens - 1 else wait = (needed - tokens) / rate end
redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', now)
redis.call('EXPIRE', KEYS[1], ARGV[4])
return tostring(wait)
"""


@dataclass(frozen=True, slots=True)
class Operation:
    """By its documented plan: calls a second once the burst is used up."""

    name: str
    rate: float
    burst: float


class Bucket:
    """Of one operation for one account of one application; all processes share it."""

    def __init__(self, app: str, account: str, operation: Operation) -> None:
        self.key = f"{_PREFIX}:{app}:{account}:{operation.name}"
        self.operation = operation

    def take(self) -> float:
        """Take a call: 0, or after how many seconds to come again; nothing is taken then."""
        spared = SPARED if is_sparing() else 0
        argv = [time.time(), self.operation.rate, self.operation.burst, _KEPT_SECONDS, spared]
        return float(_script()(keys=[self.key], args=argv))

    def learn(self, rate: float) -> None:
        """The channel's own word for calls a second (x-amzn-RateLimit-Limit)."""
        if rate > 0:
            _redis().hset(self.key, "rate", str(rate))

    def close(self, seconds: float) -> None:
        """No calls for so long: the channel said so."""
        _redis().hset(
            self.key, mapping={"closed": str(time.time() + seconds), "tokens": "1", "at": str(time.time() + seconds)}
        )
        _redis().expire(self.key, _KEPT_SECONDS)


@contextmanager
def sparing() -> Iterator[None]:
    """Inside, calls are of history: they leave a share of every bucket to whoever reads news meanwhile."""
    before = _is_sparing.set(True)
    try:
        yield
    finally:
        _is_sparing.reset(before)


def is_sparing() -> bool:
    return _is_sparing.get()


def count_call(app: str, account: str) -> None:
    """By day in UTC; a call that a dead worker made is counted, or not by one."""
    key = f"{_COUNTS}:{app}:{account}:{datetime.now(UTC):%Y%m%d}"
    with _redis().pipeline(transaction=False) as pipe:
        pipe.incr(key)
        pipe.expire(key, (_COUNTED_DAYS + 1) * 24 * 3600)
        pipe.execute()


def calls_of(app: str, account: str) -> list[int]:
    """How many calls were made on each of the last days in UTC, today first."""
    today = datetime.now(UTC)
    days = [today - timedelta(days=back) for back in range(_COUNTED_DAYS)]
    return [int(told or 0) for told in _redis().mget([f"{_COUNTS}:{app}:{account}:{day:%Y%m%d}" for day in days])]


@cache
def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL)


@cache
def _script():  # type: ignore[no-untyped-def]
    return _redis().register_script(_TAKE)
