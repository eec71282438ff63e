"""The collector: events of anybody's browser in, refusals that say enough and cost little."""

import json
from contextlib import contextmanager

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import event as sql_event

from service.api import collector
from service.events.refusals import Refusal
from service.model import ANONYMOUS_ID, Identity
from service.storage.people import digest
from service.storage.rate_limits import Rate
from simulator.personalization.cast import cast
from tests.conftest import WRITE_KEY

SHOP = "https://shop.example"
ADA = Identity("emailAddress", "ada@shop.example")
BROWSER = Identity(ANONYMOUS_ID, "a1b2c3d4e5f60718")


def view(product="P1", **more):
    user = {"anonymousId": BROWSER.value, "identities": {"emailAddress": ADA.value}}
    interaction = {
        "name": "View Catalog Object",
        "catalogObject": {"type": "Product", "id": product, "attributes": {"name": "Teapot"}},
    }
    return {"interaction": interaction, "user": user, "source": {"channel": "Web"}} | more


class Site:
    """A browser on the shop's site, whose tee sends what it is told."""

    def __init__(self, service):
        self.service = service

    def send(self, *events, key=WRITE_KEY, origin=SHOP, path="/collect/acme/retail", **options):
        body = {"writeKey": key, "events": list(events)}
        return self.post(json.dumps(body), origin=origin, path=path, **options)

    def post(self, body, *, origin=SHOP, path="/collect/acme/retail", **options):
        headers = {"Origin": origin} if origin else {}
        headers |= options.pop("headers", {})
        options.setdefault("content_type", "text/plain;charset=UTF-8")
        return self.service.client.post(path, data=body, headers=headers, **options)

    def stored(self, identity=ADA):
        people, events = self.service.parts.people, self.service.parts.events
        person = people.find_any("acme", "retail", identity)
        return events.page("acme", "retail", person, limit=200).events if person else ()


@pytest.fixture
def site(make_service):
    return Site(make_service(import_people=False))


def counted(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0


@contextmanager
def refused_once(code):
    """Require that the metrics count one refused call of this kind."""
    before = counted("p13n_refused_collects_total", why=code)
    yield
    assert counted("p13n_refused_collects_total", why=code) == before + 1


def test_an_event_is_stored_when_the_answer_is_204(site):
    answer = site.send(view())
    assert (answer.status_code, answer.data) == (204, b"")
    (stored,) = site.stored()
    assert (stored.name, stored.item_action) == ("View Catalog Object", "View Item")
    assert (stored.item_id, stored.item_name, stored.source) == ("P1", "Teapot", "site")


@pytest.mark.parametrize(
    "media_type", ["application/json", "text/plain", "text/plain;charset=UTF-8"]
)
def test_json_is_taken_as_itself_and_as_the_text_that_beacons_send(site, media_type):
    assert site.send(view(), content_type=media_type).status_code == 204


@pytest.mark.parametrize(
    "body",
    [
        {"writeKey": WRITE_KEY, "events": [view()]},
        {"writeKey": WRITE_KEY, **view()},
        {**view(), "writeKey": WRITE_KEY},
    ],
)
def test_an_event_comes_alone_or_in_a_batch(site, body):
    assert site.post(json.dumps(body)).status_code == 204
    assert len(site.stored()) == 1


def test_the_key_may_come_in_a_header(site):
    answer = site.post(json.dumps([view()]), headers={"X-Write-Key": WRITE_KEY})
    assert answer.status_code == 204


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/collect/acme/retail", "wrong"),
        ("/collect/acme/retail", ""),
        ("/collect/acme/retail", "schlüssel"),
        ("/collect/acme/unknown", WRITE_KEY),
        ("/collect/unknown/retail", WRITE_KEY),
        ("/collect/other/elsewhere", WRITE_KEY),
    ],
)
def test_wrong_tenant_dataset_or_key_look_the_same_and_touch_no_store(site, path, key):
    statements = []
    engine = site.service.parts.database.engine
    sql_event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    rates = Refusing()
    site.service.app.extensions["p13n_rate_limits"] = rates
    with refused_once("WRITE_KEY_REFUSED"):
        answer = site.send(view(), path=path, key=key)
    problem = answer.get_json(force=True)
    assert (answer.status_code, problem["code"]) == (403, "WRITE_KEY_REFUSED")
    assert problem["detail"] == "No dataset of this tenant takes events with this write key."
    assert (statements, rates.asked) == ([], [])


class Refusing:
    """Limits under which nobody passes."""

    def __init__(self):
        self.asked = []

    def wait_for(self, name, rate: Rate):
        self.asked.append(name)
        return 2.4


