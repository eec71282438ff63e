"""Reads a page of the user export row by row, so that one bad row does not spoil the others.

A page as a whole must be complete: what ends in the middle is no page. A row that is JSON only
by a lenient reading (NaN, a key twice, half a surrogate pair) is given back as None.
"""

import json
import re

from service.errors import UpstreamInvalidAnswer
from service.strict_json import NotStrictJson, loads

_SPACE = re.compile(r"\s*")
_LENIENT = json.JSONDecoder()


def read_rows(body: bytes) -> list[dict | None]:
    """Return the rows of a page; None stands for each that cannot be read.

    Raises: UpstreamInvalidAnswer when the page is truncated or no list.
    """
    try:
        rows = loads(body)
    except NotStrictJson:
        rows = _one_by_one(body)
    if not isinstance(rows, list):
        raise UpstreamInvalidAnswer("The user export is not a list of users.")
    return [row if isinstance(row, dict) else None for row in rows]


def _one_by_one(body: bytes) -> list[dict | None]:
    try:
        text = body.decode("utf-8")
        place = _after(text, 0, "[")
        rows: list[dict | None] = []
        while text[place : place + 1] != "]":
            place = _after(text, place, ",") if rows else place
            _value, end = _LENIENT.raw_decode(text, place)
            rows.append(_strict(text[place:end]))
            place = _SPACE.match(text, end).end()
        if text[place + 1 :].strip():
            raise ValueError
    except (ValueError, RecursionError):
        message = "A page of the user export is truncated or not JSON."
        raise UpstreamInvalidAnswer(message) from None
    return rows


def _after(text: str, place: int, wanted: str) -> int:
    """Return the place of the next value behind `wanted`. Raises: ValueError."""
    place = _SPACE.match(text, place).end()
    if text[place : place + 1] != wanted:
        raise ValueError
    return _SPACE.match(text, place + 1).end()


def _strict(row: str) -> dict | None:
    try:
        return loads(row.encode("utf-8"))
    except (NotStrictJson, UnicodeEncodeError):
        return None
