"""What questions about a person have in common: may it be asked, and what if nobody is known."""

from service.errors import FieldError, UnknownIdentityType
from service.model import Identity, Reason
from service.tenant import Dataset


def require_identity_type(dataset: Dataset, identity: Identity) -> None:
    """Raise UnknownIdentityType, naming the known ones, unless the dataset has this type."""
    if identity.type not in dataset.identity_types:
        known = ", ".join(dataset.identity_types)
        message = f"Dataset {dataset.name} does not know this identity type. Known: {known}."
        raise UnknownIdentityType(message, errors=[FieldError("identity.type", message)])


def unknown_person(identity: Identity) -> Reason:
    """Return the reason that nobody with this identity was seen or proven."""
    return Reason(
        "UNKNOWN_PERSON",
        "Personalization does not know this person yet.",
        {"identityType": identity.type},
    )
