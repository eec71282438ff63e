"""Accounts: the groups of users that belong to them, and what those come to together."""

from collections.abc import Mapping

import orjson

from service.data_sharing import DataSharing
from service.storage.runs_rows import Status
from service.storage.staging import Staging
from service.upstream.crm import Crm
from service.usecases.sharing_drafts import Drafts
from service.usecases.sharing_lookup import Lookup
from service.usecases.sharing_matching import (
    CONTACT_RUNG,
    ID,
    USUAL_RUNG,
    Key,
    Match,
    Verdict,
    keys_of,
    ladder,
)
from service.usecases.sharing_preflight import Usable
from service.usecases.sharing_users import User, UserPages
from service.usecases.sharing_values import combined


def account_member(
    sharing: DataSharing, pages: UserPages, user: User, contact: Mapping | None
) -> tuple | None:
    """Return the user as a member of an account: by id, match field, name, or contact."""
    account = sharing.objects["Account"]
    keys = keys_of(user.row, ladder(sharing, account))
    account_id = (contact or {}).get("AccountId")
    if account_id and sharing.account_through_contact:
        keys = (*keys, Key(CONTACT_RUNG, ID, account_id))
    if not keys:
        return None
    raws = pages.raws(user, account)
    told = [[key.rung, key.field, key.value] for key in keys]
    key = orjson.dumps(told).decode("utf-8")
    return user.id, key, orjson.dumps(raws, default=str).decode("utf-8")


class AccountGroups:
    """Finds the account of each group of users, and combines what they have."""

    def __init__(self, crm: Crm, usable: Usable, staging: Staging, drafts: Drafts):
        self._drafts = drafts
        self._usable = usable
        self._staging = staging
        fields = {field for _rung, field, _attribute in usable.rungs}
        lengths = {field: usable.described.fields[field].length for field in fields}
        keys = [ID, *sorted(fields - {ID})]
        self._lookup = Lookup(crm, "Account", usable.selected, keys, self._found, lengths)

    def take(self, key: str) -> None:
        """Take the users in who share a list of keys."""
        keys = tuple(Key(*each) for each in orjson.loads(key))
        self._lookup.add(key, tuple(k._replace(rung=_last(k.rung)) for k in keys))

    def finish(self) -> None:
        self._lookup.flush()

    def note(self, account_id: str) -> None:
        """Note what an account is to get: its users are known by now."""
        rung, record = self._staging.account(account_id)
        sent = self._drafts.sent_digests("Account", [account_id]).get(account_id)
        self._staging.add_found([self._row(account_id, rung, orjson.loads(record), sent)])

    def _found(self, waiting, index) -> None:
        told = []
        for key, keys in waiting:
            match = index.match(keys)
            record = match.records[0] if match.records else {}
            if match.verdict == Verdict.MATCHED and not record.get("IsDeleted"):
                rung = CONTACT_RUNG if match.rung > USUAL_RUNG else match.rung
                text = orjson.dumps(record).decode("utf-8")
                self._staging.assign(key, record[ID], rung, text)
            elif match.verdict in (Verdict.AMBIGUOUS, Verdict.CASE_DIFFERS):
                told += self._misses(key, match)
        self._staging.add_found(told)

    def _misses(self, key: str, match: Match):
        is_near = match.verdict == Verdict.CASE_DIFFERS
        message = (
            f"{match.field} differs in upper and lower case only"
            if is_near
            else f"{len(match.records)} accounts have this {match.field}"
        )
        for source_id in self._staging.users_of(key):
            yield {
                "object": "Account",
                "source_id": source_id,
                "record_id": match.records[0][ID] if is_near else None,
                "rung": match.rung,
                "status": Status.SKIPPED if is_near else Status.REJECTED,
                "code": str(match.verdict),
                "field": match.field,
                "message": message,
            }

    def _row(self, account_id: str, rung: int, record: Mapping, sent: str | None) -> dict:
        gathered: dict[str, list] = {push.field: [] for push in self._usable.sharing.push}
        users = 0
        for raws in self._staging.raws_of(account_id):
            users += 1
            known = orjson.loads(raws)
            for push in self._usable.sharing.push:
                if (raw := known[push.field]) is not None:
                    gathered[push.field].append(raw)
        raws = {
            push.field: combined(gathered[push.field], push.take) if gathered[push.field] else None
            for push in self._usable.sharing.push
        }
        source = f"{users} users" if users != 1 else "1 user"
        row = self._drafts.row_for(self._usable, account_id, raws, record, rung, 0, sent)
        return row | ({} if row.get("message") else {"message": source})


def _last(rung: int) -> int:
    """The account of a person's contact stands below everything else on the ladder."""
    return USUAL_RUNG + 1 if rung == CONTACT_RUNG else rung
