"""One JSON object a line on standard error, times in UTC."""

import logging
import sys

import orjson
import structlog


def install(level: int = logging.INFO) -> None:
    """Configure structlog for this process."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )


def install_for_command() -> None:
    """Configure structlog beside sentences for people: on a terminal only warnings come between."""
    install(logging.WARNING if sys.stderr.isatty() else logging.INFO)


def _dumps(event: dict, default=None, **_options) -> bytes:
    return orjson.dumps(event, default=default or str)
