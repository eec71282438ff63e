"""What Personalization says of itself when it is asked to: why a campaign did not return.

Source: developer.salesforce.com, Personalization guide, "Event API Options" (`debug`, on the
authenticated route only), "Event API Responses" (`campaignExplanations`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

MOST_EXPLANATIONS, MAX_TEXT = 200, 300


@dataclass(frozen=True)
class Debug:
    """What a question asks for besides campaigns.

    `experience_ids` are forced to return: rules do not count, and perhaps not even whether they
    are published (sources disagree).
    """

    explanations: bool = False
    experience_ids: tuple[str, ...] = ()

    def wire(self) -> dict:
        """Return the event's `debug`, empty when nothing is asked for."""
        forced = {"testMessages": ",".join(self.experience_ids)} if self.experience_ids else {}
        return forced | ({"explanations": True} if self.explanations else {})


@dataclass(frozen=True)
class Explanation:
    """Why one campaign did not return. `message` is Personalization's own; any field may be ""."""

    campaign_id: str
    campaign_name: str
    experience_id: str
    experience_name: str
    message: str


@dataclass(frozen=True)
class Experience:
    """One variant of a campaign, as far as replies name it."""

    campaign_id: str
    campaign_name: str
    id: str
    name: str


def read_explanations(raw: Iterable[dict]) -> tuple[Explanation, ...]:
    """Return what a reply explains, in its order; `context` may name the person and is left out."""
    return tuple(
        Explanation(
            campaign_id=_text(each, "campaignId"),
            campaign_name=_text(each, "campaignName"),
            experience_id=_text(each, "experienceId"),
            experience_name=_text(each, "experienceName"),
            message=_text(each, "explanationMessage") or _text(each, "class"),
        )
        for each in islice(raw, MOST_EXPLANATIONS)
    )


def read_experiences(raw: Iterable[dict]) -> tuple[Experience, ...]:
    """Return the experiences that campaign responses or explanations name, each once."""
    found = {each.id: each for each in _experiences(raw) if each.id}
    return tuple(found.values())[:MOST_EXPLANATIONS]


def _experiences(raw: Iterable[dict]) -> Iterator[Experience]:
    for each in raw:
        yield Experience(
            campaign_id=_text(each, "campaignId"),
            campaign_name=_text(each, "campaignName"),
            id=_text(each, "experienceId"),
            name=_text(each, "experienceName"),
        )


def _text(holder: dict, key: str) -> str:
    value = holder.get(key)
    return value.strip()[:MAX_TEXT] if isinstance(value, str) else ""
