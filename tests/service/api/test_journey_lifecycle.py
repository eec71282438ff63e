"""Save, validate, publish, unpublish, stop, and the check of our own page."""

import json

import pytest

from simulator.journey_builder.marketing_cloud import Activities
from simulator.journey_builder.server import start_marketing_cloud
from simulator.journey_builder.tokens import ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET
from tests.conftest import OTHER_JOURNEY_KEY
from tests.service.journey_calls import ACTIVITY, JWT_HEADERS, SPLIT, signed, uniform_bought

IDS = {
    "activityObjectID": "11111111-1111-4111-8111-111111111111",
    "interactionId": "22222222-2222-4222-8222-222222222222",
    "originalDefinitionId": "33333333-3333-4333-8333-333333333333",
    "interactionKey": "back-to-school",
    "interactionVersion": "2",
}
BOUND = uniform_bought('{{Event.DEAudience-1."Email"}}')
QUESTION = {
    "dataset": "retail",
    "identities": [{"type": "emailAddress", "value": "{{Contact.Key}}"}],
    "segment": "Big spenders",
    "doubt": "out",
}
REST = """\
auth_url = "{url}"
rest_url = "{url}"
account_id = "{account}"
client_id = "env:MC_ID"
client_secret = "env:MC_SECRET"
"""
STEPS = ("save", "validate", "publish", "unpublish", "stop")


@pytest.fixture
def call(shared_service):
    def post(path, body, *, key=None):
        if key or isinstance(body, str):
            raw = signed(body, key) if key else body
            return shared_service.client.post(path, data=raw, headers=JWT_HEADERS)
        return shared_service.client.post(path, json=body)

    return post


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("base", [ACTIVITY, SPLIT])
def test_a_lifecycle_body_may_come_signed_or_plain(call, base, step):
    assert call(f"{base}/{step}", IDS).status_code == 200
    assert call(f"{base}/{step}", signed(IDS)).status_code == 200


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{", 400),
        ('{"a": 1, "a": 2}', 400),
        ("[]", 401),
        ("not a token", 401),
        (signed(IDS, OTHER_JOURNEY_KEY), 401),
        (json.dumps(IDS | {"padding": "x" * 300_000}), 413),
    ],
)
def test_a_wrong_lifecycle_body_is_refused(call, step, body, status):
    assert call(f"{ACTIVITY}/{step}", body).status_code == status


@pytest.mark.parametrize("step", STEPS)
def test_an_unknown_tenant_has_no_activity(call, step):
    assert call(f"/journey/nobody/activity/{step}", IDS).status_code == 404


def test_an_operator_may_insist_on_signatures(make_service, environment, tmp_path):
    variables = environment()
    _add_to_section(tmp_path, "lifecycle_must_be_signed = true\n")
    client = make_service.of(variables).client
    assert client.post(f"{ACTIVITY}/publish", json=IDS).status_code == 401
    assert client.post(f"{ACTIVITY}/publish", data=signed(IDS)).status_code == 200


def _add_to_section(folder, lines: str) -> None:
    """Add settings to acme's Journey Builder."""
    tenants = folder / "tenants.toml"
    section = "[tenants.acme.journey_builder]\n"
    tenants.write_text(tenants.read_text().replace(section, section + lines))


@pytest.mark.parametrize("step", ["validate", "publish"])
def test_publishing_is_stopped_by_what_can_never_work(call, step):
    assert call(f"{ACTIVITY}/{step}", IDS | {"inArguments": [BOUND]}).get_json() == {
        "valid": True,
        "checked": True,
    }
    wrong = BOUND | {"dataset": "shoes"}
    refused = call(f"{ACTIVITY}/{step}", IDS | {"inArguments": [wrong]})
    assert refused.status_code == 422
    assert "dataset is none of those" in refused.get_json()["detail"]


def test_an_activity_that_nobody_can_read_does_not_stop_publishing(call):
    assert call(f"{ACTIVITY}/publish", IDS).get_json() == {"valid": True, "checked": False}


