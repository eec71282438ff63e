"""A certificate that cannot be trusted is a fault of its own, and its sentence says why."""

import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service.crm_errors import CrmCertificateRefused, as_crm_fault
from service.deadline import Deadline
from service.errors import Fate, UpstreamCertificateRefused, UpstreamUnavailable
from service.marketing_cloud_errors import MarketingCloudCertificateRefused, as_ours
from service.upstream.transport import Transport

NOW = datetime.now(UTC)
HERE = x509.IPAddress(ip_address("127.0.0.1"))


class Authority:
    """Signs certificates; `file` is what who trusts it is given."""

    def __init__(self, folder):
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
        extension = x509.BasicConstraints(ca=True, path_length=0)
        made = self._builder(self._name, self._key, NOW + timedelta(days=1))
        made = made.add_extension(extension, critical=True).sign(self._key, hashes.SHA256())
        self.file = str(self._write("authority.pem", made.public_bytes(serialization.Encoding.PEM)))

    def certificate(self, where, until=NOW + timedelta(days=1)):
        """Return the path of certificate and key for one host."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Server of the tests")])
        made = self._builder(name, key, until)
        made = made.add_extension(x509.SubjectAlternativeName([where]), critical=False)
        pem = made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        pem += key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return self._write("server.pem", pem)

    def _builder(self, subject, key, until):
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name)
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        return builder.not_valid_before(NOW - timedelta(days=9)).not_valid_after(until)

    def _write(self, name: str, content: bytes):
        (self._folder / name).write_bytes(content)
        return self._folder / name


class Answering(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_arguments):
        """Say nothing."""


@contextmanager
def answering(certificate):
    """Serve with this certificate; yield the address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_arguments: None  # a refused handshake is what is wanted
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


def call(address: str, verify):
    transport = Transport(allow_private_addresses=True)
    try:
        deadline = Deadline.after(5)
        return transport.call("GET", address, deadline=deadline, max_bytes=99, verify=verify)
    finally:
        transport.close()


def test_a_certificate_of_a_trusted_authority_passes(authority):
    with answering(authority.certificate(HERE)) as address:
        assert call(address, authority.file).status == 200


@pytest.mark.parametrize(
    ("where", "days", "is_trusted", "said"),
    [
        (HERE, -1, True, "The certificate of 127.0.0.1 has expired."),
        (x509.DNSName("other.example"), 1, True, "The certificate of 127.0.0.1 is for another"),
        (HERE, 1, False, "comes from an authority that this machine does not trust."),
    ],
)
def test_the_sentence_says_what_is_wrong(authority, where, days, is_trusted, said):
    certificate = authority.certificate(where, NOW + timedelta(days=days))
    with (
        answering(certificate) as address,
        pytest.raises(UpstreamCertificateRefused) as trouble,
    ):
        call(address, authority.file if is_trusted else True)
    assert said in trouble.value.detail
    assert trouble.value.fate == Fate.NOT_TAKEN


def test_each_outside_system_keeps_the_sentence_under_its_own_code():
    fault = UpstreamCertificateRefused("The certificate of x has expired.")
    crm, cloud = as_crm_fault(fault), as_ours(fault)
    assert type(crm) is CrmCertificateRefused and type(cloud) is MarketingCloudCertificateRefused
    assert crm.detail == cloud.detail == fault.detail
    assert isinstance(crm, UpstreamUnavailable) and cloud.fate == Fate.NOT_TAKEN
