"""Says in headers how the response cache answered (RFC 9211)."""

import time

from service.storage.cache_answer import CachedAnswer

NAME = "p13n"


def cache_headers(cached: CachedAnswer | None, as_of: float) -> dict[str, str]:
    """Return `Cache-Status`, `Age` and what intermediaries must know of a personal answer.

    The key is never shown: it stands for a person.
    """
    headers = {"Cache-Control": "private, no-store", "Vary": "Authorization"}
    if cached is not None:
        headers["Cache-Status"] = f"{NAME}; {_status(cached)}"
        headers["Age"] = str(max(0, round(time.time() - as_of)))
    return headers


def _status(cached: CachedAnswer) -> str:
    ttl = round(cached.ttl)
    match cached.state:
        case "hit":
            return f"hit; ttl={ttl}"
        case "stale":
            return f"hit; ttl={ttl}; detail=stale-while-revalidate"
        case "stale-if-error":
            return f"hit; ttl={ttl}; detail=stale-if-error"
        case "coalesced":
            return "fwd=uri-miss; collapsed"
    return "fwd=uri-miss; fwd-status=200; stored"