def test_a_key_that_is_wrong_spares_us_the_parsing(site):
    assert site.post('{"writeKey":"wrong","events":[' + "[" * 1_000).status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None, "http://shop.example"])
def test_a_site_that_is_not_listed_is_refused_and_may_not_read_why(site, origin):
    with refused_once("ORIGIN_NOT_ALLOWED"):
        answer = site.send(view(), origin=origin)
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (403, "ORIGIN_NOT_ALLOWED")
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert site.stored() == ()


def test_a_listed_site_may_read_every_answer_and_caches_keep_them_apart(site):
    for answer in (site.send(view()), site.send(view(), key="wrong"), site.post("{")):
        assert answer.headers["Access-Control-Allow-Origin"] == SHOP
        assert answer.headers["Vary"] == "Origin"


def test_a_browser_that_asks_first_learns_what_it_may_send(site):
    asked = {"Origin": SHOP, "Access-Control-Request-Method": "POST"}
    answer = site.service.client.options("/collect/acme/retail", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert answer.headers["Access-Control-Allow-Methods"] == "POST"
    assert answer.headers["Access-Control-Allow-Headers"] == "Content-Type, X-Write-Key"
    refused = site.service.client.options("/collect/acme/retail", headers={"Origin": "https://x"})
    assert "Access-Control-Allow-Origin" not in refused.headers


def test_who_calls_too_often_is_told_when_to_come_back(site):
    site.service.app.extensions["p13n_rate_limits"] = Refusing()
    with refused_once("TOO_MANY_REQUESTS"):
        answer = site.send(view())
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
    assert site.stored() == ()


def test_rates_are_counted_by_address_and_by_dataset(site):
    rates = Granting()
    site.service.app.extensions["p13n_rate_limits"] = rates
    site.send(view(), headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
    site.send(view(), headers={"X-Forwarded-For": "198.51.100.7"})
    site.send(view(), headers={"X-Forwarded-For": "2001:db8::1"})
    site.send(view(), headers={"X-Forwarded-For": "2001:db8::2"})
    addresses, datasets = rates.asked[::2], rates.asked[1::2]
    assert set(datasets) == {"key:acme:retail"}
    assert addresses[0] == addresses[1] != addresses[2] == addresses[3]
    assert "198.51.100.7" not in "".join(addresses)


class Granting(Refusing):
    """Limits under which everybody passes."""

    def wait_for(self, name, rate: Rate):
        self.asked.append(name)
        return 0.0


@pytest.mark.parametrize("whose", ["BY_ADDRESS", "BY_KEY"])
def test_a_rate_that_is_used_up_refuses_until_it_has_filled_again(site, monkeypatch, whose):
    monkeypatch.setattr(collector, whose, Rate(per_second=0.001, burst=3))
    answers = [send_from(site, f"198.51.100.{number}") for number in (1, 1, 1, 1, 2)]
    is_next_address_free = whose == "BY_ADDRESS"
    assert answers == [204, 204, 204, 429, 204 if is_next_address_free else 429]
    assert len(site.stored()) == answers.count(204)


def send_from(site, address):
    return site.send(view(), headers={"X-Forwarded-For": address}).status_code


REFUSED = {
    "NOT_AN_EVENT": "no event",
    "NO_ACTION": {"user": view()["user"]},
    "NO_IDENTITY": view(user={}),
    "TOO_OLD": view(time="1970-01-01T00:00:00Z"),
    "IN_THE_FUTURE": view(time=4_070_908_800_000),  # 2099
    "INVALID_TIME": view(time="yesterday"),
    "INVALID_EVENT_ID": view(eventId="x" * 129),
    "ONLY_IMPRESSIONS": {"campaignStats": [{"stat": "Impression"}], "user": view()["user"]},
    "DO_NOT_TRACK": view(flags={"doNotTrack": True}),
}


def test_of_a_batch_the_good_events_are_kept_and_each_other_one_counted(site):
    assert set(REFUSED) == set(Refusal)
    before = {reason: refused_events(reason) for reason in REFUSED}
    answer = site.send(view("P1"), *REFUSED.values(), view("P2"))
    assert answer.status_code == 204
    assert {event.item_id for event in site.stored()} == {"P1", "P2"}
    for reason in REFUSED:
        assert refused_events(reason) == before[reason] + 1, reason


def refused_events(reason):
    return counted("p13n_refused_events_total", tenant="acme", reason=reason)


@pytest.mark.parametrize("cut", [1, 40, 400])
def test_of_a_call_that_broke_off_nothing_is_stored(site, cut):
    whole = json.dumps({"writeKey": WRITE_KEY, "events": [view("P1"), view("P2"), view("P3")]})
    with refused_once("INVALID_JSON"):
        assert site.post(whole[:-cut]).status_code == 400
    assert site.stored() == ()


def test_a_call_of_which_nothing_can_be_stored_is_told_why(site):
    answer = site.send(view(user={}), view(time=4_070_908_800_000))
    problem = answer.get_json(force=True)
    assert (answer.status_code, problem["code"]) == (422, "INVALID_REQUEST")
    assert [each["message"] for each in problem["errors"]] == ["NO_IDENTITY: 1", "IN_THE_FUTURE: 1"]


def test_sending_a_batch_again_stores_nothing_twice_and_is_204(site):
    batch = [view("P1", eventId="e1"), view("P2", eventId="e2")]
    assert site.send(*batch).status_code == 204
    assert site.send(*batch).status_code == 204
    assert len(site.stored()) == 2


def test_events_without_an_id_are_never_taken_for_one_another(site):
    site.send(view(), view())
    assert len(site.stored()) == 2


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("", 400, "MISSING_BODY"),
        ('{"writeKey":"demo-write-key",', 400, "INVALID_JSON"),
        ('{"writeKey":"demo-write-key","events":[{"a":1,"a":2}]}', 400, "INVALID_JSON"),
        ('{"writeKey":"demo-write-key","events":' + "[" * 60 + "]" * 60 + "}", 400, "INVALID_JSON"),
        ('{"writeKey":"demo-write-key","events":{}}', 422, "INVALID_REQUEST"),
        ('{"writeKey":"demo-write-key","events":[]}', 422, "INVALID_REQUEST"),
        ('{"writeKey":"demo-write-key","events":[' + "{}," * 100 + "{}]}", 422, "INVALID_REQUEST"),
        ('{"writeKey":"demo-write-key","a":"' + "x" * 5_000_000 + '"}', 413, "BODY_TOO_LARGE"),
        (b'{"writeKey":"demo-write-key","a":"\xff"}', 400, "INVALID_JSON"),
    ],
)
def test_a_body_that_cannot_be_right_gets_the_status_that_says_so(site, body, status, code):
    with refused_once(code):
        answer = site.post(body)
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (status, code)
    assert site.stored() == ()


