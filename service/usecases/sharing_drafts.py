"""Drafts the row of a plan: what is to be written to a record, or why nothing is."""

from collections.abc import Mapping, Sequence

import orjson

from service.storage.runs_rows import RunRows, Status
from service.tenant import Tenant
from service.upstream.crm import CrmField
from service.usecases.sharing_matching import ID
from service.usecases.sharing_preflight import Usable
from service.usecases.sharing_values import Unusable, comparable, digest_of, fit

SAME, NONE = "same", "none"
"""States of users in the file that a plan does not tell one by one."""


class Drafts:
    """Compares what Personalization has with what the record has, and with what was sent last."""

    def __init__(self, tenant: Tenant, rows: RunRows):
        self._tenant = tenant
        self._sharing = tenant.data_sharing
        self._rows = rows

    def sent_digests(self, object_name: str, ids: Sequence[str]) -> dict[str, str]:
        """Return the digest of what was last taken of each record."""
        return self._rows.sent_digests(self._tenant.name, object_name, ids)

    def row_for(
        self, usable: Usable, source_id: str, raws: Mapping, record: Mapping, rung, last, sent
    ) -> dict:
        """Return what is to be written to a record, or why nothing is."""
        found = {
            "object": usable.sharing.name,
            "source_id": source_id,
            "record_id": record[ID],
            "rung": rung,
            "parent": record.get("AccountId") or record[ID],
            "last_activity": last,
        }
        digest = digest_of([usable.form, self._sharing.blank, *raws.values()])
        if sent == digest:
            return found | {"status": SAME, "digest": digest}
        try:
            after = self._after(usable, raws)
        except Unusable as trouble:
            return found | {
                "status": Status.REJECTED,
                "code": trouble.code,
                "field": trouble.field,
                "message": str(trouble),
            }
        before = {name: record.get(name) for name in after}
        fields = usable.described.fields
        is_same = all(
            comparable(before[name], fields[name]) == comparable(after[name], fields[name])
            for name in after
        )
        if is_same:
            return found | {"status": SAME, "digest": digest}
        return found | {
            "status": Status.PLANNED,
            "digest": digest,
            "before": orjson.dumps(before).decode("utf-8"),
            "after": orjson.dumps(after).decode("utf-8"),
        }

    def _after(self, usable: Usable, raws: Mapping) -> dict:
        after = {}
        for push in usable.sharing.push:
            field = usable.described.fields[push.field]
            value = fit(raws[push.field], push, field)
            if value is None and self._sharing.blank == "clear":
                after |= _emptied(field)
            elif value is not None:
                after[push.field] = value
        return after


def _emptied(field: CrmField) -> dict:
    """Return what empties a field: a checkbox knows no null, and some fields must have a value."""
    if field.type == "boolean":
        return {field.name: False}
    return {field.name: None} if field.nillable else {}
