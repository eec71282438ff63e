"""SOQL read into its parts.

Read are: SELECT of fields, parents' fields and COUNT(); FROM one object; WHERE with AND, OR, NOT,
parentheses, comparisons, LIKE, IN, INCLUDES; ORDER BY; LIMIT; OFFSET; WITH USER_MODE or
SECURITY_ENFORCED. Everything else (subqueries, GROUP BY, functions, FIELDS(), aliases, semi-joins)
is refused with MALFORMED_QUERY, never silently left out.
Source: SOQL and SOSL Reference.
"""

import re

from simulator.crm.errors import malformed_query
from simulator.crm.soql.syntax import Comparison, Junction, Literal, Not, Ordering, Query
from simulator.crm.soql.tokens import Token, tokens

SIGNS = {"=": "=", "!=": "!=", "<>": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
DAYS = re.compile(
    r"(TODAY|YESTERDAY|TOMORROW|(THIS|LAST)_WEEK|LAST_90_DAYS"
    r"|((LAST|NEXT)_N_DAYS|N_DAYS_AGO):\d+)\Z",
    re.IGNORECASE,
)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
MAX_OFFSET = 2_000


def parse(text: str) -> Query:
    """Return the parts of a query; raises OrgError MALFORMED_QUERY."""
    return _Parser(tokens(text)).query()


class _Parser:
    def __init__(self, words: list[Token]):
        self._words, self._place = words, 0

    def query(self) -> Query:
        self._expect("SELECT")
        is_count, paths = self._selection()
        self._expect("FROM")
        object_name = self._name()
        condition = self._disjunction() if self._accept("WHERE") else None
        if self._accept("WITH"):
            self._one_of("USER_MODE", "SYSTEM_MODE", "SECURITY_ENFORCED")
        orderings = self._orderings()
        limit = self._whole_number() if self._accept("LIMIT") else None
        offset = self._offset()
        if self._place < len(self._words):
            raise malformed_query(f"unexpected token: '{self._words[self._place].text}'")
        return Query(object_name, paths, is_count, condition, orderings, limit, offset)

    def _selection(self) -> tuple[bool, tuple[str, ...]]:
        paths = [self._name()]
        if paths[0].upper() == "COUNT" and self._accept("("):
            self._expect(")")
            return True, ()
        while self._accept(","):
            paths.append(self._name())
        return False, tuple(paths)

    def _disjunction(self):
        """Read conditions joined by one word; the org wants parentheses where both words meet."""
        conditions, word = [self._condition()], None
        while joint := self._accept("AND", "OR"):
            if word not in (None, joint):
                raise malformed_query(f"unexpected token: '{joint}'")
            word = joint
            conditions.append(self._condition())
        return Junction(word, tuple(conditions)) if word else conditions[0]

    def _condition(self):
        if self._accept("NOT"):
            return Not(self._condition())
        if self._accept("("):
            inner = self._disjunction()
            self._expect(")")
            return inner
        path = self._name()
        if self._accept("NOT"):
            self._expect("IN")
            return Comparison(path, "NOT IN", self._literals())
        if several := self._accept("IN", "INCLUDES", "EXCLUDES"):
            return Comparison(path, several, self._literals())
        if self._accept("LIKE"):
            return Comparison(path, "LIKE", (self._literal(),))
        sign = self._next("sign")
        if sign.text not in SIGNS:
            raise malformed_query(f"unexpected token: '{sign.text}'")
        return Comparison(path, SIGNS[sign.text], (self._literal(),))

    def _literals(self) -> tuple[Literal, ...]:
        self._expect("(")
        values = [self._literal()]
        while self._accept(","):
            values.append(self._literal())
        self._expect(")")
        return tuple(values)

    def _literal(self) -> Literal:
        word = self._next()
        if word.kind == "string":
            return Literal("string", word.text[1:-1])  # escapes mean different things to = and LIKE
        if word.kind == "number":
            return Literal("number", float(word.text))
        if word.kind in ("date", "datetime"):
            return Literal(word.kind, word.text)
        plain = word.text.lower()
        if plain in ("true", "false"):
            return Literal("boolean", plain == "true")
        if plain == "null":
            return Literal("null", None)
        if DAYS.match(word.text):
            return Literal("days", word.text.upper())
        raise malformed_query(f"unexpected token: '{word.text}'")

    def _orderings(self) -> tuple[Ordering, ...]:
        if not self._accept("ORDER"):
            return ()
        self._expect("BY")
        orderings = [self._ordering()]
        while self._accept(","):
            orderings.append(self._ordering())
        return tuple(orderings)

    def _ordering(self) -> Ordering:
        path = self._name()
        is_descending = self._accept("ASC", "DESC") == "DESC"
        nulls = self._one_of("FIRST", "LAST") if self._accept("NULLS") else "FIRST"
        return Ordering(path, is_descending, nulls == "LAST")

    def _offset(self) -> int:
        offset = self._whole_number() if self._accept("OFFSET") else 0
        if offset > MAX_OFFSET:
            raise malformed_query(f"SOQL offset must be at most {MAX_OFFSET}")
        return offset

    def _whole_number(self) -> int:
        word = self._next("number")
        if not word.text.isdigit():
            raise malformed_query(f"unexpected token: '{word.text}'")
        return int(word.text)

    def _name(self) -> str:
        return self._next("name").text

    def _next(self, kind: str | None = None) -> Token:
        if self._place >= len(self._words):
            raise malformed_query("unexpected token: '<EOF>'")
        word = self._words[self._place]
        if kind and word.kind != kind:
            raise malformed_query(f"unexpected token: '{word.text}'")
        self._place += 1
        return word

    def _accept(self, *texts: str) -> str | None:
        """Take the next word if it is one of `texts`; return it in capitals."""
        if self._place < len(self._words):
            upper = self._words[self._place].text.upper()
            if upper in texts and self._words[self._place].kind != "string":
                self._place += 1
                return upper
        return None

    def _one_of(self, *texts: str) -> str:
        found = self._accept(*texts)
        if found is None:
            raise malformed_query(f"expecting one of: {', '.join(texts)}")
        return found

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            found = self._words[self._place].text if self._place < len(self._words) else "<EOF>"
            raise malformed_query(f"unexpected token: '{found}', expecting '{text}'")


def unescaped(text: str) -> str:
    """Return a string literal's meaning for equality."""
    return re.sub(r"\\(.)", lambda m: ESCAPES.get(m[1].lower(), m[1]), text)


def like_pattern(text: str) -> str:
    r"""Return a string literal's meaning for LIKE: `\%` and `\_` stay escaped by a backslash."""

    def keep(match: re.Match) -> str:
        char = match[1]
        return f"\\{char}" if char in "%_\\" else ESCAPES.get(char.lower(), char)

    return re.sub(r"\\(.)", keep, text)
