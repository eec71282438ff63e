"""Salesforce record ids: 15 characters with a key prefix, and the 18-character form."""

from functools import lru_cache

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECKSUM_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
POD = "5g00000"  # an invented instance, three to nine of every id


def record_id(key_prefix: str, number: int) -> str:
    """Return the 18-character id of the `number`-th record of an object, e.g. `0035g00000...`."""
    digits = ""
    for _ in range(5):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return with_checksum(f"{key_prefix}{POD}{digits}")


def with_checksum(short: str) -> str:
    """Return the 18-character form of a 15-character id.

    Each of three groups of five yields one character, whose bits say which letters of the group are
    capitals; so the long form survives tools that ignore case.
    """
    return short + _checksum(short[:5]) + _checksum(short[5:10]) + _checksum(short[10:])


@lru_cache(maxsize=1 << 16)
def _checksum(group: str) -> str:
    return CHECKSUM_ALPHABET[sum(1 << n for n, char in enumerate(group) if "A" <= char <= "Z")]


def normalized(text: str) -> str | None:
    """Return the 18-character form of an id given in either form, None when it is neither."""
    if not (len(text) in (15, 18) and text.isascii() and text.isalnum()):
        return None
    full = with_checksum(text[:15])
    if len(text) == 15:
        return full
    return full if full[15:] == text[15:].upper() else None
