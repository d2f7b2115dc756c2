"""Structured logs: a JSON line an event, with the request id and the workspace; readable lines under `make up`."""

import logging.config
from collections.abc import MutableMapping
from typing import Any

import structlog


def structured_logging(*, human: bool, level: str) -> None:
    """Send structlog's events and the standard library's through one formatter to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer = structlog.dev.ConsoleRenderer(colors=False) if human else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *([] if human else [structlog.processors.format_exc_info]),
            _without_secrets,
            renderer,
        ],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"event": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "event"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                "django.server": {"level": "WARNING"},
                "fontTools": {"level": "WARNING"},
                # They tell whole addresses, and TikTok's token addresses hold the application's secret.
                "httpx": {"level": "WARNING"},
                "httpcore": {"level": "WARNING"},
                "celery.beat": {"level": "WARNING"},
                "celery.app.trace": {"level": "WARNING"},
                "celery.worker.strategy": {"level": "WARNING"},
            },
        }
    )


_SECRET_WORDS = ("password", "token", "secret", "authorization", "cookie")


def _without_secrets(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in event:
        if any(word in key.lower() for word in _SECRET_WORDS):
            event[key] = "***"
    return event
