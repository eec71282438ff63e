"""Why a card is empty: the right step fails, in words, and nothing is left behind by asking."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from service.model import Arrival, Event, EventItem, EventKind, EventSource, Identity
from simulator.personalization.cast import cast
from tests.conftest import Service, variables_in

CAST = cast()
NEXT_BEST = ["identifier", "dataset", "identityType", "person", "campaign", "datafield", "items"]
END = ["filters", "shown"]


def email_of(role: str) -> str:
    return CAST[role]["email"]


class Asker:
    """Asks one service for diagnoses and previews, as an administrator."""

    def __init__(self, service):
        self.service = service
        self.token = service.token(*service.add_client("acme", ("read", "admin")))

    def post(self, path: str, email: str, **more):
        identity = {"type": more.pop("type", "emailAddress"), "value": email}
        body = {"dataset": "retail", "identity": identity, "datafield": "promos"} | more
        return self.service.post(path, body, token=self.token)

    def diagnose(self, email: str, **more) -> dict:
        answer = self.post("/v1/diagnosis", email, **more)
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()

    def preview(self, email: str, experience_id: str, **more):
        return self.post("/v1/diagnosis/preview", email, experienceId=experience_id, **more)


@pytest.fixture(autouse=True)
def well(account):
    """The account as it was: whoever shares a service finds no other test's faults in it."""


def running_service(account, folder, **options) -> Iterator[Asker]:
    service = Service(variables_in(folder, account.url, **options))
    service.import_people()
    yield Asker(service)
    service.parts.close()


@pytest.fixture(scope="module")
def asker(running_account, tmp_path_factory):
    """One service for all tests that leave nothing behind in it."""
    yield from running_service(running_account, tmp_path_factory.mktemp("quiet"))


@pytest.fixture(scope="module")
def debugging(running_account, tmp_path_factory):
    """The same, of an operator who lets Personalization explain itself."""
    yield from running_service(running_account, tmp_path_factory.mktemp("debug"), debug=True)


@pytest.fixture
def own(service):
    """A service of one test alone."""
    return Asker(service)


def failure(found: dict) -> tuple[str, str] | None:
    """Return step and code of the first failure; check that the steps tell the same story."""
    states = [step["state"] for step in found["steps"]]
    if found["firstFailed"] is None:
        assert found["state"] == "ok"
        assert not {"failed", "skipped"} & set(states)
        return None
    assert found["state"] == "empty"
    place = states.index("failed")
    assert not {"failed", "skipped"} & set(states[:place])
    assert set(states[place + 1 :]) <= {"skipped"}
    step = found["steps"][place]
    assert step["step"] == found["firstFailed"]
    assert step["message"]
    assert step["next"]
    return step["step"], step["code"]


def step_of(found: dict, name: str) -> dict:
    return next(step for step in found["steps"] if step["step"] == name)


def see(service, email: str, *, source=EventSource.SITE, age=0.0, name="Browse", item=None) -> None:
    """Let a person do something `age` days ago; `item` is looked at."""
    kind = EventKind.CATALOG if item else EventKind.PAGE
    event = Event(
        time_ms=int((time.time() - age * 86_400) * 1_000),
        kind=kind,
        name=name,
        source=source,
        item_action="View Item" if item else None,
        items=(EventItem("Product", item, related={"Category": ("Mugs",)}),) if item else (),
    )
    tenant = service.parts.settings.tenants["acme"]
    arrival = Arrival(event, (Identity("emailAddress", email),))
    service.parts.events.append(tenant, tenant.dataset("retail"), [arrival])


def test_a_card_that_shows_something_has_nothing_wrong(asker):
    found = asker.diagnose(email_of("usual"))
    assert failure(found) is None
    assert [step["step"] for step in found["steps"]] == NEXT_BEST + END
    assert step_of(found, "shown")["parameters"] == {"count": 2}
    assert step_of(found, "person")["parameters"]["provenAt"].endswith("Z")
    assert "CRM Promotions" in step_of(found, "campaign")["message"]


def test_a_blank_field_is_named_as_the_admin_knows_it(asker, account):
    found = asker.diagnose("", fieldLabel="Email")
    assert failure(found) == ("identifier", "NO_IDENTIFIER")
    assert step_of(found, "identifier")["message"] == "Email of this record is blank."
    assert [step["step"] for step in found["steps"]] == NEXT_BEST + END
    assert account.events() == []


