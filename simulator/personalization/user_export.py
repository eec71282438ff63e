"""The user export: rows of people, in pages."""

from simulator.personalization.dataset import Dataset
from simulator.personalization.profiles import Profile
from simulator.personalization.user_lookup import engagement


def export_rows(dataset: Dataset, segment: str | None) -> list[dict]:
    """Return a row for each person, or each member of a segment given by id or name."""
    ids = {s.id for s in dataset.segments if segment in (s.id, s.name)}
    return [
        _row(profile, next(iter(ids & profile.segments.keys()), None))
        for profile in dataset.profiles
        if not segment or ids & profile.segments.keys()
    ]


def export_page(rows: list[dict], page: int, size: int, switches) -> list[dict]:
    """Return one page, counted from 0; empty past the end.

    With the switches a page repeats the last row of the one before, or the first page is short.
    """
    short = 1 if switches["exportShortPage"] and size > 1 else 0
    start = max(0, page * size - (short if page else 0))
    end = (page + 1) * size - short
    wanted = rows[start:end]
    if switches["exportDuplicates"] and page > 0 and wanted:
        return [rows[start - 1], *wanted]
    return wanted


def _row(profile: Profile, segment_id: str | None) -> dict:
    return {
        "name": profile.id,
        "displayName": profile.value("name") or profile.id,
        "engagementScore": engagement(profile),
        "engagementPercentChange": 0,
        "firstActivity": profile.created,
        "lastActivity": profile.last_activity,
        "totalActions": len(profile.events),
        "attributes": {name: held.value for name, held in profile.attributes.items()},
        "accountName": None,
        "segmentJoined": profile.segments.get(segment_id),
        "segmentInputValues": {},
    }
