"""Tokens: client credentials in, ten minutes of one tenant and its scopes out."""

import time

import jwt
import pytest

from tests.conftest import SECRET_KEY


def test_a_client_gets_a_token_of_ten_minutes_for_its_scopes(service):
    answer = service.ask_token()
    assert answer.status_code == 200
    body = answer.get_json()
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 600
    assert body["scope"] == "read write"
    assert answer.headers["Cache-Control"] == "no-store"


def test_credentials_may_stand_in_the_form_body(service):
    form = {"client_id": service.client_id, "client_secret": service.client_secret}
    answer = service.client.post("/oauth/token", data={"grant_type": "client_credentials"} | form)
    assert answer.status_code == 200


def test_a_client_may_ask_for_less_but_not_for_more(service):
    assert service.ask_token(scope="read").get_json()["scope"] == "read"
    refused = service.ask_token(scope="read admin")
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, "invalid_request"),
    ],
)
def test_other_grants_and_repeated_parameters_are_refused(service, form, error):
    answer = service.ask_token(**form)
    assert (answer.status_code, answer.get_json()["error"]) == (400, error)


def test_a_json_body_is_no_token_request(service):
    answer = service.client.post("/oauth/token", json={"grant_type": "client_credentials"})
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")


def test_a_wrong_secret_and_an_unknown_client_get_the_same_401(service):
    wrong = service.ask_token(secret="wrong")
    unknown = service.ask_token(client_id="p13n-nobody")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.get_json() == unknown.get_json()
    assert "Basic" in wrong.headers["WWW-Authenticate"]


def test_who_guesses_secrets_is_slowed_down_and_told_until_when(service):
    answers = [service.ask_token(secret=f"guess {number}") for number in range(60)]
    assert answers[0].status_code == 401
    assert answers[-1].status_code == 429
    assert answers[-1].get_json()["code"] == "TOO_MANY_REQUESTS"
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_a_flood_on_one_client_does_not_slow_another(service):
    for number in range(60):
        service.ask_token(secret=f"guess {number}")
    assert service.ask_token(*service.add_client("other")).status_code == 200


def test_two_secrets_live_at_once_and_the_third_drops_the_first(service):
    second = service.parts.clients.rotate(service.client_id)
    assert service.ask_token().status_code == 200
    assert service.ask_token(secret=second).status_code == 200
    third = service.parts.clients.rotate(service.client_id)
    assert service.ask_token().status_code == 401
    assert service.ask_token(secret=second).status_code == 200
    assert service.ask_token(secret=third).status_code == 200


def test_a_revoked_client_gets_no_token_and_its_tokens_stop_working(service):
    token = service.token()
    service.parts.clients.revoke(service.client_id)
    assert service.ask_token().status_code == 401
    assert service.next_best("a@shop.example", token=token).status_code == 401


def test_secrets_are_kept_as_digests_only(service):
    database = (service.parts.settings.data_dir / "state.db").read_bytes()
    wal = (service.parts.settings.data_dir / "state.db-wal").read_bytes()
    assert service.client_secret.encode() not in database + wal
    assert service.client_id.encode() in database + wal


def claims(service, **changes):
    now = int(time.time())
    return {
        "aud": "p13n",
        "sub": service.client_id,
        "scope": "read",
        "iat": now,
        "exp": now + 600,
    } | changes


FORGERIES = {
    "no algorithm": lambda c: jwt.encode(c, None, algorithm="none"),
    "another key": lambda c: jwt.encode(c, "another key that is long enough too", "HS256"),
    "an empty key": lambda c: jwt.encode(c, "x" * 32, "HS256"),
    "another algorithm": lambda c: jwt.encode(c, SECRET_KEY + SECRET_KEY, "HS512"),
    "garbage": lambda c: "garbage",
    "an extra part": lambda c: jwt.encode(c, SECRET_KEY, "HS256") + ".x",
    "100 kB": lambda c: "a" * 100_000,
    "nothing": lambda c: "",
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_token_is_refused_without_saying_why(service, forge):
    answer = service.next_best("a@shop.example", token=forge(claims(service)))
    assert answer.status_code == 401
    assert answer.get_json()["code"] == "UNAUTHENTICATED"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


NOW = int(time.time())
WRONG_CLAIMS = {
    "expired": {"iat": NOW - 700, "exp": NOW - 100},
    "valid for ever": {"exp": 253_370_764_800},
    "from the future": {"iat": NOW + 3_600, "exp": NOW + 4_000},
    "times as text": {"exp": "tomorrow"},
    "another audience": {"aud": "somebody else"},
    "an unknown client": {"sub": "p13n-nobody"},
    "a client that is no text": {"sub": 7},
    "scopes that are no text": {"scope": ["read"]},
}


@pytest.mark.parametrize("changes", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS.keys())
def test_wrong_claims_under_our_own_key_are_refused(service, changes):
    token = jwt.encode(claims(service, **changes), SECRET_KEY, "HS256")
    assert service.next_best("a@shop.example", token=token).status_code == 401


def test_right_claims_under_our_own_key_are_accepted(service):
    token = jwt.encode(claims(service), SECRET_KEY, "HS256")
    assert service.next_best("a@shop.example", token=token).status_code == 200


def test_a_token_signed_with_an_older_key_of_the_ring_still_works(make_service):
    ring = f"a newer key which is also quite long,{SECRET_KEY}"
    service = make_service(P13N_SECRET_KEY=ring)
    token = jwt.encode(claims(service), SECRET_KEY, "HS256")
    assert service.next_best("a@shop.example", token=token).status_code == 200


def test_a_token_without_the_scope_gets_403_naming_it(service):
    answer = service.next_best("a@shop.example", token=service.token(scope="write"))
    assert (answer.status_code, answer.get_json()["code"]) == (403, "INSUFFICIENT_SCOPE")
    assert "'read'" in answer.get_json()["detail"]


def test_a_token_never_opens_another_tenants_dataset(service):
    token = service.token(*service.add_client("other"))
    answer = service.next_best("a@shop.example", token=token)
    assert (answer.status_code, answer.get_json()["code"]) == (404, "UNKNOWN_DATASET")
    assert "retail" not in answer.get_json()["detail"].partition("Known:")[2]
