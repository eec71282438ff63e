"""A customer's history on a fresh store: on SQLite, or on each of the two engines."""

import pytest

from service.storage.database import Database
from tests.service.usecases.history import History


@pytest.fixture
def make_history(tmp_path):
    """Return a function that makes a history on SQLite; options as `History` takes them."""
    made = []

    def make(**options) -> History:
        database = Database(f"sqlite:///{tmp_path / f'{len(made)}.db'}")
        history = History(database, **options)
        made.append((history, database))
        return history

    yield make
    for history, database in made:
        history.store.close()
        database.close()


@pytest.fixture
def history(make_history):
    return make_history()


@pytest.fixture
def make_history_on_each_engine(state_store):
    """Return a function that makes one history, on SQLite and then on PostgreSQL."""
    made = []

    def make(**options) -> History:
        made.append(History(state_store, **options))
        return made[-1]

    yield make
    for history in made:
        history.store.close()
