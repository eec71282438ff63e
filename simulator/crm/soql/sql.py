"""SOQL turned into SQL over the org's tables.

How the org compares is kept: text without regard to case, ids in either length, a null is unequal
to every value (`!=` and NOT find it), an empty text is null.
Source: SOQL and SOSL Reference, "Comparison Operators", "Date Formats and Date Literals".
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from simulator.crm.database import folded
from simulator.crm.errors import OrgError, invalid_field
from simulator.crm.schema import NUMBER_TYPES, Field, ObjectType, Schema
from simulator.crm.soql.parser import like_pattern, unescaped
from simulator.crm.soql.syntax import Comparison, Junction, Literal, Not, Ordering, Query
from simulator.record_ids import normalized

OPPOSITES = {"!=": "=", "NOT IN": "IN", "EXCLUDES": "INCLUDES"}


@dataclass(frozen=True)
class Column:
    """A selected value: its canonical path, e.g. `("Account", "Name")`, and its field."""

    path: tuple[str, ...]
    field: Field


@dataclass
class Statement:
    """SQL with its parameters. Rows hold first the ids of `parents`, then the `columns`.

    `parents` are the relationship paths that are selected, with the object each leads to; a null
    id there means that there is no parent.
    """

    object_name: str
    is_count: bool
    sql: str
    parameters: list
    columns: list[Column]
    parents: dict[tuple[str, ...], str]


def to_sql(query: Query, schema: Schema, now: datetime, *, with_deleted: bool = False) -> Statement:
    """Return the SQL of a query; raises OrgError for fields and types that do not fit."""
    return _Compiler(schema, schema.queried(query.object_name), now).compile(query, with_deleted)


@dataclass
class _Compiler:
    schema: Schema
    root: ObjectType
    now: datetime
    joins: dict[tuple[str, ...], tuple[str, ObjectType, str]] = field(default_factory=dict)
    parameters: list = field(default_factory=list)

    def compile(self, query: Query, with_deleted: bool) -> Statement:
        columns, sources = self._selection(query)
        parents = {path: joined.name for path, (_, joined, _) in self.joins.items()}
        parent_ids = [f'{alias}."Id"' for alias, _, _ in self.joins.values()]
        where = [] if with_deleted else ['t0."IsDeleted" = 0'] if self._has_deleted() else []
        if query.condition is not None:
            where.append(self._condition(query.condition))
        order = ", ".join(self._ordering(each) for each in query.orderings)
        selected = "COUNT(*)" if query.is_count else ", ".join([*parent_ids, *sources])
        sql = f'SELECT {selected} FROM "{self.root.name}" t0{self._join_sql()}'
        if where:
            sql += " WHERE " + " AND ".join(where)
        if not query.is_count:
            sql += " ORDER BY " + (f"{order}, " if order else "") + 't0."Id"'
        sql += _limits(query)
        return Statement(self.root.name, query.is_count, sql, self.parameters, columns, parents)

    def _has_deleted(self) -> bool:
        return any(each.name == "IsDeleted" for each in self.root.fields)

    def _selection(self, query: Query) -> tuple[list[Column], list[str]]:
        columns, sources = [], []
        for path in query.paths:
            column, source = self._column(path)
            if column in columns:
                raise invalid_field(f"duplicate field selected: {path}")
            columns.append(column)
            sources.append(source)
        return columns, sources

    def _column(self, dotted: str) -> tuple[Column, str]:
        """Return a field by its path, joining the parents on the way, and its place in SQL."""
        *relationships, name = dotted.split(".")
        path, owner, alias = (), self.root, "t0"
        for relationship in relationships:
            path, owner, alias = self._join(path, owner, alias, relationship)
        found = owner.field(name)
        return Column((*path, found.name), found), f'{alias}."{found.name}"'

    def _join(self, path, owner: ObjectType, alias: str, relationship: str):
        reference = owner.relationship(relationship)
        path = (*path, reference.relationship_name)
        if path not in self.joins:
            # Of the objects a polymorphic reference leads to, this org has at most one.
            names = [name for name in reference.reference_to if self.schema.object(name)]
            joined = self.schema.queried(names[0] if names else reference.reference_to[0])
            self.joins[path] = f"t{len(self.joins) + 1}", joined, f'{alias}."{reference.name}"'
        new_alias, joined, _ = self.joins[path]
        return path, joined, new_alias

    def _join_sql(self) -> str:
        return "".join(
            f' LEFT JOIN "{joined.name}" {alias} ON {alias}."Id" = {source}'
            for alias, joined, source in self.joins.values()
        )

    def _condition(self, condition) -> str:
        if isinstance(condition, Not):
            return self._opposite(self._condition(condition.condition))
        if isinstance(condition, Junction):
            parts = [self._condition(each) for each in condition.conditions]
            return "(" + f" {condition.word} ".join(parts) + ")"
        return self._comparison(condition)

    @staticmethod
    def _opposite(test: str) -> str:
        """Return a test that holds where `test` does not, also where that is unknown: a null."""
        return f"NOT COALESCE(({test}), 0)"

    def _comparison(self, comparison: Comparison) -> str:
        column, source = self._column(comparison.path)
        if not column.field.is_filterable:
            raise invalid_field(f"field '{column.field.name}' can not be filtered in a query call")
        operator, values = comparison.operator, comparison.values
        if operator in OPPOSITES:
            return self._opposite(self._tests(column.field, source, OPPOSITES[operator], values))
        return self._tests(column.field, source, operator, values)

    def _tests(self, tested: Field, source: str, operator: str, values) -> str:
        if operator == "INCLUDES":
            return " OR ".join(self._includes(tested, source, value) for value in values).join("()")
        if operator != "IN":
            return self._test(tested, source, operator, values[0])
        if any(value.kind == "days" or value.value in (None, "") for value in values):
            tests = (self._test(tested, source, "=", value) for value in values)
            return " OR ".join(tests).join("()")
        self.parameters += [self._compared(tested, value) for value in values]
        return f"{_folded(tested, source)} IN ({', '.join('?' * len(values))})"

    def _test(self, tested: Field, source: str, sign: str, literal: Literal) -> str:
        if sign == "=" and literal.value in (None, ""):
            return f"{source} IS NULL"
        if literal.kind == "days":
            return self._days_test(tested, source, sign, literal.value)
        if sign == "LIKE":
            return self._like(tested, source, literal)
        self.parameters.append(self._compared(tested, literal))
        return f"{_folded(tested, source)} {sign} ?"

    def _compared(self, tested: Field, literal: Literal):
        value = comparable(tested, literal)
        return folded(value) if tested.compares_folded else value

    def _like(self, tested: Field, source: str, literal: Literal) -> str:
        if not tested.is_text or literal.kind != "string":
            raise OrgError(400, "INVALID_QUERY_FILTER_OPERATOR", "invalid operator: LIKE")
        self.parameters.append(folded(like_pattern(literal.value)))
        return f"folded({source}) LIKE ? ESCAPE '\\'"

    def _includes(self, tested: Field, source: str, literal: Literal) -> str:
        """Return a test for a record that has every value of a text such as `Candles;Garden`."""
        if tested.type != "multipicklist" or literal.kind != "string":
            raise OrgError(400, "INVALID_QUERY_FILTER_OPERATOR", "invalid operator: INCLUDES")
        chosen = unescaped(literal.value).split(";")
        self.parameters += [f";{folded(value)};" for value in chosen]
        holds = f"instr(folded(';' || {source} || ';'), ?) > 0"
        return " AND ".join([holds] * len(chosen)).join("()")

    def _days_test(self, tested: Field, source: str, sign: str, text: str) -> str:
        first, end = day_range(text, self.now)
        if tested.type not in ("date", "datetime"):
            raise wrong_type(tested)
        form = date_text if tested.type == "date" else datetime_text
        if sign == "=":
            self.parameters += [form(first), form(end)]
            return f"({source} >= ? AND {source} < ?)"
        # Before the range begins, or after its last moment.
        self.parameters.append(form(first if sign in ("<", ">=") else end))
        return f"{source} {'<' if sign in ('<', '<=') else '>='} ?"

    def _ordering(self, ordering: Ordering) -> str:
        column, source = self._column(ordering.path)
        if not column.field.is_filterable:
            raise invalid_field(f"field '{column.field.name}' can not be sorted in a query call")
        collation = " COLLATE NOCASE" if column.field.is_text else ""
        direction = "DESC" if ordering.is_descending else "ASC"
        nulls = "LAST" if ordering.nulls_last else "FIRST"
        return f"{source}{collation} {direction} NULLS {nulls}"


def _folded(tested: Field, source: str) -> str:
    """Return a column as it is compared; the tables have an index for exactly this."""
    return f"folded({source})" if tested.compares_folded else source


def _limits(query: Query) -> str:
    if query.is_count or (query.limit is None and not query.offset):
        return ""
    return f" LIMIT {-1 if query.limit is None else query.limit} OFFSET {query.offset}"


def comparable(tested: Field, literal: Literal):
    """Return a literal as the table holds such values; raises OrgError for a wrong type."""
    if tested.is_id and literal.kind == "string":
        found = normalized(unescaped(literal.value))
        if found is None:
            message = f"invalid ID field: {literal.value}"
            raise OrgError(400, "INVALID_QUERY_FILTER_OPERATOR", message)
        return found
    if tested.is_text and literal.kind == "string":
        return unescaped(literal.value)
    if tested.type == "boolean" and literal.kind == "boolean":
        return int(literal.value)
    if tested.type in NUMBER_TYPES and literal.kind == "number":
        return literal.value
    if tested.type == literal.kind == "date":
        return literal.value
    if tested.type == literal.kind == "datetime":
        return datetime_text(datetime.fromisoformat(literal.value))
    raise wrong_type(tested)


def wrong_type(tested: Field) -> OrgError:
    """Return the refusal for a literal that does not fit its field."""
    quoted = " and should be enclosed in quotes" if tested.is_text else ""
    return invalid_field(
        f"value of filter criterion for field '{tested.name}' must be of type {tested.type}{quoted}"
    )


def day_range(text: str, now: datetime) -> tuple[datetime, datetime]:
    """Return first moment and end of a relative range, in UTC days; LAST_N_DAYS includes today."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    name, _, count = text.partition(":")
    days = int(count or 0)
    weekday = today.isoweekday() % 7  # weeks begin on Sunday, as in an org in the American locale
    first, length = {
        "TODAY": (0, 1),
        "YESTERDAY": (-1, 1),
        "TOMORROW": (1, 1),
        "LAST_N_DAYS": (-days, days + 1),
        "NEXT_N_DAYS": (1, days),
        "N_DAYS_AGO": (-days, 1),
        "THIS_WEEK": (-weekday, 7),
        "LAST_WEEK": (-weekday - 7, 7),
        "LAST_90_DAYS": (-90, 91),
    }[name]
    begin = today + timedelta(days=first)
    return begin, begin + timedelta(days=length)


def date_text(moment: datetime) -> str:
    """Return a date as the tables and the API write it."""
    return moment.date().isoformat()


def datetime_text(moment: datetime) -> str:
    """Return a moment as tables and API write it, e.g. `2026-11-21T10:00:00.000+0000`."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}+0000"
