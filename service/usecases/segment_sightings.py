"""What a source says of somebody in a segment, as an entry would need it."""

from collections.abc import Mapping

import orjson

from service.model import Identity
from service.segment_exports import (
    CONTACT_KEY,
    EMAIL,
    SEGMENT_ID,
    SEGMENT_NAME,
    TRIGGER,
    SegmentExport,
)
from service.storage.outbox_messages import digest_of
from service.storage.people import digest
from service.storage.segment_members import NO_CONTACT_KEY, Sighting

LONGEST_CONTACT_KEY = 254
"""Source: Marketing Cloud Engagement guide, subscriber keys."""
CONTACT_KEY_TOO_LONG = "CONTACT_KEY_TOO_LONG"
INVALID_CONTACT_KEY = "INVALID_CONTACT_KEY"
OPTED_OUT = "OPTED_OUT"
TRUE_WORDS = frozenset({"true", "yes", "1", "y", "optout"})


def sighting(
    tenant: str,
    export: SegmentExport,
    attributes: Mapping[str, object],
    *,
    profile_id: str,
    joined_ms: int | None = None,
) -> Sighting:
    """Return what becomes of a member with these attributes.

    Without a usable contact key there is nobody to enter; the person is then known by the
    profile's id, so that it is refused once and not at each read.
    """
    key = attributes.get(export.contact_key)
    key = key.strip() if isinstance(key, str) else ""
    barred = _why_barred(export, key, attributes)
    if not key:
        person = digest_of(tenant, export.dataset, "profile", profile_id)
    else:
        person = digest(tenant, export.dataset, Identity(export.contact_key, key))
    if barred:
        return Sighting(person, None, None, joined_ms, barred)
    data = {
        column: _value(export, source, key, attributes) for column, source in export.data.items()
    }
    return Sighting(person, key, orjson.dumps(data), joined_ms)


def person_with(tenant: str, export: SegmentExport, contact_key: str) -> str:
    """Return under which digest the owner of a contact key is known."""
    return digest(tenant, export.dataset, Identity(export.contact_key, contact_key.strip()))


def row_sighting(tenant: str, export: SegmentExport, row: Mapping) -> Sighting:
    """Return what a row of the user export says of a member."""
    attributes = row.get("attributes")
    name, joined = row.get("name"), row.get("segmentJoined")
    is_moment = isinstance(joined, int) and not isinstance(joined, bool) and joined > 0
    return sighting(
        tenant,
        export,
        attributes if isinstance(attributes, dict) else {},
        profile_id=name if isinstance(name, str) else "",
        joined_ms=joined if is_moment else None,
    )


def _why_barred(export: SegmentExport, key: str, attributes: Mapping[str, object]) -> str | None:
    if not key:
        return NO_CONTACT_KEY
    if len(key) > LONGEST_CONTACT_KEY:
        return CONTACT_KEY_TOO_LONG
    if not key.isprintable():
        return INVALID_CONTACT_KEY
    if any(_is_true(attributes.get(name)) for name in export.kept_out_by):
        return OPTED_OUT
    return None


def _is_true(value: object) -> bool:
    """Tell whether an attribute says yes, however its source spells it."""
    if isinstance(value, str):
        return value.strip().lower() in TRUE_WORDS
    return bool(value)


def _value(export: SegmentExport, source: str, key: str, attributes: Mapping[str, object]):
    special = {
        CONTACT_KEY: key,
        EMAIL: attributes.get(export.email) if export.email else None,
        SEGMENT_ID: export.segment,
        SEGMENT_NAME: export.segment_name,
        TRIGGER: str(export.trigger),
    }
    value = special[source] if source in special else attributes.get(source)
    return value if isinstance(value, str | int | float | bool) else None
