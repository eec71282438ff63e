"""A night on stage: a simulated org, a user export of the test's own, and the service's parts."""

import json
import shutil
from pathlib import Path

import requests
from flask import Flask, Response, request

from service.joining import join
from service.settings import read_settings
from simulator.crm.users import USER_ID
from simulator.http_server import RunningServer

TENANT = """\
[tenants.acme]
org_id = "00D000000000001EAA"
[tenants.acme.personalization]
url = "{export_url}"
api_key_id = "env:KEY"
api_key_secret = "env:SECRET"
[tenants.acme.datasets.retail]
identity_types = ["emailAddress", "sfcrmContactId", "sfcrmLeadId", "customerId"]
catalog_types = ["Category"]
[tenants.acme.datasets.retail.user_attributes]
jobTitle = "string"
interests = "string"
points = "number"
birthday = "date"
doNotCall = "boolean"
portalId = "string"
[tenants.acme.crm]
instance_url = "{org_url}"
client_id = "env:CRM_KEY"
client_secret = "env:CRM_SECRET"
[tenants.acme.data_sharing]
dataset = "retail"
{options}
[tenants.acme.data_sharing.push.contact]
{push}
{more}
"""
PUSH = 'Personalization_Engagement__c = "engagementScore"'


class UserExport:
    """Serves `rows` as Personalization's export does; `broken` maps a page to its bytes."""

    def __init__(self):
        self.rows: list[dict] = []
        self.segments: dict[str, list[str]] = {}
        self.broken: dict[int, bytes] = {}
        self.asked: list[int] = []
        app = Flask(__name__)
        app.add_url_rule("/api/dataset/<dataset>/users.json", view_func=self._page)
        self._server = RunningServer(app, port=0)
        self.url = self._server.url

    def _page(self, dataset: str):
        size, page = int(request.args["pageSize"]), int(request.args["page"])
        segment = request.args.get("filter")
        rows = [r for r in self.rows if not segment or r["name"] in self.segments.get(segment, ())]
        if not segment:
            self.asked.append(page)
            if page in self.broken:
                return Response(self.broken[page], mimetype="application/json")
        body = json.dumps(rows[page * size : (page + 1) * size])
        return Response(body, mimetype="application/json")

    def stop(self) -> None:
        self._server.stop()


class Stage:
    """The parts of one service; `restart` joins them anew, as another process would."""

    def __init__(self, org, export: UserExport, folder: Path, state_url: str):
        self.org, self.export = org, export
        self._folder, self._state_url = folder, state_url
        self.environment: dict[str, str] = {}
        self.steps: list[str] = []
        self.parts = None
        self.configure()

    def configure(self, *, push=PUSH, options="", more="") -> None:
        """Write the tenants file and join the parts."""
        file = self._folder / "tenants.toml"
        file.write_text(
            TENANT.format(
                export_url=self.export.url,
                org_url=self.org.url,
                options=options,
                push=push,
                more=more,
            )
        )
        self.environment = {
            "KEY": "demo-key",
            "SECRET": "demo-secret",
            "CRM_KEY": "demo-sharing-client",
            "CRM_SECRET": "demo-sharing-secret",
            "P13N_TENANTS": str(file),
            "P13N_DATA_DIR": str(self._folder / "data"),
            "P13N_DATABASE_URL": self._state_url,
            "P13N_SECRET_KEY": "a secret key of the tests and long enough",
            "P13N_ALLOW_HTTP_UPSTREAM": "1",
        }
        self.restart()

    def restart(self) -> None:
        if self.parts:
            self.parts.close()
        self.parts = join(read_settings(self.environment))
        self.sharing = self.parts.data_sharing
        self.sharing._pause = lambda seconds: None
        self.sharing._export._pause = lambda seconds: None
        self.sharing._on_step = self.steps.append
        self.tenant = self.parts.settings.tenants["acme"]

    def close(self) -> None:
        self.parts.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def user(self, name: str, **values) -> dict:
        """Add a row to the export; attributes by keyword, values of the row by `row`."""
        row = {
            "name": name,
            "displayName": name,
            "engagementScore": 0.5,
            "engagementPercentChange": 0,
            "firstActivity": 1_700_000_000_000,
            "lastActivity": 1_700_000_500_000,
            "totalActions": 1,
            "accountName": None,
        } | values.pop("row", {})
        row["attributes"] = values
        self.export.rows.append(row)
        return row

    def record(self, object_name: str = "Contact", **values) -> str:
        """Add a record to the org and return its id."""
        org = self.org.org
        described = org.schema.object(object_name)
        if object_name in ("Contact", "Lead"):
            values = {"LastName": "Doe"} | values
        if object_name == "Lead":
            values = {"Company": "Doe Ltd"} | values
        return org.records.create(described, values, USER_ID)

    def change(self, record_id: str, object_name: str = "Contact", **values) -> None:
        org = self.org.org
        org.records.change(org.schema.object(object_name), record_id, values, USER_ID)

    def delete(self, record_id: str, object_name: str = "Contact") -> None:
        self.org.org.records.delete(self.org.org.schema.object(object_name), record_id, USER_ID)

    def convert(self, lead: str, contact: str) -> None:
        self.org.org.records.convert(lead, contact, USER_ID)

    def merge(self, winner: str, *losers: str) -> None:
        body = {"object": "Contact", "winner": winner, "losers": losers}
        requests.post(f"{self.org.url}/_simulator/merge", json=body, timeout=5).raise_for_status()

    def field(self, record_id: str, name: str, object_name: str = "Contact"):
        org = self.org.org
        return org.records.read(org.schema.object(object_name), record_id, [name])[name]

    def plan(self, **options):
        return self._work(self.sharing.begin(self.tenant, "push", plan_only=True, **options))

    def push(self, **options):
        return self._work(self.sharing.begin(self.tenant, "push", **options))

    def pull(self):
        return self._work(self.sharing.begin(self.tenant, "pull"))

    def resume(self, **options):
        return self._work(self.sharing.to_resume(self.tenant, **options))

    def apply(self, run):
        return self._work(self.sharing.apply(self.tenant, run.id))

    def undo(self, run):
        return self._work(self.sharing.begin_undo(self.tenant, run.id))

    def _work(self, run):
        return self.sharing.work(self.tenant, run)

    def rows(self, run) -> list:
        return list(self.sharing.rows.all(run))

    def codes(self, run) -> list[tuple]:
        """Return (object, source, status, code) of every row of a run."""
        return [(r.object_name, r.source_id, str(r.status), r.code) for r in self.rows(run)]

    def jobs(self) -> list[dict]:
        return [
            {"state": job.state, "object": job.object_name, "batches": len(job.batches)}
            for job in self.org.org.bulk.all()
        ]

    def fault(self, **switches) -> None:
        momentary = {"sessionExpired", "requestLimit", "jobAborted", "route", "after", "times"}
        now = {k: v for k, v in switches.items() if k in momentary or k in WIRE}
        later = {k: v for k, v in switches.items() if k not in now}
        if now:
            self.org.org.faults.set(now)
        if later:
            self.org.org.switches.set(later)


WIRE = {"httpStatus", "acceptThenDrop", "dropConnection", "truncate", "latencyMs", "nan", "notJson"}
