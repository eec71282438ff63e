"""`/journey/{tenant}/activity/` and `/journey/{tenant}/split/`: what Journey Builder calls.

What it asks of a contact's step is answered with 200 unless a repeat would help; that is a 503.
A call that it did not sign is a 401.
"""

from flask import Response, current_app, g, jsonify, request

from service.api.bodies import ApiBlueprint
from service.api.journey_calls import MOST_BYTES, journey_tenant, lifecycle_call, signed_call
from service.deadline import Deadline
from service.errors import InvalidJson, InvalidRequest
from service.strict_json import NotStrictJson, loads
from service.usecases.journey_activity import JourneyActivity
from service.usecases.journey_split import JourneySplit
from service.usecases.journey_validation import ActivityKind, JourneyLifecycle, check

SPLIT_SECONDS = 3.5
REAL_MODE = 0
"""The `mode` of a step in every call that was seen; others are taken for tests (unverified)."""

blueprint = ApiBlueprint("journey_activity", __name__, description="What Journey Builder calls")


@blueprint.post("/journey/<tenant>/activity/execute")
@blueprint.doc(security=[])
def execute(tenant: str):
    """Take one contact's step."""
    return _step(tenant, is_test=False)


@blueprint.post("/journey/<tenant>/activity/test-execute")
@blueprint.doc(security=[])
def test_execute(tenant: str):
    """Say what one contact's step would send; send nothing."""
    return _step(tenant, is_test=True)


@blueprint.post("/journey/<tenant>/split/execute")
@blueprint.post("/journey/<tenant>/split/test-execute")
@blueprint.doc(security=[])
def decide(tenant: str):
    """Say which branch one contact takes; a question changes nothing, so a test may ask it too."""
    known, call = signed_call(tenant)
    split: JourneySplit = current_app.extensions["p13n_journey_split"]
    deadline = Deadline.after(SPLIT_SECONDS)
    branch = split.branch(known, call.get("inArguments"), deadline, g.correlation_id)
    return jsonify(branchResult=branch)


@blueprint.post("/journey/<tenant>/<any(activity,split):kind>/<any(validate,publish):_step>")
@blueprint.doc(security=[])
def judge(tenant: str, kind: str, _step: str):
    """Say whether the journey can work: 200, or 422 with every reason."""
    known, body = lifecycle_call(tenant)
    lifecycle: JourneyLifecycle = current_app.extensions["p13n_journey_lifecycle"]
    verdict = lifecycle.judge(known, ActivityKind(kind), body)
    if verdict.problems:
        message = " ".join(problem.message for problem in verdict.problems)
        raise InvalidRequest(message, errors=verdict.problems)
    return jsonify(valid=True, checked=verdict.was_checked)


@blueprint.post("/journey/<tenant>/<any(activity,split):kind>/<any(save,unpublish,stop):_step>")
@blueprint.doc(security=[])
def take_note(tenant: str, kind: str, _step: str):
    """Answer what asks nothing of us: we keep no configuration, and steps may follow a stop."""
    lifecycle_call(tenant)
    return jsonify(valid=True)


@blueprint.post("/journey/<tenant>/<any(activity,split):kind>/check")
@blueprint.doc(security=[])
def check_configuration(tenant: str, kind: str):
    """Tell our own page what publishing would say. Nothing is kept, nobody is looked up."""
    known = journey_tenant(tenant)
    request.max_content_length = MOST_BYTES
    try:
        given = loads(request.get_data(cache=False))
    except NotStrictJson as trouble:
        raise InvalidJson(f"The body is not strict JSON: {trouble}.") from None
    problems = check(known, ActivityKind(kind), given)
    return jsonify(problems=[{"field": each.field, "message": each.message} for each in problems])


def _step(tenant: str, *, is_test: bool) -> Response:
    known, call = signed_call(tenant)
    activity: JourneyActivity = current_app.extensions["p13n_journey_activity"]
    is_rehearsal = is_test or call.get("mode", REAL_MODE) != REAL_MODE
    answer = activity.execute(known, call, g.correlation_id, is_test=is_rehearsal)
    return Response(answer, mimetype="application/json")
