"""The right to be forgotten: nothing is left anywhere, and nothing comes back."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from service.erasure_commands import erase_command, erasures_group
from service.model import Identity
from service.storage.privacy_tables import erasures as table
from service.storage.privacy_tables import tombstone_keys
from service.storage.tables import outbox
from service.storage.tombstones import Tombstones, TombstonesLocked
from tests.service import erasure_stage as stage
from tests.service.erasure_stage import ADA, BEA, fill, found_of
from tests.service.journey_calls import ACTIVITY, JWT_HEADERS, signed, step, uniform_bought
from tests.service.killed_erasure import STEPS, die_at

WORST_STEPS = ("messages removed", "segments removed", "deleted upstream", "share rows removed")
BODY = {"dataset": "retail", "identity": stage.address(ADA)}


@pytest.fixture
def variables(environment, state_url):
    return environment(P13N_DATABASE_URL=state_url)


@pytest.fixture
def service(make_service, state_url):
    """A service on each of the two engines; reads need no time to come to their end."""
    made = make_service(P13N_DATABASE_URL=state_url)
    made.parts.erasures._settling_seconds = 0
    return made


@pytest.fixture
def quick(make_service):
    """The same on SQLite, for what does not depend on the engine."""
    made = make_service()
    made.parts.erasures._settling_seconds = 0
    return made


def admin(service) -> str:
    return service.token(*service.add_client("acme", scopes=("admin",)))


def erase(service, body=BODY, **options):
    """Ask for an erasure; where a slow machine left some of it to a worker, ask again."""
    token = admin(service)
    while True:
        answer = service.write("/v1/erasures", body, token=token, **options)
        if answer.get_json().get("waitsFor") != "GOES_ON":
            return answer


def profile(account, person=ADA):
    return account.state.datasets["retail"].profiles.get(person["profileId"])


def test_nothing_of_an_erased_person_is_left_in_any_table_or_file(service, account):
    fill(service, account, ADA, BEA)
    before = {table for table, _name in found_of(service, ADA)}
    assert before >= {"outbox", "identities", "people", "accepted_keys", "segment_members"}
    assert before >= {"segment_entries", "segment_looks", "share_rows", "share_sent"}
    known_before = [each for each in found_of(service, BEA) if not each[0].endswith(".csv")]
    answer = erase(service)
    assert answer.status_code == 200, answer.get_json()
    told = answer.get_json()
    assert (told["state"], told["personalization"]) == ("done", "deleted")
    assert found_of(service, ADA) == []
    owners = stage.numbers_of(service)
    assert set().union(*owners.values()) <= _people_left(service)
    assert profile(account) is None
    assert profile(account, BEA) is not None
    assert found_of(service, BEA) == known_before
    removed = told["removed"]
    assert {name for name, number in removed.items() if not number} == {
        "outbox.run",
        "outbox.sending",
        "outbox.unconfirmed",
    }
    assert removed["events"] == 5  # four of the site's, one that went out
    assert removed["share_rows"] == 3
    assert removed["share_pulled"] == 3


def _people_left(service) -> set[int]:
    from service.storage.tables import people

    with service.parts.database.reading() as connection:
        return set(connection.execute(select(people.c.id)).scalars())


def test_an_erasure_killed_at_each_of_its_steps_ends_like_any_other(
    service, variables, account, state_url, request
):
    fill(service, account, ADA)
    is_short = not state_url.startswith("sqlite") and not request.config.getoption("--full")
    for worst in WORST_STEPS if is_short else STEPS:
        die_at(worst, variables, ADA["email"])
        service.parts.database.write(lambda c: c.execute(update(table).values(wake_at=0)))
    service.parts.erasures.work_on_due(service.parts.settings.tenants, lambda: False)
    told = erase(service).get_json()
    assert told["state"] == "done"
    assert found_of(service, ADA) == []
    assert told["removed"]["declines"] == 1
    assert told["removed"]["people"] == 1
    assert profile(account) is None


def test_a_second_erasure_answers_the_same_by_any_identity(quick, account):
    fill(quick, account, ADA)
    first = erase(quick).get_json()
    number = {"type": "customerId", "value": ADA["customer_id"]}
    assert erase(quick, BODY | {"identity": number}).get_json() == first
    assert len(quick.parts.erasures.newest(quick.parts.settings.tenants["acme"])) == 1


def test_nothing_brings_an_erased_person_back(service, account):
    erase(service)
    counts = account.state.profile_counts()
    assert stage.collect(service, stage.event(ADA)).status_code == 204
    answer = stage.update(service, ADA).get_json()["results"][0]
    assert (answer["status"], answer["code"]) == ("REJECTED", "ERASED_PERSON")
    told = stage.decline(service, ADA).get_json()
    assert (told["accepted"], told["duplicates"], told["erased"]) == (0, 0, 1)
    account.state.datasets["retail"].profiles.create(1, ADA["profileId"])  # known there again
    progress = []
    tenant = service.parts.settings.tenants["acme"]
    service.parts.people_import.run(tenant, "retail", progress.append)
    service.deliver()
    assert account.state.profile_counts()["retail"] == counts["retail"] + 1
    assert found_of(service, ADA) == []
    assert service.next_best(ADA["email"]).get_json()["reason"]["code"] == "UNKNOWN_PERSON"


def test_the_people_import_tells_how_many_erased_people_it_skipped(quick, account):
    erase(quick)
    profiles = account.state.datasets["retail"].profiles
    again = profiles.create(1, ADA["profileId"])
    profiles.identify(again, "emailAddress", "another@example.com", 1, True)
    progress = []
    tenant = quick.parts.settings.tenants["acme"]
    last = quick.parts.people_import.run(tenant, "retail", progress.append)
    assert last.erased == 1
    new = Identity("emailAddress", "another@example.com")
    assert quick.parts.people.find_any("acme", "retail", new) is None


IDENTITY_COLUMNS = "customerId,emailAddress,Anonymous ID"
NAMING_ADA = ((ADA["customer_id"], "", ""), ("", ADA["email"], ""), ("", "", stage.browser(ADA)))


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_import_of_history_skips_the_erased_by_whatever_names_them(
    service, account, tmp_path, form
):
    fill(service, account, ADA, BEA)
    erase(service)
    path, seen_before = tmp_path / f"history.{form}", events_of(service, BEA)
    path.write_text(history_in(form, [*NAMING_ADA, ("", BEA["email"], "")]))
    tenant = service.parts.settings.tenants["acme"]
    for _ in range(2):  # a file that is done tells the same
        done = service.parts.events_import.run(tenant, "retail", path, lambda _progress: None)
        assert (done.state.stored, done.state.erased) == (1, 3)
        assert done.rejected == 0
    assert found_of(service, ADA) == []
    assert events_of(service, BEA) == seen_before + 1


def history_in(form: str, people) -> str:
    """Return a file with one look at a product by each of `people`, named as in the columns."""
    if form == "csv":
        rows = [f"2026-11-20T10:00:00Z,View Item,P9,{','.join(each)}" for each in people]
        return "\n".join([f"Time,Item Action,Item ID,{IDENTITY_COLUMNS}", *rows])
    events = [
        {
            "itemAction": "View Item",
            "catalog": {"Product": {"_id": "P9"}},
            "user": {
                "anonymousId": browser,
                "identities": {"customerId": number, "emailAddress": email},
            },
        }
        for number, email, browser in people
    ]
    return "\n".join(map(json.dumps, events))


def events_of(service, person) -> int:
    identity = Identity("emailAddress", person["email"])
    known = service.parts.people.find_any("acme", "retail", identity)
    return len(service.parts.events.page("acme", "retail", known, limit=200).events)


def test_a_journey_sends_and_keeps_nothing_of_the_erased_and_goes_on_with_others(quick, account):
    waiting = step(uniform_bought(ADA["email"]))
    assert run_step(quick, waiting)["status"] == "OK"  # accepted, not yet sent
    erase(quick)
    both = [stage.address(ADA), {"type": "customerId", "value": "another"}]
    assert run_step(quick, waiting)["status"] == "OK"  # a repeat gets the first answer
    another = step(uniform_bought(ADA["email"]))
    for told in (another, another, step(bought_by(both))):
        answer = run_step(quick, told)
        assert (answer["status"], answer["code"]) == ("SKIPPED", "ERASED_PERSON")
        assert ADA["email"] not in answer["message"]
    assert run_step(quick, step(uniform_bought(BEA["email"])))["status"] == "OK"
    quick.deliver()
    sent = [call["body"]["user"]["attributes"]["emailAddress"] for call in account.events()]
    assert sent == [BEA["email"]]
    assert found_of(quick, ADA) == []


def bought_by(identities) -> dict:
    return uniform_bought("") | {"identities": identities}


def run_step(service, body) -> dict:
    path = f"{ACTIVITY}/execute"
    answer = service.client.post(path, data=signed(body), headers=JWT_HEADERS)
    assert answer.status_code == 200
    return answer.get_json()


def test_where_reads_may_create_profiles_an_erased_person_is_not_asked_for(make_service, account):
    service = make_service(create=True)
    service.parts.erasures._settling_seconds = 0
    erase(service)
    asked = len(account.events())
    assert service.next_best(ADA["email"]).get_json()["reason"]["code"] == "UNKNOWN_PERSON"
    assert len(account.events()) == asked


def test_a_message_that_a_worker_holds_is_over_before_personalization_deletes(service, account):
    stage.update(service, ADA)
    [held] = service.parts.outbox.claim(1, 30)
    told = erase(service)
    assert told.status_code == 202
    assert told.get_json()["waitsFor"] == "MESSAGE_UNDER_WAY"
    assert profile(account) is not None
    service.parts.outbox.put_back(held, 0, has_failed=True, code="X", detail="x")
    service.deliver()  # would send it again
    assert account.events() == []
    assert erase(service).get_json()["personalization"] == "deleted"
    with service.parts.database.reading() as connection:
        assert connection.execute(select(outbox)).all() == []


def test_a_deletion_that_personalization_refuses_is_tried_again_by_a_worker(quick, account):
    account.fault(httpStatus=500, times=1)
    told = erase(quick).get_json()
    assert (told["state"], told["waitsFor"]) == ("running", "UPSTREAM_UNAVAILABLE")
    assert told["personalization"] == "pending"
    quick.parts.database.write(lambda c: c.execute(update(table).values(wake_at=0)))
    assert quick.parts.erasures.work_on_due(quick.parts.settings.tenants, lambda: False) == 1
    assert erase(quick).get_json()["personalization"] == "deleted"


def test_someone_nobody_knows_is_barred_all_the_same(quick):
    stranger = {"type": "emailAddress", "value": "stranger@example.com"}
    told = erase(quick, BODY | {"identity": stranger}).get_json()
    assert (told["state"], told["personalization"]) == ("done", "unknown")
    assert set(told["removed"].values()) == {0}
    update = {"recordId": "1", "identities": [stranger], "attributes": {"jobTitle": "x"}}
    answer = quick.write("/v1/profile-updates", stage.CASE_CHANGED | {"updates": [update]})
    assert answer.get_json()["results"][0]["code"] == "ERASED_PERSON"


def test_lifting_lets_the_person_be_known_again(quick, account):
    erase(quick)
    lifted = quick.post("/v1/erasures/lift", BODY, token=admin(quick))
    assert lifted.get_json()["lifted"] >= 3  # address, customer number, profile
    assert stage.update(quick, ADA).get_json()["results"][0]["status"] == "ACCEPTED"
    assert quick.post("/v1/erasures/lift", BODY, token=admin(quick)).status_code == 404
    assert erase(quick).get_json()["id"] == 2


def test_tombstones_tell_nothing_without_the_key_and_survive_its_rotation(quick):
    erase(quick)
    ring = quick.parts.settings.secret_keys
    key = quick.parts.database
    new = "another secret key, long enough to be one"
    rotating = Tombstones([new, *ring])
    names = [name for name in stage.names_of(ADA) if len(name) == 64]
    assert key.write(rotating.rewrap)
    with key.reading() as connection:
        assert Tombstones([new]).among(connection, names)
        with pytest.raises(TombstonesLocked):
            Tombstones(ring).among(connection, names)
        assert len(connection.execute(select(tombstone_keys)).all()) == 1


def test_only_admins_erase_and_only_their_own_tenant(quick):
    assert quick.write("/v1/erasures", BODY).status_code == 403
    number = erase(quick).get_json()["id"]
    other = quick.token(*quick.add_client("other", scopes=("admin",)))
    headers = {"Authorization": f"Bearer {other}"}
    assert quick.client.get(f"/v1/erasures/{number}", headers=headers).status_code == 404


def test_the_terminal_erases_lists_and_lifts_with_the_value_on_standard_input(quick):
    parts = quick.parts

    def run(command, *arguments):
        return CliRunner().invoke(command, arguments, input=f"{ADA['email']}\n")

    def said(command, *arguments) -> dict:
        """Return the answer, which stands below what is logged."""
        return json.loads(run(command, *arguments, "--json").stdout.splitlines()[-1])

    def tenant(settings, name):
        return settings.tenants[name]

    command = erase_command(lambda: parts, tenant)
    place = ("acme", "retail", "emailAddress")
    assert run(command, *place, ADA["email"]).exit_code == 2
    done = said(command, *place, "-")
    assert done["state"] == "done"
    group = erasures_group(lambda: parts, tenant)
    assert said(group, "list", "acme") == {"erasures": [done]}
    assert said(group, "lift", *place, "-")["lifted"] >= 3
