"""What each figure means: pure judgments, each a sentence and the next thing to do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from service.errors import UpstreamFault
from service.storage.clients import Client
from service.storage.facts import OpenErasures, PeopleFacts
from service.storage.outbox_letters import Depth
from service.tenant import Dataset
from service.usecases.user_export import RowBudget

DAY = 86_400
SKEW_TO_NOTE, SKEW_TO_MEND = 30, 300
PEOPLE_AGE = 8 * DAY
EVENTS_AGE = DAY
WAITING_TO_NOTE, WAITING_TO_MEND = 900, 3_600
ERASING_TO_NOTE, ERASING_TO_MEND = DAY, 7 * DAY
"""People may ask for an answer within a month. Source: GDPR, article 12(3)."""
MOST_ACTIONS = 50
WRONG_PROXY = "Compare egress in this section of the tenants file with the proxy."
WRONG_CERTIFICATE = (
    "Look who answers at this address. A proxy that opens TLS shows a certificate of its own: name "
    "its authority in ca_file of the section's egress."
)
LEAST_READS = 100
LOW_HIT_RATE = 0.5
ROWS_TO_NOTE = 0.9


class Verdict(StrEnum):
    """green: well; amber: works, look at it; red: somebody does not get what they should."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Group(StrEnum):
    """What belongs together on a page, in the order in which things are set up."""

    SERVICE = "service"
    PERSONALIZATION = "personalization"
    PEOPLE = "people"
    DELIVERIES = "deliveries"
    DATA_SHARING = "dataSharing"
    JOURNEYS = "journeys"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `code` is stable; `about` names a dataset or an export.

    `action` is what to do next, None when nothing is to be done.
    """

    code: str
    about: str | None
    verdict: Verdict
    message: str
    action: str | None = None
    group: Group = Group.SERVICE


def green(code: str, about: str | None, message: str) -> Check:
    return Check(code, about, Verdict.GREEN, message)


def amber(code: str, about: str | None, message: str, action: str) -> Check:
    return Check(code, about, Verdict.AMBER, message, action)


def red(code: str, about: str | None, message: str, action: str) -> Check:
    return Check(code, about, Verdict.RED, message, action)


def token(code: str, about: str, fault: UpstreamFault | None, permission: str) -> Check:
    """Judge what the account said to a question that needs `permission`."""
    if fault is None:
        return green(code, about, f"The API token has the permission: {permission}.")
    actions = {
        "UPSTREAM_REFUSED_CREDENTIALS": f"Check key id and secret, '{permission}', 'Is enabled' "
        "and the datasets of the token (Gears > Security > API Tokens).",
        "UPSTREAM_CERTIFICATE_REFUSED": WRONG_CERTIFICATE,
        "UPSTREAM_PROXY_FAILED": WRONG_PROXY,
        "UPSTREAM_UNKNOWN_DATASET": "Compare the dataset's name in the tenants file with "
        "Personalization; names are compared with case.",
    }
    action = actions.get(
        fault.code, "Check the account's url, and whether this machine reaches it."
    )
    return red(code, about, fault.detail, action)


def clock(skew: float | None) -> Check:
    """Judge how far the account's clock is from ours, in seconds."""
    if skew is None:
        return green("CLOCK", None, "The account does not tell its time; nothing to compare.")
    apart = f"This machine's clock is {abs(skew):.0f} s {'behind' if skew > 0 else 'ahead'}."
    if abs(skew) < SKEW_TO_NOTE:
        return green("CLOCK", None, apart)
    judge = red if abs(skew) > SKEW_TO_MEND else amber
    return judge("CLOCK", None, apart, "Let this machine keep time (NTP).")


def identities(dataset: Dataset, rows: Sequence[Mapping]) -> Check:
    """Judge whether the configured identity types are seen among some people of the account."""
    seen = _attributes_of(rows)
    if not rows:
        action = "Send a first event, or wait for the first visitors."
        return amber("IDENTITY_TYPES", dataset.name, "The account has no people yet.", action)
    unseen = [kind for kind in dataset.identity_types if kind not in seen]
    if not unseen:
        said = f"All identity types are seen among {len(rows)} people."
        return green("IDENTITY_TYPES", dataset.name, said)
    said = f"None of {len(rows)} people has {', '.join(unseen)}."
    action = "Compare the spelling with Settings > Identity; a type that is rare is no fault."
    return amber("IDENTITY_TYPES", dataset.name, said, action)


