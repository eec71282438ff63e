"""Settings are read once; every fault is reported together."""

import pytest

from service.errors import InvalidSettings
from service.settings import read_settings


def problems_of(environment: dict) -> str:
    with pytest.raises(InvalidSettings) as trouble:
        read_settings(environment)
    return "\n".join(trouble.value.problems)


def test_a_complete_environment_is_read(environment):
    settings = read_settings(environment())
    acme = settings.tenants["acme"]
    assert acme.personalization.api_key_secret == "demo-secret"
    assert acme.datasets["retail"].content_zones == ("crm_offers",)
    assert acme.cache.fresh_seconds == 60


def test_an_empty_environment_names_everything_that_is_missing():
    problems = problems_of({})
    assert "P13N_TENANTS" in problems
    assert "P13N_SECRET_KEY" in problems


def test_all_faults_of_the_file_are_listed_at_once(environment, tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text(
        """
[tenants.acme]
org_id = "not an id"
time_zone = "Europe/Atlantis"
colour = "red"
[tenants.acme.personalization]
url = "http://acme.evergage.com"
api_key_id = "the key itself"
api_key_secret = "env:NOT_SET_ANYWHERE"
[tenants.acme.datasets.retail]
identity_types = "emailAddress"
link_hosts = ["https://shop.example"]
user_attributes = { age = "integer" }
currency = "pounds"
allowed_origins = ["https://shop.example/", "shop.example"]
retention_days = 0
segment_names = { a1b2c = 7 }
[tenants.acme.cache]
fresh_seconds = -1
"""
    )
    problems = problems_of(environment() | {"P13N_TENANTS": str(path)})
    for wrong in (
        "tenants.acme.org_id",
        "tenants.acme.time_zone",
        "tenants.acme.colour: is not a known setting",
        "tenants.acme.personalization.url",
        "api_key_id: must be a reference",
        "NOT_SET_ANYWHERE is not set",
        "retail.identity_types: must be a list",
        "retail.link_hosts",
        "retail.user_attributes.age",
        "retail.currency",
        "retail.allowed_origins: 'https://shop.example/'",
        "retail.allowed_origins: 'shop.example'",
        "retail.retention_days",
        "retail.segment_names",
        "cache.fresh_seconds",
    ):
        assert wrong in problems


@pytest.mark.parametrize(
    "url",
    [
        "https://10.0.0.7",
        "https://169.254.169.254",
        "https://2130706433",
        "https://[::ffff:10.0.0.1]",
        "https://user@acme.evergage.com",
        "https://acme.evergage.com/path",
        "ftp://acme.evergage.com",
        "https://",
        "https://acme.evergage.com:notaport",
    ],
)
def test_an_upstream_inside_our_network_or_with_extras_is_refused(environment, url):
    assert "personalization.url" in problems_of(environment(url=url))


def test_plain_http_on_this_machine_needs_the_switch(environment):
    variables = environment() | {"P13N_ALLOW_HTTP_UPSTREAM": ""}
    assert "P13N_ALLOW_HTTP_UPSTREAM" in problems_of(variables)


def test_two_tenants_cannot_share_an_org(environment, tmp_path):
    variables = environment()
    path = tmp_path / "tenants.toml"
    path.write_text(path.read_text().replace("00D000000000002EAA", "00D000000000001EAA"))
    assert "belongs to tenant acme already" in problems_of(variables)


def test_a_short_secret_key_is_refused(environment):
    assert "P13N_SECRET_KEY" in problems_of(environment() | {"P13N_SECRET_KEY": "short"})


def test_secrets_never_show_in_what_settings_print(environment):
    printed = repr(read_settings(environment()))
    assert "demo-secret" not in printed
    assert "a secret key" not in printed


def test_wrong_ways_out_are_listed_with_the_rest(environment, tmp_path):
    variables, file = environment(LOGIN="nobody"), tmp_path / "tenants.toml"
    wrong = """egress = { proxy = "https://user:secret@proxy/x", login = "env:LOGIN", \
ca_file = "/nonexistent.pem", speed = 1 }
create_profiles"""
    file.write_text(file.read_text().replace("create_profiles", wrong, 1))
    problems = problems_of(variables)
    for key in ("proxy: must be http://host:port", "login: must be user:password", "ca_file: /non"):
        assert f"tenants.acme.personalization.egress.{key}" in problems
    assert "egress.speed: is not a known setting" in problems
    assert "secret@" not in problems and "nobody" not in problems


def test_a_data_folder_that_cannot_be_made_is_a_wrong_setting(environment, tmp_path):
    (tmp_path / "a-file").write_text("in the way")
    settings = read_settings(environment() | {"P13N_DATA_DIR": str(tmp_path / "a-file" / "data")})
    with pytest.raises(InvalidSettings) as trouble:
        settings.make_data_dir()
    assert "P13N_DATA_DIR" in trouble.value.problems[0]
