"""The way out: through a proxy, under authorities of one's own; the environment is ignored."""

import contextlib
import time
from pathlib import Path

import pytest

from service.crm_errors import CrmProxyFailed
from service.data_sharing import CrmConnection, Feed
from service.deadline import Deadline
from service.egress import Egress
from service.errors import (
    Fate,
    UpstreamCertificateRefused,
    UpstreamProxyFailed,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from service.marketing_cloud_errors import MarketingCloudProxyFailed
from service.upstream.crm import Crm
from service.upstream.feed_sinks import FeedUnavailable, SftpSink
from service.upstream.transport import Transport
from simulator.personalization.cast import cast
from tests.certificates import DAY, Authority
from tests.marketing_cloud import CloudStage
from tests.real_sshd import RealSshd
from tests.relays import ConnectProxy, tls_front


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def proxy():
    with ConnectProxy() as running:
        yield running


@pytest.fixture
def way(proxy, authority):
    """The way out through the proxy, under the tests' authority."""
    return Egress(proxy=proxy.url, login=proxy.login, ca_file=str(authority.file))


@pytest.fixture
def transport():
    made = Transport(allow_private_addresses=True)
    yield made
    made.close()


@pytest.fixture
def secure(authority):
    """Return a function that puts TLS before a stand-in and yields its https address."""
    with contextlib.ExitStack() as stack:
        certificate = authority.certificate("127.0.0.1")
        yield lambda url: stack.enter_context(tls_front(url, certificate))


def get(transport: Transport, url: str, seconds=10.0):
    return transport.call("GET", url, deadline=Deadline.after(seconds), max_bytes=100_000)


def test_a_call_goes_through_the_proxy_and_its_tls_ends_at_the_service(
    transport, way, proxy, secure, account
):
    url = secure(account.url)
    for _ in range(2):
        answer = get(transport.via(way), f"{url}/_simulator/calls")
        assert answer.status == 200
    assert proxy.targets == [f"CONNECT {url.removeprefix('https://')}"]  # one connection, kept


def test_the_environment_s_proxies_and_authorities_are_ignored(
    transport, authority, secure, account, proxy, monkeypatch
):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(authority.file))
    url = secure(account.url)
    with pytest.raises(UpstreamCertificateRefused):
        get(transport.via(Egress(proxy=None)), url)
    assert get(transport.via(Egress(ca_file=str(authority.file))), url).status == 404
    assert proxy.targets == []


def test_a_proxied_certificate_is_looked_at_as_any_other(transport, way, authority, account):
    stranger = Authority(authority.file.parent, "stranger")
    for certificate, said in (
        (authority.certificate("127.0.0.1", until=-DAY), "has expired"),
        (authority.certificate("other.example"), "for another"),
        (stranger.certificate("127.0.0.1"), "authority"),
    ):
        with (
            tls_front(account.url, certificate) as url,
            pytest.raises(UpstreamCertificateRefused, match=said),
        ):
            get(transport.via(way), url)


def test_authorities_that_were_deleted_are_missed_before_anything_is_sent(transport, way):
    Path(way.ca_file).unlink()
    with pytest.raises(UpstreamCertificateRefused, match="ca_file is gone") as trouble:
        get(transport.via(way), "https://acme.example/")
    assert trouble.value.fate == Fate.NOT_TAKEN


@pytest.mark.parametrize(
    ("status", "said"),
    [(407, "does not accept our login"), (403, "does not allow this host"), (502, "HTTP 502")],
)
def test_a_proxy_that_refuses_is_a_fault_of_its_own_without_its_words(
    transport, way, proxy, status, said
):
    proxy.refuses = status
    with pytest.raises(UpstreamProxyFailed, match=said) as trouble:
        get(transport.via(way), "https://acme.example/")
    assert trouble.value.fate == Fate.NOT_TAKEN
    assert "secret" not in str(trouble.value)


