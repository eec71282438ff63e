"""The doctor: what is well, what is not, and what to do next."""

import json
import subprocess
from dataclasses import replace
from threading import Event

import pytest
from sqlalchemy import update

from service.deadline import Deadline
from service.errors import UpstreamCertificateRefused, UpstreamUnavailable
from service.storage.privacy_tables import erasures
from service.storage.tables import outbox, people
from service.tenant import Dataset
from service.usecases import doctor_checks as checks
from service.usecases import doctor_house as house
from service.usecases.doctor_checks import Group, Verdict
from service.usecases.user_export import RowBudget
from simulator.personalization.cast import cast
from tests.service.test_killed_export import MC, P13N, SECTION

RETAIL = Dataset("retail", "Retail", ("emailAddress",))
WITH_TITLE = replace(RETAIL, user_attributes={"jobTitle": "string"})
PERSON = {"type": "emailAddress", "value": cast()["usual"]["email"]}
UPDATE = {"dataset": "retail", "action": "Case Closed", "updates": [{"identities": [PERSON]}]}


def examine(service) -> dict[str, checks.Check]:
    tenant = service.parts.settings.tenants["acme"]
    found = service.parts.doctor.examine(tenant, Deadline.after(20))
    return {check.code: check for check in found}


def test_a_service_that_was_set_up_has_nothing_red(service):
    service.next_best(PERSON["value"])
    found = examine(service)
    assert {c.code for c in found.values() if c.verdict == Verdict.RED} == set()
    assert found["TOKEN_API"].verdict == found["TOKEN_EVENTS"].verdict == Verdict.GREEN
    assert found["CAMPAIGNS"].verdict == Verdict.GREEN
    assert "promos" in found["CAMPAIGNS"].message
    assert found["CLOCK"].verdict == Verdict.GREEN


def test_an_examination_leaves_nothing_in_the_account(service, account):
    before = account.state.profile_counts()
    examine(service)
    assert account.state.profile_counts() == before
    retail = account.state.datasets["retail"]
    actions = {event["action"] for profile in retail.profiles for event in profile.events}
    assert "p13n doctor" not in actions


def test_the_rows_it_reads_are_counted(service):
    rows = examine(service)["ROW_BUDGET"].message
    again = examine(service)["ROW_BUDGET"].message
    assert rows != again


@pytest.mark.parametrize(
    ("key", "red"),
    [
        ("demo-disabled", {"TOKEN_API", "TOKEN_EVENTS"}),
        ("demo-events-only", {"TOKEN_API"}),
        ("demo-api-only", {"TOKEN_EVENTS"}),
        ("demo-wholesale", {"TOKEN_API", "TOKEN_EVENTS"}),
        ("nobody", {"TOKEN_API", "TOKEN_EVENTS"}),
    ],
)
def test_what_the_token_may_not_do_is_named(make_service, key, red):
    service = make_service(import_people=False, ACME_KEY_ID=key)
    found = examine(service)
    token = {c for c in ("TOKEN_API", "TOKEN_EVENTS") if found[c].verdict == Verdict.RED}
    assert token == red
    assert all(found[code].action for code in red)


def test_an_account_that_is_gone_does_not_hide_the_rest(make_service):
    service = make_service(import_people=False, url="http://127.0.0.1:1")
    found = examine(service)
    assert found["TOKEN_API"].verdict == Verdict.RED
    assert "CLOCK" not in found  # nobody has told the time
    assert found["OUTBOX"].verdict == Verdict.GREEN
    assert found["PEOPLE_INDEX"].verdict == Verdict.RED
    assert "p13n people import acme retail" in found["PEOPLE_INDEX"].action


def test_what_hangs_is_told_in_time(service, account):
    account.fault(hang=True)
    tenant = service.parts.settings.tenants["acme"]
    found = service.parts.doctor.examine(tenant, Deadline.after(1))
    late = {check.code for check in found if "did not answer in time" in check.message}
    assert late == {"TOKEN_API", "TOKEN_EVENTS"}
    assert {"STATE_STORE", "OUTBOX", "PEOPLE_INDEX"} <= {check.code for check in found}


def test_a_part_that_knows_no_deadline_does_not_hide_the_others(service):
    stuck = Event()
    service.parts.doctor._house = replace(service.parts.doctor._house, free_bytes=stuck.wait)
    tenant = service.parts.settings.tenants["acme"]
    found = service.parts.doctor.examine(tenant, Deadline.after(1))
    stuck.set()
    late = [each for each in found if each.message == "There was no answer in time."]
    assert [(each.code, each.verdict) for each in late] == [("MACHINE", Verdict.AMBER)]
    assert {"STATE_STORE", "TOKEN_API", "SEGMENT_EXPORT", "OUTBOX"} - {c.code for c in found} == {
        "SEGMENT_EXPORT"  # of which this tenant has none
    }


