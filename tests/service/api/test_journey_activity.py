"""The Personalization Activity over HTTP: whose call it is, accepted once, answered for ever."""

import base64
import json
import sqlite3
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from functools import partial

import jwt
import pytest

from service.metrics import REFUSED_JOURNEY_CALLS
from service.storage.outbox_messages import State
from simulator.personalization.cast import cast
from simulator.personalization.seed import profile_id
from simulator.shop.people import customers
from tests.conftest import OLD_JOURNEY_KEY, OTHER_JOURNEY_KEY
from tests.service.journey_calls import ACTIVITY, JWT_HEADERS, signed, step, uniform_bought

EMAIL = cast()["usual"]["email"]
NO_SENTENCE = {"status": "OK", "code": "", "message": ""}


@pytest.fixture
def execute(service):
    return partial(post, service)


@pytest.fixture
def refused_execute(shared_service):
    """Executes that must leave nothing behind, which is checked."""
    yield partial(post, shared_service)
    assert stored(shared_service) == 0


def post(service, body, *, path=f"{ACTIVITY}/execute", sign=signed):
    raw = body if isinstance(body, str | bytes) else sign(body)
    return service.client.post(path, data=raw, headers=JWT_HEADERS)


def stored(service) -> int:
    return len(service.parts.outbox.letters(tuple(State)))


def refused_count(why: str) -> float:
    return REFUSED_JOURNEY_CALLS.labels(why)._value.get()


def test_a_signed_step_reaches_personalization_as_the_journeys_event(service, account, execute):
    answer = execute(step(uniform_bought(EMAIL)))
    assert (answer.status_code, answer.get_json()) == (200, NO_SENTENCE)
    service.deliver()
    [call] = account.events()
    event = call["body"]
    assert event["action"] == "Back to School: uniform bought"
    assert event["source"]["application"] == "Journey Builder"
    assert event["source"]["channel"] == "Server"
    assert event["user"]["attributes"] == {"emailAddress": EMAIL, "jobTitle": "Parent"}


def test_the_event_shows_in_the_persons_stream_with_its_journey(service, execute):
    execute(step(uniform_bought(EMAIL)))
    service.deliver()
    identity = {"type": "emailAddress", "value": EMAIL}
    answer = service.post("/v1/event-stream", {"dataset": "retail", "identity": identity})
    [shown] = answer.get_json()["events"]
    assert (shown["name"], shown["source"]) == ("Back to School: uniform bought", "journey")
    assert (shown["channel"], shown["application"]) == ("Journey Builder", "Back to School")


def test_the_persons_cached_answers_are_void_at_once(service, account, execute):
    service.next_best(EMAIL)
    service.next_best(EMAIL)
    assert len(account.events()) == 1
    execute(step(uniform_bought(EMAIL)))
    service.next_best(EMAIL)
    assert len(account.events()) == 2


def test_a_repeat_gets_the_first_answer_and_counts_once(service, account, execute):
    body = step(uniform_bought(EMAIL))
    first = execute(body)
    again = execute(body | {"activityInstanceId": "another-try"})
    assert first.data == again.data
    service.deliver()
    assert len(account.events()) == 1


def test_a_refusal_is_kept_like_any_first_answer(service, execute):
    body = step(uniform_bought(EMAIL, dataset="elsewhere"))
    first, again = execute(body), execute(body)
    assert first.get_json()["code"] == "UNKNOWN_DATASET"
    assert first.data == again.data


def test_the_same_step_with_other_arguments_is_a_duplicate(service, execute):
    body = step(uniform_bought(EMAIL))
    execute(body)
    other = execute(body | {"inArguments": uniform_bought("bob@example.com")})
    assert (other.status_code, other.get_json()["status"]) == (200, "DUPLICATE")
    assert stored(service) == 1


def test_another_contact_at_the_same_step_is_another_step(service, execute):
    one = step(uniform_bought(EMAIL))
    execute(one)
    execute(one | {"definitionInstanceId": "somebody else"})
    assert stored(service) == 2


def test_every_key_of_the_ring_opens(execute):
    answer = execute(step(uniform_bought(EMAIL)), sign=lambda body: signed(body, OLD_JOURNEY_KEY))
    assert answer.status_code == 200


