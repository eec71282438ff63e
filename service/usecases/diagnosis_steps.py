"""The steps from a record to what its card shows, and what each is found to be: plain sentences.

A code is stable, and with its parameters all that a component needs to say the sentence in another
language; `message` and `next` are the English fallback.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from service.errors import UpstreamFault
from service.model import CampaignResponse, Reason
from service.moments import iso
from service.storage.people import Acquaintance
from service.storage.people_stitching import Tie
from service.tenant import Dataset
from service.upstream.explanations import Explanation
from service.upstream.payload import Refusal, RefusalKind


class StepName(StrEnum):
    """What is looked at, in the order in which an answer comes about."""

    IDENTIFIER = "identifier"
    DATASET = "dataset"
    IDENTITY_TYPE = "identityType"
    PERSON = "person"
    CAMPAIGN = "campaign"
    DATAFIELD = "datafield"
    EVENTS = "events"
    ITEMS = "items"
    FILTERS = "filters"
    SHOWN = "shown"


class StepState(StrEnum):
    """ok; warning: not what it should be, yet something shows; failed; skipped after that."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Step:
    """What one step is found to be; `next` is what to do about it, None when nothing is to be."""

    name: StepName
    state: StepState
    code: str | None = None
    message: str | None = None
    next: str | None = None
    parameters: dict = field(default_factory=dict)


