"""A newer program expands the schema while older ones accept and deliver: nothing is lost."""

import threading

import pytest
from sqlalchemy import text

from service.storage.outbox_messages import State
from service.worker import Worker
from simulator.personalization.cast import cast

PERSON = {"type": "emailAddress", "value": cast()["usual"]["email"]}
MESSAGES = 24


@pytest.fixture
def service(make_service, state_url):
    return make_service(P13N_DATABASE_URL=state_url)


def click(place: int) -> dict:
    item = {"type": "Promotion", "id": "p1"}
    stat = {"experienceId": f"E{place}", "stat": "Click", "items": [item]}
    return {"dataset": "retail", "identity": PERSON, "viewId": str(place), "stats": [stat]}


def expand(connection) -> None:
    """What a migration of a later version may do: add."""
    connection.execute(text("alter table outbox add column note varchar(20)"))
    connection.execute(text("create table something_new (id integer primary key)"))
    connection.execute(text("update alembic_version set version_num = '9998'"))


def test_messages_are_accepted_and_delivered_while_the_schema_is_expanded(service, account):
    worker = Worker(service.parts.outbox, service.parts.make_delivery(), threads=4)
    working = threading.Thread(target=worker.run)
    working.start()
    token = service.token()
    try:
        for place in range(MESSAGES):
            if place == MESSAGES // 2:
                service.parts.database.write(expand)
            answer = service.write("/v1/campaign-stats", click(place), token=token)
            assert answer.status_code == 202
    finally:
        worker.stop()  # as SIGTERM does: what is being sent is finished, the rest waits
        working.join()
    assert service.client.get("/health/ready").status_code == 200
    service.deliver()
    letters = service.parts.outbox.letters(tuple(State))
    assert [each.state for each in letters] == [State.DONE] * MESSAGES
    stats = account.state.datasets["retail"].stats
    assert {stats[f"E{place}", "Click", False] for place in range(MESSAGES)} == {1}
