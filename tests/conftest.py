"""The product's parts as tests meet them: a simulated account, settings, a service, its client."""

import base64
import secrets
from types import SimpleNamespace

import pytest

from service.app import create_app
from service.settings import read_settings
from service.storage.schema import migrate
from service.worker import Worker
from simulator.personalization.server import start_account
from tests.marketing_cloud import cloud, running_cloud  # noqa: F401 - fixtures

TENANTS = """\
[tenants.acme]
org_id = "00D000000000001EAA"
time_zone = "Europe/London"
[tenants.acme.personalization]
url = "{url}"
api_key_id = "env:ACME_KEY_ID"
api_key_secret = "env:ACME_KEY_SECRET"
create_profiles_on_read = {create}
allow_debug = {debug}
[tenants.acme.datasets.retail]
label = "Retail"
identity_types = ["emailAddress", "sfcrmContactId", "sfcrmLeadId", "customerId"]
catalog_types = ["Product", "Category"]
user_attributes = {{ jobTitle = "string" }}
profile_object_types = {{ Case = {{ status = "string" }} }}
link_hosts = ["shop.example"]
content_zones = ["crm_offers"]
currency = "GBP"
segment_names = {{ Sg2Sp = "High spenders" }}
write_key = "env:ACME_WRITE_KEY"
allowed_origins = ["https://shop.example"]
[tenants.acme.journey_builder]
public_url = "https://p13n.example"
stack_hosts = ["mc.s50.exacttarget.com", "jbinteractions.s50.marketingcloudapps.com"]
signing_keys = ["env:ACME_JOURNEY_KEY", "env:ACME_OLD_JOURNEY_KEY"]
{journey}
[tenants.acme.cache]
{cache}
[tenants.other]
org_id = "00D000000000002EAA"
[tenants.other.personalization]
url = "{url}"
api_key_id = "env:ACME_KEY_ID"
api_key_secret = "env:ACME_KEY_SECRET"
[tenants.other.datasets.elsewhere]
identity_types = ["emailAddress"]
[tenants.other.journey_builder]
public_url = "https://p13n.example"
stack_hosts = ["mc.s7.exacttarget.com"]
signing_keys = ["env:OTHER_JOURNEY_KEY"]
"""
WRITE_KEY = "demo-write-key"
SECRET_KEY = "a secret key of the tests and long enough"
JOURNEY_KEY = "a signing secret of acme's installed package, of a length that suits HS512"
OLD_JOURNEY_KEY = "the signing secret that acme had before this one"
OTHER_JOURNEY_KEY = "a signing secret of the other tenant's package"


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="run the long forms of long checks")


@pytest.fixture(scope="session")
def running_account():
    """One simulated Personalization account for the whole run."""
    with start_account() as running:
        yield running


@pytest.fixture
def account(running_account):
    """The simulated account as it was when it started: no calls, no faults, its own cast."""
    running_account.account.reset()
    state = running_account.account
    return SimpleNamespace(
        url=running_account.url,
        state=state,
        fault=lambda **switches: state.faults.set(switches),
        switch=lambda **switches: state.switches.set(switches),
        events=lambda: [call for call in state.calls.view()["calls"] if "/api2/" in call["path"]],
    )


@pytest.fixture
def environment(account, tmp_path):
    """Return a function that makes the environment variables of a service."""

    def make(*, url=None, **options) -> dict[str, str]:
        return variables_in(tmp_path, url or account.url, **options)

    return make


def variables_in(
    folder, url: str, *, create=False, debug=False, cache="", journey="", **more
) -> dict[str, str]:
    """Return the environment variables of a service whose files stand in `folder`."""
    tenants = folder / "tenants.toml"
    switches = {"create": str(create).lower(), "debug": str(debug).lower()}
    text = TENANTS.format(url=url, cache=cache, journey=journey, **switches)
    tenants.write_text(text)
    return {
        "ACME_KEY_ID": "demo-key",
        "ACME_KEY_SECRET": "demo-secret",
        "ACME_WRITE_KEY": WRITE_KEY,
        "ACME_JOURNEY_KEY": JOURNEY_KEY,
        "ACME_OLD_JOURNEY_KEY": OLD_JOURNEY_KEY,
        "OTHER_JOURNEY_KEY": OTHER_JOURNEY_KEY,
        "P13N_TENANTS": str(tenants),
        "P13N_DATA_DIR": str(folder / "data"),
        "P13N_SECRET_KEY": SECRET_KEY,
        "P13N_ALLOW_HTTP_UPSTREAM": "1",
    } | more


@pytest.fixture(scope="module")
def shared_service(running_account, tmp_path_factory):
    """A service for tests that leave nothing behind, without people."""
    service = Service(variables_in(tmp_path_factory.mktemp("shared"), running_account.url))
    yield service
    service.parts.close()


@pytest.fixture
def make_service(environment):
    """Return a function that builds services, their people imported; all end closed.

    Its `of` builds one from environment variables that the test has changed.
    """
    built = []

    def of(variables: dict[str, str], *, import_people=True) -> "Service":
        service = Service(variables)
        built.append(service)
        if import_people:
            service.import_people()
        return service

    def make(*, import_people=True, **options) -> "Service":
        return of(environment(**options), import_people=import_people)

    make.of = of
    yield make
    for service in built:
        service.parts.close()


@pytest.fixture
def service(make_service):
    """A service of two tenants, acme with its people imported."""
    return make_service()


class Service:
    """The web application with a registered client of acme, asked over WSGI."""

    def __init__(self, environment: dict[str, str]):
        settings = read_settings(environment)
        self.app = create_app(settings)
        self.parts = self.app.extensions["p13n_parts"]
        migrate(self.parts.database)
        self.client = self.app.test_client()
        self.client_id, self.client_secret = self.add_client("acme")

    def add_client(self, tenant: str, scopes=("read", "write")) -> tuple[str, str]:
        return self.parts.clients.add(tenant, scopes)

    def import_people(self) -> None:
        tenant = self.parts.settings.tenants["acme"]
        self.parts.people_import.run(tenant, "retail", lambda _progress: None)

    def ask_token(self, client_id=None, secret=None, **form):
        pair = f"{client_id or self.client_id}:{secret or self.client_secret}"
        basic = base64.b64encode(pair.encode()).decode()
        return self.client.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"} | form,
            headers={"Authorization": f"Basic {basic}"},
        )

    def token(self, *credentials, **form) -> str:
        return self.ask_token(*credentials, **form).get_json()["access_token"]

    def post(self, path: str, body, *, token=None, **options):
        token = self.token() if token is None else token
        headers = {"Authorization": f"Bearer {token}"}
        return self.client.post(path, json=body, headers=headers, **options)

    def write(self, path: str, body, *, key=None, token=None, **headers):
        """Post a write under an Idempotency-Key, a new one unless `key` is given."""
        token = self.token() if token is None else token
        headers = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": key or secrets.token_hex(8),
        } | headers
        return self.client.post(path, json=body, headers=headers)

    def deliver(self) -> None:
        """Let a worker deliver everything that is due."""
        Worker(self.parts.outbox, self.parts.make_delivery()).run_until_idle()

    def next_best(self, email: str, datafield="promos", *, token=None, **more):
        identity = {"type": "emailAddress", "value": email}
        body = {"dataset": "retail", "identity": identity, "datafield": datafield} | more
        return self.post("/v1/next-best", body, token=token)
