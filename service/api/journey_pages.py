"""What Journey Builder loads of our activities: `config.json`, the page, its icon.

The page asks nobody for a token, because nobody signs in to it: it is told names only, those that
the operator wrote into the tenants file (docs/decisions/0004). No cookies; framed by the tenant's
Marketing Cloud stack and by nobody else.
"""

import html
import re

import orjson
from flask import Response, jsonify

from service.api.bodies import ApiBlueprint
from service.api.datasets import offered
from service.api.journey_calls import journey_tenant
from service.api.journey_files import FILES, MEDIA_TYPES, PAGE
from service.errors import NotFound
from service.journey_builder import JourneyBuilder
from service.tenant import Dataset, Tenant
from service.usecases.journey_split import Branch
from service.usecases.journey_validation import ActivityKind

NAMES = {
    ActivityKind.ACTIVITY: (
        "Personalization Activity",
        "Tells Personalization where the contact is in this journey.",
    ),
    ActivityKind.SPLIT: (
        "Personalization Split",
        "Splits contacts by a segment or an affinity of Personalization.",
    ),
}
STEPS = {
    ActivityKind.ACTIVITY: ("Dataset", "Action", "Identifiers", "Attributes", "Summary"),
    ActivityKind.SPLIT: ("Dataset", "Question", "Identifiers", "Summary"),
}
BRANCH_LABELS = {Branch.IN: "Yes", Branch.OUT: "No", Branch.UNKNOWN: "Unknown"}
OUT_ARGUMENTS = ("status", "code", "message")
EXECUTE = {
    "verb": "POST",
    "format": "json",
    "useJwt": True,
    "timeout": 20_000,
    "retryCount": 5,
    "retryDelay": 10_000,
    "concurrentRequests": 10,
}
"""Retries are off unless asked for, and the first 503 would then be the contact's last."""

blueprint = ApiBlueprint("journey_pages", __name__, description="What Journey Builder loads")


@blueprint.get("/journey/<tenant>/<any(activity,split):kind>/config.json")
@blueprint.doc(security=[])
def config(tenant: str, kind: str):
    """Return what Journey Builder puts on its palette."""
    known = journey_tenant(tenant)
    return jsonify(_config(known, ActivityKind(kind)))


@blueprint.get("/journey/<tenant>/<any(activity,split):kind>/")
@blueprint.get("/journey/<tenant>/<any(activity,split):kind>/index.html")
@blueprint.doc(security=[])
def page(tenant: str, kind: str):
    """Return the configuration page with the names it offers."""
    known = journey_tenant(tenant)
    facts = {
        "kind": kind,
        "frameOrigins": known.journey_builder.frame_origins,
        "datasets": [_offered(dataset) for dataset in known.datasets.values()],
    }
    values = {"title": html.escape(NAMES[ActivityKind(kind)][0]), "facts": _in_script(facts)}
    source = (PAGE / "index.html").read_text(encoding="utf-8")
    document = re.sub(r"\{(title|facts)\}", lambda found: values[found[1]], source)
    response = Response(document, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = _policy(known.journey_builder)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.get("/journey/<tenant>/<any(activity,split):kind>/<file>")
@blueprint.doc(security=[])
def page_file(tenant: str, kind: str, file: str):
    """Return one of the page's own files."""
    journey_tenant(tenant)
    path = FILES.get(file)
    if path is None or not path.is_file():
        raise NotFound()
    response = Response(
        path.read_bytes(), content_type=f"{MEDIA_TYPES[path.suffix]}; charset=utf-8"
    )
    response.headers["Cache-Control"] = "no-cache"
    return response


def _offered(dataset: Dataset) -> dict:
    return offered(dataset) | {"segmentNames": sorted(dataset.segment_names.values())}


def _policy(journey_builder: JourneyBuilder) -> str:
    """Return a policy under which the page loads and sends nothing but ours.

    `frame-ancestors` is checked against every ancestor, hence all hosts of the stack.
    """
    ancestors = " ".join(journey_builder.frame_origins)
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {ancestors}"
    )


def _in_script(value: object) -> str:
    """Return JSON that cannot end the script element it stands in."""
    return orjson.dumps(value).decode("utf-8").replace("<", "\\u003c")


def _config(tenant: Tenant, kind: ActivityKind) -> dict:
    """Describe an activity. Addresses come from the tenants file, never from the request."""
    base = f"{tenant.journey_builder.public_url}/journey/{tenant.name}/{kind}"
    name, description = NAMES[kind]
    is_split = kind is ActivityKind.SPLIT
    outs = ("branchResult",) if is_split else OUT_ARGUMENTS
    visible = [{out: {"dataType": "Text", "direction": "out", "access": "visible"}} for out in outs]
    described = {
        "workflowApiVersion": "1.1",
        "type": "RESTDECISION" if is_split else "REST",
        "metaData": {
            "icon": "icon.svg",
            "category": "flow" if is_split else "customer",
            "isConfigured": False,
            "expressionBuilderPrefix": "Personalization",
        },
        "lang": {
            "en-US": {"name": name, "description": description}
            | {f"step{step}": step for step in STEPS[kind]}
        },
        "arguments": {
            "execute": {"inArguments": [], "outArguments": []} | _call(base, "execute"),
            "testExecute": {"inArguments": [], "outArguments": []} | _call(base, "test-execute"),
        },
        "configurationArguments": _lifecycle(base),
        "wizardSteps": [
            {"label": step, "key": step.lower(), "active": True} for step in STEPS[kind]
        ],
        "userInterfaces": {
            "configurationSupportsReadOnlyMode": True,
            "configInspector": {"size": "large"},
        },
        "schema": {
            "arguments": {
                "execute": {"inArguments": [], "outArguments": [] if is_split else visible}
            }
        },
    }
    if is_split:
        described["outcomes"] = [
            {"arguments": {"branchResult": branch}, "metaData": {"label": label}}
            for branch, label in BRANCH_LABELS.items()
        ]
    return described


def _call(base: str, step: str) -> dict:
    return {"url": f"{base}/{step}"} | EXECUTE


def _lifecycle(base: str) -> dict:
    """Give every step of the life cycle, and its twin of test mode, an address."""
    calls = {}
    for step in ("save", "publish", "validate", "unpublish", "stop"):
        call = {"url": f"{base}/{step}", "verb": "POST", "useJwt": True, "timeout": 10_000}
        calls |= {step: call, f"test{step.capitalize()}": call}
    return calls