def attributes(dataset: Dataset, rows: Sequence[Mapping]) -> Check:
    """Judge whether the attributes that Flows and journeys may set are seen among some people.

    Personalization drops an attribute that it does not know, without an error.
    """
    code = "ATTRIBUTES"
    if not dataset.user_attributes:
        return green(code, dataset.name, "No user attributes are configured.")
    unseen = sorted(dataset.user_attributes.keys() - _attributes_of(rows))
    if not unseen:
        return green(code, dataset.name, f"All attributes are seen among {len(rows)} people.")
    said = f"None of {len(rows)} people has {', '.join(unseen)}."
    action = (
        "Define them in Personalization (Settings > Attributes), spelt alike: unknown ones are "
        "dropped without an error. One that was never sent is no fault."
    )
    return amber(code, dataset.name, said, action)


def _attributes_of(rows: Sequence[Mapping]) -> set[str]:
    """Return the names of the attributes that any of these people has a value of."""
    seen: set[str] = set()
    for row in rows:
        held = row.get("attributes")
        seen |= {k for k, v in held.items() if v} if isinstance(held, dict) else set()
    return seen


def campaigns(dataset: Dataset, datafields: Mapping[str, Sequence[str]]) -> Check:
    """Judge whether server-side campaigns have answered; their ids by Datafield."""
    if datafields:
        named = "; ".join(f"{name} from {', '.join(ids)}" for name, ids in datafields.items())
        said = f"Campaigns have answered with the Datafields {named}."
        return green("CAMPAIGNS", dataset.name, said)
    action = "Publish server-side campaigns with a Datafield, then open a record page."
    return amber("CAMPAIGNS", dataset.name, "No campaign has answered with items yet.", action)


def people(dataset: Dataset, facts: PeopleFacts, now: float) -> Check:
    """Judge the people index."""
    command = f"Run: p13n people import TENANT {dataset.name}"
    if not facts.proven:
        said = "Nobody is known, so every card says so."
        return red("PEOPLE_INDEX", dataset.name, said, command)
    age = now - facts.last_proven_at
    said = f"{facts.proven} people are known, the last one was seen {spoken(age)} ago."
    if age > PEOPLE_AGE:
        return amber("PEOPLE_INDEX", dataset.name, said, command)
    return green("PEOPLE_INDEX", dataset.name, said)


def row_budget(dataset: Dataset, budget: RowBudget) -> Check:
    """Judge how many licensed rows are left."""
    if budget.allowed is None:
        said = f"{budget.used} export rows were used this month; the licence is not known."
        return green("ROW_BUDGET", dataset.name, said)
    said = f"{budget.used} of this month's {budget.allowed} export rows are used."
    action = "Read segments less often, or set export_rows_per_month to what the licence allows."
    if budget.left == 0:
        return red("ROW_BUDGET", dataset.name, said, action)
    if budget.used > ROWS_TO_NOTE * budget.allowed:
        return amber("ROW_BUDGET", dataset.name, said, action)
    return green("ROW_BUDGET", dataset.name, said)


def event_store(dataset: Dataset, latest_ms: int | None, now: float) -> Check:
    """Judge how fresh the events behind affinities and event stream are."""
    install = "Put the tee on the site (docs/site-tee.md), or import events."
    if latest_ms is None:
        said = "There are no events: affinities and event stream are empty."
        return amber("EVENT_STORE", dataset.name, said, install)
    age = now - latest_ms / 1_000
    said = f"The latest event is {spoken(max(0, age))} old."
    if age > EVENTS_AGE:
        return amber("EVENT_STORE", dataset.name, said, "Look whether the site's tee still sends.")
    if dataset.write_key is None:
        action = "Set write_key and allowed_origins for the site's tee."
        return amber("EVENT_STORE", dataset.name, f"{said} The tee has no key.", action)
    return green("EVENT_STORE", dataset.name, said)


