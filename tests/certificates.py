"""A certificate authority of the tests' own, and what it signs."""

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)
UNUSED = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "encipher_only",
    "decipher_only",
)
"""What the authority's key is not for."""


@dataclass(frozen=True)
class Certificate:
    """Files of one server: its chain and its key."""

    chain: Path
    key: Path


class Authority:
    """Signs certificates; `file` is what whoever trusts it needs."""

    def __init__(self, folder: Path, name: str = "authority"):
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(f"Tests' {name}")
        itself = self._begin(self._name, self._key.public_key(), -DAY, 30 * DAY)
        itself = itself.add_extension(x509.BasicConstraints(True, None), critical=True)
        usage = dict.fromkeys(UNUSED, False)
        usage = x509.KeyUsage(**usage, key_cert_sign=True, crl_sign=True)
        itself = itself.add_extension(usage, critical=True)
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(_pem(itself.sign(self._key, hashes.SHA256())))

    def certificate(self, *hosts: str, until: datetime.timedelta = DAY) -> Certificate:
        """Return a certificate for names and addresses; a negative `until` has run out."""
        key = ec.generate_private_key(ec.SECP256R1())
        request = self._begin(_named(hosts[0]), key.public_key(), -10 * DAY, until)
        names = x509.SubjectAlternativeName([_alternative(host) for host in hosts])
        signed = request.add_extension(names, critical=False).sign(self._key, hashes.SHA256())
        stem = f"{hosts[0]}-{signed.serial_number:x}"
        made = Certificate(self._folder / f"{stem}.pem", self._folder / f"{stem}.key")
        made.chain.write_bytes(_pem(signed))
        made.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return made

    def _begin(self, subject, public_key, begins, ends) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=subject,
            public_key=public_key,
            serial_number=x509.random_serial_number(),
            not_valid_before=now + begins,
            not_valid_after=now + ends,
        )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