def test_other_media_types_are_refused(site):
    with refused_once("UNSUPPORTED_MEDIA_TYPE"):
        answer = site.send(view(), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 415


def test_an_event_of_ten_thousand_items_keeps_a_hundred_and_counts_the_rest(site):
    items = [{"_id": str(number)} for number in range(10_000)]
    event = {"itemAction": "View Cart", "cart": {"complete": {"P": items}}, "user": view()["user"]}
    before = counted("p13n_left_out_items_total", tenant="acme")
    assert site.send(event).status_code == 204
    (stored,) = site.stored()
    assert (len(stored.items), stored.details["itemsLeftOut"]) == (100, 9_900)
    assert counted("p13n_left_out_items_total", tenant="acme") == before + 9_900


def test_a_store_that_is_gone_is_said_to_be_and_nothing_is_acknowledged(site):
    site.service.parts.database.close()
    path = site.service.parts.settings.data_dir / "state.db"
    path.rename(path.with_suffix(".away"))
    with refused_once("STORAGE_UNAVAILABLE"):
        answer = site.send(view())
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (503, "STORAGE_UNAVAILABLE")
    assert "Retry-After" in answer.headers


def test_what_the_browser_did_before_it_was_known_becomes_the_persons(site):
    before = view("P1", user={"anonymousId": BROWSER.value})
    site.send(before)
    assert [event.item_id for event in site.stored(BROWSER)] == ["P1"]
    site.send(view("P2"))
    assert [event.item_id for event in site.stored()] == ["P2", "P1"]


def test_a_claim_to_be_two_known_people_joins_nobody_and_is_counted(make_service):
    site = Site(make_service())
    ada, bea = (cast()[who] for who in ("usual", "another"))
    both = {"emailAddress": ada["email"], "customerId": bea["customer_id"]}
    before = counted("p13n_events_total", tenant="acme", outcome="contested")
    assert site.send(view(user={"identities": both})).status_code == 204
    assert counted("p13n_events_total", tenant="acme", outcome="contested") == before + 1
    assert len(site.stored(Identity("emailAddress", ada["email"]))) == 1
    assert site.stored(Identity("emailAddress", bea["email"])) == ()
    number = Identity("customerId", bea["customer_id"])
    assert site.stored(number) == ()


def test_an_event_ends_the_freshness_of_what_was_cached_of_the_person(make_service):
    service = make_service()
    expired = []
    service.parts.cache.expire_person = lambda *given: expired.append(given)
    site = Site(service)
    site.send(view())
    assert expired == [("acme", digest("acme", "retail", ADA))]