def action_names(dataset: Dataset, number: int) -> Check:
    """Judge how many distinct actions were sent."""
    said = f"{number} distinct actions were sent."
    if number <= MOST_ACTIONS:
        return green("ACTION_NAMES", dataset.name, said)
    action = "Keep action names in Flows and journeys constant: Personalization drops rare ones."
    return amber("ACTION_NAMES", dataset.name, said, action)


def outbox(tenant: str, depths: Iterable[Depth], now: float) -> Check:
    """Judge what waits to be delivered."""
    mine = [depth for depth in depths if depth.tenant == tenant]
    waiting = sum(depth.waiting for depth in mine)
    if not waiting:
        return green("OUTBOX", None, "Nothing waits to be delivered.")
    age = max(0.0, now - min(depth.oldest_accepted_at for depth in mine))
    said = f"{waiting} messages wait, the oldest for {spoken(age)}."
    if age < WAITING_TO_NOTE:
        return green("OUTBOX", None, said)
    judge = red if age > WAITING_TO_MEND else amber
    return judge("OUTBOX", None, said, "Is a p13n worker running? See: p13n outbox list")


def dead_letters(numbers: Mapping[str, int]) -> Check:
    """Judge what was set apart; `numbers` are by state."""
    apart = {state: number for state, number in numbers.items() if number}
    if not apart:
        return green("DEAD_LETTERS", None, "Everything that was accepted has arrived or waits.")
    said = " and ".join(f"{number} {state}" for state, number in sorted(apart.items()))
    action = "See the reasons, then replay or drop: p13n outbox list"
    return amber("DEAD_LETTERS", None, f"{said} messages were set apart.", action)


def erasures(waiting: OpenErasures | None, now: float) -> Check:
    """Judge whether people who asked for it are forgotten in time."""
    if waiting is None:
        return green("ERASURES", None, "Nobody waits to be erased.")
    age = max(0.0, now - waiting.oldest_requested_at)
    said = f"Erasures that are not over: {waiting.number}, the oldest for {spoken(age)}."
    if age < ERASING_TO_NOTE:
        return green("ERASURES", None, said)
    if waiting.waits_for:
        said += f" It waits: {waiting.waits_for}"
    judge = red if age > ERASING_TO_MEND else amber
    return judge("ERASURES", None, said, "Is a p13n worker running? See: p13n erasures list")


def clients(tenant: str, registered: Iterable[Client]) -> Check:
    """Judge whether an org can sign in, for reps and Flows and for its admin's pages."""
    live = [each for each in registered if each.tenant == tenant and each.revoked_at is None]
    scopes = {scope for each in live for scope in each.scopes}
    said = f"Clients that may sign in: {len(live)}; scopes: {', '.join(sorted(scopes)) or 'none'}."
    command = "p13n client add TENANT --scopes {}, then fill the org's credential with it."
    if not {"read", "write"} <= scopes:
        return red("CLIENTS", None, said, command.format("read,write"))
    if "admin" not in scopes:
        return amber("CLIENTS", None, said, command.format("read,admin"))
    return green("CLIENTS", None, said)


def cache(answers: Mapping[str, float]) -> Check:
    """Judge how often the cache could answer; `answers` counts the states of the tenant's reads."""
    total = sum(answers.values())
    if total < LEAST_READS:
        return green("CACHE", None, f"{total:.0f} reads so far: too few to judge the cache by.")
    rate = 1 - (answers.get("miss", 0) + answers.get("bypass", 0)) / total
    said = f"The cache answered {rate:.0%} of {total:.0f} reads."
    if rate >= LOW_HIT_RATE:
        return green("CACHE", None, said)
    action = "Let components of a page share dataset, action and zones; see fresh_seconds."
    return amber("CACHE", None, said, action)


def spoken(seconds: float) -> str:
    """Return a duration as people say it."""
    for unit, length in (("days", DAY), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"
