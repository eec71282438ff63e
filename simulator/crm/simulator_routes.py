"""The org's own routes below `/_simulator/`: what admins, time and other systems do to it."""

import resource
import time

import orjson
from flask import Blueprint, abort, jsonify, request

from simulator.crm.bulk.forms import batch_info, job_info
from simulator.crm.entry import org
from simulator.crm.loading import load
from simulator.crm.records import OrgError
from simulator.crm.users import USER_ID

routes = Blueprint("inspection", __name__, url_prefix="/_simulator")


@routes.get("/usage")
def usage():
    """Return what the stand-in's process has used so far: seconds of CPU, bytes at its peak."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return jsonify(cpuSeconds=time.process_time(), peakBytes=peak)


@routes.get("/credentials/<external_credential>/<principal>")
def credential(external_credential: str, principal: str):
    """What the platform itself would use on a callout; no REST client ever sees it."""
    return jsonify(org().credentials.secrets(external_credential, principal))


@routes.delete("/sessions")
def end_sessions():
    org().sessions.end_all()
    return "", 204


@routes.post("/certificate")
def trust_certificate():
    """Keep the public key that signs a client's JWTs: `{clientId, publicKey}`, as PEM."""
    body = _body()
    org().sessions.trust(body["clientId"], body["publicKey"])
    return "", 204


@routes.get("/limits")
def show_limits():
    return jsonify(org().limits.view())


@routes.post("/limits")
def set_limits():
    """Set allowances: `{"DailyApiRequests": {"max": 5000, "remaining": 3}}`, either or both."""
    for name, wanted in _body().items():
        try:
            if "max" in wanted:
                org().limits.set_maximum(name, int(wanted["max"]))
            if "remaining" in wanted:
                org().limits.set_remaining(name, int(wanted["remaining"]))
        except KeyError:
            abort(400, f"no such allowance: {name}")
    return show_limits()


@routes.post("/load/<object_name>")
def load_records(object_name: str):
    """Add many records at once, one JSON object a line, as they are: nothing is checked."""
    described = org().schema.object(object_name)
    if described is None:
        abort(404, f"no such object: {object_name}")
    lines = request.get_data().splitlines()
    return jsonify(loaded=load(org(), described, (orjson.loads(line) for line in lines if line)))


@routes.post("/merge")
def merge():
    """Merge records: `{object, winner, losers}`. The losers are deleted and name the winner."""
    body = _body()
    described = org().schema.objects[body["object"]]
    with org().database.lock:
        for loser in body["losers"]:
            columns = {"IsDeleted": 1, "MasterRecordId": body["winner"]}
            org().records.touch(described, loser, columns, USER_ID)
        org().records.touch(described, body["winner"], {}, USER_ID)
    return "", 204


@routes.post("/convert")
def convert():
    """Convert a lead: `{lead, contact, account}`; without a contact one is made of the lead."""
    body = _body()
    return jsonify(org().records.convert(body["lead"], body.get("contact"), USER_ID))


@routes.get("/jobs")
def jobs():
    """Return all Bulk API 1.0 jobs with their batches; looking from here moves nothing."""
    return jsonify(
        [
            job_info(job) | {"batches": [batch_info(job, batch) for batch in job.batches]}
            for job in org().bulk.all()
        ]
    )


@routes.post("/jobs/finish")
def finish_jobs():
    """Let time pass until all batches have ended."""
    org().bulk.finish()
    org().bulk_v2.finish()
    return "", 204


@routes.post("/jobs/<job_id>/abort")
def abort_job(job_id: str):
    """Abort a job as an admin does in Setup."""
    org().bulk.abort(org().bulk.job(job_id))
    return "", 204


def _body() -> dict:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise OrgError(400, "JSON_PARSER_ERROR", "a JSON object is expected")
    return body
