"""JSON that means one thing only, for both directions of our traffic.

Accepts RFC 8259 as UTF-8 and refuses what readers disagree about: duplicate keys, NaN and
Infinity, numbers that overflow, lone surrogates, a byte order mark, and nesting so deep that
a reader may run out of stack.
"""

import json
import math
import re
from collections.abc import Iterator

MAX_DEPTH = 40
_STRINGS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")
_SPACE = r"[ \t\n\r]*"
_CLOSED = rf"(?P<closed>\]{_SPACE}\Z)"
_BEFORE_FIRST = re.compile(rf"{_SPACE}\[{_SPACE}{_CLOSED}?")
_BEFORE_NEXT = re.compile(rf"{_SPACE}(?:,{_SPACE}|{_CLOSED})")


class NotStrictJson(ValueError):
    """Raised when the bytes are not strict JSON; the message never quotes them."""


def loads(body: bytes, *, max_depth: int | None = MAX_DEPTH):
    """Return the value that `body` (UTF-8) holds.

    Without `max_depth` the reader gives up by itself, much later: for long answers of somebody we
    chose, whom looking at every bracket beforehand would cost a third of reading them.

    Raises: NotStrictJson.
    """
    text = _text(body)
    if max_depth is not None:
        _refuse_deep_nesting(body, max_depth)
    try:
        value = _decoder().decode(text)
    except NotStrictJson:
        raise
    except (ValueError, RecursionError):
        raise NotStrictJson("not well-formed") from None
    if "\\u" in text:
        _refuse_lone_surrogates(value)
    return value


def elements(body: bytes) -> Iterator:
    """Yield what the list in `body` holds, read one after the other as they are asked for.

    All of a long list at once takes several times the room of its text. Like `loads` without
    `max_depth`. Raises: NotStrictJson, at the place where it shows.
    """
    text = _text(body)
    del body  # only ours to keep no longer than needed
    has_escapes, decoder, before = "\\u" in text, _decoder(), _BEFORE_FIRST.match(text)
    while before and not before["closed"]:
        try:
            value, place = decoder.raw_decode(text, before.end())
        except NotStrictJson:
            raise
        except (ValueError, RecursionError):
            raise NotStrictJson("not well-formed") from None
        if has_escapes:
            _refuse_lone_surrogates(value)
        yield value
        before = _BEFORE_NEXT.match(text, place)
    if not before:
        raise NotStrictJson("not well-formed")


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise NotStrictJson("not UTF-8") from None


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_object_without_duplicates,
        parse_constant=_refuse_constant,
        parse_float=_finite_float,
    )


def _refuse_deep_nesting(body: bytes, max_depth: int) -> None:
    """Count brackets before parsing, so that a hostile body never reaches the recursive reader."""
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        if depth > max_depth:
            raise NotStrictJson(f"nested deeper than {max_depth}")


def _object_without_duplicates(pairs: list[tuple[str, object]]) -> dict:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotStrictJson("a key stands twice in one object")
    return members


def _refuse_constant(name: str):
    raise NotStrictJson(f"{name} is not a JSON number")


def _finite_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise NotStrictJson("a number is too large")
    return number


def _refuse_lone_surrogates(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise NotStrictJson("half of a surrogate pair stands alone") from None
    except RecursionError:
        raise NotStrictJson("nested too deep") from None
