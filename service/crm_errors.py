"""What can go wrong at the Salesforce org, as a branch of the one tree in `errors`.

Names and sentences are ours: what the org or its client library says holds addresses with
SOQL in them, and so people's e-mail addresses.
"""

from service.errors import (
    Fate,
    UpstreamCertificateRefused,
    UpstreamFault,
    UpstreamInvalidAnswer,
    UpstreamProxyFailed,
    UpstreamRefusedCredentials,
    UpstreamTimeout,
    UpstreamUnavailable,
)


class CrmUnavailable(UpstreamUnavailable):
    """Raised when the org cannot be reached or answers 5xx."""

    code = "CRM_UNAVAILABLE"
    default_detail = "Salesforce is not available right now."
    default_retry_after = 300


class CrmCertificateRefused(UpstreamCertificateRefused):
    """Raised when the org's certificate is not one we trust; `detail` says why."""

    code = "CRM_CERTIFICATE_REFUSED"
    default_detail = "The certificate of the org cannot be trusted."
    default_retry_after = 300


class CrmProxyFailed(UpstreamProxyFailed):
    """Raised when our own proxy does not connect us to the org; `detail` says why."""

    code = "CRM_PROXY_FAILED"
    default_detail = "The proxy on the way to the org does not connect us."
    default_retry_after = 300


class CrmTimeout(UpstreamTimeout):
    """Raised when the org did not answer within our total deadline."""

    code = "CRM_TIMEOUT"
    default_detail = "Salesforce did not answer in time."
    default_retry_after = 300


class CrmInvalidAnswer(UpstreamInvalidAnswer):
    """Raised when an answer is broken, too large or not what the API describes."""

    code = "CRM_INVALID_ANSWER"
    default_detail = "Salesforce gave an answer that cannot be used."


class CrmRefusedCredentials(UpstreamRefusedCredentials):
    """Raised when signing in is refused, or a fresh session does not open the API."""

    code = "CRM_REFUSED_CREDENTIALS"
    default_detail = (
        "Salesforce refused our sign-in. Check client id and secret (or username and private "
        "key), that the External Client App is enabled for this flow, and that its user is active."
    )


class CrmOtherInstance(UpstreamFault):
    """Raised when the org says that its address is another than the configured one."""

    code = "CRM_OTHER_INSTANCE"
    default_detail = "Salesforce signs us in at another address: compare instance_url."
    fate = Fate.NOT_TAKEN
    is_permanent = True


class CrmApiLimit(UpstreamFault):
    """Raised when the org has no API calls or batches left, or only our reserve."""

    code = "API_LIMIT"
    status = 503
    title = "Service Unavailable"
    default_detail = (
        "The org's API allowance of 24 hours is used up down to the reserve. The run stopped "
        "cleanly; resume it later."
    )
    fate = Fate.NOT_TAKEN


class CrmForbidden(UpstreamFault):
    """Raised when the user may not do this, such as call the API at all."""

    code = "CRM_FORBIDDEN"
    default_detail = "Salesforce says that our user lacks a permission."
    fate = Fate.NOT_TAKEN


class CrmRefused(UpstreamFault):
    """Raised on another refusal; `crm_code` is Salesforce's own, such as INVALID_FIELD."""

    code = "CRM_REFUSED"
    fate = Fate.NOT_TAKEN
    is_permanent = True

    def __init__(self, crm_code: str):
        self.crm_code = crm_code
        super().__init__(f"Salesforce refused the call: {crm_code}.")


def as_crm_fault(fault: UpstreamFault) -> UpstreamFault:
    """Return a fault of the wire in the org's name."""
    if isinstance(fault, UpstreamTimeout):
        return CrmTimeout().with_fate(fault.fate)
    if isinstance(fault, UpstreamCertificateRefused):
        return CrmCertificateRefused(fault.detail)
    if isinstance(fault, UpstreamProxyFailed):
        return CrmProxyFailed(fault.detail)
    if isinstance(fault, UpstreamUnavailable):
        return CrmUnavailable().with_fate(fault.fate)
    if isinstance(fault, UpstreamInvalidAnswer):
        return CrmInvalidAnswer().with_fate(fault.fate)
    return fault
