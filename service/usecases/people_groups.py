"""Several people asked for at once: each counts once, however many of the identities name them."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.errors import FieldError, UnknownIdentityType
from service.model import Identity, Reason
from service.storage.people import People
from service.tenant import Dataset, Tenant


@dataclass(frozen=True)
class Group:
    """Who is behind a list of identities.

    `places` holds for each person, by internal id, where in the list they are named, first place
    first; `asked` is how long the list is.
    """

    asked: int
    places: dict[int, tuple[int, ...]]

    @property
    def people(self) -> tuple[int, ...]:
        return tuple(self.places)


@dataclass(frozen=True)
class GroupSize:
    """How many identities were asked for, and how many people they turned out to be."""

    asked: int
    known: int


def find_group(
    people: People, tenant: Tenant, dataset: Dataset, identities: Sequence[Identity]
) -> Group:
    """Return the people whom we know anything of, claimed or proven.

    Raises: UnknownIdentityType naming every place in the list, StorageUnavailable.
    """
    _require_identity_types(dataset, identities)
    places: dict[int, tuple[int, ...]] = {}
    for place, person in enumerate(people.find_all(tenant.name, dataset.name, identities)):
        if person is not None:
            places[person] = (*places.get(person, ()), place)
    return Group(len(identities), places)


def unknown_people(group: Group) -> Reason:
    """Return the reason that nobody of a list was seen or proven."""
    return Reason(
        "UNKNOWN_PEOPLE",
        f"Personalization knows none of these {group.asked} people yet.",
        {"asked": group.asked},
    )


def no_events_of(size: GroupSize) -> Reason:
    """Return the reason that nothing is known of what several people did."""
    return Reason("NO_EVENTS", "Nothing is known of what these people did.", {"people": size.known})


def _require_identity_types(dataset: Dataset, identities: Sequence[Identity]) -> None:
    known = ", ".join(dataset.identity_types)
    message = f"Dataset {dataset.name} does not know this identity type. Known: {known}."
    wrong = [
        FieldError(f"identities.{place}.type", message)
        for place, identity in enumerate(identities)
        if identity.type not in dataset.identity_types
    ]
    if wrong:
        raise UnknownIdentityType(message, errors=wrong)
