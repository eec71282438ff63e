"""What Journey Builder loads of our activities. How the page behaves: tests/e2e."""

import json
import re

import pytest

from service.usecases.journey_split import Branch
from tests.conftest import JOURNEY_KEY, WRITE_KEY
from tests.service.journey_calls import ACTIVITY, SPLIT


def test_the_activity_describes_itself_with_our_address_and_never_the_callers(shared_service):
    answer = shared_service.client.get(f"{ACTIVITY}/config.json", headers={"Host": "evil.example"})
    config = answer.get_json()
    assert config["type"] == "REST"
    execute = config["arguments"]["execute"]
    assert execute["url"] == "https://p13n.example/journey/acme/activity/execute"
    assert execute["useJwt"] is True
    assert execute["retryCount"] > 0
    assert "evil" not in answer.get_data(as_text=True)
    assert {"save", "validate", "publish", "unpublish", "stop", "testPublish"} <= config[
        "configurationArguments"
    ].keys()


def test_every_address_it_names_is_there(shared_service):
    config = shared_service.client.get(f"{ACTIVITY}/config.json").get_json()
    calls = [*config["arguments"].values(), *config["configurationArguments"].values()]
    for call in calls:
        path = call["url"].removeprefix("https://p13n.example")
        assert shared_service.client.post(path, json={}).status_code in (200, 401)


def test_the_split_declares_each_branch_that_it_can_answer(shared_service):
    config = shared_service.client.get(f"{SPLIT}/config.json").get_json()
    assert config["type"] == "RESTDECISION"
    declared = [outcome["arguments"]["branchResult"] for outcome in config["outcomes"]]
    assert declared == list(Branch)


@pytest.mark.parametrize("base", [ACTIVITY, SPLIT])
def test_the_page_may_be_framed_by_the_tenants_stack_only_and_sets_no_cookie(shared_service, base):
    for address in (f"{base}/", f"{base}/index.html"):
        answer = shared_service.client.get(address)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.endswith(
            "frame-ancestors https://mc.s50.exacttarget.com "
            "https://jbinteractions.s50.marketingcloudapps.com"
        )
        assert "default-src 'none'" in policy
        assert "X-Frame-Options" not in answer.headers
        assert "Set-Cookie" not in answer.headers


def test_the_page_knows_names_and_no_secret(shared_service):
    document = shared_service.client.get(f"{ACTIVITY}/").get_data(as_text=True)
    facts = json.loads(re.search(r'id="facts">(.*?)</script>', document, re.DOTALL).group(1))
    assert [dataset["name"] for dataset in facts["datasets"]] == ["retail"]
    for secret in (WRITE_KEY, JOURNEY_KEY, "demo-secret", "demo-key", "elsewhere", "env:"):
        assert secret not in document


def test_everything_the_page_loads_is_ours_and_there(shared_service):
    document = shared_service.client.get(f"{ACTIVITY}/").get_data(as_text=True)
    named = re.findall(r'(?:src|href)="([^"]+)"', document)
    scripts = [file for file in named if file.endswith("main.js")]
    assert scripts == ["main.js"]
    seen = set(named)
    while scripts:
        script = shared_service.client.get(f"{ACTIVITY}/{scripts.pop()}").get_data(as_text=True)
        found = set(re.findall(r"from '\./([^']+)'", script)) - seen
        seen |= found
        scripts += found
    for file in seen:
        assert "/" not in file
        assert shared_service.client.get(f"{ACTIVITY}/{file}").status_code == 200, file


@pytest.mark.parametrize(
    "path",
    [
        f"{ACTIVITY}/package.json",
        f"{ACTIVITY}/..%2f..%2fsettings.py",
        f"{ACTIVITY}/node_modules/postmonger/postmonger.js",
        "/journey/nobody/activity/",
        "/journey/nobody/activity/config.json",
        "/journey/nobody/activity/main.js",
    ],
)
def test_nothing_else_is_served(shared_service, path):
    assert shared_service.client.get(path).status_code == 404
