"""A customer's history on a fresh store."""

import pytest

from service.storage.database import Database
from tests.service.usecases.history import History


@pytest.fixture
def make_history(tmp_path):
    """Return a function that makes a history; options as `History` takes them."""
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
