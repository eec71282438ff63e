"""The documented reads and the deletion of people, and two small public routes.

Source: developer.salesforce.com, Personalization guide, "User Look-Up and Deletion API", "User
Export API", "Trends".
"""

import csv
import io

from flask import Blueprint, Response, abort, jsonify, request

from simulator.personalization.admission import account, admit, dataset_named
from simulator.personalization.trends import trends
from simulator.personalization.user_export import export_page, export_rows
from simulator.personalization.user_lookup import look_up

routes = Blueprint("people", __name__)


@routes.get("/api/dataset/<dataset>/user/<user_id>")
def user(dataset: str, user_id: str):
    """Return one person's profile by profile id or anonymous id, never by e-mail."""
    switches = account().switches
    admit("can_access_api" if switches["lookupNeedsApiPermission"] else None, dataset)
    with account().lock:
        profile = dataset_named(dataset).profiles.get(user_id)
        if profile is None and switches["lookupMissing"] == 404:
            abort(404, "no such user")
        found = look_up(dataset_named(dataset), profile, switches) if profile else {}
    return jsonify(found)


@routes.get("/api/dataset/<dataset>/users.json")
def users_json(dataset: str):
    """Return a page of people as a bare array; past the last page it is empty."""
    return jsonify(_export(dataset))


@routes.get("/api/dataset/<dataset>/users.csv")
def users_csv(dataset: str):
    """Return the same page as comma-separated values, attributes spread into columns."""
    rows = [row | row.pop("attributes") for row in _export(dataset)]
    out = io.StringIO()
    columns = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return Response(out.getvalue(), mimetype="text/csv")


@routes.post("/api/dataset/<dataset>/users/delete")
def delete_users(dataset: str):
    """Delete the people named in an uploaded file, at once and for good."""
    admit("can_access_api", dataset)
    upload = request.files.get("file")
    if upload is None:
        abort(400, "a multipart field named file is expected")
    lines = upload.read().decode("utf-8-sig").splitlines()
    if not lines or lines[0].strip() != "name":
        abort(400, "the first line must be: name")
    names = [line.strip() for line in lines[1:] if line.strip()]
    with account().lock:
        profiles = dataset_named(dataset).profiles
        found = {p.id: p for p in map(profiles.get, names) if p}
        for profile in found.values():
            profiles.delete(profile)
    return Response(f"Deleted {len(found)} users ({len(names)} requested)", mimetype="text/plain")


@routes.get("/api/dataset/<dataset>/social/smartTrends/Product")
def smart_trends(dataset: str):
    """Return how often products were viewed and bought in the last minutes; open to all."""
    ids = [i for i in request.args.get("itemIds", "").split(",") if i]
    minutes = min(request.args.get("lookbackMins", 60, type=int), 2880)
    with account().lock:
        now_ms = account().clock.now_ms()
        return jsonify(trends(dataset_named(dataset), ids, now_ms - minutes * 60_000))


@routes.get("/internal/datasetSummaries")
def dataset_summaries():
    """Return names and labels of the datasets. Undocumented; seen in a public client."""
    admit(None)
    return jsonify([{"name": d.name, "label": d.label} for d in account().datasets.values()])


def _export(dataset: str) -> list[dict]:
    admit("can_access_api", dataset)
    args = request.args
    with account().lock:
        rows = export_rows(dataset_named(dataset), args.get("filter") or args.get("segmentId"))
    size = args.get("pageSize", type=int) or max(1, len(rows))
    return export_page(rows, args.get("page", 0, type=int), size, account().switches)
