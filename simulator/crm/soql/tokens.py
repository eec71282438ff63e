"""SOQL cut into words."""

import re
from dataclasses import dataclass

from simulator.crm.errors import malformed_query

PATTERN = re.compile(
    r"""\s*(?:
      (?P<string>'(?:[^'\\\n]|\\.)*')
    | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
    | (?P<date>\d{4}-\d\d-\d\d)
    | (?P<number>[+-]?\d+(?:\.\d+)?)
    | (?P<name>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*(?::\d+)?)
    | (?P<sign><=|>=|!=|<>|=|<|>|\(|\)|,)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    """One word: its kind (a group of the pattern), its text, and where it begins."""

    kind: str
    text: str
    position: int


def tokens(query: str) -> list[Token]:
    """Return the words of a query; raises OrgError at a character that starts no word."""
    found, position, end = [], 0, len(query.rstrip())
    while position < end:
        match = PATTERN.match(query, position)
        if match is None:
            stray = query[position:].strip()[:1]
            raise malformed_query(f"unexpected token: '{stray}' at position {position}")
        found.append(Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
        position = match.end()
    return found
