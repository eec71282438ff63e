"""What is looked up by keys is found in an index, also by a planner that knows nothing yet."""

import pytest

from service.storage.driver import rows
from service.storage.events_ingest import KNOWN_EVENT_IDS, NAMED_DIGESTS
from service.storage.events_items import LABELS, RELATED
from service.storage.people_stitching import TIES_HELD

SCOPE = {"tenant": "acme", "dataset": "retail"}


pytestmark = pytest.mark.parametrize("state_url", ["postgresql"], indirect=True)


@pytest.fixture
def plan_of(state_store):
    """Return the plan of a lookup on a database without a row and without statistics."""

    def plan(lookup, **values):
        with state_store.reading() as connection:
            explained = f"explain {lookup.statement(connection)}"
            return "\n".join(line for (line,) in rows(connection, explained, values))

    return plan


@pytest.mark.parametrize(
    ("lookup", "keys", "values"),
    [
        (KNOWN_EVENT_IDS, '[["e1"]]', SCOPE),
        (NAMED_DIGESTS, "[[1]]", {"anonymous": "anonymous"}),
        (TIES_HELD, '[["d1"]]', {}),
        (LABELS, '[["Product", "p1"]]', SCOPE),
        (RELATED, '[["Product", "p1"]]', SCOPE),
    ],
    ids=["event ids", "digests of people", "ties", "labels", "relations"],
)
def test_no_table_is_read_as_a_whole(plan_of, lookup, keys, values):
    plan = plan_of(lookup, wanted=keys, **values)
    assert "Index" in plan
    assert not [join for join in ("Seq Scan", "Hash Join", "Merge Join") if join in plan], plan


def test_an_event_id_is_found_by_itself_and_not_among_all_of_its_tenant(plan_of):
    plan = plan_of(KNOWN_EVENT_IDS, wanted='[["e1"]]', **SCOPE)
    (condition,) = (line for line in plan.splitlines() if "Index Cond" in line)
    assert "event_id" in condition
    assert "tenant" not in condition
