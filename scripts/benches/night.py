"""What a night costs us: CPU, memory and API calls of a push, without the org's own work.

Yardsticks of the same run: strictly parsing the same export; the arithmetic minimum of API calls;
simple-salesforce's own bulk helper pushing the same changed rows, for which a stored plan is
applied, so that both only push. Half of the users are contacts, a tenth of those has changed
since the run before.
"""

import argparse
import gc
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

MOST_CPU, MOST_MEGABYTES, MOST_CALLS, MOST_OF_HELPER = 6.0, 100, 1.01, 0.2
USERS, FULL_USERS = 20_000, 1_000_000
PAGE, BATCH = 1_000, 10_000
LOAD_STEP = 20_000
PARSED = 3
"""Times each page is parsed for the yardstick: once is over too soon to be told from noise."""
TENANTS = """\
[tenants.acme]
org_id = "00D000000000001EAA"
[tenants.acme.personalization]
url = "{export_url}"
api_key_id = "env:KEY"
api_key_secret = "env:KEY"
[tenants.acme.datasets.retail]
identity_types = ["emailAddress", "sfcrmContactId"]
[tenants.acme.crm]
instance_url = "{org_url}"
client_id = "env:CRM_KEY"
client_secret = "env:CRM_SECRET"
[tenants.acme.data_sharing]
dataset = "retail"
max_change_percent = 100
api_reserve = 0
profile_link = "https://acme.evergage.com/users/{{id}}"
[tenants.acme.data_sharing.push.contact]
Personalization_Engagement__c = "engagementScore"
Personalization_Engagement_Trend__c = "engagementTrend"
Personalization_First_Activity__c = "firstActivity"
Personalization_Last_Activity__c = "lastActivity"
Personalization_Link__c = "link"
"""


def user(n: int, night: int) -> dict:
    """Return a row of the export; every tenth contact is more active each night."""
    changed = night if n % 20 == 0 else 0
    return {
        "name": f"{n:024x}",
        "displayName": f"Person {n}",
        "engagementScore": (n % 1_000) / 1_000,
        "engagementPercentChange": changed,
        "firstActivity": 1_700_000_000_000 + n,
        "lastActivity": 1_750_000_000_000 + n + changed * 86_400_000,
        "totalActions": n % 90,
        "attributes": {"emailAddress": f"person{n}@example{n % 97}.test", "city": "Utrecht"},
        "accountName": None,
        "segmentInputValues": {},
    }


def contact(n: int) -> dict:
    return {"LastName": f"Person {n}", "Email": f"person{n}@example{n % 97}.test"}


class Export(BaseHTTPRequestHandler):
    """Serves `users` rows of night `night`."""

    protocol_version = "HTTP/1.1"
    users, night = 0, 0

    def log_message(self, *_):
        pass

    def do_GET(self):
        page = int(parse_qs(urlsplit(self.path).query)["page"][0])
        body = page_bytes(page, self.users, self.night)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def page_bytes(page: int, users: int, night: int) -> bytes:
    rows = [user(n, night) for n in range(page * PAGE, min(users, (page + 1) * PAGE))]
    return json.dumps(rows).encode()


