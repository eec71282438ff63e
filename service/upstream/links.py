"""Which links and images may reach a rep's browser: https, on a host the admin allowed."""

from urllib.parse import urlsplit

MAX_LINK_LENGTH = 2_048


def safe_link(value: object, allowed_hosts: tuple[str, ...]) -> str | None:
    """Return `value` when it is an https link to an allowed host, else None."""
    host = https_host(value)
    if host is None or not any(_matches(host, allowed) for allowed in allowed_hosts):
        return None
    return str(value)


def https_host(value: object) -> str | None:
    """Return the host of a plain https link, None for anything else.

    Refused: user info, ports other than 443, white space, control characters and backslashes,
    which readers of addresses understand differently.
    """
    if not isinstance(value, str) or not 0 < len(value) <= MAX_LINK_LENGTH:
        return None
    if "\\" in value or any(character <= " " or character == "\x7f" for character in value):
        return None
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme != "https" or "@" in parts.netloc or port not in (None, 443):
        return None
    return (parts.hostname or "").rstrip(".")


def _matches(host: str, allowed: str) -> bool:
    if allowed.startswith("*."):
        return host.endswith(allowed[1:]) and len(host) > len(allowed) - 1
    return host == allowed