def test_an_unknown_dataset_or_identity_type_names_the_known_ones(asker):
    found = asker.diagnose(email_of("usual"), dataset="Retail")
    assert failure(found) == ("dataset", "UNKNOWN_DATASET")
    assert step_of(found, "dataset")["parameters"] == {"dataset": "Retail", "known": ["retail"]}
    found = asker.diagnose(email_of("usual"), type="email")
    assert failure(found) == ("identityType", "UNKNOWN_IDENTITY_TYPE")
    assert "emailAddress" in step_of(found, "identityType")["parameters"]["known"]


def test_an_unknown_person_is_not_asked_for_and_not_created(asker, account):
    before = account.state.profile_counts()
    assert failure(asker.diagnose(email_of("unknownContact"))) == ("person", "UNKNOWN_PERSON")
    assert account.state.profile_counts() == before
    assert account.events() == []


def test_what_only_the_site_says_is_told_apart_from_knowing_nothing(own):
    see(own.service, email_of("unknownContact"))
    found = own.diagnose(email_of("unknownContact"))
    assert failure(found) == ("person", "PERSON_NOT_PROVEN")
    assert step_of(found, "person")["parameters"] == {"tie": "claimed"}


def test_with_profiles_created_on_read_the_person_step_warns_of_it(make_service):
    asker = Asker(make_service(create=True))
    found = asker.diagnose(email_of("unknownContact"))
    assert step_of(found, "person")["code"] == "PERSON_CREATED_ON_READ"
    assert step_of(found, "person")["state"] == "warning"


def test_who_was_erased_is_not_asked_for_even_where_reads_create_profiles(make_service, account):
    asker = Asker(make_service(create=True))
    tenant, person = asker.service.parts.settings.tenants["acme"], email_of("usual")
    identity = Identity("emailAddress", person)
    asker.service.parts.erasures.begin(tenant, "retail", identity, "test")
    assert failure(asker.diagnose(person)) == ("person", "UNKNOWN_PERSON")
    assert account.events() == []


def test_a_control_person_is_told_that_nothing_is_wrong(asker):
    found = asker.diagnose(email_of("controlOfPromotions"))
    assert failure(found) == ("campaign", "CONTROL_GROUP")
    assert step_of(found, "campaign")["parameters"]["campaignName"] == "CRM Promotions"


def test_no_campaign_at_all_is_a_campaign_missing(own, account):
    account.switch(emptyCampaigns=True)
    assert failure(own.diagnose(email_of("usual"))) == ("campaign", "NO_CAMPAIGNS")


def test_a_campaign_that_others_got_is_missing_and_explained(debugging):
    debugging.service.next_best(email_of("usual"), "recs")  # teaches who feeds recs
    found = debugging.diagnose(email_of("noRecommendationsCampaign"), datafield="recs")
    assert failure(found) == ("campaign", "CAMPAIGN_NOT_RETURNED")
    step = step_of(found, "campaign")
    assert step["parameters"]["campaigns"] == ["CRM Recommendations"]
    assert step["parameters"]["explanation"].startswith("Only for people whose country")
    assert "Draft recommendations" in [each["campaignName"] for each in found["explanations"]]


def test_a_datafield_that_no_campaign_has_lists_those_that_did_return(asker):
    found = asker.diagnose(email_of("usual"), datafield="promotions")
    assert failure(found) == ("datafield", "NO_CAMPAIGN_FOR_DATAFIELD")
    returned = step_of(found, "datafield")["parameters"]["returnedDatafields"]
    assert set(returned) == set(found["returnedDatafields"]) >= {"promos", "recs"}


def test_an_empty_recipe_fails_at_the_items(asker):
    found = asker.diagnose(email_of("emptyRecommendations"), datafield="recs")
    assert failure(found) == ("items", "NO_ITEMS")


def test_links_that_were_refused_are_counted_with_their_hosts(own):
    tenants = own.service.parts.settings.tenants
    retail = replace(tenants["acme"].datasets["retail"], link_hosts=("cdn.example",))
    tenants["acme"].datasets["retail"] = retail
    found = own.diagnose(email_of("usual"))
    assert failure(found) is None
    step = step_of(found, "items")
    assert (step["state"], step["code"]) == ("warning", "ITEMS_REFUSED")
    assert step["parameters"]["hosts"] == ["shop.example"]
    assert step["parameters"]["links"] >= 2
    assert step["parameters"]["count"] == 2
    assert "link_hosts" in step["next"]


