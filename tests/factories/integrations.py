from typing import Any

from integrations.models import ChannelAccount


def make_shop(**values: Any) -> ChannelAccount:
    """An Amazon account in Pacific time; nothing of it has been read."""
    defaults = {"channel": "amazon", "external_id": "A1", "name": "Northwind", "time_zone": "America/Los_Angeles"}
    return ChannelAccount.objects.create(**{**defaults, **values})
