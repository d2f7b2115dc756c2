"""One subscription for the whole process: what Valkey says is rung in the hub."""

import asyncio

import redis.asyncio as redis
import structlog
from django.conf import settings

from linkstar.live.hub import Hub
from linkstar.workspaces.live import channel

log = structlog.get_logger(__name__)

_LONGEST_WAIT = 10.0
_PING_SECONDS = 20.0


async def listen(hub: Hub) -> None:
    """Until cancelled. Whoever was deaf for a while says so to all: their pages look for themselves."""
    wait, was_deaf = 0.5, False
    while True:
        try:
            client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2)
            async with client, client.pubsub() as subscription:
                await subscription.subscribe(channel())
                hub.is_hearing, wait = True, 0.5
                if was_deaf:
                    hub.miss_all()
                await _hear(subscription, hub)
        except (redis.RedisError, OSError, TimeoutError) as error:
            hub.is_hearing, was_deaf = False, True
            log.warning("bells not heard", error=type(error).__name__, again_in_seconds=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)


async def _hear(subscription: redis.client.PubSub, hub: Hub) -> None:
    """Raises when the connection is lost, or Valkey has not answered a ping."""
    is_asked = False
    while True:
        message = await subscription.get_message(ignore_subscribe_messages=False, timeout=_PING_SECONDS)
        if message is None:
            if is_asked:
                raise TimeoutError
            await subscription.ping()
            is_asked = True
            continue
        is_asked = False
        if message["type"] == "message":
            hub.ring(message["data"].decode().split())
