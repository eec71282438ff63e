"""Leads the users of the export through contacts and leads, and notes whom it found.

A contact beats a lead; merged records stand for their masters, converted leads for their contacts.
"""

from collections.abc import Mapping, Sequence

from service.data_sharing import DataSharing
from service.storage.runs_rows import Status
from service.storage.staging import Staging
from service.upstream.crm import Crm
from service.usecases.sharing_accounts import account_member
from service.usecases.sharing_drafts import Drafts
from service.usecases.sharing_lookup import Lookup, records_by_id
from service.usecases.sharing_matching import ID, NOBODY, Match, Verdict, keys_of
from service.usecases.sharing_preflight import Usable
from service.usecases.sharing_users import User, UserPages


class Finder:
    """Leads users through contacts, then leads; notes what is found in the file."""

    def __init__(
        self,
        *,
        crm: Crm,
        sharing: DataSharing,
        usable: Mapping[str, Usable],
        staging: Staging,
        pages: UserPages,
        drafts: Drafts,
    ):
        self._crm = crm
        self._sharing = sharing
        self._usable = usable
        self._staging = staging
        self._pages = pages
        self._drafts = drafts
        self._lookups = {
            name: self._lookup(name, found)
            for name, found in (("Contact", self._contacts), ("Lead", self._leads))
            if name in usable
        }

    @property
    def waiting_pages(self) -> list[int]:
        """Return the pages of the users who wait longest for a call to be full."""
        waiting = [each.oldest for each in self._lookups.values()]
        users = [each if isinstance(each, User) else each[0] for each in waiting if each]
        return [user.page for user in users]

    def take(self, number: int, rows: list) -> None:
        """Take a page in; whatever fills a call is asked for."""
        users, rejected = self._pages.sorted_out(number, rows)
        self._staging.add_found(rejected)
        for user in users:
            if "Contact" in self._lookups:
                usable = self._usable["Contact"]
                self._lookups["Contact"].add(user, keys_of(user.row, usable.rungs))
            else:
                self._after_contact([(user, NOBODY)])

    def flush(self) -> None:
        """Ask what is left."""
        for lookup in self._lookups.values():
            lookup.flush()

    def _lookup(self, name: str, found) -> Lookup:
        usable = self._usable[name]
        fields = {field for _rung, field, _attribute in usable.rungs}
        lengths = {field: usable.described.fields[field].length for field in fields}
        return Lookup(
            self._crm, name, usable.selected, [ID, *sorted(fields - {ID})], found, lengths
        )

    def _contacts(self, waiting, index) -> None:
        matches = self._followed("Contact", [(u, index.match(keys)) for u, keys in waiting])
        self._note("Contact", matches)
        self._after_contact(matches)

    def _after_contact(self, matches: list[tuple[User, Match]]) -> None:
        """Hand users on; who is one of several contacts is a contact, if nobody knows which."""
        if self._sharing.objects["Account"].push:
            members = (
                account_member(self._sharing, self._pages, user, _record(match))
                for user, match in matches
            )
            self._staging.add_account_users(filter(None, members))
        if "Lead" in self._lookups:
            rungs = self._usable["Lead"].rungs
            for user, match in matches:
                is_contact = match.verdict in (Verdict.MATCHED, Verdict.AMBIGUOUS)
                contacts = tuple(str(r[ID]) for r in match.records) if is_contact else ()
                self._lookups["Lead"].add((user, contacts), keys_of(user.row, rungs))

    def _leads(self, waiting, index) -> None:
        """Note leads; a contact beats a lead, and a converted lead stands for its contact."""
        matches = [(who, index.match(keys)) for who, keys in waiting]
        converted, plain, told = [], [], []
        for (user, contacts), match in matches:
            lead = _record(match)
            if contacts:
                told += [_suppressed(user, match, contacts)] if lead else []
            elif lead and lead.get("IsConverted"):
                converted.append((user, match))
            else:
                plain.append((user, match))
        self._staging.add_found(told)
        self._note("Lead", self._followed("Lead", plain))
        self._note_converted(converted)

    def _note_converted(self, converted: list[tuple[User, Match]]) -> None:
        """What belongs to a converted lead goes to its contact."""
        usable = self._usable.get("Contact")
        wanted = {
            match.records[0].get("ConvertedContactId"): (user, match) for user, match in converted
        }
        contacts = {}
        if usable:
            ids = [each for each in wanted if each]
            fields = usable.selected
            contacts = {r[ID]: r for r in records_by_id(self._crm, "Contact", fields, ids)}
        matches, told = [], []
        for user, match in converted:
            contact = contacts.get(match.records[0].get("ConvertedContactId"))
            if contact is None or contact.get("IsDeleted"):
                message = "the lead is converted and its contact is not there"
                told.append(_told(user, "Lead", match, "LEAD_CONVERTED", message))
            else:
                matches.append((user, Match(Verdict.MATCHED, match.rung, "lead", (contact,))))
                message = f"the lead is converted: contact {contact[ID]} gets its data"
                told.append(_told(user, "Lead", match, "LEAD_CONVERTED", message))
        self._staging.add_found(told)
        if matches:
            self._note("Contact", matches)

    def _followed(self, name: str, matches: list[tuple[User, Match]]) -> list[tuple[User, Match]]:
        """Let merged records stand for their masters; a deleted one is no match."""
        gone = [
            match.records[0]
            for _user, match in matches
            if match.verdict == Verdict.MATCHED and match.records[0].get("IsDeleted")
        ]
        if not gone:
            return matches
        masters = [each["MasterRecordId"] for each in gone if each.get("MasterRecordId")]
        fields = self._usable[name].selected
        found = {r[ID]: r for r in records_by_id(self._crm, name, fields, masters)}
        return [(user, _standing(match, found)) for user, match in matches]

    def _note(self, name: str, matches: list[tuple[User, Match]]) -> None:
        usable = self._usable[name]
        records = [m.records[0][ID] for _user, m in matches if m.verdict == Verdict.MATCHED]
        sent = self._drafts.sent_digests(name, records)
        nobody, told = [], []
        for user, match in matches:
            if self._is_told(usable, match):
                told.append(self._row(usable, user, match, sent))
            else:
                nobody.append(user.id)
        self._staging.add_found(told)
        self._staging.add_unmatched(name, nobody)

    @staticmethod
    def _is_told(usable: Usable, match: Match) -> bool:
        is_unpushed = match.verdict == Verdict.MATCHED and not usable.sharing.push
        return match.verdict != Verdict.NONE and not is_unpushed

    def _row(self, usable: Usable, user: User, match: Match, sent: Mapping[str, str]) -> dict:
        name = usable.sharing.name
        match match.verdict:
            case Verdict.MATCHED:
                record = match.records[0]
                raws = self._pages.raws(user, usable.sharing)
                last = user.row.get("lastActivity")
                return self._drafts.row_for(
                    usable,
                    user.id,
                    raws,
                    record,
                    match.rung,
                    last if isinstance(last, int) else 0,
                    sent.get(record[ID]),
                )
            case Verdict.AMBIGUOUS:
                ids = ", ".join(sorted(str(r[ID]) for r in match.records)[:5])
                message = f"{len(match.records)} records have this {match.field}: {ids}"
                row = _told(user, name, match, "AMBIGUOUS", message)
                return row | {"record_id": None, "status": Status.REJECTED}
        message = f"{match.field} differs in upper and lower case only"
        return _told(user, name, match, "CASE_DIFFERS", message)


def _record(match: Match) -> Mapping | None:
    """Return the record that was found, None unless it is one alone."""
    return match.records[0] if match.verdict == Verdict.MATCHED else None


def _standing(match: Match, masters: Mapping[str, Mapping]) -> Match:
    record = _record(match)
    if record is None or not record.get("IsDeleted"):
        return match
    master = masters.get(record.get("MasterRecordId"))
    if master is None or master.get("IsDeleted"):
        return Match(Verdict.NONE)
    return Match(Verdict.MATCHED, match.rung, match.field, (master,))


def _told(user: User, name: str, match: Match, code: str, message: str) -> dict:
    return {
        "object": name,
        "source_id": user.id,
        "record_id": match.records[0][ID],
        "rung": match.rung,
        "status": Status.SKIPPED,
        "code": code,
        "field": match.field,
        "message": message,
    }


def _suppressed(user: User, match: Match, contacts: Sequence[str]) -> dict:
    told = ", ".join(sorted(contacts)[:5])
    message = f"contact {told} is the same person and beats the lead"
    return _told(user, "Lead", match, "CONTACT_FIRST", message)
