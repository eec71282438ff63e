"""Journeys on the canvas: an entry, our two activities, what lies behind, and the contacts in them.

Everything is invented; ids are names, so that people who read a log know what they read.
"""

import copy
import threading
import uuid
from dataclasses import dataclass, field

from simulator.bank.offers import account_holders
from simulator.journey_builder.seed import BACK_TO_SCHOOL
from simulator.shop.people import Person, everybody
from simulator.shop.till import uniform_buyers


@dataclass(frozen=True)
class Entry:
    """Where contacts come from: an event definition with its columns, and who is in it now."""

    key: str
    name: str
    fields: tuple[tuple[str, str], ...]
    rows: tuple[dict, ...] = ()

    def model(self) -> dict:
        """Return the event definition, as a page that asks for it gets it."""
        kind = "APIEvent" if self.key.startswith("APIEvent") else "EmailAudience"
        return {
            "eventDefinitionKey": self.key,
            "dataExtensionId": f"de-of-{self.key}",
            "name": self.name,
            "type": kind,
            "mode": "Production",
        }


@dataclass
class Activity:
    """A box on the canvas. `payload` is what Journey Builder keeps of it."""

    key: str
    kind: str  # activity, split, email, end
    label: str
    next: dict[str, str]
    payload: dict = field(default_factory=dict)

    @property
    def is_ours(self) -> bool:
        return self.kind in ("activity", "split")

    @property
    def is_configured(self) -> bool:
        return not self.is_ours or bool(self.payload.get("metaData", {}).get("isConfigured"))


@dataclass
class Contact:
    """One contact's passage through a journey."""

    key: str
    data: dict
    instance_id: str
    at: str
    person: Person | None = None
    outputs: dict = field(default_factory=dict)
    trail: list[dict] = field(default_factory=list)
    is_test: bool = False


class Journey:
    """One journey; `lock` guards what changes."""

    def __init__(self, key: str, name: str, entry: Entry, dataset: str, activities: list[Activity]):
        self.key, self.name, self.entry, self.dataset = key, name, entry, dataset
        self.activities = {each.key: each for each in activities}
        self.first = activities[0].key
        self.lock = threading.RLock()
        self.status = "Draft"
        self.version = 1
        self.contacts: list[Contact] = []
        self.problems: dict[str, list[str]] = {}

    @property
    def id(self) -> str:
        return f"id-of-{self.key}"

    def let_in(self, row: dict, *, is_test: bool, person: Person | None = None) -> Contact:
        """Return a contact who enters now."""
        with self.lock:
            instance = str(uuid.uuid4())  # never again, also not after a reset
            contact = Contact(row["ContactKey"], row, instance, self.first, person, is_test=is_test)
            self.contacts.append(contact)
            return contact

    def interaction(self) -> dict:
        """Return the journey as `requestInteraction` and the REST API do."""
        return {
            "id": self.id,
            "key": self.key,
            "name": self.name,
            "version": self.version,
            "workflowApiVersion": 1,
            "status": self.status,
            "entryMode": "MultipleEntries",
            "executionMode": "Production",
            "definitionId": f"definition-of-{self.key}",
            "activities": [copy.deepcopy(a.payload) for a in self.activities.values() if a.is_ours],
            "triggers": [
                {
                    "key": "TRIGGER",
                    "type": self.entry.model()["type"],
                    "metaData": {"eventDefinitionKey": self.entry.key},
                }
            ],
        }

    def view(self) -> dict:
        """Return what the canvas draws."""
        with self.lock:
            return {
                "key": self.key,
                "name": self.name,
                "dataset": self.dataset,
                "status": self.status,
                "entry": {"key": self.entry.key, "name": self.entry.name},
                "waiting": len(self.entry.rows),
                "activities": [self._box(each) for each in self.activities.values()],
                "contacts": [_contact_view(each) for each in self.contacts],
            }

    def _box(self, activity: Activity) -> dict:
        passed = [c for c in self.contacts if any(t["key"] == activity.key for t in c.trail)]
        return {
            "key": activity.key,
            "kind": activity.kind,
            "label": activity.payload.get("name") or activity.label,
            "next": activity.next,
            "isConfigured": activity.is_configured,
            "problems": self.problems.get(activity.key, []),
            "here": sum(contact.at == activity.key for contact in self.contacts),
            "passed": len(passed),
        }


def _contact_view(contact: Contact) -> dict:
    person = contact.person
    return {
        "key": contact.key,
        "name": person.name if person else contact.data.get("FirstName") or contact.key,
        "recordId": person.record_id if person else None,
        "at": contact.at,
        "isTest": contact.is_test,
        "trail": contact.trail,
    }


def demo_journeys() -> list[Journey]:
    """Return the journeys of the demo: a shop's, a bank's, and one that a segment feeds."""
    return [
        Journey("back-to-school-shop", "Back to School", _uniforms(), "retail", _boxes()),
        Journey("back-to-school-bank", "Back to School (bank)", _accounts(), "bank", _boxes()),
        Journey("segment-entry", "Back to School (segment)", _segment(), "retail", _boxes()),
    ]


def person_of(contact_key: str) -> Person | None:
    """Return who stands behind a contact key of the demo, None for anybody else."""
    people = [holder.person for holder in account_holders()]
    people += everybody()
    return next((each for each in people if contact_key in (each.record_id, each.email)), None)


def _boxes() -> list[Activity]:
    return [
        Activity("REST-1", "activity", "Personalization Activity", {"": "RESTDECISION-1"}),
        Activity(
            "RESTDECISION-1",
            "split",
            "Personalization Split",
            {"in": "EMAIL-1", "out": "EMAIL-2", "unknown": "EMAIL-3"},
        ),
        Activity("EMAIL-1", "email", "E-mail to members", {"": "END"}),
        Activity("EMAIL-2", "email", "E-mail to the others", {"": "END"}),
        Activity("EMAIL-3", "email", "E-mail to everybody", {"": "END"}),
        Activity("END", "end", "Exit", {}),
    ]


def _uniforms() -> Entry:
    rows = [
        {
            "ContactKey": buyer.person.record_id,
            "Email Address": buyer.person.email,
            "CustomerId": buyer.person.customer_id,
            "LoyaltyNumber": buyer.loyalty_number,
            "FirstName": buyer.person.first_name,
            "SchoolColour": buyer.colour,
        }
        for buyer in uniform_buyers()
    ]
    fields = (
        ("ContactKey", "Text"),
        ("Email Address", "EmailAddress"),
        ("CustomerId", "Text"),
        ("LoyaltyNumber", "Text"),
        ("FirstName", "Text"),
        ("SchoolColour", "Text"),
    )
    return Entry("DEAudience-uniform-bought", "School uniform bought", fields, tuple(rows))


def _accounts() -> Entry:
    rows = [
        {
            "ContactKey": holder.person.record_id,
            "EmailAddress": holder.person.email,
            "BankCustomerId": holder.customer_id,
            "FirstName": holder.person.first_name,
        }
        for holder in account_holders()[:5]
    ]
    fields = (
        ("ContactKey", "Text"),
        ("EmailAddress", "EmailAddress"),
        ("BankCustomerId", "Text"),
        ("FirstName", "Text"),
    )
    return Entry("DEAudience-account-opened", "Student account opened", fields, tuple(rows))


def _segment() -> Entry:
    fields = (
        ("ContactKey", "Text"),
        ("EmailAddress", "EmailAddress"),
        ("SegmentName", "Text"),
        ("FirstName", "Text"),
    )
    return Entry(BACK_TO_SCHOOL, "Joined a segment of Personalization", fields)
