"""Whose event is it? Resolution of identities, creation of profiles, merges.

Source: help.salesforce.com, "Configure Identity Types for Event API", "User Profile Merging Logic".
"""

from simulator.personalization.dataset import Dataset
from simulator.personalization.events import Event, InvalidEvent
from simulator.personalization.profiles import ANONYMOUS_MERGE_PAUSE_MS, Profile


def claimed_identities(dataset: Dataset, event: Event, mode: str) -> dict[str, str]:
    """Return the identities an event names, as {identity type: value}.

    `mode` is `multi`, or `userIdOnly` for accounts that read nothing but `user.id`.
    Raises InvalidEvent when an identity is no text, or blank.
    """
    claimed = {}
    if mode == "multi":
        given = {**event.attributes, **event.identities}
        claimed = {
            name: given[name] for name in dataset.identity_types if given.get(name) is not None
        }
    if event.user_id:
        claimed[dataset.server_identity] = event.user_id
    for name, value in claimed.items():
        if not isinstance(value, str) or not value.strip():
            raise InvalidEvent(f"the identity {name} must be a text that is not blank")
    return claimed


def find_person(dataset: Dataset, event: Event, identities: dict[str, str]) -> Profile | None:
    """Return the person an event is about, without changing anything; None when nobody is."""
    for name, value in identities.items():
        if profile := dataset.profiles.with_identity(name, value):
            return profile
    return _by_profile_id(dataset, event) or dataset.profiles.with_anonymous_id(event.anonymous_id)


def resolve_person(
    dataset: Dataset, event: Event, identities: dict[str, str], now_ms: int, trusted: bool
) -> Profile:
    """Return the person an event lands on: found, merged from several, or new."""
    named = _named_matches(dataset, event, identities)
    profile = dataset.profiles.merge(named) if named else None
    profile = _with_anonymous(dataset, event, profile, now_ms) or dataset.profiles.create(now_ms)
    for name, value in identities.items():
        if dataset.identity_types[name].is_unique:
            dataset.profiles.identify(profile, name, value, now_ms, trusted)
    if event.anonymous_id:
        dataset.profiles.remember_anonymous(profile, event.anonymous_id)
    return profile


def _named_matches(dataset: Dataset, event: Event, identities: dict[str, str]) -> list[Profile]:
    matches = [dataset.profiles.with_identity(name, value) for name, value in identities.items()]
    matches.append(_by_profile_id(dataset, event))
    return list({profile.id: profile for profile in matches if profile}.values())


def _by_profile_id(dataset: Dataset, event: Event) -> Profile | None:
    """The profile id itself is a built-in identity type."""
    return dataset.profiles.get(event.user_id) if event.user_id else None


def _with_anonymous(
    dataset: Dataset, event: Event, profile: Profile | None, now_ms: int
) -> Profile | None:
    """Return the person together with who browsed under the event's anonymous id."""
    browsing = dataset.profiles.with_anonymous_id(event.anonymous_id)
    if profile is None or browsing is None or browsing.id == profile.id:
        return profile or browsing
    if dataset.profiles.is_named(browsing) or not _may_take_in(profile, now_ms):
        return profile
    profile.merged_anonymous_at.append(now_ms)
    profile.last_activity = max(profile.last_activity, browsing.last_activity + 1)  # stays
    return dataset.profiles.merge([profile, browsing])


def _may_take_in(profile: Profile, now_ms: int) -> bool:
    """No anonymous merge during an active visit, nor within 30 minutes of another."""
    merges = profile.merged_anonymous_at
    paused = bool(merges) and now_ms - merges[-1] < ANONYMOUS_MERGE_PAUSE_MS
    return not profile.is_visiting(now_ms) and not paused
