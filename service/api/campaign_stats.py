"""`POST /v1/campaign-stats`: what became of offers, accepted durably and sent on by a worker."""

from flask import current_app, g, request
from marshmallow import Schema, fields, validate

from service.api.authentication import needs
from service.api.bodies import READ_BODY_BYTES, ApiBlueprint
from service.api.idempotency import HEADER, WRITE_PROBLEMS, answered, request_key
from service.api.wire import IdentitySchema, text
from service.model import Identity
from service.usecases.campaign_stats import RepAnswer, Stat, StatReport

MOST_STATS = 100
MOST_ITEMS = 100
OF_A_VIEW = ("viewId", "answer", "reason", "contentZone")

blueprint = ApiBlueprint("campaign_stats", __name__, description="What became of offers")


class StatItemSchema(Schema):
    """One item that was on screen, opened or declined."""

    type = text(64, required=True, metadata={"example": "Promotion"})
    id = text(128, required=True)


class OfView(Schema):
    """What may stand on each stat, or once for all of them."""

    viewId = text(
        128,
        allow_none=True,
        metadata={"description": "one look at a record: a stat of an item counts once in it"},
    )
    answer = fields.Enum(RepAnswer, by_value=True, allow_none=True)
    reason = text(255, allow_none=True)
    contentZone = text(
        64, allow_none=True, metadata={"description": "of Einstein Decisions' click log"}
    )


class StatSchema(OfView):
    """One stat about the items of one experience."""

    campaignId = text(64, allow_none=True)
    experienceId = text(64, required=True)
    stat = fields.Enum(Stat, by_value=True, required=True)
    control = fields.Boolean(truthy={True}, falsy={False}, allow_none=True, load_default=False)
    items = fields.List(
        fields.Nested(StatItemSchema),
        validate=validate.Length(max=MOST_ITEMS),
        allow_none=True,
        load_default=(),
    )


class CampaignStatsRequest(OfView):
    """Stats about one person."""

    dataset = text(64, required=True, metadata={"example": "retail"})
    identity = fields.Nested(IdentitySchema, required=True)
    stats = fields.List(
        fields.Nested(StatSchema),
        required=True,
        validate=validate.Length(min=1, max=MOST_STATS),
    )


class CampaignStatsResponse(Schema):
    """How many of the stats are on disk now; the others were there before.

    `erased` counts stats about a person who was erased: they are dropped.
    """

    accepted = fields.Integer(required=True)
    duplicates = fields.Integer(required=True)
    erased = fields.Integer(required=True)
    correlationId = fields.String(required=True)


@blueprint.post("/v1/campaign-stats")
@needs("write")
@blueprint.arguments(CampaignStatsRequest)
@blueprint.response(202, CampaignStatsResponse)
@blueprint.problems(*WRITE_PROBLEMS)
@blueprint.doc(parameters=[HEADER])
def campaign_stats(body: dict):
    """Put stats on disk; each is sent to Personalization once, and never again after doubt."""
    accepted = current_app.extensions["p13n_campaign_stats"].accept(
        g.caller.tenant,
        body["dataset"],
        Identity(**body["identity"]),
        [_report(body, each) for each in body["stats"]],
        request_key(),
        g.correlation_id,
    )
    return answered(accepted, 202)


@blueprint.before_request
def _cap_body() -> None:
    request.max_content_length = READ_BODY_BYTES


def _report(body: dict, stat: dict) -> StatReport:
    of_all = {name: body.get(name) for name in OF_A_VIEW}
    of_view = of_all | {name: stat[name] for name in OF_A_VIEW if stat.get(name) is not None}
    return StatReport(
        experience_id=stat["experienceId"],
        campaign_id=stat.get("campaignId"),
        stat=stat["stat"],
        control=bool(stat["control"]),
        items=tuple((item["type"], item["id"]) for item in stat["items"] or ()),
        view_id=of_view["viewId"],
        answer=of_view["answer"],
        reason=of_view["reason"],
        content_zone=of_view["contentZone"],
    )