def tampered(body: dict) -> str:
    head, payload, signature = signed(body).split(".")
    changed = json.loads(base64.urlsafe_b64decode(payload + "==")) | {"keyValue": "K-200"}
    payload = base64.urlsafe_b64encode(json.dumps(changed).encode()).decode().rstrip("=")
    return f"{head}.{payload}.{signature}"


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        (lambda body: signed(body, "a key of nobody whom this tenant knows"), "WRONG_KEY"),
        (lambda body: signed(body, OTHER_JOURNEY_KEY), "WRONG_KEY"),
        (tampered, "WRONG_KEY"),
        (lambda body: jwt.encode(body, "", algorithm="none"), "INVALID_TOKEN"),
        (lambda body: signed(body, algorithm="HS512"), "INVALID_TOKEN"),
        (json.dumps, "INVALID_TOKEN"),
        (lambda body: "", "INVALID_TOKEN"),
        (lambda body: "not.a.token", "INVALID_TOKEN"),
        (lambda body: b"\xff\xfe\x00", "INVALID_TOKEN"),
        (lambda body: signed(body | {"padding": "x" * 300_000}), "BODY_TOO_LARGE"),
        (lambda body: signed({"inArguments": float("nan")}), "INVALID_JSON"),
    ],
)
def test_what_journey_builder_did_not_sign_is_refused_and_counted(refused_execute, forged, why):
    before = refused_count(why)
    answer = refused_execute(step(uniform_bought(EMAIL)), sign=forged)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "SIGNATURE_REFUSED")
    assert refused_count(why) == before + 1


@pytest.mark.parametrize("tenant", ["other", "nobody"])
def test_a_call_signed_for_one_tenant_opens_no_other(refused_execute, tenant):
    path = f"/journey/{tenant}/activity/execute"
    assert refused_execute(step(uniform_bought(EMAIL)), path=path).status_code == 401


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (None, "INVALID_ARGUMENTS"),
        ([None], "INVALID_ARGUMENTS"),
        ({}, "UNKNOWN_DATASET"),
        (uniform_bought(EMAIL, dataset="retai"), "UNKNOWN_DATASET"),
        (uniform_bought(EMAIL, action='{{Event.x."Action"}}'), "NO_ACTION"),
        (uniform_bought(EMAIL, action=None), "NO_ACTION"),
        (uniform_bought(EMAIL, action="two\nlines"), "INVALID_ACTION"),
        (uniform_bought('{{Event.x."Email"}}'), "NO_IDENTITY"),
        (uniform_bought(""), "NO_IDENTITY"),
        (uniform_bought(EMAIL, identities=[]), "NO_IDENTITY"),
        (uniform_bought(EMAIL, identities="x"), "INVALID_IDENTITY"),
        (uniform_bought(EMAIL, identities={"shoeSize": "44"}), "UNKNOWN_IDENTITY_TYPE"),
        (uniform_bought("x" * 321), "INVALID_IDENTITY"),
        (uniform_bought(EMAIL, attributes={"shoeSize": "44"}), "UNKNOWN_ATTRIBUTE"),
        (uniform_bought(EMAIL, attributes={"jobTitle": "x" * 2_000}), "VALUE_TOO_LONG"),
        (uniform_bought(EMAIL, attributes={"jobTitle": True}), "WRONG_TYPE"),
        ([uniform_bought(EMAIL), {"action": "Another"}], "CONFLICTING_ARGUMENTS"),
    ],
)
def test_what_can_never_work_is_answered_and_nothing_is_sent(refused_execute, arguments, code):
    answer = refused_execute(step(arguments))
    assert answer.status_code == 200
    assert (answer.get_json()["status"], answer.get_json()["code"]) == ("REJECTED", code)
    assert answer.get_json()["message"]


@pytest.mark.parametrize(
    "ids",
    [
        {"activityId": None, "activityObjectID": None},
        {"definitionInstanceId": None},
        {"definitionInstanceId": ""},
        {"definitionInstanceId": {"a": 1}},
    ],
)
def test_a_step_that_nobody_could_recognise_again_is_rejected(refused_execute, ids):
    answer = refused_execute(step(uniform_bought(EMAIL), **ids))
    assert (answer.status_code, answer.get_json()["code"]) == (200, "NO_STEP")


def test_a_contact_key_of_300_characters_passes(service, account, execute):
    identities = [
        {"type": "emailAddress", "value": EMAIL},
        {"type": "customerId", "value": "k" * 300},
    ]
    assert execute(step(uniform_bought(EMAIL, identities=identities))).get_json() == NO_SENTENCE


def test_arguments_may_be_an_object_a_list_or_split(service, account, execute):
    forms = [
        uniform_bought(EMAIL),
        [uniform_bought(EMAIL)],
        [{name: value} for name, value in uniform_bought(EMAIL).items()],
        uniform_bought(EMAIL, identities={"emailAddress": EMAIL}),
        uniform_bought(EMAIL, identities={"emailAddress": f" {EMAIL} ", "customerId": None}),
        [uniform_bought(EMAIL), {"attributes": {"jobTitle": "Parent"}}],
    ]
    for form in forms:
        assert execute(step(form)).get_json() == NO_SENTENCE
    service.deliver()
    told = [call["body"]["user"]["attributes"] for call in account.events()]
    assert told == [{"emailAddress": EMAIL, "jobTitle": "Parent"}] * len(forms)


def test_attributes_without_a_value_are_left_alone(service, account, execute):
    execute(step(uniform_bought(EMAIL)))
    execute(step(uniform_bought(EMAIL, attributes={"jobTitle": '{{Event.x."Title"}}'})))
    execute(step(uniform_bought(EMAIL, attributes={"jobTitle": None})))
    service.deliver()
    profile = account.state.datasets["retail"].profiles.with_identity("emailAddress", EMAIL)
    assert profile.value("jobTitle") == "Parent"


