"""Which campaigns come back for an event, and why the others do not.

Source: developer.salesforce.com, Personalization guide, "Server-Side Campaigns and Templates",
"Content Zones"; help.salesforce.com, "Campaign Rules".
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.personalization.dataset import Dataset
    from simulator.personalization.events import Event
    from simulator.personalization.profiles import Profile


@dataclass(frozen=True)
class Context:
    """What a rule or a template may look at."""

    dataset: "Dataset"
    profile: "Profile"
    event: "Event"
    is_authenticated: bool
    now_ms: int


@dataclass(frozen=True)
class Experience:
    """One variant of a campaign. `config` are the template's configured fields."""

    id: str
    name: str
    template: Callable[[Context, dict], dict]
    config: dict
    content_zone: str | None = None
    share: int = 100  # percent, of those who are not in the control group


@dataclass(frozen=True)
class Rule:
    """A condition on campaign level; all of them must hold."""

    name: str
    explanation: str
    holds: Callable[[Context], bool]


@dataclass(frozen=True)
class Campaign:
    """A campaign; ids are five base62 characters. `created` breaks ties of `priority`."""

    id: str
    name: str
    experiences: tuple[Experience, ...]
    rules: tuple[Rule, ...] = ()
    channels: tuple[str, ...] = ("Server",)
    state: str = "Published"
    type: str = "ServerSide"
    template_name: str = "CRM Recommendations"
    control_percent: int = 0
    priority: int = 0
    created: int = 0


@dataclass(frozen=True)
class Choice:
    """A campaign that returns, with the experience and the side of the split the person got."""

    campaign: Campaign
    experience: Experience
    is_control: bool


@dataclass
class Choices:
    """What returns, and a sentence for each campaign that does not."""

    returned: list[Choice] = field(default_factory=list)
    explanations: list[dict] = field(default_factory=list)

    def explain(self, campaign: Campaign, reason: str, message: str, experience=None) -> None:
        """Note why a campaign does not return."""
        self.explanations.append(
            {
                "class": reason,
                "campaignId": campaign.id,
                "campaignName": campaign.name,
                "experienceId": experience.id if experience else None,
                "experienceName": experience.name if experience else None,
                "messageId": None,
                "explanationMessage": message,
                "context": {},
            }
        )


def choose_campaigns(
    context: Context, *, force_control: bool = False, tests_need_published: bool = False
) -> Choices:
    """Return the campaigns for an event, in the dataset's order, one for each content zone."""
    choices = Choices()
    forced = _forced_experiences(context)
    for campaign in context.dataset.campaigns:
        wanted = [e for e in campaign.experiences if e.id in forced]
        may_force = campaign.state == "Published" or not tests_need_published
        if wanted and may_force:
            choices.returned.append(Choice(campaign, wanted[0], False))
        elif choice := _choose(context, campaign, choices, force_control):
            choices.returned.append(choice)
    choices.returned = _one_per_zone(choices)
    return choices


def is_in_control_group(profile_id: str, campaign: Campaign) -> bool:
    """Return on which side of a campaign's split a person is: the same at every call."""
    return _hundredth(profile_id, campaign.id) < campaign.control_percent


def _choose(context: Context, campaign, choices: Choices, force_control: bool) -> Choice | None:
    refusal = _refusal(context, campaign)
    if refusal:
        choices.explain(campaign, *refusal)
        return None
    experience = _experience(context.profile.id, campaign)
    if experience.content_zone not in (None, *context.event.content_zones):
        message = f"The content zone {experience.content_zone} was not asked for"
        choices.explain(campaign, "ContentZone", message, experience)
        return None
    is_control = force_control or is_in_control_group(context.profile.id, campaign)
    return Choice(campaign, experience, is_control)


def _refusal(context: Context, campaign: Campaign) -> tuple[str, str] | None:
    """Return kind and sentence of the first reason against a campaign, None when there is none."""
    shown_states = {"Published"} | ({"Testing"} if context.event.test_messages == "true" else set())
    if campaign.state not in shown_states:
        return "State", f"The campaign is {campaign.state}"
    if context.event.channel not in campaign.channels:
        return "Channel", f"The channel is {context.event.channel!r}, not {campaign.channels[0]!r}"
    for rule in campaign.rules:
        if not rule.holds(context):
            return rule.name, rule.explanation
    return None


def _forced_experiences(context: Context) -> set[str]:
    """Experience ids that a tester asks for; only an authenticated Server event may."""
    if not (context.is_authenticated and context.event.channel == "Server"):
        return set()
    return set(context.event.test_messages.split(","))


def _experience(profile_id: str, campaign: Campaign) -> Experience:
    place = _hundredth(profile_id, f"{campaign.id}/experience")
    for experience in campaign.experiences:
        place -= experience.share
        if place < 0:
            return experience
    return campaign.experiences[-1]


def _one_per_zone(choices: Choices) -> list[Choice]:
    best: dict[str, Choice] = {}
    for choice in choices.returned:
        zone = choice.experience.content_zone
        if zone and (zone not in best or _rank(choice) < _rank(best[zone])):
            best[zone] = choice
    kept = []
    for choice in choices.returned:
        zone = choice.experience.content_zone
        if zone is None or best[zone] is choice:
            kept.append(choice)
        else:
            winner = best[zone].campaign.name
            choices.explain(choice.campaign, "ContentZone", f"{winner} holds the zone {zone}")
    return kept


def _rank(choice: Choice) -> tuple[int, int]:
    return -choice.campaign.priority, choice.campaign.created


def _hundredth(*parts: str) -> int:
    digest = hashlib.sha256("/".join(parts).encode()).digest()
    return int.from_bytes(digest[:4]) % 100


def rule_application(applications: Iterable[str]) -> Rule:
    """Return the rule Source > Application."""
    names = tuple(applications)
    return Rule(
        "Source",
        f"Only for the applications {', '.join(names)}",
        lambda context: context.event.application in names,
    )


def rule_attribute(name: str, values: Iterable[str]) -> Rule:
    """Return the rule User Attributes, any of several values."""
    wanted = tuple(values)
    return Rule(
        "UserAttributes",
        f"Only for people whose {name} is one of {', '.join(wanted)}",
        lambda context: context.profile.value(name) in wanted,
    )


def rule_segment(segment_id: str, name: str) -> Rule:
    """Return the rule Audience > Segment."""
    return Rule(
        "Audience",
        f"Only for people in the segment {name}",
        lambda context: segment_id in context.profile.segments,
    )
