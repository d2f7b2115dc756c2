"""The channels' rates, kept across all workers: a token bucket for each operation in Valkey."""

import time
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from redis import Redis

_PREFIX = "global:pace"
_KEPT_SECONDS = 24 * 3600
# One bucket: tokens and the time of their count, the rate that the channel told last, and until when it wants no calls.
_TAKE = """
local now, rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local row = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'rate', 'closed')
rate = tonumber(row[3]) or rate
local closed = tonumber(row[4]) or 0
if closed > now then return tostring(closed - now) end
local tokens, at = tonumber(row[1]) or burst, tonumber(row[2]) or now
tokens = math.min(burst, tokens + math.max(0, now - at) * rate)
local wait = 0
if tokens >= 1 then tokens = tokens - 1 else wait = (1 - tokens) / rate end
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
        argv = [time.time(), self.operation.rate, self.operation.burst, _KEPT_SECONDS]
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


@cache
def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL)


@cache
def _script():  # type: ignore[no-untyped-def]
    return _redis().register_script(_TAKE)
