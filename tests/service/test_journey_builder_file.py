"""The section journey_builder of the tenants file."""

import pytest

from service.file_tables import Table
from service.journey_builder import RestAccess
from service.journey_builder_file import read_journey_builder
from service.settings import read_settings
from tests.service.test_settings import problems_of

KEY = "a signing secret of an installed package"
SECTION = {
    "public_url": "https://p13n.example",
    "stack_hosts": ["mc.s50.exacttarget.com"],
    "signing_keys": ["env:KEY"],
}
REST = {
    "auth_url": "https://acme.auth.marketingcloudapis.com",
    "rest_url": "https://acme.rest.marketingcloudapis.com",
    "account_id": "100",
    "client_id": "env:ID",
    "client_secret": "env:SECRET",
}
ENVIRONMENT = {"KEY": KEY, "SHORT": "too short", "ID": "the-id", "SECRET": "the-secret"}


def read(section: dict, *, allow_http=False):
    problems: list[str] = []
    table = Table("tenants.acme", {"journey_builder": section}, problems)
    return read_journey_builder(table, ENVIRONMENT, allow_http), "\n".join(problems)


def test_a_tenant_without_the_section_has_no_journey_builder():
    problems: list[str] = []
    assert read_journey_builder(Table("tenants.acme", {}, problems), {}, False) is None
    assert problems == []


def test_the_section_is_read_with_its_ring_of_keys(environment):
    acme = read_settings(environment()).tenants["acme"].journey_builder
    assert acme.frame_origins == (
        "https://mc.s50.exacttarget.com",
        "https://jbinteractions.s50.marketingcloudapps.com",
    )
    assert len(acme.signing_keys) == 2
    assert not acme.lifecycle_must_be_signed
    assert acme.rest is None


def test_secrets_do_not_show_when_the_section_is_printed():
    section, problems = read(SECTION | REST)
    assert problems == ""
    assert section.rest == RestAccess(
        REST["auth_url"], REST["rest_url"], "100", "the-id", "the-secret"
    )
    assert KEY not in repr(section)
    assert "the-secret" not in repr(section)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"public_url": "http://p13n.example"}, "public_url: must begin with https://"),
        ({"public_url": "https://p13n.example/path"}, "public_url"),
        ({"stack_hosts": ["https://mc.s50.exacttarget.com"]}, "stack_hosts"),
        ({"stack_hosts": ["*.exacttarget.com"]}, "stack_hosts"),
        ({"stack_hosts": ["mc.example; script-src *"]}, "stack_hosts"),
        ({"stack_hosts": ["127.0.0.1:8840"]}, "stack_hosts"),
        ({"signing_keys": []}, "signing_keys: must hold at least one key"),
        ({"signing_keys": ["env:SHORT"]}, "signing_keys: key 1 is shorter than 32 bytes"),
        ({"signing_keys": ["env:NOWHERE"]}, "NOWHERE is not set"),
        ({"signing_keys": [KEY]}, "signing_keys: must be a reference"),
        ({"client_id": "env:ID"}, "client_secret: is missing"),
        ({"signing_key": "env:KEY"}, "signing_key: is not a known setting"),
    ],
)
def test_a_wrong_section_is_named_to_the_key(change, problem):
    assert problem in read(SECTION | change)[1]


def test_a_page_on_this_machine_may_frame_ours_only_where_http_is_allowed():
    section, problems = read(SECTION | {"stack_hosts": ["127.0.0.1:8840"]}, allow_http=True)
    assert (section.frame_origins, problems) == (("http://127.0.0.1:8840",), "")


def test_two_tenants_may_not_share_a_signing_key(environment):
    shared = environment() | {"OTHER_JOURNEY_KEY": environment()["ACME_OLD_JOURNEY_KEY"]}
    assert "tenants.other.journey_builder.signing_keys: tenant acme has" in problems_of(shared)