def walked(order: Sequence[StepName], steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return the steps up to the first that failed, and the rest of `order` as skipped.

    `steps` is not asked on after a failure.
    """
    taken = []
    for step in steps:
        taken.append(step)
        if step.state == StepState.FAILED:
            break
    names = {step.name for step in taken}
    return (*taken, *(Step(n, StepState.SKIPPED) for n in order if n not in names))


def ok(name: StepName, code: str, message: str, **parameters) -> Step:
    return Step(name, StepState.OK, code, message, None, parameters)


def warning(name: StepName, code: str, message: str, then: str, **parameters) -> Step:
    return Step(name, StepState.WARNING, code, message, then, parameters)


def failed(name: StepName, code: str, message: str, then: str, **parameters) -> Step:
    return Step(name, StepState.FAILED, code, message, then, parameters)


def of_reason(name: StepName, reason: Reason, then: str) -> Step:
    """Return that `name` failed for the reason that the card itself gives."""
    return failed(name, reason.code, reason.message, then, **reason.parameters)


def identifier(value: str, label: str | None) -> Step:
    """Judge the record's value; `label` is its field's, None when the caller does not say."""
    called = label or "The identifying field"
    if value.strip():
        said = f"{called} of this record names a person."
        return ok(StepName.IDENTIFIER, "IDENTIFIER_FOUND", said, field=label)
    return failed(
        StepName.IDENTIFIER,
        "NO_IDENTIFIER",
        f"{called} of this record is blank.",
        "Fill it in, or choose another User Identifier for the component in App Builder.",
        field=label,
    )


def dataset_known(dataset: Dataset) -> Step:
    said = f"The service knows the dataset {dataset.name}."
    return ok(StepName.DATASET, "DATASET_KNOWN", said, dataset=dataset.name)


def dataset_unknown(name: str, known: Iterable[str]) -> Step:
    names = sorted(known)
    return failed(
        StepName.DATASET,
        "UNKNOWN_DATASET",
        f"The service does not know the dataset {name}. It knows: {', '.join(names) or 'none'}.",
        "Choose the dataset anew in App Builder, or add it to the tenants file of the service.",
        dataset=name,
        known=names,
    )


def identity_type(dataset: Dataset, kind: str) -> Step:
    types = list(dataset.identity_types)
    if kind in types:
        said = f"{kind} is an identity type of the dataset {dataset.name}."
        return ok(StepName.IDENTITY_TYPE, "IDENTITY_TYPE_KNOWN", said, identityType=kind)
    return failed(
        StepName.IDENTITY_TYPE,
        "UNKNOWN_IDENTITY_TYPE",
        f"{kind} is no identity type of the dataset {dataset.name}. It has: {', '.join(types)}.",
        "Choose the identity type anew in App Builder, or add it to identity_types in the tenants "
        "file.",
        identityType=kind,
        known=types,
    )


IMPORT_PEOPLE = (
    "Import the people of the dataset (p13n people import), or wait for the worker's next import "
    "(people_import in the tenants file). Somebody who has never met the site or a Flow stays "
    "unknown."
)
WATCH_SITE = (
    "Look whether the site's script is on the pages this person visits, and whether it names them "
    "after signing in."
)
SEEN = {
    Tie.ANONYMOUS: "Only a browser's id stands for this person.",
    Tie.CLAIMED: "Only the site's script has named this person, which proves nothing.",
    Tie.STATED: "Only an import, a Flow or a journey has named this person so far.",
    Tie.PROVEN: "This person was proven once, but is no more.",
}


def person_to_ask_for(known: Acquaintance | None, may_ask: bool) -> Step:
    """Judge whether Personalization is asked for a person, whom perhaps nobody has proven."""
    if known is not None and known.is_proven:
        return _proven(known)
    if may_ask:
        return warning(
            StepName.PERSON,
            "PERSON_CREATED_ON_READ",
            "Nobody has proven that Personalization knows this person; it is asked all the same.",
            "Each such question may create a billable profile: create_profiles_on_read is on.",
        )
    if known is None:
        said = "Neither Personalization nor any event names this person."
        return failed(StepName.PERSON, "UNKNOWN_PERSON", said, IMPORT_PEOPLE)
    return failed(
        StepName.PERSON, "PERSON_NOT_PROVEN", SEEN[known.tie], IMPORT_PEOPLE, tie=known.tie
    )


def person_seen(known: Acquaintance | None) -> Step:
    """Judge whether our own store knows a person; for that no proof is needed."""
    if known is None:
        return failed(StepName.PERSON, "PERSON_NOT_SEEN", "No event names this person.", WATCH_SITE)
    if known.is_proven:
        return _proven(known)
    return ok(StepName.PERSON, "PERSON_SEEN", "Events name this person.", tie=known.tie)


def _proven(known: Acquaintance) -> Step:
    said = "Personalization has a profile of this person: an export or an answer proved it."
    return ok(StepName.PERSON, "PERSON_PROVEN", said, provenAt=iso(known.proven_at))


def no_answer(fault: UpstreamFault) -> Step:
    """Return that Personalization could not be asked."""
    return failed(
        StepName.CAMPAIGN,
        fault.code,
        fault.detail,
        "Run p13n doctor: it says which permission, address or name is wrong. A card shows a saved "
        "answer meanwhile, if there is one.",
    )


def channel(reason: Reason) -> Step:
    then = "Set the component's Channel to Server in App Builder, with a capital S."
    return of_reason(StepName.CAMPAIGN, reason, then)


def campaigns_returned(campaigns: Sequence[CampaignResponse]) -> Step:
    names = [each.campaign_name or each.campaign_id for each in campaigns]
    said = f"{len(names)} campaigns answered: {', '.join(names)}."
    return ok(StepName.CAMPAIGN, "CAMPAIGNS_RETURNED", said, count=len(names), campaigns=names)


def no_campaigns() -> Step:
    return failed(
        StepName.CAMPAIGN,
        "NO_CAMPAIGNS",
        "No campaign answered for this person.",
        "Publish a server-side campaign, and look at its rules: channel Server, the application, "
        "segments, attributes.",
    )


def campaign_not_returned(
    datafield: str, feeders: Iterable[str], why: Sequence[Explanation]
) -> Step:
    """Return that the campaigns which have fed the Datafield (ids) did not answer this person."""
    explained = {each.campaign_id: each.campaign_name for each in why}
    names = [explained.get(each) or each for each in sorted(feeders)]
    said = f"{', '.join(names)} did not return, so nothing has the Datafield {datafield}."
    told = " ".join(f"{each.message.rstrip('.')}." for each in why if each.message)
    return failed(
        StepName.CAMPAIGN,
        "CAMPAIGN_NOT_RETURNED",
        f"{said} {told}".strip(),
        "Look at the campaign's state and rules in Personalization: this person fails one.",
        datafield=datafield,
        campaigns=names,
        explanation=told or None,
    )


def control_group(reason: Reason) -> Step:
    then = (
        "Nothing is wrong: the group is for comparison. Set the campaign's control share to 0 % if "
        "everybody should get offers."
    )
    return of_reason(StepName.CAMPAIGN, reason, then)


def datafield_returned(datafield: str, feeding: Sequence[CampaignResponse]) -> Step:
    names = [each.campaign_name or each.campaign_id for each in feeding]
    said = f"{', '.join(names)} has the Datafield {datafield}."
    return ok(StepName.DATAFIELD, "DATAFIELD_RETURNED", said, datafield=datafield, campaigns=names)


def datafield_missing(reason: Reason) -> Step:
    then = (
        "Give the component the Datafield of the campaign's template, letter by letter, or change "
        "the Datafield in the campaign."
    )
    return of_reason(StepName.DATAFIELD, reason, then)


def items(datafield: str, count: int, refusals: Iterable[Refusal], empty: Reason | None) -> Step:
    """Judge what could be read of the Datafield; `empty` is the card's reason when nothing was."""
    refused = [each for each in refusals if each.datafield == datafield]
    kinds = Counter(each.kind for each in refused)
    found = {
        "count": count,
        "noId": kinds[RefusalKind.NO_ID],
        "noItem": kinds[RefusalKind.NO_ITEM],
        "tooMany": kinds[RefusalKind.TOO_MANY],
        "links": kinds[RefusalKind.LINK],
        "hosts": sorted({each.host for each in refused if each.host}),
    }
    if not refused and empty is None:
        return ok(StepName.ITEMS, "ITEMS_READ", f"{count} items could be read.", count=count)
    if not refused and empty is not None:
        then = "Look at the recipe or the decision behind the campaign: it had nothing to offer."
        return of_reason(StepName.ITEMS, empty, then)
    said = f"{count} items could be read; {_refused(found)}."
    then = "Give every item an id in the template."
    if found["links"]:
        then = "Add the hosts to link_hosts of the dataset in the tenants file; links need https."
    judge = warning if count else failed
    return judge(StepName.ITEMS, "ITEMS_REFUSED", said, then, **found)


def _refused(found: dict) -> str:
    hosts = f" ({', '.join(found['hosts'])})" if found["hosts"] else ""
    parts = (
        (found["noId"], "have no id"),
        (found["noItem"], "are no items"),
        (found["tooMany"], "are beyond what one campaign may bring"),
        (found["links"], f"links or pictures are not https on an allowed host{hosts}"),
    )
    return ", ".join(f"{count} {what}" for count, what in parts if count)


def nothing_hidden() -> Step:
    return ok(StepName.FILTERS, "NOTHING_HIDDEN", "Nothing is declined, hidden or cut off.")


def filtered(offered: int, left: int, count: int) -> Step:
    """Judge what declines (`left`) and then the component's Maximum Items (`count`) leave."""
    declined, cut = offered - left, left - count
    if declined or cut:
        said = f"{declined} were declined, {cut} are beyond the component's Maximum Items."
        return warning(
            StepName.FILTERS,
            "SOME_HIDDEN",
            said,
            "Nothing to mend; raise Maximum Items in App Builder to show more.",
            declined=declined,
            cut=cut,
        )
    return nothing_hidden()


def all_declined(reason: Reason, offered: int, days: float) -> Step:
    said = Reason(reason.code, reason.message, {"count": offered, "days": days})
    then = f"Declined items come back {days:g} days later (decline_hides_days)."
    return of_reason(StepName.FILTERS, said, then)


def shown(count: int) -> Step:
    said = (
        f"Asked anew, there is something to show: {count}. A card that is still empty shows a "
        "saved answer: refresh it."
    )
    return ok(StepName.SHOWN, "SHOWN", said, count=count)


def events_found() -> Step:
    return ok(StepName.EVENTS, "EVENTS_FOUND", "We have events of this person.")


def no_events(*, in_dataset: bool) -> Step:
    """Return that the person has no events, or that not even the dataset has any."""
    if in_dataset:
        return failed(
            StepName.EVENTS,
            "NO_EVENTS",
            "Nothing is known of what this person did.",
            WATCH_SITE,
        )
    return failed(
        StepName.EVENTS,
        "NO_EVENTS_IN_DATASET",
        "No event of anybody has arrived in this dataset.",
        "Put the site's script on the site, or import events: docs/site-tee.md, docs/events.md.",
    )


def objects_counted(kinds: Sequence[str]) -> Step:
    said = f"Events count for {', '.join(kinds)}."
    return ok(StepName.ITEMS, "OBJECTS_COUNTED", said, types=list(kinds))


def nothing_counted(show_by: str) -> Step:
    return failed(
        StepName.ITEMS,
        "NOTHING_COUNTED",
        f"There are events, but none of them counts for {show_by}.",
        "Choose another Show By, or look whether the site's events name catalog objects.",
        showBy=show_by,
    )


def outside_date_range(date_range: str, show_by: str) -> Step:
    return failed(
        StepName.FILTERS,
        "OUTSIDE_DATE_RANGE",
        f"Everything that counts is older than the date range ({date_range}).",
        "Choose a longer Date Range.",
        dateRange=date_range,
        showBy=show_by,
    )


def all_hidden(hidden: Sequence[str]) -> Step:
    return failed(
        StepName.FILTERS,
        "ALL_HIDDEN",
        f"All there is is of types that are hidden: {', '.join(hidden)}.",
        "Take types off the component's list in App Builder, or change the filter on the card.",
        hiddenTypes=list(hidden),
    )