def decline(service, email: str, item: dict) -> None:
    """Decline an offer as a card does."""
    named = {"type": item["itemType"], "id": item["id"]}
    stat = {"campaignId": item["campaignId"], "experienceId": item["experienceId"]}
    stat |= {"stat": "Dismissal", "items": [named], "viewId": item["id"]}
    identity = {"type": "emailAddress", "value": email}
    body = {"dataset": "retail", "identity": identity, "stats": [stat]}
    assert service.write("/v1/campaign-stats", body).status_code == 202


def test_declines_warn_first_and_then_empty_the_card(own):
    items = own.service.next_best(email_of("usual")).get_json()["items"]
    assert len(items) == 2
    decline(own.service, email_of("usual"), items[0])
    found = own.diagnose(email_of("usual"))
    assert failure(found) is None
    assert step_of(found, "filters")["parameters"] == {"declined": 1, "cut": 0}
    decline(own.service, email_of("usual"), items[1])
    found = own.diagnose(email_of("usual"))
    assert failure(found) == ("filters", "ALL_DECLINED")
    assert step_of(found, "filters")["parameters"] == {"count": 2, "days": 30}


def test_what_maximum_items_cuts_off_is_counted(asker):
    found = asker.diagnose(email_of("usual"), maxItems=1)
    assert step_of(found, "filters")["parameters"] == {"declined": 0, "cut": 1}
    assert step_of(found, "shown")["parameters"] == {"count": 1}


def test_a_wrong_channel_is_a_setting_to_mend(asker, account):
    found = asker.diagnose(email_of("usual"), channel="Web")
    assert failure(found) == ("campaign", "CHANNEL_NOT_SUPPORTED")
    assert account.events() == []


def test_what_goes_wrong_upstream_is_a_step_and_no_fault(own, account):
    for status, code in ((401, "REFUSED_CREDENTIALS"), (404, "UNKNOWN_DATASET")):
        account.fault(httpStatus=status)
        told = failure(own.diagnose(email_of("usual")))
        assert told == ("campaign", f"UPSTREAM_{code}")


def test_the_cache_is_neither_read_nor_written_and_the_question_is_quiet(make_service, account):
    debugging = Asker(make_service(debug=True))
    service, person = debugging.service, email_of("usual")
    debugging.diagnose(person)
    service.next_best(person)  # nothing was saved for it
    debugging.diagnose(person)  # what is saved does not serve
    service.next_best(person)  # and still is what it was
    bodies = [call["body"] for call in account.events()]
    assert len(bodies) == 3
    assert [body.get("debug") for body in bodies] == [
        {"explanations": True},
        None,
        {"explanations": True},
    ]
    assert all(body["flags"] == {"nonInteractive": True} for body in bodies)
    assert all("campaignStats" not in body for body in bodies)


def test_without_leave_personalization_is_not_asked_to_explain_itself(asker, account):
    found = asker.diagnose(email_of("noRecommendationsCampaign"), datafield="recs")
    assert found["debugAllowed"] is False
    assert found["explanations"] == []
    [call] = account.events()
    assert "debug" not in call["body"]


def test_a_diagnosis_fails_where_the_card_is_empty_and_nowhere_else(debugging):
    for role in sorted(set(CAST) - {"contactWithoutEmail"}):
        for datafield in ("promos", "recs", "nothing"):
            card = debugging.service.next_best(email_of(role), datafield).get_json()
            found = debugging.diagnose(email_of(role), datafield=datafield)
            assert found["state"] == card["state"], (role, datafield)
            assert failure(found) == expected(card["reason"], failure(found)), (role, datafield)
            shown = step_of(found, "shown")["parameters"].get("count", 0)
            assert shown == len(card["items"]), (role, datafield)


def expected(reason: dict | None, told: tuple | None) -> tuple[str, str] | None:
    """Return step and code for the card's reason; a missing campaign may be known by name."""
    if reason is None:
        return None
    if reason["code"] == "NO_CAMPAIGN_FOR_DATAFIELD" and told[0] == "campaign":
        return "campaign", "CAMPAIGN_NOT_RETURNED"
    places = {"UNKNOWN_PERSON": "person", "CONTROL_GROUP": "campaign", "NO_ITEMS": "items"}
    return places.get(reason["code"], "datafield"), reason["code"]


