"""A dry run's copy of segment exports."""

from service.storage.database import Database
from service.storage.privacy_tables import erasures, tombstones
from service.storage.schema import migrate
from service.storage.segment_copy import copy_of


def test_who_was_erased_is_known_to_the_copy(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'state.db'}")
    migrate(database)
    needed = [c for c in erasures.columns if not c.nullable and not c.primary_key]
    erasure = {c.name: {str: "x", bytes: b"{}"}.get(c.type.python_type, 1) for c in needed}
    stone = {"mark": "m", "tenant": "acme", "dataset": "retail", "erasure_id": 1}
    with database.transaction() as connection:
        connection.execute(erasures.insert().values(id=1, **erasure))
        connection.execute(tombstones.insert().values(**stone))
    copy = copy_of(database, "acme", [], tmp_path)
    with copy.reading() as connection:
        assert [dict(row._mapping) for row in connection.execute(tombstones.select())] == [stone]
    copy.close()
    database.close()
