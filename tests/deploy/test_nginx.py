"""The sample configuration of nginx: accepted by nginx itself, and tried in front of a service."""

import socket
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests

from service.api import bodies, collector, journey_calls, profile_updates
from simulator.demo import free_ports
from tests.certificates import Authority
from tests.programs import program

SAMPLE = Path(__file__).resolve().parents[2] / "deploy/nginx/p13n.conf"
MAIN = """\
daemon off;
pid {folder}/pid;
error_log stderr error;
worker_processes 1;
events {{ worker_connections 128; }}
http {{
    access_log off;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/p13n.conf;
}}
"""


class Upstream(BaseHTTPRequestHandler):
    """Answers what it was sent: how many bytes, and who it thinks is calling."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        size = len(self.rfile.read(int(self.headers["Content-Length"])))
        body = f"{size} {self.headers['X-Forwarded-For']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Correlation-Id", "r-1")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        return None


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    """nginx with the sample, its places exchanged for some of this machine, and an upstream."""
    nginx = program("nginx", "the sample configuration of nginx was not tried.")
    folder = tmp_path_factory.mktemp("nginx")
    [port] = free_ports(1)
    certificate = Authority(folder).certificate("p13n.example")
    with served() as upstream_port:
        places = {
            "server 127.0.0.1:9000": f"server 127.0.0.1:{upstream_port}",
            "listen 443": f"listen 127.0.0.1:{port}",
            "listen [::]:443 ssl http2;": "",
            "/etc/ssl/p13n/fullchain.pem": certificate.chain,
            "/etc/ssl/p13n/privkey.pem": certificate.key,
            "/var/log/nginx": folder,
        }
        text = SAMPLE.read_text()
        for place, here in places.items():
            assert place in text
            text = text.replace(place, str(here))
        (folder / "p13n.conf").write_text(text)
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
        command = [nginx, "-p", folder, "-c", folder / "nginx.conf"]
        checked = subprocess.run([*command, "-t"], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
        with (folder / "stderr").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_until_open(port)
        yield SimpleNamespace(
            url=f"https://127.0.0.1:{port}", port=port, folder=folder, said=checked.stderr
        )
        process.terminate()
        process.wait(10)


@contextmanager
def served():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def wait_until_open(port: int) -> None:
    give_up = time.monotonic() + 10
    while time.monotonic() < give_up:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError("nginx did not open its port")


def post(proxy, path: str, size: int, **headers) -> requests.Response:
    authority = str(proxy.folder / "authority.pem")
    headers = {"Host": "p13n.example"} | headers
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", NamedHost())
        url = proxy.url + path
        return session.post(url, data=b"x" * size, headers=headers, verify=authority, timeout=10)


class NamedHost(requests.adapters.HTTPAdapter):
    """Expects the certificate of p13n.example at an address of this machine."""

    def init_poolmanager(self, *arguments, **options):
        names = {"assert_hostname": "p13n.example", "server_hostname": "p13n.example"}
        super().init_poolmanager(*arguments, **options | names)


def test_nginx_finds_nothing_wrong_with_the_sample(proxy):
    assert "syntax is ok" in proxy.said
    assert "[warn]" not in proxy.said


@pytest.mark.parametrize(
    ("path", "cap"),
    [
        ("/v1/next-best", bodies.READ_BODY_BYTES),
        ("/v1/campaign-stats", bodies.READ_BODY_BYTES),
        ("/oauth/token", bodies.READ_BODY_BYTES),
        ("/v1/profile-updates", profile_updates.BODY_BYTES),
        ("/collect/acme/retail", collector.MOST_BYTES),
        ("/journey/acme/activity/execute", journey_calls.MOST_BYTES),
    ],
)
def test_the_service_s_own_caps_decide_and_far_beyond_them_nginx_does(proxy, path, cap):
    assert post(proxy, path, cap + 1).text.startswith(f"{cap + 1} ")
    refused = post(proxy, path, cap * 2)
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "BODY_TOO_LARGE"
    assert refused.status_code == 413
    assert list((proxy.folder / "bodies").rglob("*/*")) == []


def test_callers_cannot_say_where_they_come_from(proxy):
    answer = post(proxy, "/v1/next-best", 1, **{"X-Forwarded-For": "198.51.100.7"})
    assert answer.text == "1 127.0.0.1"


def test_the_log_holds_neither_query_nor_address_nor_header(proxy):
    post(proxy, "/v1/next-best?email=ada@shop.example", 3, Authorization="Bearer secret-token")
    logged = (proxy.folder / "p13n.log").read_text()
    assert '"path":"/v1/next-best"' in logged
    assert '"correlation":"r-1"' in logged
    for hidden in ("ada@", "secret-token", "127.0.0.1"):
        assert hidden not in logged


def test_metrics_are_not_for_the_internet(proxy):
    assert post(proxy, "/metrics", 0).status_code == 404


def test_old_tls_is_refused(proxy):
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    raw = socket.create_connection(("127.0.0.1", proxy.port), 5)
    with raw, pytest.raises(ssl.SSLError):
        old.wrap_socket(raw)
