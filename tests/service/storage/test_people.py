"""The people index: proof in, a person out; never a name."""

import pytest

from service.model import Identity
from service.storage.people import People, ProvenPerson, digest
from service.storage.tables import metadata

ADA = Identity("emailAddress", "ada@shop.example")
NUMBER = Identity("customerId", "17850")
CONTACT = Identity("sfcrmContactId", "003Aa")


@pytest.fixture
def database(state_store):
    return state_store


@pytest.fixture
def people(database):
    return People(database)


def learn(people, *identities, upstream_id=None, tenant="acme", dataset="retail"):
    people.learn(tenant, dataset, [ProvenPerson(identities, upstream_id)])


def test_nobody_is_known_without_proof(people):
    assert people.find("acme", "retail", ADA) is None


def test_every_identity_of_a_proven_person_finds_the_same_person(people):
    learn(people, ADA, NUMBER)
    assert people.find("acme", "retail", ADA) == people.find("acme", "retail", NUMBER) is not None


def test_addresses_compare_without_case_and_crm_ids_with_case(people):
    learn(people, ADA, CONTACT)
    assert people.find("acme", "retail", Identity("emailAddress", "ADA@Shop.example"))
    assert people.find("acme", "retail", Identity("sfcrmContactId", "003aa")) is None


def test_tenants_and_datasets_never_meet(people):
    learn(people, ADA)
    assert people.find("other", "retail", ADA) is None
    assert people.find("acme", "wholesale", ADA) is None


def test_two_people_become_one_when_proof_ties_them(people):
    learn(people, ADA)
    learn(people, NUMBER, upstream_id="p1")
    learn(people, CONTACT, upstream_id="p2")
    learn(people, ADA, NUMBER, CONTACT, upstream_id="p1")
    found = {people.find("acme", "retail", each) for each in (ADA, NUMBER, CONTACT)}
    assert len(found) == 1


def test_a_profile_that_got_a_new_address_stays_the_same_person(people):
    learn(people, ADA, upstream_id="p1")
    new = Identity("emailAddress", "ada@work.example")
    learn(people, new, upstream_id="p1")
    assert people.find("acme", "retail", new) == people.find("acme", "retail", ADA)


def test_learning_the_same_twice_changes_nothing(people, database):
    learn(people, ADA, NUMBER, upstream_id="p1")
    before = people.find("acme", "retail", ADA)
    learn(people, ADA, NUMBER, upstream_id="p1")
    learn(people, ADA, ADA, upstream_id="p1")
    assert people.find("acme", "retail", ADA) == before


def test_the_store_holds_no_identity_in_clear(people, database):
    learn(people, ADA, NUMBER)
    with database.reading() as connection:
        rows = [
            row for table in metadata.sorted_tables for row in connection.execute(table.select())
        ]
    stored = str(rows).lower()
    assert digest("acme", "retail", ADA) in stored
    assert "shop.example" not in stored
    assert "17850" not in stored
