"""scripts/deploy against a Salesforce CLI that notes what it is asked, a service and an org."""

import contextlib
import io
import json
import sys
import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from werkzeug.serving import make_server

from scripts.deploying.__main__ import main
from simulator.crm.errors import OrgError
from simulator.crm.server import start_org

ME = "admin@acme.example"
IDS = {ME: "005A", "rep@acme.example": "005R"}
SETS = {
    "Personalization_Admin": "0PS1",
    "Personalization_Administration_Access": "0PS2",
    "Personalization_Service_Access": "0PS3",
    "Personalization_Flow_Builder": "0PS4",
    "Personalization_Data_Sharing": "0PS5",
}
DEPLOYED = {"numberComponentsTotal": 240, "details": {"runTestResult": {"numTestsRun": 63}}}
CREDENTIAL = "/services/data/v65.0/named-credentials/credential"


def log(said: str) -> str:
    """Return an execution log, whose first lines repeat the source."""
    source = "Execute Anonymous: System.debug('P13N ' + outcome);"
    return f"65.0 APEX_CODE,DEBUG\n{source}\n12:00:00.0 (1)|USER_DEBUG|[12]|DEBUG|P13N {said}\n"


class Stage:
    """A service, an org and a fake CLI; `run` is what an admin types."""

    def __init__(self, folder: Path, service, service_url: str, org_url: str):
        self.folder, self.service, self.url, self.org_url = folder, service, service_url, org_url
        token = requests.post(
            f"{org_url}/services/oauth2/token",
            data={
                "grant_type": "client_credentials",
                "client_id": "demo-org-client",
                "client_secret": "demo-org-secret",
            },
            timeout=5,
        ).json()["access_token"]
        self.answers = {
            "version": "@salesforce/cli/2.150.6 linux-x64 node-v24.19.0",
            "queries": {
                "Organization": [
                    {"Id": "00D1", "Name": "Acme", "IsSandbox": True, "OrganizationType": "DE"}
                ],
                "User": [{"Id": i, "Username": name} for name, i in IDS.items()],
                "PermissionSet": [{"Id": i, "Name": name} for name, i in SETS.items()],
                "PermissionSetGroup": [{"Id": "0PG1", "DeveloperName": "Personalization_Rep"}],
            },
            "deploy": {"result": DEPLOYED},
            "apex": {
                "ping-service.apex": log("OK retail, bank"),
                "ping-administration.apex": log("OK 0"),
            },
            "rest": {
                "url": org_url,
                "token": token,
                "/services/oauth2/userinfo": [200, {"preferred_username": ME}],
            },
        }
        org_client = service.add_client("acme")
        admin_client = service.add_client("acme", ("read", "admin"))
        self.clients = [
            {"clientId": org_client[0], "clientSecret": org_client[1], "scopes": ["read", "write"]},
            {
                "clientId": admin_client[0],
                "clientSecret": admin_client[1],
                "scopes": ["read", "admin"],
            },
        ]

    @property
    def secrets(self) -> list[str]:
        return [client["clientSecret"] for client in self.clients]

    def run(self, *options: str, stdin: str | None = None) -> int:
        (self.folder / "answers.json").write_text(json.dumps(self.answers))
        (self.folder / "calls.jsonl").write_text("")
        piped = "\n".join(map(json.dumps, self.clients)) if stdin is None else stdin
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdin", io.StringIO(piped))
            command = ["--org", "acme", "--service-url", self.url, "--clients", "-", *options]
            return main(command)

    def calls(self) -> list[dict]:
        return [json.loads(line) for line in (self.folder / "calls.jsonl").read_text().splitlines()]

    def done(self) -> list[str]:
        """Return what the CLI was asked to do, in order, in short."""
        return [short(call["arguments"]) for call in self.calls()]

    def stored(self, credential: str, principal: str) -> dict:
        url = f"{self.org_url}/_simulator/credentials/{credential}/{principal}"
        return requests.get(url, timeout=5).json()


def short(arguments: list[str]) -> str:
    if arguments[:3] == ["api", "request", "rest"]:
        parts = urlsplit(arguments[3])
        asked = parse_qs(parts.query).get("externalCredential", [""])[0]
        method = arguments[arguments.index("--method") + 1]
        return f"{method} {parts.path.rsplit('/', 1)[-1]} {asked}".strip()
    if arguments[:2] == ["data", "query"]:
        return "query " + arguments[3].split(" FROM ")[1].split()[0]
    if arguments[:3] == ["data", "create", "record"]:
        return "assign " + arguments[arguments.index("--values") + 1]
    if arguments[:2] == ["apex", "run"]:
        return "apex " + Path(arguments[3]).stem
    return " ".join(arguments[:3])


@pytest.fixture(scope="module")
def running_org():
    with start_org() as running:
        yield running


