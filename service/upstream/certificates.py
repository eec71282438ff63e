"""What was wrong with the certificate that the other side showed, in one sentence.

Source: OpenSSL, "X509_verify_cert_error_string": the numbers of verification errors.
"""

import ssl
from urllib.parse import urlsplit

from urllib3.util.ssl_match_hostname import CertificateError

SENTENCES = {
    9: "is not valid yet: compare this machine's clock",
    10: "has expired",
    18: "is signed by itself",
    19: "comes from an authority that this machine does not trust",
    20: "comes from an authority that this machine does not trust",
    62: "is for another host",
    64: "is for another address",
}


def certificate_sentence(trouble: BaseException | None, url: str) -> str | None:
    """Return what is wrong with the certificate behind `url`, None when it was not that.

    Nothing of the certificate itself is told: it is the other side's text.
    """
    found = _verification(trouble)
    if found is None:
        return None
    number = 62 if isinstance(found, CertificateError) else found.verify_code
    return f"The certificate of {urlsplit(url).hostname} {SENTENCES.get(number, 'is not valid')}."


def _verification(trouble: BaseException | None):
    """Look for the refusal among the causes: `requests` wraps what its pools raise."""
    while trouble is not None:
        for each in (trouble, *trouble.args, getattr(trouble, "reason", None)):
            if isinstance(each, ssl.SSLCertVerificationError | CertificateError):
                return each
        trouble = trouble.__cause__ or trouble.__context__
    return None
