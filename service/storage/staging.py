"""A local SQLite file that holds what a run has found so far, page by page.

It lives beside one run on one machine: small memory, no load on the state store, and it
survives the death of its process. Lost, it is made anew by planning anew.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import orjson

from service.errors import StorageUnavailable

SCHEMA = """
create table if not exists cursor (name text primary key, value text) without rowid;
create table if not exists segments (source_id text, segment text,
    primary key (source_id, segment)) without rowid;
create table if not exists found (object text, source_id text, record_id text, rung integer,
    parent text, last_activity integer, digest text, before text, after text,
    status text, code text, field text, message text,
    primary key (object, source_id)) without rowid;
create table if not exists members (source_id text primary key, key text, raws text,
    account text) without rowid;
create table if not exists accounts (id text primary key, rung integer, record text) without rowid;
create table if not exists pulled (object text, record_id text, person integer, identity text,
    changes text, digest text, filled text, segments text,
    primary key (object, record_id)) without rowid;
"""
FOUND = ("object", "source_id", "record_id", "rung", "parent", "last_activity", "digest", "before",
         "after", "status", "code", "field", "message")  # fmt: skip
BOUND = 30_000  # below SQLite's limit of bound values


class Staging:
    """What one run has found. One thread uses it; `commit` ends each step."""

    def __init__(self, path: Path):
        self._path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._connection = self._open()
        except sqlite3.DatabaseError:  # a power cut may have torn it; its content can be had again
            self.delete(path)
            self._connection = self._open()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None)
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma synchronous=normal")
        connection.execute("pragma cache_size=-2000")
        connection.executescript(SCHEMA)
        connection.execute("begin")
        return connection

    def commit(self) -> None:
        """Put on disk what this step found. Raises: StorageUnavailable."""
        try:
            self._connection.execute("commit")
            self._connection.execute("begin")
        except sqlite3.Error as trouble:
            raise StorageUnavailable() from trouble

    def close(self) -> None:
        self._connection.close()

    @staticmethod
    def delete(path: Path) -> None:
        """Remove the file with its companions."""
        for each in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            each.unlink(missing_ok=True)

    def get(self, name: str, default=None):
        """Return a noted value."""
        row = self._one("select value from cursor where name = ?", name)
        return default if row is None else orjson.loads(row[0])

    def put(self, name: str, value) -> None:
        """Note a value, such as how far the step is."""
        values = (name, orjson.dumps(value).decode("utf-8"))
        self._connection.execute("insert or replace into cursor values (?, ?)", values)

    # -- segments -------------------------------------------------------------------------------

    def add_members(self, segment: str, source_ids: Iterable[str]) -> None:
        """Note that these users are in a segment."""
        self._many(
            "insert or ignore into segments values (?, ?)", ((i, segment) for i in source_ids)
        )

    def segments_of(self, source_ids: Sequence[str]) -> dict[str, list[str]]:
        """Return the noted segments of users."""
        found: dict[str, list[str]] = {}
        marks = ",".join("?" * len(source_ids))
        query = f"select source_id, segment from segments where source_id in ({marks})"  # noqa: S608
        for source_id, segment in self._connection.execute(query, source_ids):
            found.setdefault(source_id, []).append(segment)
        return found

    # -- what a push found ----------------------------------------------------------------------

    def add_found(self, rows: Iterable[dict]) -> None:
        """Note what was found for (object, user); a later row takes the place of an earlier."""
        marks = ",".join("?" * len(FOUND))
        self._many(
            f"insert or replace into found values ({marks})",  # noqa: S608
            ([row.get(name) for name in FOUND] for row in rows),
        )

    def add_unmatched(self, object_name: str, source_ids: Iterable[str]) -> None:
        """Note users whom no record matched: most of them, so in few words."""
        self._many(
            "insert or replace into found (object, source_id, status) values (?, ?, 'none')",
            ((object_name, each) for each in source_ids),
        )

    def supersede(self) -> None:
        """Of several users of one record let the newest win; the others are told."""
        self._connection.execute("""
            update found set status = 'skipped', code = 'NEWER_USER', message = (
                select 'user ' || w.source_id || ' was active later' from ranked w
                where w.object = found.object and w.record_id = found.record_id and w.place = 1)
            from ranked as mine where mine.object = found.object
                and mine.source_id = found.source_id and mine.place > 1
        """) if self._rank() else None

    def _rank(self) -> bool:
        """Rank the users of each record that has several; False when none has."""
        self._connection.execute("drop table if exists temp.ranked")
        self._connection.execute("""
            create temp table ranked as select * from (
                select object, source_id, record_id,
                    count(*) over (partition by object, record_id) as users,
                    row_number() over (partition by object, record_id
                        order by last_activity desc, source_id) as place
                from found where status in ('planned', 'same')) where users > 1
        """)
        self._connection.execute("create index temp.ranked_by on ranked (object, record_id, place)")
        self._connection.execute("create index temp.ranked_user on ranked (object, source_id)")
        return self._one("select 1 from ranked limit 1") is not None

    def counts(self) -> Counter:
        """Return how many users there are by (object, status, code)."""
        query = "select object, status, code, count(*) from found group by 1, 2, 3"
        return Counter({tuple(row[:3]): row[3] for row in self._connection.execute(query)})

    def cleared(self, object_name: str) -> Iterator[tuple[str, str]]:
        """Yield (before, after) of rows that are to be written."""
        query = "select before, after from found where object = ? and status = 'planned'"
        yield from self._connection.execute(query, [object_name])

    def told(self, objects: Sequence[str]) -> Iterator[dict]:
        """Yield everything but what has not matched or not changed, in the order of a push."""
        names = ("object", "source_id", "record_id", "rung", "digest", "before", "after", "status",
                 "code", "field", "message")  # fmt: skip
        rank = " ".join(f"when '{name}' then {place}" for place, name in enumerate(objects))
        query = f"""
            select {", ".join(names)} from found where status not in ('same', 'none')
            order by case object {rank} end, parent, record_id, source_id
        """  # noqa: S608 - the names are our own
        for row in self._connection.execute(query):
            yield dict(zip(names, row, strict=True))

    # -- accounts -------------------------------------------------------------------------------

    def add_account_users(self, users: Iterable[tuple[str, str, str]]) -> None:
        """Note (user, key, values as JSON) for a user who belongs to an account."""
        self._many("insert or replace into members (source_id, key, raws) values (?, ?, ?)", users)

    def index_accounts(self) -> None:
        """Get ready to go through keys and accounts, once all users are noted."""
        for column in ("key", "account"):
            self._connection.execute(
                f"create index if not exists members_by_{column} on members ({column})"
            )

    def account_keys(self, after: str, limit: int) -> list[str]:
        """Return distinct keys above `after`."""
        query = "select distinct key from members where key > ? order by key limit ?"
        return [row[0] for row in self._connection.execute(query, (after, limit))]

    def assign(self, key: str, account_id: str, rung: int, record: str) -> None:
        """Note the account that a key belongs to."""
        given = (account_id, rung, record)
        self._connection.execute("insert or ignore into accounts values (?, ?, ?)", given)
        self._connection.execute("update members set account = ? where key = ?", (account_id, key))

    def accounts(self, after: str, limit: int) -> list[str]:
        """Return ids of found accounts above `after`."""
        query = "select id from accounts where id > ? order by id limit ?"
        return [row[0] for row in self._connection.execute(query, (after, limit))]

    def account(self, account_id: str) -> tuple[int, str]:
        """Return the rung and the record (JSON) of a found account."""
        return self._one("select rung, record from accounts where id = ?", account_id)

    def users_of(self, key: str) -> list[str]:
        """Return the users of a key."""
        query = "select source_id from members where key = ?"
        return [row[0] for row in self._connection.execute(query, [key])]

    def raws_of(self, account_id: str) -> Iterator[str]:
        """Yield the values (JSON) of each user of an account."""
        query = "select raws from members where account = ?"
        yield from (row[0] for row in self._connection.execute(query, [account_id]))

    # -- what a pull found ----------------------------------------------------------------------

    def add_pulled(self, rows: Iterable[tuple]) -> None:
        """Note (object, record, person, identity, changes, digest, filled, segments)."""
        marks = ",".join("?" * 8)
        self._many(f"insert or replace into pulled values ({marks})", rows)  # noqa: S608

    def pulled(self, after: tuple[str, str], limit: int) -> list[tuple]:
        """Return rows above (object, record) in that order."""
        query = """select * from pulled where (object, record_id) > (?, ?)
                   order by object, record_id limit ?"""
        return self._connection.execute(query, (*after, limit)).fetchall()

    def pulled_of(self, object_name: str, ids: Sequence[str]) -> dict[str, tuple]:
        """Return the noted ones of some records, by id."""
        marks = ",".join("?" * len(ids))
        query = f"select * from pulled where object = ? and record_id in ({marks})"  # noqa: S608
        return {row[1]: row for row in self._connection.execute(query, (object_name, *ids))}

    def pulled_ids(self, object_name: str) -> set[str]:
        """Return the ids of the noted records of an object."""
        query = "select record_id from pulled where object = ?"
        return {row[0] for row in self._connection.execute(query, [object_name])}

    def drop_pulled(self, object_name: str, ids: Iterable[str]) -> None:
        """Forget some records."""
        gone = ((object_name, each) for each in ids)
        self._many("delete from pulled where object = ? and record_id = ?", gone)

    def limit_pulled(self, object_name: str, limit: int, nobody: int) -> int:
        """Keep so many records of an object beside those of `nobody`; return how many went."""
        mine = "object = ? and person != ?"
        statement = f"""delete from pulled where {mine} and record_id not in
            (select record_id from pulled where {mine} order by record_id limit ?)"""  # noqa: S608
        values = (object_name, nobody, object_name, nobody, limit)
        return self._connection.execute(statement, values).rowcount

    def pulled_count(self) -> int:
        return self._one("select count(*) from pulled where changes is not null")[0]

    def _one(self, query: str, *values):
        return self._connection.execute(query, values).fetchone()

    def _many(self, statement: str, rows: Iterable) -> None:
        try:
            self._connection.executemany(statement, rows)
        except sqlite3.Error as trouble:
            raise StorageUnavailable() from trouble
