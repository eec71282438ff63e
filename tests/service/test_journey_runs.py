"""Journeys as the simulated engine runs them: signed calls, repeats, killed processes."""

import json
import random
import time
from collections import Counter

import pytest
import requests

from simulator.http_server import RunningServer
from simulator.wire_faults import FaultyWire, WireFaults
from tests.service.delivery_history import Product
from tests.service.journey_stage import ACTION, Stage


@pytest.fixture
def faults():
    """Faults between the engine and the service."""
    return WireFaults({})


@pytest.fixture
def stage(service, faults):
    """Return a function that makes a stage in front of the service; all end closed."""
    made = []

    def make(**options) -> Stage:
        made.append(Stage(server.url, **options))
        return made[-1]

    app = service.app
    with RunningServer(FaultyWire(app.wsgi_app, faults)) as server:
        yield make
        for each in made:
            each.close()


def told(account) -> Counter:
    """How often Personalization was told of each e-mail address."""
    bodies = [call["body"] for call in account.events()]
    return Counter(body["user"]["attributes"]["emailAddress"] for body in bodies)


def test_every_contact_comes_through_and_counts_once(service, account, stage):
    journey = stage(contacts=20)
    journey.configure()
    passages = journey.run()
    assert {(each.at, each.httpStatus, each.attempts) for each in passages} == {("END", 200, 1)}
    assert {each.answer["status"] for each in passages} == {"OK"}
    service.deliver()
    assert set(told(account).values()) == {1}
    assert len(told(account)) == 20


@pytest.mark.parametrize(
    "fault", [{"acceptThenDrop": True}, {"dropConnection": True}, {"httpStatus": 503}]
)
def test_a_call_that_is_repeated_counts_once_and_gets_the_first_answer(
    service, account, stage, faults, fault
):
    journey = stage()
    journey.configure()
    faults.set(fault | {"times": 2, "route": "/execute"})
    [passage] = journey.run()
    assert (passage.at, passage.attempts, passage.answer["status"]) == ("END", 3, "OK")
    service.deliver()
    assert told(account) == {"contact-0@example.com": 1}


def test_what_can_never_work_is_not_repeated_and_holds_nobody_up(stage, service, account):
    journey = stage(unresolvedBindings="empty")
    journey.configure(attributes={"jobTitle": '{{Event.DEAudience-1."No such column"}}'})
    [passage] = journey.run()
    assert passage.answer["status"] == "OK"  # an attribute without a value is left alone
    journey.configure(identities=[{"type": "emailAddress", "value": "{{Contact.Nothing}}"}])
    rejected = journey.run()[-1]
    assert (rejected.at, rejected.attempts, rejected.answer["code"]) == ("END", 1, "NO_IDENTITY")


@pytest.mark.parametrize("is_signed", [False, True])
def test_publishing_reads_what_the_page_wrote(stage, is_signed):
    journey = stage(lifecycleSigned=is_signed, lifecycleBody="merged")
    journey.configure(dataset="retired")
    given = journey.box.payload["arguments"]["execute"]["inArguments"]

    for call in ("validate", "publish"):
        journey.box.payload["configurationArguments"][call]["body"] = json.dumps(
            {"inArguments": given}
        )
    assert not journey.engine.publish(journey.journey)
    assert "dataset is none of those" in journey.journey.problems["REST-1"][0]


def test_a_split_sends_everybody_on_although_nobody_is_known(stage):
    journey = stage(contacts=3, kind="split")
    journey.configure(action=None, segment="Sg2Sp", doubt="out")
    del journey.box.payload["arguments"]["execute"]["inArguments"][0]["action"]
    assert {each.answer["branchResult"] for each in journey.run()} == {"out"}


def test_contacts_survive_the_death_of_the_service_and_count_once(account, environment, tmp_path):
    """kill -9 of whatever answers, again and again while contacts come by."""
    dice = random.Random(7)
    product = Product(environment(), tmp_path, workers=1)
    try:
        _wait_until_ready(product.url)
        journey = Stage(product.url, contacts=40, pace=0.2)
        journey.box.payload["arguments"]["execute"] |= {"concurrentRequests": 4, "timeout": 3_000}
        journey.configure()
        assert journey.engine.publish(journey.journey)
        passages = journey.engine.run(journey.journey)
        kills = (product.kill_web_child, product.kill_web, product.kill_web_child)
        for place, kill in enumerate(kills, start=1):
            _wait_for(lambda many=9 * place: sum(each.done() for each in passages) >= many)
            kill(dice)
        for passage in passages:
            passage.result(timeout=120)
        assert {contact.at for contact in journey.journey.contacts} == {"END"}
        _wait_for(lambda: len(told(account)) == 40)
        assert set(told(account).values()) == {1}
        assert {call["body"]["action"] for call in account.events()} == {ACTION}
        journey.close()
    finally:
        product.stop()


def _wait_until_ready(url: str) -> None:

    def is_ready() -> bool:
        try:
            return requests.get(f"{url}/health/ready", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    _wait_for(is_ready)


def _wait_for(is_reached, seconds: float = 60) -> None:
    give_up = time.monotonic() + seconds
    while not is_reached():
        assert time.monotonic() < give_up
        time.sleep(0.02)
