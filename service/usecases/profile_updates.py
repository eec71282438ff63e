"""What a Flow sends: identities, attributes and profile objects of up to 200 records a call.

Each row gets a result of its own, in order. What is accepted is on disk and goes out later.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import orjson

from service.metrics import ERASED_SKIPS, OUTBOX_ACCEPTED, REFUSED_ROWS
from service.storage.action_names import ActionNames
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
from service.tenant import Dataset, Tenant
from service.usecases.profile_update_rows import (
    ProfileUpdate,
    RowRefused,
    read_row,
    record_id_of,
)

KIND = "profile-update"
FLOW_APPLICATION = "Flow"
MOST_ACTIONS = 50
"""Half of what Personalization keeps of a profile and day; beyond it we warn."""
MOST_ROWS = 200
"""As many as Salesforce hands to one invocable call."""


@dataclass(frozen=True)
class _Row:
    """One row and what is known of it before anything is stored."""

    record_id: str | None
    correlation_id: str
    update: ProfileUpdate | None = None
    refusal: RowRefused | None = None


class ProfileUpdates:
    """Accepts profile updates for every tenant."""

    def __init__(self, outbox: Outbox, action_names: ActionNames):
        self._outbox = outbox
        self._action_names = action_names

    def check(
        self, tenant: Tenant, dataset_name: str, updates: Sequence[object], correlation_id: str
    ) -> bytes:
        """Say of each row whether it would be accepted; nothing is stored.

        Raises: UnknownDataset.
        """
        rows = _rows(tenant.dataset(dataset_name), updates, correlation_id)
        results = [_refused(r) if r.refusal else _valid(r) for r in rows]
        return orjson.dumps({"results": results, "warnings": []})

    def accept(
        self,
        tenant: Tenant,
        dataset_name: str,
        action: str,
        updates: Sequence[object],
        request_key: RequestKey,
        correlation_id: str,
    ) -> Accepted:
        """Put every usable row on disk; the answer has one result for each row, in order.

        Raises: UnknownDataset, IdempotencyKeyReused, IdempotencyKeyInUse.
        """
        dataset = tenant.dataset(dataset_name)
        rows = _rows(dataset, updates, correlation_id)
        warnings = self._warnings(tenant, dataset, action)

        def answer(outcomes: Sequence[Outcome]) -> bytes:
            left = iter(outcomes)
            results = [_refused(r) if r.refusal else _result(r, next(left)) for r in rows]
            erased = sum(each.verdict == Verdict.ERASED for each in outcomes)
            ERASED_SKIPS.labels(tenant.name, KIND).inc(erased)
            return orjson.dumps({"results": results, "warnings": warnings})

        drafts = tuple(_draft(action, row) for row in rows if row.update)
        accepted = self._outbox.accept(
            Acceptance(
                tenant=tenant.name,
                dataset=dataset.name,
                request_key=request_key,
                drafts=drafts,
                answer=answer,
            )
        )
        if not accepted.is_repeat:
            OUTBOX_ACCEPTED.labels(tenant.name, KIND).inc(len(drafts))
            REFUSED_ROWS.labels(tenant.name).inc(len(rows) - len(drafts))
        return accepted

    def _warnings(self, tenant: Tenant, dataset: Dataset, action: str) -> list[dict]:
        number = self._action_names.note(tenant.name, dataset.name, action)
        if number <= MOST_ACTIONS:
            return []
        message = (
            f"Dataset {dataset.name} has seen {number} distinct actions. Personalization drops "
            "the least frequent ones of a profile: keep action names constant."
        )
        return [{"code": "TOO_MANY_ACTIONS", "message": message}]


def _rows(dataset: Dataset, updates: Sequence[object], correlation_id: str) -> list[_Row]:
    return [_row(dataset, each, f"{correlation_id}.{n}") for n, each in enumerate(updates, 1)]


def _row(dataset: Dataset, given: object, correlation_id: str) -> _Row:
    try:
        update = read_row(dataset, given)
    except RowRefused as refusal:
        return _Row(record_id_of(given), correlation_id, refusal=refusal)
    return _Row(update.record_id, correlation_id, update=update)


def _draft(action: str, row: _Row) -> Draft:
    update = row.update
    content = {
        "attributes": update.attributes,
        "profileObjects": [asdict(each) for each in update.profile_objects],
    }
    return Draft(
        kind=KIND,
        identities=update.identities,
        parts=(Part(content, update.key, _fingerprint(action, update, content)),),
        correlation_id=row.correlation_id,
        repeatable=True,
        head={"action": action},
        key_scope="update",
    )


def _fingerprint(action: str, update: ProfileUpdate, content: dict) -> str:
    identities = sorted((each.type, each.value) for each in update.identities)
    return digest_of(orjson.dumps([action, identities, content], option=orjson.OPT_SORT_KEYS))


def _result(row: _Row, outcome: Outcome) -> dict:
    if outcome.verdict == Verdict.KEY_REUSED:
        message = "This key belongs to an update with another content. Use a new one."
        return _refused(row, RowRefused("KEY_REUSED", "key", message))
    if outcome.verdict == Verdict.ERASED:
        message = "This person was erased. Nothing was sent or kept."
        nameless = replace(row, record_id=None)  # the answer is kept for a while
        return _refused(nameless, RowRefused("ERASED_PERSON", "identities", message))
    return _wire(
        row,
        "ACCEPTED" if outcome.verdict == Verdict.ACCEPTED else "DUPLICATE",
        correlation_id=outcome.correlation_id,
        resolved_user_id=outcome.resolved_user_id,
    )


def _valid(row: _Row) -> dict:
    return _wire(row, "VALID")


def _refused(row: _Row, refusal: RowRefused | None = None) -> dict:
    refusal = refusal or row.refusal
    return _wire(row, "REJECTED", refusal.code, refusal.message, refusal.field)


def _wire(
    row: _Row,
    status: str,
    code: str | None = None,
    message: str | None = None,
    field: str | None = None,
    correlation_id: str | None = None,
    resolved_user_id: str | None = None,
) -> dict:
    return {
        "recordId": row.record_id,
        "status": status,
        "code": code,
        "message": message,
        "field": field,
        "correlationId": correlation_id or row.correlation_id,
        "resolvedUserId": resolved_user_id,
    }
