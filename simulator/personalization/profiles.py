"""People as Personalization keeps them: profiles, their identities, and how two become one.

Source: help.salesforce.com, "Identity Types", "User Profile Merging Logic".
"""

import secrets
from collections import Counter
from dataclasses import dataclass, field

VISIT_GAP_MS = 30 * 60 * 1000  # so long without an event ends a visit
ANONYMOUS_MERGE_PAUSE_MS = 30 * 60 * 1000
OBJECTS_KEPT = 100  # per type and person, newest by creation
ACTIONS_A_DAY = 100  # distinct names counted for a person; further ones are not
ACTIONS_IN_ALL = 1_000  # beyond that the least frequent is dropped
DAY_MS = 86_400_000


@dataclass(frozen=True)
class IdentityType:
    """How values of one identity attribute are compared; what is not unique only filters."""

    name: str
    is_case_sensitive: bool = False
    is_unique: bool = True

    def key(self, value: str) -> str:
        """Return the form in which two values are the same person."""
        return value if self.is_case_sensitive else value.lower()


@dataclass
class AttributeValue:
    """A value with the moment and the trust of its source."""

    value: object
    updated: int
    is_authenticated: bool


@dataclass
class Profile:
    """Everything known about one person. Times are in milliseconds."""

    id: str
    created: int
    anonymous_ids: list[str] = field(default_factory=list)
    merged_anonymous_at: list[int] = field(default_factory=list)
    attributes: dict[str, AttributeValue] = field(default_factory=dict)
    objects: dict[str, dict[str, dict]] = field(default_factory=dict)
    segments: dict[str, int] = field(default_factory=dict)
    visits: list[dict] = field(default_factory=list)
    events: list[dict] = field(default_factory=list)
    orders: list[dict] = field(default_factory=list)
    cart: list = field(default_factory=list)
    actions: Counter = field(default_factory=Counter)
    actions_by_day: dict[int, set[str]] = field(default_factory=dict)
    last_activity: int = 0

    def value(self, attribute: str):
        """Return an attribute's value, None when it has none."""
        held = self.attributes.get(attribute)
        return held.value if held else None

    def bought(self) -> set[str]:
        """Return the ids of all products in the person's orders."""
        return {line["_id"] for order in self.orders for line in order["lineItems"]}

    def viewed(self) -> set[str]:
        """Return the ids of all products the person looked at."""
        return {
            item["id"]
            for event in self.events
            if (event["itemAction"] or "").startswith("View Item")
            for item in event["items"]
            if item["type"] == "Product"
        }

    def spent(self) -> float:
        """Return the sum of the person's orders."""
        return sum(order["totalValue"] for order in self.orders)

    def is_visiting(self, now_ms: int) -> bool:
        """Return whether a visit is going on."""
        return bool(self.visits) and now_ms - self.visits[-1]["lastEventTime"] < VISIT_GAP_MS

    def count_action(self, action: str, at_ms: int) -> None:
        """Count an action by its name, within the platform's limits.

        Source: help.salesforce.com, "Personalization Limits".
        """
        today = self.actions_by_day.setdefault(at_ms // DAY_MS, set())
        if action not in today and len(today) >= ACTIONS_A_DAY:
            return
        today.add(action)
        if action not in self.actions and len(self.actions) >= ACTIONS_IN_ALL:
            del self.actions[min(self.actions, key=lambda name: (self.actions[name], name))]
        self.actions[action] += 1

    def note_visit(self, now_ms: int) -> None:
        """Extend the present visit, or begin one."""
        if self.is_visiting(now_ms):
            self.visits[-1]["lastEventTime"] = now_ms
        else:
            index = len(self.visits) + 1
            self.visits.append({"start": now_ms, "lastEventTime": now_ms, "visitIndex": index})

    def set_attribute(self, name: str, value, now_ms: int, is_authenticated: bool) -> bool:
        """Keep a value; one from an untrusted source never replaces one from a trusted source."""
        held = self.attributes.get(name)
        if held and held.is_authenticated and not is_authenticated:
            return False
        self.attributes[name] = AttributeValue(value, now_ms, is_authenticated)
        return True

    def set_objects(self, object_type: str, objects: list[dict], now_ms: int) -> None:
        """Replace each given profile object whole; an empty list changes nothing."""
        held = self.objects.setdefault(object_type, {})
        for given in objects:
            created = held.get(given["id"], {}).get("created", now_ms)
            held[given["id"]] = {**given, "created": created}
        oldest_first = sorted(held, key=lambda object_id: held[object_id]["created"])
        for surplus in oldest_first[: max(0, len(held) - OBJECTS_KEPT)]:
            del held[surplus]

    def absorb(self, other: "Profile") -> None:
        """Take over everything of another profile; the newest value of each attribute wins."""
        for name, theirs in other.attributes.items():
            ours = self.attributes.get(name)
            if ours is None or theirs.updated > ours.updated:
                self.attributes[name] = theirs
        for object_type, objects in other.objects.items():
            self.objects[object_type] = {**objects, **self.objects.get(object_type, {})}
        self.actions += other.actions
        for own, theirs in (
            (self.anonymous_ids, other.anonymous_ids),
            (self.visits, other.visits),
            (self.events, other.events),
            (self.orders, other.orders),
            (self.merged_anonymous_at, other.merged_anonymous_at),
        ):
            own.extend(theirs)
        self.created = min(self.created, other.created)
        self.last_activity = max(self.last_activity, other.last_activity)


class Profiles:
    """All people of one dataset, found by profile id, identity or anonymous id."""

    def __init__(self, identity_types: dict[str, IdentityType]):
        self._types = {name: t for name, t in identity_types.items() if t.is_unique}
        self._by_id: dict[str, Profile] = {}
        self._by_identity: dict[tuple[str, str], str] = {}
        self._by_anonymous: dict[str, str] = {}

    def __len__(self):
        return len(self._by_id)

    def __iter__(self):
        return iter(sorted(self._by_id.values(), key=lambda profile: profile.id))

    def get(self, profile_id: str) -> Profile | None:
        """Return a profile by its id or one of its anonymous ids."""
        return self._by_id.get(profile_id) or self._by_id.get(self._by_anonymous.get(profile_id))

    def with_identity(self, identity_type: str, value: str) -> Profile | None:
        """Return who has an identity, compared by the rules of its type."""
        kind = self._types.get(identity_type)
        return (
            self._by_id.get(self._by_identity.get((kind.name, kind.key(value)))) if kind else None
        )

    def with_anonymous_id(self, anonymous_id: str | None) -> Profile | None:
        """Return who browses, or browsed, under an anonymous id."""
        return self._by_id.get(self._by_anonymous.get(anonymous_id))

    def is_named(self, profile: Profile) -> bool:
        """Return whether an identity is known of the person."""
        return any(profile.value(name) is not None for name in self._types)

    def create(self, now_ms: int, profile_id: str | None = None) -> Profile:
        """Return a new profile; without an id it gets one of 24 hexadecimal characters."""
        profile = Profile(profile_id or secrets.token_hex(12), now_ms, last_activity=now_ms)
        self._by_id[profile.id] = profile
        return profile

    def delete(self, profile: Profile) -> None:
        """Forget a person, with every way to find them."""
        del self._by_id[profile.id]
        self._unindex(profile)

    def _unindex(self, profile: Profile) -> None:
        for index in (self._by_identity, self._by_anonymous):
            for key in [key for key, owner in index.items() if owner == profile.id]:
                del index[key]

    def identify(self, profile: Profile, identity_type: str, value: str, now_ms, trusted) -> None:
        """Give a person an identity; an older value of the same type no longer finds them."""
        kind = self._types[identity_type]
        before = profile.value(identity_type)
        if not profile.set_attribute(identity_type, value, now_ms, trusted):
            return
        if before is not None:
            self._by_identity.pop((kind.name, kind.key(before)), None)
        self._by_identity[kind.name, kind.key(value)] = profile.id

    def remember_anonymous(self, profile: Profile, anonymous_id: str) -> None:
        """Let an anonymous id lead to a person."""
        if anonymous_id not in profile.anonymous_ids:
            profile.anonymous_ids.append(anonymous_id)
        self._by_anonymous[anonymous_id] = profile.id

    def merge(self, profiles: list[Profile]) -> Profile:
        """Make one of several: the most recently active stays, the others are gone for good."""
        kept, *others = sorted(profiles, key=lambda p: (p.last_activity, p.id), reverse=True)
        if not others:
            return kept
        for other in others:
            self.delete(other)
            kept.absorb(other)
        self._unindex(kept)
        self._index(kept)
        return kept

    def _index(self, profile: Profile) -> None:
        for name, kind in self._types.items():
            value = profile.value(name)
            if value is not None:
                self._by_identity[name, kind.key(value)] = profile.id
        for anonymous_id in profile.anonymous_ids:
            self._by_anonymous[anonymous_id] = profile.id