def test_a_proxy_that_is_down_is_named_and_one_that_is_silent_keeps_the_deadline(
    transport, way, proxy
):
    with pytest.raises(UpstreamProxyFailed, match="cannot be reached"):
        get(transport.via(Egress(proxy="http://127.0.0.1:9")), "https://acme.example/")
    proxy.is_silent = True
    started = time.monotonic()
    with pytest.raises((UpstreamTimeout, UpstreamProxyFailed)):
        get(transport.via(way), "https://acme.example/", seconds=0.5)
    assert time.monotonic() - started < 1.5


def test_an_address_of_our_own_network_is_still_refused_without_a_proxy(account):
    guarded = Transport()
    with pytest.raises(UpstreamUnavailable):
        get(guarded.via(Egress(ca_file=None)), account.url.replace("127.0.0.1", "localhost"))
    guarded.close()


def test_a_card_is_filled_and_a_message_delivered_through_the_proxy(
    make_service, environment, tmp_path, account, proxy, way, secure
):
    url = secure(account.url)
    variables = environment(url=url, PROXY_LOGIN=proxy.login)
    file = tmp_path / "tenants.toml"
    egress = f'proxy = "{proxy.url}", login = "env:PROXY_LOGIN", ca_file = "{way.ca_file}"'
    line = f"egress = {{ {egress} }}\ncreate_profiles"
    file.write_text(file.read_text().replace("create_profiles", line, 1))
    service, email = make_service.of(variables), cast()["usual"]["email"]
    assert service.next_best(email).status_code == 200
    update = {
        "identities": [{"type": "emailAddress", "value": email}],
        "attributes": {"jobTitle": "B"},
    }
    body = {"dataset": "retail", "action": "Lead changed", "updates": [update]}
    assert service.write("/v1/profile-updates", body).status_code == 200
    service.deliver()
    assert [call["path"].split("/")[2] for call in account.events()] == ["authevent"] * 2
    assert set(proxy.targets) == {f"CONNECT {url.removeprefix('https://')}"}
    assert "proxy-secret" not in repr(service.parts.settings)


def test_the_org_is_reached_through_the_proxy(running_org, transport, way, proxy, secure):
    running_org.org.reset()
    url = secure(running_org.url)
    connection = CrmConnection(url, "demo-sharing-client", "demo-sharing-secret", egress=way)
    crm = Crm("acme", connection, transport.via(connection.egress))
    assert crm.limits()
    proxy.refuses = 403
    other = Transport(allow_private_addresses=True)
    with pytest.raises(CrmProxyFailed, match="does not allow this host"):
        Crm("acme", connection, other.via(way)).limits()
    other.close()


def test_marketing_cloud_is_reached_through_the_proxy(running_cloud, way, proxy, secure):
    stage = CloudStage(secure(running_cloud.url))
    stage.transport = stage.transport.via(way)
    proxy.refuses = 407
    with pytest.raises(MarketingCloudProxyFailed, match="login"):
        stage.journey_builder.event_definition("none", stage.deadline())


def test_a_feed_goes_over_sftp_through_the_proxy(tmp_path, proxy):
    with RealSshd() as server:
        feed = Feed(
            kind="sftp",
            path=str(server.inbound),
            host="127.0.0.1",
            port=server.port,
            username=server.user,
            private_key=server.private_key.read_text(),
            host_key=server.host_key,
            egress=Egress(proxy=proxy.url, login=proxy.login),
        )
        file = tmp_path / "feed.csv"
        file.write_text("a,b\n")
        SftpSink(feed).put(file, "feed.csv")
        assert (server.inbound / "feed.csv").read_text() == "a,b\n"
        assert proxy.targets == [f"CONNECT 127.0.0.1:{server.port}"]
        proxy.refuses = 407
        with pytest.raises(FeedUnavailable, match="login"):
            SftpSink(feed).put(file, "feed.csv")