def test_affinities_without_any_event_of_the_dataset_point_at_the_site(own):
    found = own.diagnose(email_of("usual"), component="affinities")
    assert failure(found) == ("events", "NO_EVENTS_IN_DATASET")
    see(own.service, email_of("another"))
    found = own.diagnose(email_of("usual"), component="affinities")
    assert failure(found) == ("events", "NO_EVENTS")
    order = ["identifier", "dataset", "identityType", "person", "events", "items", *END]
    assert [step["step"] for step in found["steps"]] == order


def test_affinities_tell_uncounted_old_and_hidden_apart(own):
    service, person = own.service, email_of("unknownContact")

    def told(**more):
        return failure(own.diagnose(person, component="affinities", **more))

    see(service, person)
    assert told() == ("items", "NOTHING_COUNTED")
    see(service, person, age=60, item="P1")
    assert told(dateRange="last7Days") == ("filters", "OUTSIDE_DATE_RANGE")
    assert told(dateRange="last90Days", showBy="purchases") == ("items", "NOTHING_COUNTED")
    see(service, person, item="P2")
    assert told(dateRange="last7Days") is None
    hidden = ["Category", "product"]
    assert told(dateRange="last7Days", hiddenTypes=hidden) == ("filters", "ALL_HIDDEN")


def test_an_event_stream_tells_none_from_hidden(own):
    person = email_of("unknownContact")

    def told(**more):
        return failure(own.diagnose(person, component="eventStream", **more))

    assert told() == ("person", "PERSON_NOT_SEEN")
    see(own.service, person)
    assert told() is None
    assert told(hiddenTypes=["page"]) == ("filters", "ALL_HIDDEN")


def test_a_preview_shows_a_draft_and_leaves_nothing_behind(make_service, account):
    debugging = Asker(make_service(debug=True))
    service, person = debugging.service, email_of("usual")
    answer = debugging.preview(person, "Ex7Ts", datafield="drafts").get_json()
    assert answer["state"] == "ok"
    assert {item["experienceId"] for item in answer["items"]} == {"Ex7Ts"}
    card = service.next_best(person, "drafts").get_json()
    assert card["state"] == "empty"
    [forced, _card] = [call["body"] for call in account.events()]
    assert forced["debug"] == {"testMessages": "Ex7Ts"}
    assert forced["flags"] == {"nonInteractive": True}
    assert account.state.datasets["retail"].stats == {}
    found = debugging.diagnose(person, datafield="drafts")
    assert failure(found) == ("datafield", "NO_CAMPAIGN_FOR_DATAFIELD")  # nothing was learned


def test_a_preview_shows_one_experience_even_to_the_control_group(debugging):
    person = email_of("controlOfPromotions")
    answer = debugging.preview(person, "Ex2Pm").get_json()
    assert answer["state"] == "ok"
    other = debugging.preview(person, "Ex2Pm", datafield="recs").get_json()
    assert other["reason"]["parameters"]["returnedDatafields"] == ["promos"]


def test_an_experience_that_does_not_return_is_no_empty_card(debugging, account):
    account.switch(testMessagesNeedPublished=True)
    answer = debugging.preview(email_of("usual"), "Ex7Ts", datafield="drafts").get_json()
    assert answer["reason"]["code"] == "EXPERIENCE_NOT_RETURNED"


def test_a_preview_never_creates_a_profile(debugging, account):
    answer = debugging.preview(email_of("unknownContact"), "Ex2Pm").get_json()
    assert answer["reason"]["code"] == "UNKNOWN_PERSON"
    assert account.events() == []


def test_without_leave_there_is_no_preview(asker, account):
    answer = asker.preview(email_of("usual"), "Ex2Pm").get_json()
    assert answer["reason"]["code"] == "DEBUG_NOT_ALLOWED"
    assert account.events() == []


def test_one_experience_at_a_time(debugging, account):
    for experience_id in ("true", "Ex2Pm,Ex7Ts", "", "a b", "true\n"):
        assert debugging.preview(email_of("usual"), experience_id).status_code == 422
    assert account.events() == []


def test_only_administrators_may_ask(service):
    body = {"dataset": "retail", "identity": {"type": "emailAddress", "value": "a@b.example"}}
    body["datafield"] = "promos"
    assert service.post("/v1/diagnosis", body).status_code == 403
    preview = body | {"experienceId": "Ex2Pm"}
    assert service.post("/v1/diagnosis/preview", preview).status_code == 403


def test_a_next_best_question_needs_its_datafield(asker):
    answer = asker.post("/v1/diagnosis", "a@b.example", datafield=None)
    assert answer.status_code == 422