def test_a_clock_that_is_wrong_is_told(service, account):
    account.state.clock.advance(600)
    check = examine(service)["CLOCK"]
    assert check.verdict == Verdict.RED
    assert "behind" in check.message


def test_a_cache_that_is_gone_is_told(make_service):
    lost = make_service(import_people=False, P13N_REDIS_URL="redis://127.0.0.1:1")
    assert examine(lost)["CACHE_STORE"].verdict == Verdict.RED


def test_an_old_secret_that_still_opens_is_told(service):
    assert examine(service)["CLIENT_SECRETS"].verdict == Verdict.GREEN
    service.parts.clients.rotate(service.client_id)
    check = examine(service)["CLIENT_SECRETS"]
    assert check.verdict == Verdict.AMBER and service.client_id in check.message


def test_a_page_for_journeys_that_was_not_installed_is_told(service):
    assert "JOURNEY_PAGE" not in examine(service)
    service.parts.doctor._house = replace(service.parts.doctor._house, has_journey_page=False)
    assert examine(service)["JOURNEY_PAGE"].verdict == Verdict.RED


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (200, Verdict.GREEN),
        (404, Verdict.RED),
        (UpstreamCertificateRefused("The certificate of p13n.example has expired."), Verdict.RED),
        (UpstreamUnavailable(), Verdict.AMBER),
    ],
)
def test_what_answers_at_the_address_for_journeys_is_told(service, answer, verdict):
    asked = []

    def ask(url, _deadline):
        asked.append(url)
        if isinstance(answer, Exception):
            raise answer
        return answer

    service.parts.doctor._house = replace(service.parts.doctor._house, ask_address=ask)
    assert examine(service)["JOURNEY_ADDRESS"].verdict == verdict
    assert asked == ["https://p13n.example/journey/acme/activity/config.json"]


def test_letters_and_old_messages_are_told(service, account):
    account.fault(httpStatus=400, times=1)
    service.write("/v1/profile-updates", UPDATE)
    service.deliver()
    assert examine(service)["DEAD_LETTERS"].verdict == Verdict.AMBER
    service.write("/v1/profile-updates", UPDATE)
    long_ago = update(outbox).where(outbox.c.finished_at.is_(None)).values(accepted_at=1.0)
    service.parts.database.write(lambda c: c.execute(long_ago))
    assert examine(service)["OUTBOX"].verdict == Verdict.RED


def test_people_who_wait_to_be_erased_are_told_before_their_month_is_over(service, account):
    assert "Nobody" in examine(service)["ERASURES"].message
    account.fault(httpStatus=500, times=1)
    service.parts.erasures._settling_seconds = 0
    token = service.token(*service.add_client("acme", scopes=("admin",)))
    service.write("/v1/erasures", {"dataset": "retail", "identity": PERSON}, token=token)
    assert examine(service)["ERASURES"].verdict == Verdict.GREEN
    now = service.parts.outbox.now()
    for days, verdict in ((2, Verdict.AMBER), (8, Verdict.RED)):
        asked = update(erasures).values(requested_at=now - days * checks.DAY)
        service.parts.database.write(lambda c, asked=asked: c.execute(asked))
        found = examine(service)["ERASURES"]
        assert (found.verdict, found.group) == (verdict, Group.PEOPLE)
        assert f"the oldest for {days} days. It waits: " in found.message


def test_who_may_sign_in_is_told(service):
    assert examine(service)["CLIENTS"].verdict == Verdict.AMBER
    service.add_client("acme", scopes=("admin",))
    assert examine(service)["CLIENTS"].verdict == Verdict.GREEN
    service.parts.clients.revoke(service.client_id)
    assert examine(service)["CLIENTS"].verdict == Verdict.RED


def test_journeys_that_cannot_be_read_back_are_told(service, make_service, cloud):
    assert examine(service)["JOURNEY_REST"].verdict == Verdict.AMBER
    section = SECTION.format(url=cloud.url, account_id="100000001", reentry="never")
    assert "JOURNEY_REST" not in examine(make_service(journey=section, **MC))


def test_an_old_people_index_is_told(service):
    service.parts.database.write(lambda c: c.execute(update(people).values(proven_at=1.0)))
    assert examine(service)["PEOPLE_INDEX"].verdict == Verdict.AMBER


