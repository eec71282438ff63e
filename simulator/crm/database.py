"""The org's records in SQLite: one table for each object, one column for each field."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterable, Sequence

from simulator.crm.schema import NUMBER_TYPES, Field, ObjectType, Schema

KEPT_IDS = 1_000  # numbers below are for seeded records


def folded(text):
    """Return a text as the org compares it: without regard to case, whatever the alphabet."""
    return text.lower() if isinstance(text, str) else text


class Database:
    """All tables of one org. One connection, guarded by `lock`; kept in memory without a path."""

    def __init__(self, schema: Schema, path: str = ":memory:"):
        self.lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.create_function("folded", 1, folded, deterministic=True)
        self._schema = schema
        self._next_number: dict[str, int] = {}
        self.empty()

    def close(self) -> None:
        """Close the connection; a database in memory is gone."""
        with self.lock:
            self._connection.close()

    def empty(self) -> None:
        """Make all tables anew."""
        with self.lock:
            for each in self._schema.objects.values():
                columns = ", ".join(_column(field) for field in each.fields)
                self._connection.execute(f'DROP TABLE IF EXISTS "{each.name}"')
                self._connection.execute(f'CREATE TABLE "{each.name}" ({columns})')
                for field in each.fields:
                    if field.is_indexed:
                        self._connection.execute(_index(each, field))
            self._next_number = dict.fromkeys(self._schema.objects, KEPT_IDS)

    def next_number(self, object_name: str) -> int:
        """Return a number that no record of the object has had."""
        with self.lock:
            self._next_number[object_name] += 1
            return self._next_number[object_name]

    @contextlib.contextmanager
    def all_or_nothing(self):
        """Take back what the block wrote when it ends in an exception."""
        with self.lock:
            self._connection.execute("BEGIN")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, sql: str, parameters: Iterable = ()) -> list[tuple]:
        """Return what a SELECT finds."""
        with self.lock:
            return self._connection.execute(sql, tuple(parameters)).fetchall()

    def record(self, object_name: str, record_id: str, names: Sequence[str]) -> dict | None:
        """Return the named columns of one record, None when there is none."""
        columns = ", ".join(f'"{name}"' for name in names)
        found = self.rows(f'SELECT {columns} FROM "{object_name}" WHERE "Id" = ?', [record_id])
        return dict(zip(names, found[0], strict=True)) if found else None

    def insert(self, described: ObjectType, values: dict) -> None:
        """Add one record; columns that are not in `values` are null."""
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" * len(values))
        with self.lock:
            self._connection.execute(
                f'INSERT INTO "{described.name}" ({names}) VALUES ({marks})', tuple(values.values())
            )

    def insert_many(self, described: ObjectType, names: list[str], rows: Iterable[tuple]) -> int:
        """Add many records that hold the named columns; return how many."""
        columns = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join("?" * len(names))
        with self.all_or_nothing():
            return self._connection.executemany(
                f'INSERT INTO "{described.name}" ({columns}) VALUES ({marks})', rows
            ).rowcount

    def update(self, described: ObjectType, record_id: str, values: dict) -> None:
        """Change columns of one record."""
        changes = ", ".join(f'"{name}" = ?' for name in values)
        with self.lock:
            self._connection.execute(
                f'UPDATE "{described.name}" SET {changes} WHERE "Id" = ?',
                (*values.values(), record_id),
            )


def _column(field: Field) -> str:
    if field.type == "id":
        return f'"{field.name}" TEXT PRIMARY KEY'
    if field.type in ("boolean", "int"):
        return f'"{field.name}" INTEGER'
    return f'"{field.name}" {"REAL" if field.type in NUMBER_TYPES else "TEXT"}'


def _index(described: ObjectType, field: Field) -> str:
    column = f'folded("{field.name}")' if field.compares_folded else f'"{field.name}"'
    return f'CREATE INDEX "{described.name}.{field.name}" ON "{described.name}" ({column})'
