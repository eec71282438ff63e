"""The header Retry-After, as seconds or as a date (RFC 9110, 10.2.3)."""

from email.utils import parsedate_to_datetime

from service.upstream.transport import Answer


def retry_after(answer: Answer, now: float) -> int | None:
    """Return the seconds to wait from `now`, None when the answer does not say."""
    value = answer.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return max(1, int(value[:9]))
    try:
        return max(1, round(parsedate_to_datetime(value).timestamp() - now))
    except (TypeError, ValueError, OverflowError):
        return None