def test_an_export_that_cannot_send_is_red(make_service, cloud):
    section = SECTION.format(url=cloud.url, account_id="100000001", reentry="never")
    service = make_service(journey=section, **MC)
    assert examine(service)["SEGMENT_EXPORT"].verdict == Verdict.AMBER
    tenant = service.parts.settings.tenants["acme"]
    cloud.fault(forbidden=True)
    assert examine(service)["SEGMENT_EXPORT"].verdict == Verdict.RED
    cloud.fault(forbidden=True, route="/async/events", times=1)
    service.parts.segment_exports.run(tenant)
    check = examine(service)["SEGMENT_EXPORT"]
    assert check.verdict == Verdict.AMBER
    assert "permission" in check.message
    cloud.state.faults.clear()
    service.parts.segment_exports.run(tenant)
    assert examine(service)["SEGMENT_EXPORT"].verdict == Verdict.GREEN


@pytest.mark.parametrize(
    ("check", "verdict"),
    [
        (checks.row_budget(RETAIL, RowBudget(10, None, 1)), Verdict.GREEN),
        (checks.row_budget(RETAIL, RowBudget(89, 100, 1)), Verdict.GREEN),
        (checks.row_budget(RETAIL, RowBudget(95, 100, 1)), Verdict.AMBER),
        (checks.row_budget(RETAIL, RowBudget(100, 100, 1)), Verdict.RED),
        (checks.cache({"hit": 9, "miss": 80}), Verdict.GREEN),
        (checks.cache({"hit": 40, "miss": 80}), Verdict.AMBER),
        (checks.cache({"hit": 80, "miss": 40}), Verdict.GREEN),
        (checks.action_names(RETAIL, 50), Verdict.GREEN),
        (checks.action_names(RETAIL, 51), Verdict.AMBER),
        (checks.identities(RETAIL, []), Verdict.AMBER),
        (checks.identities(RETAIL, [{"attributes": {"customerId": "1"}}]), Verdict.AMBER),
        (checks.identities(RETAIL, [{"attributes": {"emailAddress": "a"}}]), Verdict.GREEN),
        (checks.event_store(RETAIL, None, 0), Verdict.AMBER),
        (checks.clock(29), Verdict.GREEN),
        (checks.clock(-31), Verdict.AMBER),
        (checks.attributes(RETAIL, []), Verdict.GREEN),
        (checks.attributes(WITH_TITLE, [{"attributes": {"jobTitle": "Rep"}}]), Verdict.GREEN),
        (checks.attributes(WITH_TITLE, [{"attributes": {"jobTitle": None}}]), Verdict.AMBER),
        (house.disk(2 * 2**30), Verdict.GREEN),
        (house.disk(2**29), Verdict.AMBER),
        (house.disk(2**20), Verdict.RED),
        (house.keys(["0123456789abcdef" * 2]), Verdict.GREEN),
        (house.keys(["0123456789abcdef" * 2] * 2), Verdict.AMBER),
        (house.keys(["change-me" * 5]), Verdict.RED),
        (house.client_secrets({"p13n-1": 1}), Verdict.GREEN),
        (house.client_secrets({"p13n-1": 1, "p13n-2": 2}), Verdict.AMBER),
    ],
)
def test_figures_have_a_verdict(check, verdict):
    assert check.verdict == verdict
    assert (check.action is None) == (verdict == Verdict.GREEN)


def test_the_route_is_for_admins_and_names_the_worst(service):
    admin = service.token(*service.add_client("acme", scopes=("admin",)))

    def get(token):
        return service.client.get("/v1/doctor", headers={"Authorization": f"Bearer {token}"})

    assert get(service.token()).status_code == 403
    told = get(admin).get_json()
    assert told["verdict"] == "amber"
    fields = {"code", "group", "about", "verdict", "message", "action"}
    assert all(fields == set(check) for check in told["checks"])
    groups = [check["group"] for check in told["checks"]]
    assert list(dict.fromkeys(groups)) == list(Group)


def test_the_terminal_exits_with_1_on_red(environment, account):
    variables = environment()

    def p13n(*arguments, **more):
        options = {"env": variables | more, "capture_output": True, "text": True}
        return subprocess.run([P13N, *arguments], **options)

    before = p13n("doctor", "acme", "--json")
    codes = {
        c["code"] for c in json.loads(before.stdout)["tenants"]["acme"] if c["verdict"] == "red"
    }
    assert (before.returncode, codes) == (1, {"PEOPLE_INDEX", "CLIENTS"})
    p13n("people", "import", "acme", "retail")
    p13n("client", "add", "acme")
    after = p13n("doctor", "acme")
    assert after.returncode == 0
    assert "> " in after.stdout
    assert p13n("doctor", "nobody").returncode == 2
    gone = p13n("doctor", "acme", "--json", P13N_DATABASE_URL="postgresql://x@127.0.0.1:1/x")
    found = {c["code"]: c["verdict"] for c in json.loads(gone.stdout)["tenants"]["acme"]}
    assert gone.returncode == 1
    assert (found["STATE_STORE"], found["OUTBOX"], found["TOKEN_API"]) == ("red", "amber", "green")