def test_where_it_may_publishing_reads_the_journey_and_an_outage_does_not_stop_it(
    make_service, environment, tmp_path
):
    activities = Activities("http://127.0.0.1:1", OTHER_JOURNEY_KEY)
    with start_marketing_cloud(activities=activities) as running:
        variables = environment(MC_ID=CLIENT_ID, MC_SECRET=CLIENT_SECRET)
        _add_to_section(tmp_path, REST.format(url=running.url, account=ACCOUNT_ID))
        client = make_service.of(variables).client
        journey = running.cloud.engine.journeys["back-to-school-shop"]
        ids = IDS | {"interactionId": journey.id, "activityObjectID": "activity-1"}

        def publish(kept: dict):
            execute = {"inArguments": [kept]}
            payload = {"id": "activity-1", "arguments": {"execute": execute}}
            journey.activities["REST-1"].payload = payload
            return client.post(f"{ACTIVITY}/publish", json=ids)

        assert publish(BOUND).get_json() == {"valid": True, "checked": True}
        refused = publish(BOUND | {"action": ""})
        assert (refused.status_code, refused.get_json()["errors"][0]["field"]) == (422, "action")
        running.cloud.faults.set({"httpStatus": 500})
        assert publish(BOUND | {"action": ""}).get_json() == {"valid": True, "checked": False}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"dataset": None}, "dataset"),
        ({"action": " "}, "action"),
        ({"action": "x" * 101}, "action"),
        ({"identities": []}, "identities"),
        ({"identities": [{"type": "shoeSize", "value": "{{Contact.Key}}"}]}, "identities[0].type"),
        ({"identities": [{"type": "emailAddress", "value": ""}]}, "identities[0].value"),
        ({"identities": [{"type": "emailAddress", "value": "a@b.c"}]}, "identities[0].value"),
        ({"action": "{{Event.key.First Name}}"}, "action"),
        ({"action": "{{Audience.x}}"}, "action"),
        ({"attributes": {"jobTitle": "{{Event.key}"}}, "attributes.jobTitle"),
        ({"attributes": {"shoeSize": "44"}}, "attributes.shoeSize"),
        ({"profileObjects": [{"type": "Case", "id": "a b"}]}, "profileObjects[0].id"),
        ({"profileObjects": [{"type": "Boat", "id": "1"}]}, "profileObjects[0].type"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_the_check_names_the_exact_place(call, change, field):
    problems = call(f"{ACTIVITY}/check", [BOUND | change]).get_json()["problems"]
    assert field in [problem["field"] for problem in problems]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"action": "{{Event.key.Action}}"},
        {"action": '{{Event.key."First Name"}}'},
        {"attributes": {"jobTitle": '{{Contact.Attribute."Set name"."Title"}}'}},
        {"attributes": {"jobTitle": "Parent"}},
        {"profileObjects": [{"type": "Case", "id": "{{Contact.Key}}", "attributes": {}}]},
        {
            "profileObjects": [
                {"type": "Case", "id": "7", "attributes": {"status": "{{Contact.Key}}"}}
            ]
        },
    ],
)
def test_the_check_has_nothing_against_what_can_work(call, change):
    assert call(f"{ACTIVITY}/check", [BOUND | change]).get_json() == {"problems": []}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"segment": ""}, "segment"),
        ({"affinity": {"type": "Category", "object": "Bags"}}, "segment"),
        ({"segment": None, "affinity": {"type": "Category"}}, "affinity"),
        (
            {"segment": None, "affinity": {"type": "C", "object": "B", "minimumShare": 20}},
            "affinity.minimumShare",
        ),
        ({"doubt": "perhaps"}, "doubt"),
    ],
)
def test_the_check_of_a_split_names_the_exact_place(call, change, field):
    assert call(f"{SPLIT}/check", [QUESTION]).get_json() == {"problems": []}
    problems = call(f"{SPLIT}/check", [QUESTION | change]).get_json()["problems"]
    assert field in [problem["field"] for problem in problems]


@pytest.mark.parametrize(
    "change",
    [
        {"action": "{{" * 100_000},
        {"attributes": {f"a{n}": "{{x}}" for n in range(10_000)}},
        {"identities": [{"type": "emailAddress", "value": "{{Contact.Key}}"}] * 2_000},
    ],
)
def test_the_check_lists_so_many_problems_and_no_more_whatever_it_is_given(call, change):
    problems = call(f"{ACTIVITY}/check", [BOUND | change]).get_json()["problems"]
    assert 0 < len(problems) <= 50
