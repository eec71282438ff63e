"""The parts of a parsed query."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Literal:
    """A value: `kind` is string, number, boolean, null, date, datetime or days.

    `days` is one of the relative ranges (TODAY, LAST_N_DAYS:7), kept as its text.
    """

    kind: str
    value: object


@dataclass(frozen=True)
class Comparison:
    """A field path, an operator in capitals, and one literal or, for IN and NOT IN, several."""

    path: str
    operator: str
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class Not:
    """The opposite of a condition."""

    condition: object


@dataclass(frozen=True)
class Junction:
    """Conditions joined by one word, AND or OR."""

    word: str
    conditions: tuple


@dataclass(frozen=True)
class Ordering:
    """A field to sort by. Nulls come first unless the query says otherwise."""

    path: str
    is_descending: bool = False
    nulls_last: bool = False


@dataclass(frozen=True)
class Query:
    """A whole query; `is_count` stands for SELECT COUNT()."""

    object_name: str
    paths: tuple[str, ...]
    is_count: bool = False
    condition: object = None
    orderings: tuple[Ordering, ...] = ()
    limit: int | None = None
    offset: int = 0
