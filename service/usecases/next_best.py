"""What to offer next: one upstream call per person and page, split by Datafield."""

import dataclasses
import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import orjson

from service.deadline import Deadline
from service.metrics import CACHE_ANSWERS
from service.model import CampaignResponse, Identity, Item, Reason, UserGroup
from service.storage.cache_answer import CachedAnswer, CacheKey, CachePolicy
from service.storage.campaigns import CampaignDatafields
from service.storage.declines import Declines
from service.storage.people import People, ProvenPerson, digest
from service.storage.response_cache import ResponseCache
from service.tenant import Dataset, Tenant
from service.upstream.explanations import (
    Debug,
    Experience,
    Explanation,
    read_experiences,
    read_explanations,
)
from service.upstream.payload import Refusal, read_campaigns
from service.upstream.personalization import CHANNEL, QUIET, EventAnswer, Personalization
from service.usecases.known_identities import require_identity_type, unknown_person
from service.usecases.next_best_reasons import (
    ALL_DECLINED,
    channel_not_supported,
    control_group,
    no_campaign,
    no_items,
)

UPSTREAM_SECONDS = 2.5
"""All of an upstream call; the caller's own deadline (3.5 s) leaves room to answer stale."""


@dataclass(frozen=True)
class Question:
    """What a component asks; what is left out is as the dataset says."""

    dataset: str
    identity: Identity
    datafield: str
    action: str | None = None
    channel: str | None = None
    application: str | None = None
    content_zones: tuple[str, ...] | None = None
    max_items: int = 10


@dataclass(frozen=True)
class NextBestAnswer:
    """Items to show, or the reason why there are none.

    `as_of` is when Personalization said so (epoch seconds); `stale` means it could not be
    asked again since; `cached` tells how the cache answered, None when it was not asked.
    """

    as_of: float
    items: tuple[Item, ...] = ()
    reason: Reason | None = None
    returned_datafields: tuple[str, ...] = ()
    stale: bool = False
    cached: CachedAnswer | None = None


