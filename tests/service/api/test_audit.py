"""Who saw whom: off unless asked for, on disk before the answer, and purged in time."""

import json

import pytest
from click.testing import CliRunner

from service.audit_commands import audit_group
from service.storage.audit_log import AuditFilter
from simulator.personalization.cast import cast

ADA = {"type": "emailAddress", "value": cast()["usual"]["email"]}
BEA = {"type": "emailAddress", "value": cast()["another"]["email"]}
REP = "0055g00000ABCDEAA1"


def with_audit(environment, mode: str, **options) -> dict:
    variables = environment(**options)
    with open(variables["P13N_TENANTS"], "a", encoding="utf-8") as file:
        file.write(f'[tenants.acme.privacy]\naudit = "{mode}"\naudit_days = 10\n')
    return variables


@pytest.fixture
def audited(make_service, environment, state_url):
    """A service that records looks, on each of the two engines."""
    return make_service.of(with_audit(environment, "digest", P13N_DATABASE_URL=state_url))


def look(service, identity=ADA, user=REP, path="/v1/affinities", **more):
    body = {"dataset": "retail", "identity": identity} | more
    headers = {"Authorization": f"Bearer {service.token()}"}
    headers |= {"X-Personalization-User": user} if user else {}
    return service.client.post(path, json=body, headers=headers)


def entries(service, **wanted):
    return service.parts.audit_log.entries("acme", AuditFilter(**wanted), 100)


def test_nothing_is_recorded_unless_the_tenants_file_says_so(service):
    assert look(service).status_code == 200
    assert entries(service) == []


def test_each_read_is_recorded_with_its_user_and_a_digest_of_the_person(audited):
    look(audited, path="/v1/next-best", datafield="promos")
    look(audited)
    look(audited, path="/v1/event-stream", user=None)
    stream, affinities, promos = entries(audited)
    assert (promos.component, promos.detail, promos.user_id) == ("next-best", "promos", REP)
    assert (affinities.component, affinities.client_id) == ("affinities", audited.client_id)
    assert (stream.component, stream.user_id) == ("event-stream", None)
    assert stream.person == promos.person
    assert stream.identity_value is None
    assert ADA["value"] not in repr(stream)


def test_a_look_at_several_people_is_a_look_at_each(audited):
    body = {"dataset": "retail", "identities": [ADA, BEA]}
    headers = {"Authorization": f"Bearer {audited.token()}"}
    for path in ("/v1/affinities", "/v1/people/hottest"):
        assert audited.client.post(path, json=body, headers=headers).status_code == 200
    assert [entry.component for entry in entries(audited)] == [
        "hottest-people",
        "hottest-people",
        "affinities",
        "affinities",
    ]
    assert len({entry.person for entry in entries(audited)}) == 2


def test_what_is_no_users_id_is_not_kept(audited):
    for strange in ("admin", "005' or 1=1 --", "003000000000001AAA", "0" * 300):
        look(audited, user=strange)
    assert {entry.user_id for entry in entries(audited)} == {None}


def test_the_header_opens_nothing(audited):
    headers = {"X-Personalization-User": REP}
    body = {"dataset": "retail", "identity": ADA}
    assert audited.client.post("/v1/affinities", json=body, headers=headers).status_code == 401


def test_a_read_that_fails_shows_nobody_and_leaves_no_entry(audited):
    assert look(audited, identity={"type": "nothing", "value": "x"}).status_code == 422
    assert entries(audited) == []


def test_the_identity_stands_in_clear_only_where_that_is_configured(make_service, environment):
    service = make_service.of(with_audit(environment, "identity"))
    look(service)
    assert [entry.identity_value for entry in entries(service)] == [ADA["value"]]


def test_admins_ask_for_one_person_without_an_address_and_for_one_user(audited):
    look(audited)
    look(audited, identity=BEA, user=None)
    admin = audited.token(*audited.add_client("acme", scopes=("admin",)))
    found = audited.post("/v1/audit", {"identity": BEA}, token=admin).get_json()
    assert [entry["user"] for entry in found["entries"]] == [None]
    found = audited.post("/v1/audit", {"user": REP, "limit": 1}, token=admin).get_json()
    assert [entry["user"] for entry in found["entries"]] == [REP]
    assert audited.post("/v1/audit", {}).status_code == 403


def test_the_terminal_lists_with_filters(audited):
    look(audited)
    look(audited, identity=BEA)
    group = audit_group(lambda: audited.parts, lambda settings, name: settings.tenants[name])

    def said(*options, value=""):
        ran = CliRunner().invoke(group, ["list", "acme", *options, "--json"], input=value)
        return json.loads(ran.stdout)["entries"]

    assert len(said()) == 2
    assert len(said("--person", "emailAddress", value=BEA["value"])) == 1
    assert said("--since", "2999-01-01") == []
    assert said("--component", "next-best") == []


def test_an_erasure_takes_the_persons_entries_along(audited):
    audited.parts.erasures._settling_seconds = 0
    look(audited)
    look(audited, identity=BEA)
    admin = audited.token(*audited.add_client("acme", scopes=("admin",)))
    told = audited.write("/v1/erasures", {"dataset": "retail", "identity": ADA}, token=admin)
    assert told.get_json()["removed"]["audit_entries"] == 1
    look(audited)  # at nobody, now
    assert len(entries(audited)) == 1