@pytest.fixture(scope="module")
def service_url(shared_service):
    server = make_server("127.0.0.1", 0, shared_service.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def stage(tmp_path, monkeypatch, shared_service, service_url, running_org):
    for name, principal in (("Service", "Org"), ("Administration", "Admin")):
        with contextlib.suppress(OrgError):
            running_org.org.credentials.delete(f"Personalization_{name}", principal)
    program = tmp_path / "bin" / "sf"
    program.parent.mkdir()
    fake = Path(__file__).with_name("fake-sf.py")
    program.write_text(f"#!{sys.executable} -SE\n{fake.read_text()}")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    monkeypatch.setenv("FAKE_SF", str(tmp_path))
    return Stage(tmp_path, shared_service, service_url, running_org.url)


def test_from_nothing_to_a_first_call_in_order(stage, capsys):
    assert stage.run("--rep", "rep@acme.example") == 0
    assert stage.done() == [
        "--version",
        "query Organization",
        "GET userinfo",
        "GET credential Personalization_Service",
        "GET credential Personalization_Administration",
        "project deploy start",
        "query User",
        "query PermissionSet",
        "query PermissionSetGroup",
        "query PermissionSetAssignment",
        "assign AssigneeId='005A' PermissionSetId='0PS1'",
        "assign AssigneeId='005A' PermissionSetId='0PS2'",
        "assign AssigneeId='005A' PermissionSetId='0PS3'",
        "assign AssigneeId='005R' PermissionSetGroupId='0PG1'",
        "POST credential",
        "POST credential",
        "apex ping-service",
        "apex ping-administration",
    ]
    for (credential, principal), client in zip(
        [("Personalization_Service", "Org"), ("Personalization_Administration", "Admin")],
        stage.clients,
        strict=True,
    ):
        assert stage.stored(credential, principal) == {
            name: client[name] for name in ("clientId", "clientSecret")
        }
    told = capsys.readouterr()
    assert "Acme (sandbox, 00D1), as admin@acme.example" in told.out
    assert "deployed 240 parts, 63 Apex tests passed" in told.out
    assert told.err == ""


def test_a_secret_goes_in_on_stdin_and_nowhere_else(stage, capsys):
    stage.run()
    stage.run("--refill")
    told = capsys.readouterr()
    for secret in stage.secrets:
        assert secret not in told.out + told.err
        for call in stage.calls():
            assert secret not in json.dumps([call["arguments"], call["environment"]])
        holding = [call for call in stage.calls() if secret in call["stdin"]]
        assert [short(call["arguments"]) for call in holding] == ["PUT credential"]


def test_a_second_run_changes_nothing_and_needs_no_client(stage, capsys):
    stage.run("--rep", "rep@acme.example")
    assert stage.run("--rep", "rep@acme.example", stdin="") == 0
    changes = [each for each in stage.done() if each.startswith(("assign", "POST", "PUT"))]
    assert changes == []
    assert "rep@acme.example has it all" in capsys.readouterr().out


def test_what_a_stopped_run_left_undone_the_next_one_does(stage):
    stage.answers["unlicensed"] = ["005R"]
    assert stage.run("--rep", "rep@acme.example") == 1
    stage.answers["unlicensed"] = []
    assert stage.run("--rep", "rep@acme.example") == 0
    changes = [each for each in stage.done() if each.startswith(("assign", "POST", "PUT"))]
    rep = "assign AssigneeId='005R' PermissionSetGroupId='0PG1'"
    assert changes == [rep, "POST credential", "POST credential"]


def test_a_dry_run_looks_and_tries_and_changes_nothing(stage, capsys):
    stage.answers["queries"] |= {"PermissionSet": [], "PermissionSetGroup": []}
    assert stage.run("--dry-run") == 0
    [deploy] = [c["arguments"] for c in stage.calls() if c["arguments"][0] == "project"]
    assert "--dry-run" in deploy
    done = stage.done()
    assert not [each for each in done if each.startswith(("assign", "POST", "PUT", "apex"))]
    told = capsys.readouterr().out
    assert f"{ME} would get Personalization_Admin" in told
    assert "Personalization_Service / Org would be filled" in told
    assert told.endswith("Nothing was changed.\n")


def test_the_deployment_carries_the_address_and_runs_our_tests_alone(stage):
    stage.run("--no-tests")
    [plain] = [c for c in stage.calls() if c["arguments"][0] == "project"]
    assert plain["environment"]["P13N_SERVICE_URL"] == stage.url
    assert plain["arguments"][plain["arguments"].index("--test-level") + 1] == "NoTestRun"
    stage.run()
    [tested] = [c["arguments"] for c in stage.calls() if c["arguments"][0] == "project"]
    assert tested[tested.index("--test-level") + 1] == "RunSpecifiedTests"
    assert "NextBestControllerTest" in tested
    assert "PersonalizationServiceMock" not in tested


def test_what_is_in_the_org_already_need_not_be_deployed(stage):
    assert stage.run("--no-deploy") == 0
    assert "project deploy start" not in stage.done()


def test_each_role_gets_its_sets(stage):
    who = "rep@acme.example"
    assert stage.run("--flow-user", who, "--sharing-user", who) == 0
    given = [each for each in stage.done() if "005R" in each]
    assert [each.split("'")[3] for each in given] == ["0PS4", "0PS3", "0PS5"]


def swap(stage):
    """Hand the clients over as somebody would who mixed them up."""
    first, second = stage.clients
    first["scopes"], second["scopes"] = second["scopes"], first["scopes"]


FAULTS = {
    "an old CLI": (
        lambda s: s.answers.update(version="sfdx-cli/7.209.6"),
        "too old or another program",
        "npm install --global @salesforce/cli",
    ),
    "not signed in": (
        lambda s: s.answers.update(down="No authorization information found for acme."),
        "No authorization information found",
        "sf org login web",
    ),
    "a wrong secret": (
        lambda s: s.clients[0].update(clientSecret="wrong"),
        "does not know the client",
        "p13n client add",
    ),
    "clients mixed up": (swap, "for Personalization_Service / Org may not write", "client add"),
    "nobody of that name": (
        lambda s: s.answers["queries"].update(User=[]),
        f"No active user of this org is called {ME}",
        "by username",
    ),
    "a licence that forbids": (
        lambda s: s.answers.update(unlicensed=["005A"]),
        "could not be assigned",
        "licence",
    ),
    "an org without the package": (
        lambda s: s.answers["queries"].update(PermissionSet=[]),
        "The org has no Personalization_Admin",
        "Deploy the package first",
    ),
    "a credential that may not be read": (
        lambda s: s.answers["rest"].update(token="stale"),
        "Personalization_Service / Org could not be read (401)",
        "manage named credentials",
    ),
    "a first call that is not connected": (
        lambda s: s.answers["apex"].update(
            {"ping-service.apex": log("NOT_CONNECTED No credential.")}
        ),
        "first call as Personalization_Service / Org failed: NOT_CONNECTED. No credential.",
        "--refill",
    ),
    "a first call into the void": (
        lambda s: s.answers["apex"].update(
            {"ping-service.apex": log("SERVICE_UNREACHABLE Timeout.")}
        ),
        "SERVICE_UNREACHABLE",
        "reachable from the internet",
    ),
    "a log that says nothing": (
        lambda s: s.answers["apex"].update({"ping-administration.apex": "log limit reached"}),
        "does not say how it went",
        "sf apex run",
    ),
}


@pytest.mark.parametrize(("spoil", "sentence", "advice"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_said_in_plain_words_with_what_to_do(stage, capsys, spoil, sentence, advice):
    spoil(stage)
    assert stage.run("--no-deploy") == 1
    told = capsys.readouterr().err
    assert sentence in told
    assert advice in told
    assert "Traceback" not in told
    assert not any(secret in told for secret in stage.secrets)


def test_what_the_org_refuses_is_listed(stage, capsys):
    problem = {"componentType": "ApexClass", "fullName": "X", "problem": "Unexpected token"}
    failure = {"name": "NextBestControllerTest", "methodName": "answers", "message": "Expected: 2"}
    details = {"componentFailures": problem, "runTestResult": {"failures": [failure] * 12}}
    stage.answers["deploy"] = {"status": 1, "result": {"status": "Failed", "details": details}}
    assert stage.run() == 1
    told = capsys.readouterr().err
    assert "ApexClass X: Unexpected token" in told
    assert "NextBestControllerTest.answers: Expected: 2" in told
    assert "and 3 more" in told
    assert not [each for each in stage.done() if each.startswith(("assign", "POST"))]


def test_without_a_client_the_command_that_makes_one_is_named(stage, capsys):
    assert stage.run(stdin="") == 1
    assert "p13n client add TENANT --json" in capsys.readouterr().err
    assert "project deploy start" not in stage.done()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--service-url", "http://p13n.example.com"], "is no address of a service"),
        (["--service-url", "https://p13n.example.com/v1"], "is no address of a service"),
        (["--rep", "o'brien' OR Name != '"], "is no username"),
        (["--service-url", "http://127.0.0.1:9"], "cannot be reached from here"),
    ],
)
def test_nothing_is_touched_when_what_was_typed_cannot_be(stage, capsys, options, sentence):
    assert stage.run(*options) == 1
    assert sentence in capsys.readouterr().err
    assert not [each for each in stage.done() if each.startswith(("assign", "POST", "project"))]


@pytest.mark.parametrize("piped", ["clientId  x", '{"clientId": "x"}', "[1]"])
def test_what_is_no_client_is_refused(stage, capsys, piped):
    assert stage.run(stdin=piped) == 1
    assert "p13n client add" in capsys.readouterr().err


def test_without_a_cli_the_way_to_get_one_is_named(stage, capsys, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert stage.run() == 1
    assert "npm install --global @salesforce/cli" in capsys.readouterr().err


def test_an_org_and_an_address_are_needed(capsys):
    assert main(["--org", "acme"]) == 2
    assert "--service-url" in capsys.readouterr().err
