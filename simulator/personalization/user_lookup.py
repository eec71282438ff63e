"""A user look-up's two shapes."""

from collections import Counter
from datetime import UTC, datetime

from simulator.personalization.dataset import Dataset
from simulator.personalization.profiles import Profile


def look_up(dataset: Dataset, profile: Profile, switches) -> dict:
    """Return a person as the look-up does, nested (documented) or flat (seen)."""
    found = (
        _flat(dataset, profile) if switches["lookupShape"] == "flat" else _nested(dataset, profile)
    )
    if switches["lookupHasDailyStats"]:
        found["dailyStats"] = _daily_stats(profile)
    return found


def engagement(profile: Profile) -> float:
    """Return an invented engagement figure between 0 and 1; the vendor's formula is unpublished."""
    return round(min(1.0, len(profile.events) / 20 + len(profile.orders) / 10), 3)


def _nested(dataset: Dataset, profile: Profile) -> dict:
    is_named = dataset.profiles.is_named(profile)
    return {
        "userSummary": {"_id": profile.id, "displayName": profile.value("name")},
        "_id": profile.id,
        "anonAliases": list(profile.anonymous_ids),
        "anonMergeTimes": list(profile.merged_anonymous_at),
        "anonymous": not is_named,
        "attributes": [
            {"name": name, "value": held.value, "updated": held.updated}
            for name, held in profile.attributes.items()
        ],
        "displayName": profile.value("name") or profile.id,
        "namedUserId": profile.id if is_named else None,
        "engagement": {"score": round(engagement(profile) * 200), "date": profile.last_activity},
        "firstActivity": profile.created,
        "lastActivity": profile.last_activity,
        "updated": profile.last_activity,
        "location": {"deviceProvided": False, "longlat": [], "timeZone": None},
        "originatingReferrer": None,
        "pageLocale": None,
        "orderHistory": [dict(order) for order in profile.orders],
        "segmentMembership": [{"id": i, "joined": at} for i, at in profile.segments.items()],
        "visitHistory": [dict(visit) for visit in profile.visits],
    }


def _flat(dataset: Dataset, profile: Profile) -> dict:
    names = {segment.id: segment.name for segment in dataset.segments}
    return {
        "name": profile.value("name"),
        "emailAddress": profile.value("emailAddress"),
        "segments": [names[i] for i in profile.segments] or None,
        "engagementScore": engagement(profile),
        "lastActivity": profile.last_activity,
    }


def _daily_stats(profile: Profile) -> list[dict]:
    counts = Counter((_day(event["time"]), event["action"]) for event in profile.events)
    return [
        {"day": day, "action": action, "count": n} for (day, action), n in sorted(counts.items())
    ]


def _day(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, tz=UTC).date().isoformat()
