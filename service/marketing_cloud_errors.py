"""What can go wrong at Marketing Cloud, as a branch of the one tree in `errors`.

They are the faults of any upstream, so that guard and HTTP edge know them, under names and
sentences of their own.
"""

from service.errors import (
    Fate,
    UpstreamBusy,
    UpstreamCertificateRefused,
    UpstreamFault,
    UpstreamInvalidAnswer,
    UpstreamProxyFailed,
    UpstreamRefusedCredentials,
    UpstreamTimeout,
    UpstreamUnavailable,
)


class MarketingCloudUnavailable(UpstreamUnavailable):
    """Raised when Marketing Cloud cannot be reached or answers 5xx."""

    code = "MARKETING_CLOUD_UNAVAILABLE"
    default_detail = "Marketing Cloud is not available right now."


class MarketingCloudCertificateRefused(UpstreamCertificateRefused):
    """Raised when Marketing Cloud's certificate is not one we trust; `detail` says why."""

    code = "MARKETING_CLOUD_CERTIFICATE_REFUSED"
    default_detail = "The certificate of Marketing Cloud cannot be trusted."


class MarketingCloudProxyFailed(UpstreamProxyFailed):
    """Raised when our own proxy does not connect us to Marketing Cloud; `detail` says why."""

    code = "MARKETING_CLOUD_PROXY_FAILED"
    default_detail = "The proxy on the way to Marketing Cloud does not connect us."


class MarketingCloudTimeout(UpstreamTimeout):
    """Raised when Marketing Cloud did not answer within our total deadline."""

    code = "MARKETING_CLOUD_TIMEOUT"
    default_detail = "Marketing Cloud did not answer in time."


class MarketingCloudBusy(UpstreamBusy):
    """Raised on 429 and when our own rate is used up; `retry_after` says when to come back."""

    code = "MARKETING_CLOUD_BUSY"
    default_detail = "Marketing Cloud asked us to wait."


class MarketingCloudInvalidAnswer(UpstreamInvalidAnswer):
    """Raised when an answer is broken, too large or not what its documentation describes."""

    code = "MARKETING_CLOUD_INVALID_ANSWER"
    default_detail = "Marketing Cloud gave an answer that cannot be used."


class MarketingCloudRefusedCredentials(UpstreamRefusedCredentials):
    """Raised when the token endpoint refuses our client, or a fresh token is refused."""

    code = "MARKETING_CLOUD_REFUSED_CREDENTIALS"
    default_detail = (
        "Marketing Cloud refused our client. Check client id, client secret, account id and "
        "auth_url of the installed package's API integration."
    )


class MarketingCloudForbidden(UpstreamFault):
    """Raised on 403: the package lacks a permission."""

    code = "MARKETING_CLOUD_FORBIDDEN"
    default_detail = (
        "Marketing Cloud says our package lacks a permission. It needs Journeys: Read, Execute, "
        "and Data Extensions: Read, in this business unit."
    )
    fate = Fate.NOT_TAKEN


class MarketingCloudRefused(UpstreamFault):
    """Raised on another 4xx: nothing was taken, and the same call will be refused again.

    `errorcode` is Marketing Cloud's own; `is_about_content`: some part of the body is at fault.
    """

    code = "MARKETING_CLOUD_REFUSED"
    default_detail = "Marketing Cloud refused the call."
    fate = Fate.NOT_TAKEN
    is_permanent = True

    def __init__(self, http_status: int, errorcode: int | None):
        self.http_status, self.errorcode = http_status, errorcode
        said = f"HTTP {http_status}" + ("" if errorcode is None else f", errorcode {errorcode}")
        super().__init__(f"Marketing Cloud refused the call ({said}).")

    @property
    def is_about_content(self) -> bool:
        return self.errorcode in CONTENT_ERRORS


CONTENT_ERRORS = frozenset({10001, 10002, 10003, 10005, 10006})
"""Type, missing field, format, value, several of these.
Source: Marketing Cloud Engagement guide, "Handle Errors in REST API"."""

OURS = (
    (UpstreamBusy, MarketingCloudBusy),
    (UpstreamTimeout, MarketingCloudTimeout),
    (UpstreamCertificateRefused, MarketingCloudCertificateRefused),
    (UpstreamProxyFailed, MarketingCloudProxyFailed),
    (UpstreamUnavailable, MarketingCloudUnavailable),
    (UpstreamInvalidAnswer, MarketingCloudInvalidAnswer),
)


def as_ours(fault: UpstreamFault) -> UpstreamFault:
    """Return a fault of the wire or the guard in Marketing Cloud's name."""
    for theirs, ours in OURS:
        if isinstance(fault, theirs):
            if isinstance(fault, ours):
                return fault
            options = (
                {} if ours is MarketingCloudInvalidAnswer else {"retry_after": fault.retry_after}
            )
            if ours in (MarketingCloudCertificateRefused, MarketingCloudProxyFailed):
                options["detail"] = fault.detail
            return ours(**options).with_fate(fault.fate)
    return fault
