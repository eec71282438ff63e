"""The org's client: the library's single calls, with a deadline, one signing in, and no secrets."""

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from service.crm_errors import (
    CrmApiLimit,
    CrmInvalidAnswer,
    CrmOtherInstance,
    CrmRefused,
    CrmRefusedCredentials,
    CrmTimeout,
    CrmUnavailable,
)
from service.data_sharing import CrmConnection
from service.upstream import crm_session
from service.upstream.bulk_body import BulkBody
from service.upstream.crm import Crm
from service.upstream.transport import Transport


@pytest.fixture
def org(running_org):
    running_org.org.reset()
    running_org.org.switches.clear()
    return running_org


def client(org, **changes) -> Crm:
    values = {
        "instance_url": org.url,
        "client_id": "demo-sharing-client",
        "client_secret": "demo-sharing-secret",
    } | changes
    transport = Transport(allow_private_addresses=True)
    return Crm("acme", CrmConnection(**values), transport, pause=lambda seconds: None)


def calls(org, part: str) -> int:
    return sum(n for name, n in org.org.calls.view()["counts"].items() if part in name)


def test_one_session_serves_many_calls_and_a_new_one_is_made_once_when_it_ends(org):
    crm = client(org)
    crm.limits()
    crm.describe("Contact")
    assert calls(org, "oauth2/token") == 1
    org.org.sessions.end_all()
    crm.limits()
    assert calls(org, "oauth2/token") == 2 and crm.calls == 6


def test_a_jwt_signed_with_our_key_signs_in(org):
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    trusted = {"clientId": "demo-sharing-client", "publicKey": public.decode()}
    requests.post(f"{org.url}/_simulator/certificate", json=trusted, timeout=5).raise_for_status()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    crm = client(
        org,
        client_secret=None,
        username="data.sharing@shop.example",
        private_key=private.decode(),
    )
    assert crm.user_id() == "0055g0000000002AAA"


@pytest.mark.parametrize(
    "changes", [{"client_secret": "wrong"}, {"private_key": "no key", "username": "x"}]
)
def test_a_refused_signing_in_is_one_fault_without_a_secret_in_it(org, changes):
    with pytest.raises(CrmRefusedCredentials) as trouble:
        client(org, **changes).limits()
    assert "wrong" not in str(trouble.value) and trouble.value.__cause__ is None


def test_an_org_that_signs_us_in_elsewhere_is_not_followed(org):
    elsewhere = org.url.replace("127.0.0.1", "localhost")
    with pytest.raises(CrmOtherInstance):
        crm = client(org, instance_url=elsewhere)
        crm._session._base = org.url  # reached at one address, it names another
        crm.limits()


def test_a_slow_answer_ends_at_the_total_deadline(org, monkeypatch):
    monkeypatch.setattr(crm_session, "CALL_SECONDS", 0.4)
    crm = client(org)
    crm.limits()
    org.org.faults.set({"drip": 0.05})
    with pytest.raises(CrmTimeout):
        crm.limits()


@pytest.mark.parametrize("fault", [{"httpStatus": 503}, {"dropConnection": True}])
def test_what_may_be_repeated_is_and_what_may_not_is_not(org, fault):
    crm = client(org)
    crm.limits()
    org.org.faults.set(fault | {"times": 2})
    assert crm.limits()["DailyApiRequests"]["Max"] == 100_000
    org.org.faults.set(fault | {"times": 1})
    with pytest.raises(CrmUnavailable):
        crm.create_job("Contact")


@pytest.mark.parametrize("fault", [{"nan": True}, {"notJson": True}, {"truncate": True}])
def test_a_broken_answer_is_never_used(org, fault):
    crm = client(org)
    crm.limits()
    org.org.faults.set(fault)
    with pytest.raises((CrmInvalidAnswer, CrmUnavailable)):
        crm.describe("Contact")


@pytest.mark.parametrize("fault", [{"nan": True}, {"notJson": True}, {"truncate": True}])
def test_a_batch_s_broken_result_is_asked_for_and_read_again(org, fault):
    crm = client(org)
    job = crm.create_job("Contact")
    batch = crm.add_batch(job, BulkBody([b'{"Id": "003000000000000AAA"}'] * 3))
    requests.post(f"{org.url}/_simulator/jobs/finish", timeout=5)
    org.org.faults.set(fault | {"route": "/result", "times": 1})
    told = crm.batch_results(job, batch, list)
    assert [each["success"] for each in told] == [False] * 3
    assert calls(org, "/result") == 2


def test_a_redirect_is_not_followed(org):
    crm = client(org)
    crm.limits()
    org.org.faults.set({"redirect": "http://127.0.0.1:9/stolen"})
    with pytest.raises((CrmRefused, CrmInvalidAnswer)):
        crm.user_id()


def test_a_refused_query_names_its_code_and_neither_query_nor_address(org):
    with pytest.raises(CrmRefused) as trouble:
        client(org).queries(["SELECT Nope__c FROM Contact WHERE Email = 'kim@share.example'"])
    assert trouble.value.crm_code == "INVALID_FIELD"
    assert "kim@" not in repr(trouble.value) and trouble.value.__cause__ is None


def test_the_environment_is_ignored(org, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert client(org).limits()


def test_no_call_goes_below_the_reserve_but_one_that_closes_a_job(org):
    transport = Transport(allow_private_addresses=True)
    connection = CrmConnection(org.url, "demo-sharing-client", "demo-sharing-secret")
    crm = Crm("acme", connection, transport, reserve=50)
    job = crm.create_job("Contact")
    limits = {"DailyApiRequests": {"remaining": 53}}
    requests.post(f"{org.url}/_simulator/limits", json=limits, timeout=5).raise_for_status()
    crm.limits()
    with pytest.raises(CrmApiLimit):
        crm.describe("Contact")
    crm.close_job("Contact", job)


def test_all_pages_of_a_long_answer_are_read(org):
    import json

    lines = "\n".join(json.dumps({"LastName": f"P{n}"}) for n in range(2_300))
    url = f"{org.url}/_simulator/load/Contact"
    requests.post(url, data=lines, timeout=30).raise_for_status()
    [found] = client(org).queries(["SELECT Id FROM Contact WHERE LastName LIKE 'P%'"])
    assert len({record["Id"] for record in found}) >= 2_300
