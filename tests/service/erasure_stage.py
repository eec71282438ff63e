"""A person of whom something is kept everywhere, another beside them, and a look at every row."""

import json
import sqlite3
import time
from contextlib import closing

from sqlalchemy import MetaData, insert, select

from service.model import ANONYMOUS_ID, Identity
from service.storage.audit_log import Sight
from service.storage.people import digest
from service.storage.runs_rows import source_of
from service.storage.runs_tables import share_pulled, share_rows, share_runs, share_sent
from service.storage.segment_tables import segment_entries, segment_looks, segment_members
from service.storage.staging import Staging
from service.storage.tables import identities
from simulator.personalization.cast import cast
from tests.conftest import WRITE_KEY

ADA, BEA = cast()["usual"], cast()["another"]
CASE_CHANGED = {"dataset": "retail", "action": "Case changed"}


def address(person) -> dict:
    return {"type": "emailAddress", "value": person["email"]}


def browser(person) -> str:
    return f"browser{person['customer_id']}"


def event(person, action="View Item", item="P1", **more) -> dict:
    line = {"_id": item, "price": 1, "quantity": 1, "relatedCatalogObjects": {"Category": ["c"]}}
    body = {"catalog": {"Product": {"_id": item, "relatedCatalogObjects": {"Category": ["c"]}}}}
    if action != "View Item":
        body = {"order": {"Product": {"orderId": "o1", "lineItems": [line]}}}
    user = {"anonId": browser(person), "attributes": {"emailAddress": person["email"]}}
    return {"action": action, "itemAction": action, "user": user, **body, **more}


def collect(service, *events):
    body = json.dumps({"writeKey": WRITE_KEY, "events": list(events)})
    headers = {"Origin": "https://shop.example"}
    path, kind = "/collect/acme/retail", "text/plain"
    return service.client.post(path, data=body, headers=headers, content_type=kind)


def update(service, person, *, title="Boss", key=None):
    row = {
        "recordId": person["record_id"],
        "identities": [address(person), {"type": "customerId", "value": person["customer_id"]}],
        "attributes": {"jobTitle": title},
    }
    return service.write("/v1/profile-updates", CASE_CHANGED | {"updates": [row]}, key=key)


def decline(service, person):
    stats = [{"experienceId": "E", "stat": "Dismissal", "items": [{"type": "P", "id": "p1"}]}]
    body = {"dataset": "retail", "identity": address(person), "stats": stats}
    return service.write("/v1/campaign-stats", body)


def fill(service, account, *people) -> None:
    """Leave traces of people in everything that keeps any."""
    for person in people:
        _fill(service, account, person)
    for person in people:
        assert decline(service, person).status_code == 202
        update(service, person, title="Waiting")


def _fill(service, account, person) -> None:
    assert update(service, person).status_code == 200  # will be done
    service.deliver()
    account.fault(httpStatus=400, times=1)
    update(service, person, title="Dead letter")
    service.deliver()
    sent = event(person), event(person, "Purchase"), event(person, "Cancel", "other")
    assert collect(service, *sent).status_code == 204
    body = {"dataset": "retail", "identity": address(person)}
    service.post("/v1/affinities", body | {"showBy": "views", "dateRange": "allTime"})
    collect(service, event(person, item="P2"))  # a day to be counted anew
    service.next_best(person["email"])
    sight = Sight("acme", "client", None, "affinities", None, "retail", keeps_identity=True)
    service.parts.audit_log.record(sight, [Identity("emailAddress", person["email"])])
    service.parts.database.write(lambda connection: _fill_night(connection, person))
    _fill_file(service, person)