@dataclass(frozen=True)
class Trace:
    """An answer, and what it came of; all else is empty when Personalization was not asked.

    `offered` are the asked Datafield's items, `left` how many of them were not declined;
    `feeders` are the ids of campaigns that were ever seen to feed that Datafield.
    """

    answer: NextBestAnswer
    was_asked: bool = False
    campaigns: tuple[CampaignResponse, ...] = ()
    offered: tuple[Item, ...] = ()
    left: int = 0
    refusals: tuple[Refusal, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    experiences: tuple[Experience, ...] = ()
    feeders: frozenset[str] = frozenset()


class NextBest:
    """Answers next-best questions for every tenant."""

    def __init__(
        self,
        *,
        cache: ResponseCache,
        people: People,
        campaign_datafields: CampaignDatafields,
        declines: Declines,
        personalization: Callable[[Tenant], Personalization],
        clock: Callable[[], float] = time.time,
    ):
        self._cache = cache
        self._people = people
        self._campaign_datafields = campaign_datafields
        self._declines = declines
        self._personalization = personalization
        self._clock = clock

    def ask(self, tenant: Tenant, question: Question, deadline: Deadline) -> NextBestAnswer:
        """Return what to show for one Datafield, at the latest when `deadline` passes.

        Raises: UnknownDataset, UnknownIdentityType; an UpstreamFault when Personalization
                cannot be asked and no earlier answer may be shown.
        """
        dataset = tenant.dataset(question.dataset)
        unaskable = self._why_unaskable(tenant, dataset, question)
        if unaskable:
            return self.nothing(unaskable)
        cached = self._fetch(tenant, dataset, question, deadline)
        CACHE_ANSWERS.labels(tenant.name, cached.state).inc()
        answer = self._answer(tenant, question, _campaigns(cached.body), cached.stored_at)
        return dataclasses.replace(answer, stale=cached.state == "stale-if-error", cached=cached)

    def trace(
        self, tenant: Tenant, question: Question, deadline: Deadline, debug: Debug = QUIET
    ) -> Trace:
        """Answer as `ask` does, but past the cache, and tell what the answer came of.

        Where `debug` forces experiences, they alone are looked at, and nothing is learned of
        their campaigns. Raises: as `ask`; every UpstreamFault, as no earlier answer stands in.
        """
        dataset = tenant.dataset(question.dataset)
        unaskable = self._why_unaskable(tenant, dataset, question)
        if unaskable:
            return Trace(self.nothing(unaskable))
        told = self._tell(
            tenant, dataset, question.identity, _context(dataset, question), deadline, debug
        )
        answer = self._answer(tenant, question, told.campaigns, self._clock())
        offered = _merged(told.campaigns, question.datafield)
        responses, explained = told.reply.campaign_responses, told.reply.campaign_explanations
        return Trace(
            answer=answer,
            was_asked=True,
            campaigns=told.campaigns,
            offered=offered,
            left=len(self._not_declined(tenant, question, offered)),
            refusals=tuple(told.refusals),
            explanations=read_explanations(explained),
            experiences=read_experiences((*responses, *explained)),
            feeders=self._campaign_datafields.feeding(
                tenant.name, dataset.name, question.datafield
            ),
        )

    def _why_unaskable(self, tenant: Tenant, dataset: Dataset, question: Question) -> Reason | None:
        require_identity_type(dataset, question.identity)
        if question.channel not in (None, "", CHANNEL):
            return channel_not_supported(question.channel)
        if not self.may_ask_for(tenant, question):
            return unknown_person(question.identity)
        return None

    def may_ask_for(self, tenant: Tenant, question: Question) -> bool:
        """Asking for somebody Personalization does not know would create a billable profile."""
        if tenant.personalization.create_profiles_on_read:
            return not self._people.is_erased(tenant.name, question.dataset, [question.identity])
        return self._people.find(tenant.name, question.dataset, question.identity) is not None

    def nothing(self, reason: Reason) -> NextBestAnswer:
        """Return that there is nothing to show, and why."""
        return NextBestAnswer(as_of=self._clock(), reason=reason)

    def _fetch(self, tenant, dataset, question, deadline) -> CachedAnswer:
        context = _context(dataset, question)
        key = CacheKey(
            tenant=tenant.name,
            person=digest(tenant.name, dataset.name, question.identity),
            kind="next-best",
            parameters=context.fingerprint(),
        )

        def load(load_deadline: Deadline) -> bytes:
            told = self._tell(tenant, dataset, question.identity, context, load_deadline, QUIET)
            return orjson.dumps(told.campaigns)

        return self._cache.fetch(key, load, _policy(tenant), deadline)

    def _tell(self, tenant, dataset, identity, context, deadline, debug: Debug) -> "_Told":
        """Ask Personalization, and learn of its reply who exists and what campaigns feed."""
        reply = self._personalization(tenant).ask_campaigns(
            dataset.name,
            identity,
            action=context.action,
            application=context.application,
            content_zones=context.content_zones,
            deadline=deadline.at_most(UPSTREAM_SECONDS),
            debug=debug,
        )
        if reply.resolved_user_id:
            proven = ProvenPerson((identity,), reply.resolved_user_id)
            self._people.learn(tenant.name, dataset.name, [proven])
        forced, refusals = debug.experience_ids, []
        campaigns = read_campaigns(
            reply.campaign_responses,
            dataset,
            context.content_zones,
            tenant.name,
            refusals.append,
        )
        if forced:
            campaigns = tuple(each for each in campaigns if each.experience_id in forced)
            return _Told(reply, campaigns, refusals)
        for campaign in campaigns:
            for datafield in campaign.items_by_datafield:
                self._campaign_datafields.remember(
                    tenant.name, dataset.name, campaign.campaign_id, datafield
                )
        return _Told(reply, campaigns, refusals)

    def _answer(
        self,
        tenant: Tenant,
        question: Question,
        campaigns: tuple[CampaignResponse, ...],
        as_of: float,
    ) -> NextBestAnswer:
        offered = _merged(campaigns, question.datafield)
        items = self._not_declined(tenant, question, offered)
        reason = None
        if not items:
            reason = ALL_DECLINED if offered else self._why_empty(tenant, question, campaigns)
        return NextBestAnswer(
            as_of=as_of,
            items=items[: question.max_items],
            reason=reason,
            returned_datafields=_datafields(campaigns),
        )

    def _not_declined(
        self, tenant: Tenant, question: Question, offered: tuple[Item, ...]
    ) -> tuple[Item, ...]:
        """Leave out what the person declined, also from answers cached before that."""
        if not offered:
            return ()
        hidden = self._declines.hidden(tenant.name, question.dataset, question.identity)
        return tuple(item for item in offered if (item.item_type, item.id) not in hidden)

    def _why_empty(
        self, tenant: Tenant, question: Question, campaigns: tuple[CampaignResponse, ...]
    ) -> Reason:
        for campaign in campaigns:
            if campaign.user_group == UserGroup.CONTROL and self._concerns(
                tenant, question, campaign
            ):
                return control_group(campaign)
        for campaign in campaigns:
            if question.datafield in campaign.items_by_datafield:
                return no_items(question.datafield, campaign)
        return no_campaign(question.datafield, _datafields(campaigns))

    def _concerns(self, tenant: Tenant, question: Question, campaign: CampaignResponse) -> bool:
        """Tell whether a control answer is about this Datafield; unattributed ones may be."""
        fed = self._campaign_datafields.of(tenant.name, question.dataset, campaign.campaign_id)
        return not fed or question.datafield in fed


@dataclass(frozen=True)
class _Told:
    """A reply of Personalization, its campaigns as far as they may be shown, and what may not."""

    reply: EventAnswer
    campaigns: tuple[CampaignResponse, ...]
    refusals: list[Refusal]


@dataclass(frozen=True)
class _Context:
    """What besides the person decides which campaigns come back."""

    action: str
    application: str
    content_zones: tuple[str, ...]

    def fingerprint(self) -> str:
        parts = (self.action, self.application, *sorted(self.content_zones))
        return hashlib.sha256("\x1f".join(parts).encode("utf-8")).hexdigest()[:32]


def _context(dataset: Dataset, question: Question) -> _Context:
    zones = question.content_zones
    return _Context(
        action=question.action or dataset.read_action,
        application=question.application or dataset.application,
        content_zones=dataset.content_zones if zones is None else zones,
    )


def _policy(tenant: Tenant) -> CachePolicy:
    return CachePolicy(**dataclasses.asdict(tenant.cache))


def _campaigns(body: bytes) -> tuple[CampaignResponse, ...]:
    """Read back what `_fetch` stored."""
    return tuple(
        CampaignResponse(
            campaign_id=stored["campaign_id"],
            campaign_name=stored["campaign_name"],
            experience_id=stored["experience_id"],
            user_group=UserGroup(stored["user_group"]),
            items_by_datafield={
                datafield: tuple(Item(**item) for item in items)
                for datafield, items in stored["items_by_datafield"].items()
            },
        )
        for stored in orjson.loads(body)
    )


def _merged(campaigns: Iterable[CampaignResponse], datafield: str) -> tuple[Item, ...]:
    """Return the items of every campaign of this Datafield, in reply order, each once."""
    items = {}
    for campaign in campaigns:
        for item in campaign.items_by_datafield.get(datafield, ()):
            items.setdefault((item.item_type, item.id), item)
    return tuple(items.values())


def _datafields(campaigns: Iterable[CampaignResponse]) -> tuple[str, ...]:
    named = (datafield for campaign in campaigns for datafield in campaign.items_by_datafield)
    return tuple(dict.fromkeys(named))
