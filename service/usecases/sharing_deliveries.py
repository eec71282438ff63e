"""What is pulled from the CRM, on its way to Personalization one person a message."""

from collections.abc import Sequence

import orjson

from service.model import Identity
from service.storage.outbox import Outbox
from service.storage.outbox_messages import (
    Acceptance,
    Draft,
    Part,
    RequestKey,
    Verdict,
    digest_of,
)
from service.tenant import Dataset, Tenant

KIND = "crm-attributes"
ACTION = "CRM Data Update"
"""Constant: Personalization keeps few distinct actions of a person."""
CRM_APPLICATION = "CRM"
ROUTE = "share pull"


def deliver(
    outbox: Outbox,
    tenant: Tenant,
    dataset: Dataset,
    prefix: str,
    changes: Sequence[tuple[Identity, dict]],
) -> int:
    """Accept the changed attributes of many people; the same again after `prefix` does nothing.

    Returns how many of them were erased meanwhile, and are left out.
    """
    content = [[who.type, who.value, attributes] for who, attributes in changes]
    fingerprint = digest_of(orjson.dumps(content, option=orjson.OPT_SORT_KEYS))
    key = f"{prefix} {fingerprint[:32]}"
    drafts = tuple(
        Draft(
            kind=KIND,
            identities=(identity,),
            parts=(Part({"attributes": attributes, "profileObjects": []}),),
            correlation_id=f"{key}.{number}",
            repeatable=True,
            head={"action": ACTION},
        )
        for number, (identity, attributes) in enumerate(changes, 1)
    )
    accepted = outbox.accept(
        Acceptance(
            tenant=tenant.name,
            dataset=dataset.name,
            request_key=RequestKey(ROUTE, key, fingerprint),
            drafts=drafts,
            answer=lambda outcomes: orjson.dumps(
                {"erased": sum(each.verdict == Verdict.ERASED for each in outcomes)}
            ),
        )
    )
    return orjson.loads(accepted.answer).get("erased", 0)