def main() -> int:
    """Run the bench; exit code 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench night", description=__doc__)
    parser.add_argument("--full", action="store_true", help=f"{FULL_USERS:,} users")
    parser.add_argument("--users", type=int, default=None)
    parser.add_argument(
        "--child", choices=["share", "plan", "apply", "parse", "helper"], help=argparse.SUPPRESS
    )
    options = parser.parse_args()
    if options.child:
        return CHILDREN[options.child]()
    users = options.users or (FULL_USERS if options.full else USERS)
    with tempfile.TemporaryDirectory(prefix="night-") as folder:
        return _bench(users, Path(folder))


def _bench(users: int, folder: Path) -> int:
    Export.users = users
    server = ThreadingHTTPServer(("127.0.0.1", 0), Export)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    org = subprocess.Popen(
        [Path(sys.executable).with_name("p13n-simulator"), "serve"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        org_url = next(line for line in org.stdout if line.startswith("CRM")).split()[1]
        _load(org_url, users)
        environment = _environment(folder, f"http://127.0.0.1:{server.server_port}", org_url)
        return _measure(users, environment, org_url)
    finally:
        org.terminate()
        org.wait()
        server.shutdown()


def _load(org_url: str, users: int) -> None:
    limits = {"DailyApiRequests": {"max": 10_000_000}}
    requests.post(f"{org_url}/_simulator/limits", json=limits, timeout=60).raise_for_status()
    for start in range(0, users, LOAD_STEP):
        some = range(start, min(users, start + LOAD_STEP), 2)
        body = "\n".join(json.dumps(contact(n)) for n in some)
        url = f"{org_url}/_simulator/load/Contact"
        requests.post(url, data=body, timeout=600).raise_for_status()


def _environment(folder: Path, export_url: str, org_url: str) -> dict[str, str]:
    tenants = folder / "tenants.toml"
    tenants.write_text(TENANTS.format(export_url=export_url, org_url=org_url))
    return os.environ | {
        "KEY": "demo-key",
        "CRM_KEY": "demo-sharing-client",
        "CRM_SECRET": "demo-sharing-secret",
        "BENCH_USERS": str(Export.users),
        "P13N_TENANTS": str(tenants),
        "P13N_DATA_DIR": str(folder / "data"),
        "P13N_SECRET_KEY": "x" * 40,
        "P13N_ALLOW_HTTP_UPSTREAM": "1",
    }


def _measure(users: int, environment: dict, org_url: str) -> int:
    contacts, changed = -(-users // 2), -(-users // 20)
    first = _child("share", environment)
    print(
        f"first night: {first['pushed']} of {contacts} contacts written, "
        f"{first['cpu']:.1f} s CPU, {first['peak']:.0f} MB"
    )
    Export.night = 1
    night = _child("share", environment)
    parse = _child("parse", environment)
    again = _child("share", environment)
    Export.night = 2
    planned = _child("plan", environment)
    applied = _child("apply", environment | {"BENCH_RUN": str(planned["run"])})
    batches = math.ceil(changed / BATCH)
    minimum = math.ceil(users / PAGE) + 3 + 2 + 2 * batches + 2
    helper = _child("helper", environment)
    goals = [
        ("rows written that had changed", night["pushed"], changed, night["pushed"] == changed),
        ("rows written with nothing changed", again["pushed"], 0, again["pushed"] == 0),
        ("rows of a stored plan written", applied["pushed"], changed, applied["pushed"] == changed),
        ("CPU against strict parsing", night["cpu"] / parse["cpu"], MOST_CPU, None),
        ("peak memory, MB", night["peak"], MOST_MEGABYTES, None),
    ]
    if users >= FULL_USERS:  # a few polls, or what any process grows by, are much of a small run
        goals += [
            ("API calls against the minimum", night["calls"] / minimum, MOST_CALLS, None),
            ("memory against the library's helper", applied["grown"] / helper["grown"],
             MOST_OF_HELPER, None),
        ]  # fmt: skip
    print(
        f"{users} users, {contacts} contacts, {changed} changed; {night['calls']} API calls, at "
        f"least {minimum}; CPU {night['cpu']:.2f} s, parsing {parse['cpu']:.2f} s; memory grown "
        f"by {night['grown']:.0f} MB, while only pushing by {applied['grown']:.0f} MB, the "
        f"helper's by {helper['grown']:.0f} MB"
    )
    missed = 0
    for name, value, goal, is_met in goals:
        is_met = value <= goal if is_met is None else is_met
        missed += not is_met
        print(f"{'ok    ' if is_met else 'MISSED'}  {name}: {value:.2f} (goal {goal:g})")
    return 1 if missed else 0


def _child(name: str, environment: dict) -> dict:
    command = [sys.executable, "-m", "scripts.benches.night", "--child", name]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _peak() -> float:
    """Return the most memory this process has ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _resident() -> float:
    """Return the memory this process has now, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def _share() -> int:
    from service.share_commands import PUSH

    return _night(lambda sharing, tenant: sharing.begin(tenant, PUSH))


def _apply() -> int:
    """Push the changed rows and nothing else, as the library's helper does: they are planned."""
    return _night(lambda sharing, tenant: sharing.apply(tenant, int(os.environ["BENCH_RUN"])))


def _plan() -> int:
    from service.commands import open_sharing
    from service.share_commands import PUSH

    sharing, tenant = open_sharing("acme")
    run = sharing.work(tenant, sharing.begin(tenant, PUSH, plan_only=True))
    print(json.dumps({"run": run.id}))
    return 0


def _night(begin) -> int:
    import simple_salesforce  # noqa: F401 - part of what a process weighs before it works

    from service.commands import open_sharing

    sharing, tenant = open_sharing("acme")
    sharing._pause = lambda seconds: time.sleep(min(seconds, 0.2))
    gc.collect()
    gc.freeze()  # as the command does
    resident, begun = _resident(), time.process_time()
    run = sharing.work(tenant, begin(sharing, tenant))
    spent = time.process_time() - begun
    if run.state != "done":
        raise SystemExit(f"{run.code}: {run.detail}")
    told = {
        "cpu": spent,
        "peak": _peak(),
        "grown": _peak() - resident,
        "pushed": run.counts["pushed"],
        "calls": run.counts["apiCalls"],
    }
    print(json.dumps(told))
    return 0


def _parse() -> int:
    from service.upstream.export_page import read_rows

    users, spent = int(os.environ["BENCH_USERS"]), 0.0
    for page in range(-(-users // PAGE)):
        body = page_bytes(page, users, 1)
        begun = time.process_time()
        for _ in range(PARSED):
            read_rows(body)
        spent += time.process_time() - begun
    print(json.dumps({"cpu": spent / PARSED}))
    return 0


def _helper() -> int:
    """Push the changed rows as the library's users do."""
    from service.settings import read_settings
    from service.upstream.crm import Crm
    from service.upstream.transport import Transport

    connection = read_settings(os.environ).tenants["acme"].crm
    crm = Crm("acme", connection, Transport(allow_private_addresses=True))
    crm._signed_in()
    resident = _resident()
    wanted = {contact(n)["Email"]: n for n in range(0, int(os.environ["BENCH_USERS"]), 20)}
    pages = crm.query_pages("SELECT Id,Email FROM Contact")
    found = [(r["Id"], wanted[r["Email"]]) for _n, page in pages for r in page
             if r["Email"] in wanted]  # fmt: skip
    rows = [
        {
            "Id": record_id,
            "Personalization_Engagement__c": (n % 1_000) / 10,
            "Personalization_Engagement_Trend__c": 1,
            "Personalization_First_Activity__c": "2026-01-01T00:00:00.000Z",
            "Personalization_Last_Activity__c": "2026-11-20T00:00:00.000Z",
            "Personalization_Link__c": f"https://acme.evergage.com/users/{n:024x}",
        }
        for record_id, n in found
    ]
    results = crm._signed_in().bulk.Contact.update(rows, batch_size=BATCH)
    if len(results) != len(rows):
        raise SystemExit("the helper lost rows")
    print(json.dumps({"grown": _peak() - resident}))
    return 0


CHILDREN = {
    "share": _share,
    "plan": _plan,
    "apply": _apply,
    "parse": _parse,
    "helper": _helper,
}

if __name__ == "__main__":
    sys.exit(main())
