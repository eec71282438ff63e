"""Who is who: the match ladder of Personalization's CRM integration.

Rung 1 is the Salesforce id, rung 2 the designated match fields (any of them), rung 3 e-mail
or name. The highest rung with a hit wins; values must be identical, with case. Salesforce finds
candidates without regard to case, so a hit that differs in case only is told apart.
Source: Salesforce help, "CRM Data Synchronization".
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from service.data_sharing import ID_ATTRIBUTES, DataSharing, ObjectSharing
from service.usecases.sharing_values import ROW_VALUES

ID_RUNG, DESIGNATED_RUNG, USUAL_RUNG, CONTACT_RUNG = 1, 2, 3, 0
ID = "Id"
EMAIL_ATTRIBUTE = "emailAddress"


class Key(NamedTuple):
    """One value that a record must have in `field` to be the user's."""

    rung: int
    field: str
    value: str


class Verdict(StrEnum):
    """What a user's keys come to."""

    MATCHED = "MATCHED"
    AMBIGUOUS = "AMBIGUOUS"
    CASE_DIFFERS = "CASE_DIFFERS"
    NONE = "NONE"


class Match(NamedTuple):
    """What was found: the record, or the records that cannot be told apart."""

    verdict: Verdict
    rung: int | None = None
    field: str | None = None
    records: tuple[Mapping, ...] = ()


def ladder(sharing: DataSharing, wanted: ObjectSharing) -> tuple[tuple[int, str, str], ...]:
    """Return (rung, CRM field, attribute) of everything that may match, the highest first."""
    rungs = [(ID_RUNG, ID, ID_ATTRIBUTES[wanted.name])]
    rungs += [(DESIGNATED_RUNG, each.field, each.attribute) for each in wanted.match]
    if not (wanted.match and sharing.only_designated_match_fields):
        if wanted.name == "Account":
            rungs.append((USUAL_RUNG, "Name", "accountName"))
        else:
            rungs.append((USUAL_RUNG, "Email", EMAIL_ATTRIBUTE))
            if sharing.match_names:
                rungs.append((USUAL_RUNG, "Name", "displayName"))
    return tuple(rungs)


def keys_of(row: Mapping, rungs: Iterable[tuple[int, str, str]]) -> tuple[Key, ...]:
    """Return the keys that a row of the export has values for."""
    keys = []
    attributes = row.get("attributes")
    attributes = attributes if isinstance(attributes, dict) else {}
    for rung, field, attribute in rungs:
        value = attributes.get(attribute)
        if value is None:
            value = row.get(attribute) if attribute in ROW_VALUES else None
            if value is None:
                continue
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and value.strip() and (field != ID or is_record_id(value)):
            keys.append(Key(rung, field, value))
    return tuple(keys)


def is_record_id(value: str) -> bool:
    """Tell whether a text has the form of a Salesforce id, short or long."""
    return len(value) in (15, 18) and value.isascii() and value.isalnum()


NOBODY = Match(Verdict.NONE)


class RecordIndex:
    """Records by the values of their match fields, as they are and without case."""

    def __init__(self, fields: Iterable[str]):
        self._fields = tuple(dict.fromkeys(fields))
        self._exact: dict[tuple[str, str], dict[str, Mapping]] = {}
        self._folded: dict[tuple[str, str], dict[str, Mapping]] = {}

    def add(self, record: Mapping) -> None:
        """Take a record in; a deleted one is found by its id only."""
        record_id = str(record[ID])
        fields = (ID,) if record.get("IsDeleted") else self._fields
        for field in fields:
            value = record.get(field)
            if field == ID:
                value = record_id[:15]
            if isinstance(value, str) and value:
                self._exact.setdefault((field, value), {})[record_id] = record
                self._folded.setdefault((field, value.lower()), {})[record_id] = record

    def _may_match(self, keys: Iterable[Key]) -> bool:
        for _rung, field, value in keys:
            if (field, (value[:15] if field == ID else value).lower()) in self._folded:
                return True
        return False

    def match(self, keys: Iterable[Key]) -> Match:
        """Return what a user's keys come to: the highest rung with a hit."""
        if not self._may_match(keys):
            return NOBODY  # as for most users
        by_rung: dict[int, list[Key]] = {}
        for key in keys:
            by_rung.setdefault(key.rung, []).append(key)
        for rung in sorted(by_rung):
            hits, field = self._hits(by_rung[rung])
            if len(hits) == 1:
                return Match(Verdict.MATCHED, rung, field, tuple(hits.values()))
            if hits:
                return Match(Verdict.AMBIGUOUS, rung, field, tuple(hits.values()))
        return self._near_miss(by_rung)

    def alike(self, keys: Iterable[Key]) -> list[Mapping]:
        """Return the records that have any of these values, whatever its case."""
        found: dict[str, Mapping] = {}
        for _rung, field, value in keys:
            found |= self._folded.get((field, value.lower()), {})
        return list(found.values())

    def _hits(self, keys: list[Key]) -> tuple[dict[str, Mapping], str]:
        hits, field = {}, keys[0].field
        for key in keys:
            value = key.value[:15] if key.field == ID else key.value
            found = self._exact.get((key.field, value), {})
            field = key.field if found and not hits else field
            hits = hits | found
        return hits, field

    def _near_miss(self, by_rung: Mapping[int, list[Key]]) -> Match:
        for rung in sorted(by_rung):
            for key in by_rung[rung]:
                near = self._folded.get((key.field, key.value.lower()))
                if near and key.field != ID:
                    return Match(Verdict.CASE_DIFFERS, rung, key.field, tuple(near.values()))
        return NOBODY