def _fill_night(connection, person) -> None:
    key = digest("acme", "retail", Identity("emailAddress", person["email"]))
    data = json.dumps({"Email": person["email"], "Name": person["name"]}).encode()
    unknown = digest("acme", "retail", Identity("sfmcContactKey", f"key of {person['email']}"))
    for number, who in enumerate((key, unknown)):
        member = {"tenant": "acme", "export": "vips", "person": who, "is_member": 1, "epoch": 1}
        member |= {"seen_ms": 1, "left_ms": 0, "contact_key": person["email"], "data": data}
        connection.execute(insert(segment_members).values(member))
        entry = {"tenant": "acme", "export": "vips", "person": who, "trigger": "join", "epoch": 1}
        entry |= {"event_definition_key": "E", "contact_key": person["email"], "data": data}
        entry |= {"state": "queued", "attempts": 0, "wake_at": 0, "decided_at": number}
        connection.execute(insert(segment_entries).values(entry | {"decided_day": "2026-11-28"}))
    look = {"tenant": "acme", "dataset": "retail", "person": key, "due_at": 0}
    look |= {"identity_type": "emailAddress", "identity_value": person["email"]}
    connection.execute(insert(segment_looks).values(look))
    run = {"tenant": "acme", "direction": "push", "state": "stopped", "phase": "push"}
    run |= {"lease_until": 0, "options": "{}", "cursor": "{}", "counts": "{}", "progress": "{}"}
    added = connection.execute(insert(share_runs).values(run | {"started_at": time.time()}))
    run_id = added.inserted_primary_key[0]
    row = {"run_id": run_id, "object": "Contact", "status": "planned", "attempts": 0}
    theirs = {"number": 1, "record_id": person["record_id"], "source_id": person["profileId"]}
    theirs |= {"before": json.dumps({"Email": person["email"]}), "after": "{}"}
    other = {"number": 2, "record_id": "003OTHER", "source_id": "someone else"}
    other |= {"message": f"user {person['profileId']} was active later"}
    for each in (theirs, other):
        connection.execute(insert(share_rows).values(row | each))
    place = {"tenant": "acme", "object": "Contact", "record_id": person["record_id"]}
    connection.execute(insert(share_sent).values(place | {"digest": "d", "run_id": run_id}))
    owner = select(identities.c.person_id).where(identities.c.digest == key)
    person_id = connection.execute(owner).scalar_one()
    connection.execute(insert(share_pulled).values(place | {"person_id": person_id}))
    to_tell = row | {"number": 3, "source_id": source_of(person_id)}
    to_tell |= {"record_id": f"003{person['customer_id']}"}
    to_tell |= {"after": json.dumps({"name": person["name"], "email": person["email"]})}
    connection.execute(insert(share_rows).values(to_tell))
    member = place | {"object": "CampaignMember", "record_id": f"00v{person['customer_id']}"}
    connection.execute(insert(share_pulled).values(member | {"of_record": person["record_id"]}))
    by_number = place | {"object": "Lead", "record_id": f"00Q{person['customer_id']}"}
    connection.execute(insert(share_pulled).values(by_number | {"waiting": json.dumps([key])}))


def _fill_file(service, person) -> None:
    [run] = [each.id for each in service.parts.data_sharing.runs.newest("acme")][:1]
    folder = service.parts.settings.data_dir / "runs"
    staging = Staging(folder / f"{run}.db")
    staging.add_members("S1", [person["profileId"]])
    staging.add_found([{"object": "Contact", "source_id": person["profileId"], "status": "x"}])
    who = json.dumps(["emailAddress", person["email"]])
    staging.add_pulled([("Contact", person["record_id"], 1, who, "{}", "d", "[]", None)])
    staging.commit()
    staging.close()
    (folder / f"{run}-user.csv").write_text(person["email"])


def names_of(person) -> list[str]:
    """Return everything that names a person: values, ids, and what is easily tried out."""
    values = {
        "emailAddress": person["email"],
        "customerId": person["customer_id"],
        "sfcrmContactId": person["record_id"],
        ANONYMOUS_ID: browser(person),
    }
    digests = [digest("acme", "retail", Identity(*each)) for each in values.items()]
    plain = [person["email"], person["name"], person["profileId"], person["record_id"]]
    records = [f"{prefix}{person['customer_id']}" for prefix in ("00Q", "00v")]
    return [*plain, browser(person), *records, *digests]


def found_of(service, person) -> list[tuple[str, str]]:
    """Return (table or file, what was found) wherever a row names the person."""
    names = names_of(person)
    return [
        (where, name)
        for where, text in _everything(service)
        for name in names
        if name.lower() in text
    ]


def _everything(service):
    database = service.parts.database
    schema = MetaData()
    schema.reflect(database.engine)
    with database.reading() as connection:
        for table in schema.tables.values():
            for row in connection.execute(select(table)):
                yield table.name, _text(row)
    folder = service.parts.settings.data_dir
    for path in [folder / "cache.db", *folder.glob("runs/*.db")]:
        with closing(sqlite3.connect(path)) as file:
            tables = file.execute("select name from sqlite_master where type = 'table'").fetchall()
            for (table,) in tables:
                for row in file.execute(f"select * from {table}"):
                    yield f"{path.name} {table}", _text(row)
    for path in folder.glob("runs/*.csv"):
        yield path.name, path.read_text().lower()


def _text(row) -> str:
    return " ".join(
        bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
        for value in row
    ).lower()


def numbers_of(service) -> dict[str, set[int]]:
    """Return, by table, whose rows there are, as far as they say it by number."""
    schema = MetaData()
    schema.reflect(service.parts.database.engine)
    with service.parts.database.reading() as connection:
        return {
            table.name: set(connection.execute(select(table.c.person_id)).scalars()) - {None}
            for table in schema.tables.values()
            if "person_id" in table.c
        }
