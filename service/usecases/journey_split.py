"""A decision split: is this contact in a segment, or has it an affinity?

Always answers one of the declared branches, inside the deadline: what nobody can tell takes the
branch that the designer chose for doubt. A split is a read: it makes no profile and no event.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import structlog

from service.deadline import Deadline
from service.errors import Fault
from service.metrics import JOURNEY_STEPS
from service.model import Identity
from service.storage.cache_answer import CachePolicy
from service.tenant import Dataset, Tenant
from service.upstream.user_lookup import MAX_SEGMENTS
from service.usecases.affinities import Affinities, AffinityQuestion
from service.usecases.affinity_ranking import ShowBy
from service.usecases.affinity_windows import DateRange
from service.usecases.journey_arguments import dataset_of, given_identities, merged
from service.usecases.person_lookup import PersonLookup
from service.usecases.profile_update_rows import RowRefused, read_row

LOOKUP_POLICY = CachePolicy(
    fresh_seconds=60,
    stale_while_revalidate_seconds=0,
    stale_if_error_seconds=0,
    negative_seconds=15,
)
"""A decision wants to be fresher than a line on a card, and an old answer is a doubt."""
ALL_OBJECTS = 1_000

log = structlog.get_logger()


class Branch(StrEnum):
    """The outcomes that the activity declares."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


class Doubt(Exception):
    """Raised where nobody can tell; the message is for our log and names nobody."""


@dataclass(frozen=True)
class AffinityWanted:
    """One object of a catalog type, by id or name, and from which share of the type it counts."""

    type: str
    object: str
    show_by: ShowBy
    date_range: DateRange
    minimum_share: float


class JourneySplit:
    """Answers splits of every tenant's journeys."""

    def __init__(self, *, affinities: Affinities, person_lookup: PersonLookup):
        self._affinities = affinities
        self._person_lookup = person_lookup

    def branch(
        self, tenant: Tenant, in_arguments: object, deadline: Deadline, correlation_id: str
    ) -> Branch:
        """Return the branch that the contact takes. Never raises."""
        chosen = Branch.UNKNOWN
        try:
            given = merged(in_arguments)
            chosen = _branch_of_doubt(given)
            chosen = Branch.IN if self._holds(tenant, given, deadline) else Branch.OUT
        except (Doubt, RowRefused, Fault) as doubt:
            log.info("split in doubt", why=str(doubt), correlation_id=correlation_id)
        except Exception:  # a journey must go on: the branch for doubt is there for this, too
            log.exception("split failed unforeseen", correlation_id=correlation_id)
        JOURNEY_STEPS.labels(tenant.name, "split", chosen).inc()
        return chosen

    def _holds(self, tenant: Tenant, given: Mapping, deadline: Deadline) -> bool:
        dataset = dataset_of(tenant, given)
        row = read_row(dataset, {"identities": given_identities(given.get("identities"))})
        wanted = question_of(given)
        if isinstance(wanted, AffinityWanted):
            return self._has_affinity(tenant, dataset, row.identities, wanted, deadline)
        return self._is_in_segment(tenant, dataset, row.identities, wanted, deadline)

    def _is_in_segment(
        self,
        tenant: Tenant,
        dataset: Dataset,
        identities: tuple[Identity, ...],
        segment: str,
        deadline: Deadline,
    ) -> bool:
        for identity in identities:
            lines = self._person_lookup.look_up(
                tenant, dataset.name, identity, deadline, LOOKUP_POLICY
            )
            if lines is None:
                continue
            found = lines.looked_up.segments
            names = (dataset.segment_names.get(each, each) for each in found)
            if segment.casefold() in {each.casefold() for each in (*found, *names)}:
                return True
            if len(lines.looked_up.segments) >= MAX_SEGMENTS:
                raise Doubt("more segments than are read")
            return False
        raise Doubt("nobody with these identities can be looked up")

    def _has_affinity(
        self,
        tenant: Tenant,
        dataset: Dataset,
        identities: tuple[Identity, ...],
        wanted: AffinityWanted,
        deadline: Deadline,
    ) -> bool:
        for identity in identities:
            question = AffinityQuestion(
                dataset=dataset.name,
                identity=identity,
                show_by=wanted.show_by,
                date_range=wanted.date_range,
                max_per_type=ALL_OBJECTS,
            )
            ranked = self._affinities.ranked(tenant, question, deadline)
            if ranked is not None:
                kinds = [kind for kind in ranked if kind.type == wanted.type]
                found = (each for kind in kinds for each in kind.items)
                return any(
                    _is(each, wanted) and each.share >= wanted.minimum_share for each in found
                )
        raise Doubt("nobody with these identities has events")


def question_of(given: Mapping) -> str | AffinityWanted:
    """Return the segment's name or id, or the affinity that is asked for. Raises: RowRefused."""
    segment, affinity = given.get("segment"), given.get("affinity")
    if isinstance(segment, str) and segment.strip() and affinity is None:
        return segment.strip()
    if isinstance(affinity, dict) and segment in (None, ""):
        return _affinity_of(affinity)
    message = "One question is needed: a segment, or an affinity."
    raise RowRefused("NO_QUESTION", "segment", message)


def branches_of(given: Mapping) -> tuple[Branch, ...]:
    """Return the branches that a split with these arguments can answer."""
    doubt = _branch_of_doubt(given)
    return tuple(dict.fromkeys((Branch.IN, Branch.OUT, doubt)))


def _branch_of_doubt(given: Mapping) -> Branch:
    try:
        return Branch(given.get("doubt") or Branch.UNKNOWN)
    except ValueError:
        raise RowRefused("INVALID_BRANCH", "doubt", "doubt must be in, out or unknown.") from None


def _affinity_of(given: dict) -> AffinityWanted:
    texts = [given.get("type"), given.get("object")]
    if not all(isinstance(each, str) and each.strip() for each in texts):
        message = "An affinity needs a catalog type and an object."
        raise RowRefused("NO_QUESTION", "affinity", message)
    try:
        share = float(given.get("minimumShare") or 0)
        show_by = ShowBy(given.get("showBy") or ShowBy.VIEWS)
        date_range = DateRange(given.get("dateRange") or DateRange.LAST_90_DAYS)
    except (TypeError, ValueError):
        message = "showBy, dateRange and minimumShare must be of the known values."
        raise RowRefused("INVALID_QUESTION", "affinity", message) from None
    if not 0 <= share <= 1:
        message = "minimumShare must be a fraction from 0 to 1."
        raise RowRefused("INVALID_QUESTION", "affinity.minimumShare", message)
    kind, name = (each.strip() for each in texts)
    return AffinityWanted(kind, name, show_by, date_range, share)


def _is(affinity, wanted: AffinityWanted) -> bool:
    return wanted.object.casefold() in _names(affinity)


def _names(affinity) -> Iterator[str]:
    return (each.casefold() for each in (affinity.id, affinity.label))
