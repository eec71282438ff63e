"""Idempotency-Key on both writes, and what else a write refuses before anything is stored."""

import sqlite3
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from service.storage.outbox_messages import State
from simulator.personalization.cast import cast

PERSON = {"type": "emailAddress", "value": cast()["usual"]["email"]}
STATS = {
    "dataset": "retail",
    "identity": PERSON,
    "stats": [{"experienceId": "Ef2gH", "stat": "Impression", "items": []}],
}
UPDATES = {"dataset": "retail", "action": "Lead changed", "updates": [{"identities": [PERSON]}]}
WRITES = pytest.mark.parametrize(
    ("path", "body", "status"),
    [("/v1/campaign-stats", STATS, 202), ("/v1/profile-updates", UPDATES, 200)],
)


def stored(service) -> int:
    return len(service.parts.outbox.letters(tuple(State)))


@WRITES
def test_repeated_the_first_answer_comes_back_and_nothing_is_added(service, path, body, status):
    first = service.write(path, body, key="k")
    again = service.write(path, body, key='"k"')
    assert first.status_code == again.status_code == status
    assert first.data == again.data
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert stored(service) == 1


@WRITES
def test_another_body_under_a_known_key_is_refused(service, path, body, status):
    service.write(path, body, key="k")
    refused = service.write(path, body | {"dataset": "Retail"}, key="k")
    assert refused.status_code == 404  # nothing of a wrong request is kept or compared
    other = service.write(path, _with_another_person(body), key="k")
    assert (other.status_code, other.get_json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


def _with_another_person(body: dict) -> dict:
    bob = {"type": "emailAddress", "value": "bob@example.com"}
    return body | (
        {"identity": bob} if "identity" in body else {"updates": [{"identities": [bob]}]}
    )


@WRITES
@pytest.mark.parametrize(
    "key", [None, "", " ", "with space", '"', '"open', "ü", "k" * 256, '""', '" "', '"a""b"']
)
def test_without_a_usable_key_nothing_is_stored(service, path, body, status, key):
    headers = {"Authorization": f"Bearer {service.token()}"}
    if key is not None:
        headers["Idempotency-Key"] = key.encode("utf-8").decode("latin-1")
    refused = service.client.post(path, json=body, headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (400, "INVALID_IDEMPOTENCY_KEY")
    assert stored(service) == 0


def test_a_key_belongs_to_its_route(service):
    assert service.write("/v1/campaign-stats", STATS, key="k").status_code == 202
    assert service.write("/v1/profile-updates", UPDATES, key="k").status_code == 200


@WRITES
def test_a_token_that_may_only_read_writes_nothing(service, path, body, status):
    token = service.token(*service.add_client("acme", scopes=("read",)))
    assert service.write(path, body, token=token).status_code == 403
    assert stored(service) == 0


@WRITES
def test_another_tenants_dataset_is_unknown(service, path, body, status):
    token = service.token(*service.add_client("other"))
    refused = service.write(path, body, token=token)
    assert (refused.status_code, refused.get_json()["code"]) == (404, "UNKNOWN_DATASET")


@WRITES
def test_a_locked_store_acknowledges_nothing_and_recovers(service, path, body, status):
    token = service.token()
    holder = sqlite3.connect(service.parts.settings.data_dir / "state.db", isolation_level=None)
    holder.execute("begin immediate")
    refused = service.write(path, body, key="k", token=token)
    assert (refused.status_code, refused.get_json()["code"]) == (503, "STORAGE_UNAVAILABLE")
    assert int(refused.headers["Retry-After"]) > 0
    holder.execute("rollback")
    holder.close()
    assert service.write(path, body, key="k", token=token).status_code == status
    assert stored(service) == 1


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/campaign-stats", STATS | {"stats": STATS["stats"] * 100, "reason": "x" * 250}, 202),
        ("/v1/profile-updates", UPDATES | {"updates": UPDATES["updates"] * 200}, 200),
    ],
)
def test_a_full_disk_acknowledges_nothing_and_recovers(service, path, body, status):
    token = service.token()
    with full_disk(service.parts.database):
        refused = service.write(path, body, key="k", token=token)
    assert (refused.status_code, refused.get_json()["code"]) == (503, "STORAGE_UNAVAILABLE")
    assert "Retry-After" in refused.headers
    assert stored(service) == 0
    assert service.write(path, body, key="k", token=token).status_code == status


@contextmanager
def full_disk(database):
    """Let SQLite's file grow no more; then it says what it says on a full disk."""

    def stop_growing(connection, *_):
        pages = connection.execute("pragma page_count").fetchone()[0]
        connection.execute(f"pragma max_page_count = {pages}")

    event.listen(database.engine, "checkout", stop_growing)
    yield
    event.remove(database.engine, "checkout", stop_growing)
    database.engine.dispose()  # the limit belongs to each connection


def test_bodies_have_their_caps(service):
    long = {"updates": [{"identities": [PERSON], "attributes": {"jobTitle": "x" * 70_000}}]}
    one_too_long = service.write("/v1/profile-updates", UPDATES | long)
    assert one_too_long.get_json()["results"][0]["code"] == "VALUE_TOO_LONG"
    huge = {"updates": [{"recordId": "x" * (5 * 1024 * 1024)}]}
    assert service.write("/v1/profile-updates", UPDATES | huge).status_code == 413
    assert service.write("/v1/campaign-stats", STATS | {"reason": "x" * 70_000}).status_code == 413


@pytest.mark.parametrize(
    "wrong",
    [
        {"updates": None},
        {"updates": {}},
        {"updates": []},
        {"action": None},
        {"action": ""},
        {"action": "x" * 101},
        {"action": "a\nb"},
        {"dataset": None},
        {"validateOnly": "yes"},
        {"more": 1},
    ],
)
def test_a_wrong_envelope_of_updates_is_named(service, wrong):
    refused = service.write("/v1/profile-updates", UPDATES | wrong)
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["field"].startswith(next(iter(wrong)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"stats": None},
        {"stats": []},
        {"stats": [None]},
        {"stats": [{"experienceId": "e", "stat": "Conversion"}]},
        {"stats": [{"stat": "Click"}]},
        {"stats": [{"experienceId": "e", "stat": "Click", "items": [{"type": "Product"}]}]},
        {"stats": [{"experienceId": "e", "stat": "Click", "control": "yes"}]},
        {"stats": STATS["stats"] * 101},
        {"identity": None},
        {"identity": {"type": "shoeSize", "value": "44"}},
        {"answer": "Perhaps"},
        {"viewId": ""},
    ],
)
def test_wrong_stats_are_named(service, wrong):
    refused = service.write("/v1/campaign-stats", STATS | wrong)
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["field"].startswith(next(iter(wrong)))
    assert stored(service) == 0
