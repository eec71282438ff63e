"""Reads values that anybody may have sent: whatever is wrong becomes nothing, never an error.

Texts are cleaned of control characters and cut, ids that are too long do not count: a cut id
would be somebody else's.
"""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from urllib.parse import urlsplit, urlunsplit

MOST_URL_LETTERS = 2_048
MOST_NUMBER = 1e15
KEPT_ADDRESSES = 2_048
"""Taken apart once: visitors look at the same pages again and again."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def mapping(value: object) -> Mapping:
    """Return `value` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list:
    """Return `value` if it is a list, in a list if it is a single value, an empty one for null."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def text(value: object, max_length: int) -> str | None:
    """Return a text without control characters, cut to `max_length`; None when nothing is left."""
    raw = _plain(value)
    if raw is None:
        return None
    raw = raw[: max_length * 2]
    if not raw.isprintable():  # quicker than the search, and all that most texts need
        raw = _CONTROL.sub(" ", raw)
    return raw.strip()[:max_length].strip() or None


def key(value: object, max_length: int) -> str | None:
    """Return an id, None when it is empty, too long or holds control characters."""
    raw = _plain(value)
    if raw is None:
        return None
    raw = raw.strip()
    if not 0 < len(raw) <= max_length:
        return None
    return raw if raw.isprintable() or not _CONTROL.search(raw) else None


def number(value: object) -> float | None:
    """Return a finite number of sensible size; texts that spell one count."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = float(value[:40])
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not math.isfinite(value) or abs(value) > MOST_NUMBER:
        return None
    return int(value) if float(value).is_integer() else value


def web_address(value: object) -> str | None:
    """Return an http or https address without user and password, None for anything else."""
    raw = text(value, MOST_URL_LETTERS)
    return raw and _web_address(raw)


@lru_cache(KEPT_ADDRESSES)
def _web_address(raw: str) -> str | None:
    try:
        parts = urlsplit(raw)
        host = parts.netloc.rpartition("@")[2]
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        return urlunsplit(parts._replace(netloc=host))
    except ValueError:
        return None


def without_query(address: str | None) -> str | None:
    """Return the address up to its path: what follows may name a person."""
    return address and address.partition("?")[0].partition("#")[0]


def milliseconds(value: object) -> int | None:
    """Return epoch milliseconds of a number of them or of an ISO 8601 time (UTC unless it says)."""
    found = number(value)
    if found is not None:
        return round(found)
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return round(moment.timestamp() * 1000)
    except (OverflowError, OSError):
        return None


def entries(value: object, most: int) -> Iterator[tuple[object, object]]:
    """Yield at most `most` members of a JSON object."""
    return islice(value.items(), most) if isinstance(value, dict) else iter(())


def _plain(value: object) -> str | None:
    """Return a text or a number as text, 1.0 as "1": ids that came as numbers were whole."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < MOST_NUMBER:
        return str(int(value))
    return str(value)[:40] if abs(value) < 1e300 else ""
