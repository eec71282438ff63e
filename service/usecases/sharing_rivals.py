"""Whose word counts where several records of the CRM speak of one person: one's, or nobody's.

A push writes to nobody who has several records, so a pull takes nothing from those: what one of
them says would undo what another says, night by night. A contact beats a lead, both ways.
Source: Salesforce help, "CRM Data Synchronization".
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from service.data_sharing import ID_ATTRIBUTES, DataSharing
from service.model import Identity
from service.storage.runs_rows import Status
from service.upstream.crm import Crm
from service.usecases.sharing_lookup import Lookup
from service.usecases.sharing_matching import ID, Key, ladder
from service.usecases.sharing_preflight import STANDARD

Named = Mapping[str, Iterable[Identity]]
"""Records by id, each with what names its person, the surest first."""


class Reason(NamedTuple):
    """Why a record does not speak for its person."""

    status: Status
    code: str
    field: str | None
    message: str


class Rivals:
    """Looks for other records of the same people as records of one object. 1,000 a call."""

    def __init__(self, crm: Crm, sharing: DataSharing, name: str):
        self._crm, self._sharing, self._name = crm, sharing, name
        self._described: dict = {}

    def among(self, named: Named) -> dict[str, Reason]:
        """Return, by record id, why a record does not speak for its person."""
        found: dict[str, Reason] = {}
        own = ID_ATTRIBUTES[self._name]

        def is_contacts(record_id: str, field: str | None, records: list[Mapping]) -> None:
            message = f"contact {records[0][ID]} is the same person and beats the lead"
            found[record_id] = Reason(Status.SKIPPED, "CONTACT_FIRST", field, message)

        def is_anothers(record_id: str, field: str | None, records: list[Mapping]) -> None:
            ids = sorted({record_id, *(str(each[ID]) for each in records)})
            if len(ids) > 1:
                message = f"{len(ids)} records have this {field}: {', '.join(ids[:5])}"
                found[record_id] = Reason(Status.REJECTED, "AMBIGUOUS", field, message)

        surest = {record_id: [next(iter(some))] for record_id, some in named.items()}
        surest = {each: some for each, some in surest.items() if some[0].type != own}
        self._ask(self._name, surest, is_anothers)
        if self._name == "Lead":
            self._ask("Contact", named, is_contacts)
        return found

    def _ask(self, name: str, named: Named, told: Callable) -> None:
        """Tell of the records of an object that have what names a person."""
        if named and name not in self._described:
            self._described[name] = self._crm.describe(name)
        described = self._described.get(name)
        if not named or described is None:
            return

        def found(waiting, index) -> None:
            for record_id, keys in waiting:
                people = {each.comparable for each in named[record_id]}
                same = [r for r in index.alike(keys) if not _is_gone(r) and names(r) & people]
                if same:
                    told(record_id, keys[0].field, same)

        def names(record: Mapping) -> set[str]:
            return {Identity(kind, str(record.get(f))).comparable for _rung, f, kind in rungs}

        rungs = [
            each
            for each in ladder(self._sharing, self._sharing.objects[name])
            if (field := described.fields.get(each[1])) and field.filterable
        ]
        fields = dict.fromkeys(field for _rung, field, _kind in rungs)
        extras = [field for field in STANDARD[name] if field in described.fields]
        lengths = {field: described.fields[field].length for field in fields}
        lookup = Lookup(self._crm, name, [ID, *extras, *fields], [ID, *fields], found, lengths)
        for record_id, some in named.items():
            keys = [
                Key(rung, field, each.value)
                for rung, field, kind in rungs
                for each in some
                if each.type == kind
            ]
            lookup.add(record_id, tuple(keys))
        lookup.flush()


def _is_gone(record: Mapping) -> bool:
    return bool(record.get("IsDeleted") or record.get("IsConverted"))
