"""The REST API's routes for bulk jobs.

Source: Bulk API 2.0 and Bulk API Developer Guide, "Get All Jobs".
"""

from flask import Blueprint, jsonify, request

from simulator.crm.bulk.forms import job_info
from simulator.crm.entry import enter_rest, org
from simulator.crm.errors import OrgError

routes = Blueprint("bulk_v2", __name__, url_prefix="/services/data/v<version>/jobs")
routes.before_request(enter_rest)
LISTED = ("id", "operation", "object", "createdById", "createdDate", "systemModstamp", "state",
          "concurrencyMode", "contentType", "apiVersion")  # fmt: skip
PAGE = 1_000


@routes.get("/ingest")
def list_jobs(version: str):
    """Return the org's jobs in any order, up to 1,000 a page."""
    if request.args.get("jobType") != "Classic":
        raise OrgError(400, "NOT_IMPLEMENTED", "only jobType=Classic is simulated")
    start = int(request.args.get("queryLocator") or 0)
    jobs = org().bulk.all()[::-1]
    shown = [_classic(job) for job in jobs[start : start + PAGE]]
    done = start + PAGE >= len(jobs)
    path = f"/services/data/v{version}/jobs/ingest?jobType=Classic&queryLocator={start + PAGE}"
    return jsonify(done=done, records=shown, nextRecordsUrl=None if done else path)


def _classic(job) -> dict:
    info = job_info(job)
    return {name: info[name] for name in LISTED} | {"jobType": "Classic"}
