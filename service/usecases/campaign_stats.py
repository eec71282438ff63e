"""What became of an offer: seen, opened, accepted or declined; accepted durably, sent later.

An impression, a click and a dismissal are counters: Personalization counts each time it is
told. One is told once for each record view, experience and item, and never again after doubt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import orjson

from service.metrics import ERASED_SKIPS, OUTBOX_ACCEPTED
from service.model import Identity
from service.storage.outbox import Outbox
from service.storage.outbox_messages import (
    Acceptance,
    Accepted,
    Draft,
    Outcome,
    Part,
    RequestKey,
    Verdict,
    digest_of,
)
from service.tenant import Tenant
from service.usecases.known_identities import require_identity_type

KIND = "campaign-stats"
SECONDS_A_DAY = 86_400


class Stat(StrEnum):
    """What Personalization counts. Source: Event API, campaignStats."""

    IMPRESSION = "Impression"
    CLICK = "Click"
    DISMISSAL = "Dismissal"


class RepAnswer(StrEnum):
    """What the rep said became of the offer; *Offered* is kept in the CRM alone."""

    DETAILS = "Details"
    ACCEPTED = "Accepted"
    DECLINED = "Declined"


@dataclass(frozen=True)
class StatReport:
    """One stat about the items of one experience. `items` are (item type, id).

    `view_id` names the look at the record: the same stat of the same item counts once in it.
    """

    experience_id: str
    stat: Stat
    items: tuple[tuple[str, str], ...]
    campaign_id: str | None = None
    control: bool = False
    view_id: str | None = None
    answer: RepAnswer | None = None
    reason: str | None = None
    content_zone: str | None = None


class CampaignStats:
    """Accepts stats for every tenant."""

    def __init__(self, outbox: Outbox):
        self._outbox = outbox

    def accept(
        self,
        tenant: Tenant,
        dataset_name: str,
        identity: Identity,
        reports: Sequence[StatReport],
        request_key: RequestKey,
        correlation_id: str,
    ) -> Accepted:
        """Put the stats on disk; its answer is `{accepted, duplicates, erased, correlationId}`.

        A dismissed item stays away from this person for the dataset's time.
        Raises: UnknownDataset, UnknownIdentityType, IdempotencyKeyReused, IdempotencyKeyInUse.
        """
        dataset = tenant.dataset(dataset_name)
        require_identity_type(dataset, identity)
        drafts = tuple(_drafts(identity, reports, correlation_id))

        def answer(outcomes: Sequence[Outcome]) -> bytes:
            taken = {part.place for outcome in outcomes for part in outcome.parts}
            is_erased = any(each.verdict == Verdict.ERASED for each in outcomes)
            left_out = len(reports) - len(taken)
            ERASED_SKIPS.labels(tenant.name, KIND).inc(left_out if is_erased else 0)
            return orjson.dumps(
                {
                    "accepted": len(taken),
                    "duplicates": 0 if is_erased else left_out,
                    "erased": left_out if is_erased else 0,
                    "correlationId": correlation_id,
                }
            )

        accepted = self._outbox.accept(
            Acceptance(
                tenant=tenant.name,
                dataset=dataset.name,
                request_key=request_key,
                drafts=drafts,
                answer=answer,
                decline_hides_seconds=dataset.decline_hides_days * SECONDS_A_DAY,
            )
        )
        if not accepted.is_repeat:
            OUTBOX_ACCEPTED.labels(tenant.name, KIND).inc(len(drafts))
        return accepted


def _drafts(identity: Identity, reports: Sequence[StatReport], correlation_id: str):
    """Yield a message for all impressions, one for all dismissals, and one for each click."""
    numbered = list(enumerate(reports))
    for stat in (Stat.IMPRESSION, Stat.DISMISSAL):
        same = [(place, report) for place, report in numbered if report.stat == stat]
        parts = [part for place, report in same for part in _parts(place, report)]
        if parts:
            declined = [item for _place, report in same for item in report.items]
            yield _draft(identity, stat, parts, correlation_id, declined)
    for place, report in numbered:
        if report.stat == Stat.CLICK:
            for part in _parts(place, report):
                yield _draft(identity, report.stat, [part], correlation_id)


def _draft(identity, stat: Stat, parts, correlation_id: str, declined=()) -> Draft:
    is_dismissal = stat == Stat.DISMISSAL
    return Draft(
        kind=KIND,
        identities=(identity,),
        parts=tuple(parts),
        correlation_id=correlation_id,
        repeatable=False,
        head={"stat": stat},
        key_scope="stat",
        declined=tuple(dict.fromkeys(declined)) if is_dismissal else (),
        voids_answers=is_dismissal,
    )


def _parts(place: int, report: StatReport):
    for item_type, item_id in report.items or ((None, None),):
        yield Part(
            content={
                "campaignId": report.campaign_id,
                "experienceId": report.experience_id,
                "control": report.control,
                "itemType": item_type,
                "itemId": item_id,
                "answer": report.answer,
                "reason": report.reason,
                "contentZone": report.content_zone,
            },
            key=_key(report, item_type or "", item_id or ""),
            place=place,
        )


def _key(report: StatReport, item_type: str, item_id: str) -> str | None:
    if report.view_id is None:
        return None
    return digest_of(report.view_id, report.experience_id, report.stat, item_type, item_id)