def test_identifiers_of_one_contact_make_one_person(service, account, execute):
    """E-mail from the form, customer id from the entry event: two profiles until now."""
    known = customers()[1]
    profiles = account.state.datasets["retail"].profiles
    assert profiles.with_identity("emailAddress", "new@example.com") is None
    execute(step(uniform_bought("new@example.com")))
    service.deliver()
    before = len(profiles)
    both = {"emailAddress": "new@example.com", "customerId": known.customer_id}
    execute(step(uniform_bought("new@example.com", identities=both)))
    service.deliver()
    one = profiles.with_identity("customerId", known.customer_id)
    assert profiles.with_identity("emailAddress", "new@example.com") is one
    assert len(profiles) == before - 1
    assert one.id in {profile_id(known), one.id}


def test_test_mode_sends_nothing_and_says_what_it_would(refused_execute):
    for answer in (
        refused_execute(step(uniform_bought(EMAIL)), path=f"{ACTIVITY}/test-execute"),
        refused_execute(step(uniform_bought(EMAIL), mode=1)),
    ):
        body = answer.get_json()
        assert (answer.status_code, body["status"], body["code"]) == (200, "SKIPPED", "TEST_MODE")
        assert '"action":"Back to School: uniform bought"' in body["message"]
        assert EMAIL in body["message"]


def test_test_mode_names_what_would_never_work(refused_execute):
    answer = refused_execute(step(uniform_bought("")), path=f"{ACTIVITY}/test-execute")
    assert answer.get_json()["code"] == "NO_IDENTITY"


def test_a_locked_store_asks_to_be_tried_again_and_then_accepts(service, execute):
    body = step(uniform_bought(EMAIL))
    holder = sqlite3.connect(service.parts.settings.data_dir / "state.db", isolation_level=None)
    holder.execute("begin immediate")
    refused = execute(body)
    holder.execute("rollback")
    holder.close()
    assert (refused.status_code, refused.get_json()["code"]) == (503, "STORAGE_UNAVAILABLE")
    assert execute(body).get_json() == NO_SENTENCE
    assert stored(service) == 1


def test_while_the_first_call_runs_a_repeat_is_asked_to_come_again(service, execute):
    execute(step(uniform_bought(EMAIL)))  # its action is known now
    body = step(uniform_bought(EMAIL))
    holder = sqlite3.connect(service.parts.settings.data_dir / "state.db", isolation_level=None)
    with ThreadPoolExecutor(2) as pool:
        holder.execute("begin immediate")  # whoever comes first waits for the store
        both = {pool.submit(execute, body), pool.submit(execute, body)}
        answered, waiting = wait(both, timeout=10, return_when=FIRST_COMPLETED)
        holder.execute("rollback")
        holder.close()
        [refused, accepted] = [each.pop().result(timeout=10) for each in (answered, waiting)]
    assert (refused.status_code, refused.get_json()["code"]) == (503, "FIRST_CALL_RUNNING")
    assert accepted.get_json() == execute(body).get_json() == NO_SENTENCE
    assert stored(service) == 2


def test_too_many_distinct_actions_are_said_in_the_answer(execute):
    answers = [execute(step(uniform_bought(EMAIL, action=f"Action {n}"))) for n in range(51)]
    codes = [answer.get_json()["code"] for answer in answers]
    assert codes == [""] * 50 + ["TOO_MANY_ACTIONS"]


def test_an_older_step_never_overwrites_what_a_newer_one_or_a_flow_has_set(
    service, account, execute
):
    account.fault(httpStatus=400, times=1)
    execute(step(uniform_bought(EMAIL, attributes={"jobTitle": "Old"})))
    service.deliver()
    newer = {"identities": [{"type": "emailAddress", "value": EMAIL}]}
    newer |= {"attributes": {"jobTitle": "New"}}
    body = {"dataset": "retail", "action": "Lead changed", "updates": [newer]}
    service.write("/v1/profile-updates", body)
    service.deliver()
    assert len(service.parts.outbox.replay(None)) == 1
    service.deliver()
    assert len(account.events()) == 3
    profile = account.state.datasets["retail"].profiles.with_identity("emailAddress", EMAIL)
    assert profile.value("jobTitle") == "New"


def test_an_admin_may_want_known_people_only(make_service, environment, tmp_path):
    variables = environment()
    tenants = tmp_path / "tenants.toml"
    section = "[tenants.acme.journey_builder]\n"
    tenants.write_text(tenants.read_text().replace(section, f"{section}only_known_people = true\n"))
    service = make_service.of(variables)
    answers = [
        service.client.post(
            f"{ACTIVITY}/execute", data=signed(step(uniform_bought(email))), headers=JWT_HEADERS
        ).get_json()["code"]
        for email in (EMAIL, "stranger@example.com")
    ]
    assert answers == ["", "UNKNOWN_PERSON"]
