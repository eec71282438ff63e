"""Clients that nobody here wrote, unchanged, against the simulated org."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from simple_salesforce import Salesforce, SalesforceAuthenticationFailed
from simple_salesforce.exceptions import SalesforceExpiredSession

from simulator.record_ids import record_id

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent  # where Node is, too
CLIENTS = Path(__file__).parent / "clients"
FIELD = "Personalization_Engagement__c"
CLIENT, USER = "demo-sharing-client", "data.sharing@shop.example"
ADA, BRUNO, CHIARA = (record_id("003", number) for number in (1, 2, 3))
MISSING = "003000000000000AAA"


class ToSimulator(requests.adapters.HTTPAdapter):
    """Sends what is meant for any Salesforce host to the simulated org."""

    def __init__(self, url: str):
        super().__init__()
        self._target = urlsplit(url)

    def send(self, request, **options):
        meant = urlsplit(request.url)
        request.headers["Host"] = meant.netloc
        request.url = urlunsplit((*self._target[:2], meant.path, meant.query, ""))
        return super().send(request, **options)


@pytest.fixture
def session(org):
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", ToSimulator(org.url))
        yield session


@pytest.fixture
def salesforce(session):
    """simple-salesforce, signed in by client credentials."""
    return Salesforce(
        consumer_key=CLIENT,
        consumer_secret="demo-sharing-secret",
        domain="acme.my",
        session=session,
    )


def test_simple_salesforce_queries_describes_and_changes(salesforce, org):
    found = salesforce.query_all("SELECT Id, Account.Name FROM Contact ORDER BY Id")
    assert found["totalSize"] == len(found["records"]) == 53
    assert salesforce.limits()["DailyApiRequests"]["Max"] == 100_000
    assert FIELD in {field["name"] for field in salesforce.Contact.describe()["fields"]}
    assert salesforce.Contact.update(ADA, {FIELD: 4}) == 204
    assert salesforce.Contact.get(ADA)[FIELD] == 4
    body = {
        "compositeRequest": [
            {
                "method": "GET",
                "referenceId": "a",
                "url": f"/services/data/v59.0/sobjects/Contact/{ADA}",
            }
        ]
    }
    answer = salesforce.restful("composite", method="POST", json=body)
    assert answer["compositeResponse"][0]["body"]["Id"] == ADA


def test_simple_salesforce_pushes_by_bulk_1_and_reads_each_row(salesforce, org):
    org.fault(queuedPolls=0, inProgressPolls=0)  # this client waits five seconds between looks
    rows = [{"Id": each, FIELD: 8} for each in (ADA, MISSING, BRUNO)]
    results = salesforce.bulk.Contact.update(rows, batch_size=2)
    assert [(each["success"], each["id"]) for each in results] == [
        (True, ADA),
        (False, None),
        (True, BRUNO),
    ]
    found = salesforce.bulk.Contact.query(f"SELECT Id, {FIELD} FROM Contact WHERE {FIELD} = 8")
    assert sorted(each["Id"] for each in found) == [ADA, BRUNO]


def test_simple_salesforce_pushes_and_pulls_by_bulk_2(salesforce):
    rows = [{"Id": ADA, FIELD: "9"}, {"Id": MISSING, FIELD: "9"}]
    (done,) = salesforce.bulk2.Contact.update(records=rows, wait=0)
    assert (done["numberRecordsTotal"], done["numberRecordsFailed"]) == (2, 1)
    failed = salesforce.bulk2.Contact.get_failed_records(done["job_id"])
    assert MISSING in failed
    pages = list(salesforce.bulk2.Contact.query("SELECT Id FROM Contact", max_records=20, wait=0))
    assert [page.count("\n") for page in pages] == [21, 21, 14]


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem_of(key) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


def trust(org, key) -> None:
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    public = key.public_key().public_bytes(serialization.Encoding.PEM, kind)
    org.tell("certificate", {"clientId": CLIENT, "publicKey": public.decode()})


def by_jwt(session, key, *, username=USER, domain="login") -> Salesforce:
    return Salesforce(
        username=username,
        consumer_key=CLIENT,
        privatekey=pem_of(key),
        domain=domain,
        session=session,
    )


@pytest.mark.parametrize("domain", ["login", "test"])
def test_simple_salesforce_signs_in_by_a_signed_token(org, session, key, domain):
    trust(org, key)
    salesforce = by_jwt(session, key, domain=domain)
    assert salesforce.restful("sobjects/Contact")["objectDescribe"]["updateable"] is True


def test_a_signed_token_needs_the_right_key_and_an_approved_user(org, session, key):
    trust(org, key)
    with (
        pytest.raises(SalesforceAuthenticationFailed, match="hasn't approved"),
        pytest.warns(UserWarning, match="authorize this"),
    ):
        by_jwt(session, key, username="robin.rep@shop.example")
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(SalesforceAuthenticationFailed, match="invalid assertion"):
        by_jwt(session, other)


def test_simple_salesforce_meets_an_expired_session(org, session):
    token = org.token(CLIENT, "demo-sharing-secret").json()["access_token"]
    salesforce = Salesforce(session_id=token, instance="acme.my.salesforce.com", session=session)
    job = salesforce.bulk.Contact._create_job("update", use_serial=False)
    org.fault(sessionExpired=True, times=1)
    with pytest.raises(SalesforceExpiredSession):
        salesforce.query("SELECT Id FROM Contact")
    with pytest.raises(Exception, match="InvalidSessionId"):
        salesforce.bulk.Contact._get_job(job["id"])


def test_jsforce_works_unchanged(sharing):
    org = sharing
    many = "\n".join(f'{{"LastName":"Many","Email":"m{n}@example.com"}}' for n in range(450))
    org.session.post(f"{org.url}/_simulator/load/Contact", data=many, timeout=10)
    token = org.session.headers["Authorization"].split()[1]
    done = subprocess.run(
        [BIN / "node", CLIENTS / "jsforce.mjs", org.url, token],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    seen = json.loads(done.stdout)
    assert seen["queried"] == seen["paged"] == 503
    assert seen["usage"]["limit"] == seen["limit"] == 100_000
    assert seen["described"] is True
    for name in ("collection", "bulk"):
        assert [each["success"] for each in seen[name]][:2] == [True, False]
    assert [each["id"] for each in seen["bulk"]] == [ADA, None, BRUNO]
    assert len(seen["bulk2"]["successfulResults"]) == 2
    (failed,) = seen["bulk2"]["failedResults"]
    assert failed["sf__Error"].startswith("INVALID_CROSS_REFERENCE_KEY")
    for name in ("bulkQuery", "bulk2Query"):
        assert len(seen[name]) == 503
        assert seen[name][0]["Account.Name"] == "Thistle & Thread Gifts"
    assert seen["values"] == [2, 2, 3, 3]


CLI_VERSION = "2.150.6"  # needs Node 22 or newer
QUIET = {
    "SF_DISABLE_TELEMETRY": "true",
    "SF_AUTOUPDATE_DISABLE": "true",
    "SF_SKIP_NEW_VERSION_CHECK": "true",
    "SF_DISABLE_LOG_FILE": "true",
    "SF_HIDE_RELEASE_NOTES": "true",
    "SF_DISABLE_DNS_CHECK": "true",
    "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",
}


@pytest.fixture(scope="module")
def salesforce_cli(request, tmp_path_factory):
    """Return a function that runs the Salesforce CLI, installed from npm for these tests alone."""
    if not request.config.getoption("--full"):
        pytest.skip("installs 300 MB; run with --full")
    folder = tmp_path_factory.mktemp("cli")
    (folder / "package.json").write_text('{"private": true}')
    (folder / ".npmrc").write_text((ROOT / ".npmrc").read_text())
    package = f"@salesforce/cli@{CLI_VERSION}"
    subprocess.run(
        [BIN / "npm", "install", "--silent", package], cwd=folder, check=True, timeout=600
    )
    program = folder / "node_modules/@salesforce/cli/bin/run.js"

    def run(*arguments, **variables) -> dict:
        environment = os.environ | QUIET | {"HOME": str(folder)} | variables
        done = subprocess.run(
            [BIN / "node", program, *arguments, "--json"],
            cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        return json.loads(done.stdout)

    run.folder = folder
    return run


def test_the_salesforce_cli_pushes_and_pulls_in_bulk(salesforce_cli, sharing):
    org, run = sharing, salesforce_cli
    token = org.session.headers["Authorization"].split()[1]
    login = ("org", "login", "access-token", "--instance-url", org.url, "--no-prompt")
    signed_in = run(*login, "--alias", "sim", SF_ACCESS_TOKEN=token)
    assert signed_in["result"]["username"] == USER
    rows = run.folder / "rows.csv"
    push = ("data", "update", "bulk", "--sobject", "Contact", "--file", rows, "--wait", "1")
    rows.write_text(f"Id,{FIELD}\n{ADA},6\n{BRUNO},7\n")
    pushed = run(*push, "--target-org", "sim")
    assert (pushed["status"], pushed["result"]["successfulRecords"]) == (0, 2)
    rows.write_text(f"Id,{FIELD}\n{ADA},8\n{BRUNO},much\n")
    refused = run(*push, "--target-org", "sim")
    assert refused["name"] == "FailedRecordDetailsError"
    soql = f"SELECT Id, {FIELD} FROM Contact WHERE {FIELD} != null ORDER BY Id"
    pulled = run.folder / "pulled.csv"
    export = ("data", "export", "bulk", "--query", soql, "--output-file", pulled, "--wait", "1")
    assert run(*export, "--target-org", "sim")["result"]["totalSize"] == 2
    with pulled.open(newline="") as file:
        assert [(row["Id"], float(row[FIELD])) for row in csv.DictReader(file)] == [
            (ADA, 8),
            (BRUNO, 7),
        ]
    found = run("data", "query", "--query", soql, "--target-org", "sim")
    assert [record[FIELD] for record in found["result"]["records"]] == [8, 7]
