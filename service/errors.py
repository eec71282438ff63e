"""Everything that can go wrong, each with its HTTP status and stable code.

Fault
├── CallerMistake                   the caller's move
│   ├── MissingBody, InvalidJson            400
│   ├── InvalidIdempotencyKey               400
│   ├── Unauthenticated, SignatureRefused   401
│   ├── InsufficientScope                   403
│   ├── WriteKeyRefused, OriginNotAllowed   403
│   ├── NotFound, UnknownDataset            404
│   ├── MethodNotAllowed                    405
│   ├── IdempotencyKeyInUse                 409
│   ├── BodyTooLarge, TooManyRows           413
│   ├── UnsupportedMediaType                415
│   ├── InvalidRequest, UnknownIdentityType, IdempotencyKeyReused 422
│   └── TooManyRequests                     429
├── UpstreamFault                   Personalization's move
│   ├── UpstreamUnavailable, UpstreamTimeout, UpstreamBusy,
│   │   UpstreamCertificateRefused, UpstreamProxyFailed          503
│   └── UpstreamInvalidAnswer, UpstreamRefusedCredentials,
│       UpstreamUnknownDataset, UpstreamRefusedEvent               502
├── StorageUnavailable              our operator's move             503
├── FirstCallRunning                repeat in a moment              503
├── InternalError                   ours                            500
└── InvalidSettings                 the operator's, at start; never an HTTP answer

A message names the wrong value and the next step; it never holds a secret, a person's
identity or text that came from upstream.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class FieldError:
    """One field of a request and what is wrong with it; `field` is a dotted path."""

    field: str
    message: str


class Fault(Exception):
    """Root of the tree. `retry_after` is in whole seconds, or None when a retry will not help."""

    status = 500
    code = "INTERNAL_ERROR"
    title = "Internal Server Error"
    default_detail = "Something went wrong on our side. The correlation id finds it in our log."

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
    ):
        self.detail = detail or self.default_detail
        self.errors = tuple(errors)
        self.retry_after = retry_after
        super().__init__(self.detail)


class InternalError(Fault):
    """Raised when our own code failed in a way nobody foresaw."""


class InvalidSettings(Fault):
    """Raised at start when settings are wrong; `problems` lists every one of them."""

    code = "INVALID_SETTINGS"

    def __init__(self, problems: Sequence[str]):
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__("\n".join(self.problems))


class StorageUnavailable(Fault):
    """Raised when the state store cannot answer; nothing was acknowledged."""

    status = 503
    code = "STORAGE_UNAVAILABLE"
    title = "Service Unavailable"
    default_detail = "Our store does not answer right now. Nothing was saved; try again shortly."

    def __init__(self, detail: str | None = None, *, retry_after: int = 5):
        super().__init__(detail, retry_after=retry_after)


class StillCounting(StorageUnavailable):
    """Raised when a history is counted for the first time; the next call goes on from there."""

    code = "STILL_COUNTING"
    default_detail = "What was done is still being counted. Ask again in a moment."

    def __init__(self):
        super().__init__(retry_after=1)


class FirstCallRunning(Fault):
    """Raised when a journey's call is repeated while the first one is still running.

    Journey Builder repeats a 503 and gives a contact up on anything else but 200.
    """

    status = 503
    code = "FIRST_CALL_RUNNING"
    title = "Service Unavailable"
    default_detail = "The first call for this contact and step is still running. Repeat later."

    def __init__(self):
        super().__init__(retry_after=1)


class CallerMistake(Fault):
    """Root of what the caller has to change before trying again."""

    status = 400
    title = "Bad Request"


class MissingBody(CallerMistake):
    """Raised when a route that needs a JSON body got none."""

    code = "MISSING_BODY"
    default_detail = "This call needs a JSON body."


class InvalidJson(CallerMistake):
    """Raised when the body is not strict JSON (RFC 8259, no duplicate keys, no NaN)."""

    code = "INVALID_JSON"
    default_detail = "The body is not valid JSON."


class Unauthenticated(CallerMistake):
    """Raised for every token that does not open this service, whatever the reason."""

    status = 401
    code = "UNAUTHENTICATED"
    title = "Unauthorized"
    default_detail = "A valid bearer token is needed. Get one at /oauth/token."


class SignatureRefused(CallerMistake):
    """Raised for every call of a journey that Journey Builder did not sign, whatever the reason."""

    status = 401
    code = "SIGNATURE_REFUSED"
    title = "Unauthorized"
    default_detail = "The call is not signed with a key of this tenant."


class InsufficientScope(CallerMistake):
    """Raised when a valid token lacks the scope of the route."""

    status = 403
    code = "INSUFFICIENT_SCOPE"
    title = "Forbidden"


class WriteKeyRefused(CallerMistake):
    """Raised when tenant, dataset and write key do not belong together, whichever is wrong."""

    status = 403
    code = "WRITE_KEY_REFUSED"
    title = "Forbidden"
    default_detail = "No dataset of this tenant takes events with this write key."


class OriginNotAllowed(CallerMistake):
    """Raised when a browser sends events from a site that the dataset does not list."""

    status = 403
    code = "ORIGIN_NOT_ALLOWED"
    title = "Forbidden"
    default_detail = "The dataset does not list this site in allowed_origins."


class NotFound(CallerMistake):
    """Raised for an unknown path, and for what belongs to another tenant."""

    status = 404
    code = "NOT_FOUND"
    title = "Not Found"
    default_detail = "There is nothing at this address."


class UnknownDataset(NotFound):
    """Raised when the tenant has no dataset of this name."""

    code = "UNKNOWN_DATASET"


class MethodNotAllowed(CallerMistake):
    """Raised when the path exists but not for this method."""

    status = 405
    code = "METHOD_NOT_ALLOWED"
    title = "Method Not Allowed"
    default_detail = "This address does not answer this method."


class BodyTooLarge(CallerMistake):
    """Raised when the body exceeds the route's cap."""

    status = 413
    code = "BODY_TOO_LARGE"
    title = "Content Too Large"
    default_detail = "The body is larger than this route accepts."


class UnsupportedMediaType(CallerMistake):
    """Raised when the body is not declared as application/json."""

    status = 415
    code = "UNSUPPORTED_MEDIA_TYPE"
    title = "Unsupported Media Type"
    default_detail = "Send the body as application/json."


class InvalidRequest(CallerMistake):
    """Raised when fields are missing, unknown or wrong; `errors` names them."""

    status = 422
    code = "INVALID_REQUEST"
    title = "Unprocessable Content"
    default_detail = "The request has fields that cannot be accepted."


class UnknownIdentityType(InvalidRequest):
    """Raised when the dataset does not know the identity type."""

    code = "UNKNOWN_IDENTITY_TYPE"


class InvalidIdempotencyKey(CallerMistake):
    """Raised when a write comes without an Idempotency-Key, or with one nobody can keep."""

    code = "INVALID_IDEMPOTENCY_KEY"
    default_detail = (
        "This call needs the header Idempotency-Key: 1 to 255 ASCII characters, bare or "
        "quoted, new for each new request and the same when it is repeated."
    )


class IdempotencyKeyInUse(CallerMistake):
    """Raised when the first request with this key is still running."""

    status = 409
    code = "IDEMPOTENCY_KEY_IN_USE"
    title = "Conflict"
    default_detail = "The first request with this Idempotency-Key is still running. Repeat later."

    def __init__(self):
        super().__init__(retry_after=1)


class IdempotencyKeyReused(CallerMistake):
    """Raised when a key comes back with another body than the first time."""

    status = 422
    code = "IDEMPOTENCY_KEY_REUSED"
    title = "Unprocessable Content"
    default_detail = "This Idempotency-Key belongs to a request with another body. Use a new one."


class TooManyRows(CallerMistake):
    """Raised when a request brings more rows than one call may."""

    status = 413
    code = "TOO_MANY_ROWS"
    title = "Content Too Large"


class TooManyRequests(CallerMistake):
    """Raised when a caller exceeds its rate; `retry_after` says when to come back."""

    status = 429
    code = "TOO_MANY_REQUESTS"
    title = "Too Many Requests"
    default_detail = "Too many requests. Wait for the time in Retry-After."


class Fate(StrEnum):
    """What a failed call may have done at Personalization.

    unsent     we held it back: nothing left this machine
    not_taken  it was refused before anything was recorded
    unknown    it may have been recorded: the answer broke, came late or told of a crash
    """

    UNSENT = "unsent"
    NOT_TAKEN = "not_taken"
    UNKNOWN = "unknown"


class UpstreamFault(Fault):
    """Root of what went wrong at Personalization.

    `is_permanent`: the same call will be refused again, whenever it is made.
    """

    status = 502
    code = "UPSTREAM_FAULT"
    title = "Bad Gateway"
    fate = Fate.UNKNOWN
    is_permanent = False

    def with_fate(self, fate: Fate, *, is_permanent: bool = False) -> "UpstreamFault":
        """Return this fault, knowing better than its class what the call has done."""
        self.fate, self.is_permanent = fate, is_permanent
        return self


class UpstreamUnavailable(UpstreamFault):
    """Raised when Personalization cannot be reached or answers 5xx."""

    status = 503
    code = "UPSTREAM_UNAVAILABLE"
    title = "Service Unavailable"
    default_detail = "Personalization is not available right now."
    default_retry_after = 15

    def __init__(self, detail: str | None = None, *, retry_after: int | None = None):
        super().__init__(detail, retry_after=retry_after or self.default_retry_after)


class UpstreamTimeout(UpstreamUnavailable):
    """Raised when Personalization did not answer within our total deadline."""

    code = "UPSTREAM_TIMEOUT"
    default_detail = "Personalization did not answer in time."


class UpstreamBusy(UpstreamUnavailable):
    """Raised on 429, on errorCode 3 and on a 503 with Retry-After, which is honoured."""

    code = "UPSTREAM_BUSY"
    default_detail = "Personalization is busy and asked us to wait."
    default_retry_after = 5
    fate = Fate.NOT_TAKEN


class UpstreamCertificateRefused(UpstreamUnavailable):
    """Raised when the certificate is not one we trust; nothing was sent. `detail` says why."""

    code = "UPSTREAM_CERTIFICATE_REFUSED"
    default_detail = "The certificate of Personalization cannot be trusted."
    fate = Fate.NOT_TAKEN


class UpstreamProxyFailed(UpstreamUnavailable):
    """Raised when our own proxy does not connect us; nothing was sent. `detail` says why."""

    code = "UPSTREAM_PROXY_FAILED"
    default_detail = "The proxy on the way to Personalization does not connect us."
    fate = Fate.NOT_TAKEN


class UpstreamInvalidAnswer(UpstreamFault):
    """Raised when the answer is not what the API describes: broken, too large, redirected."""

    code = "UPSTREAM_INVALID_ANSWER"
    default_detail = "Personalization gave an answer that cannot be used."


class UpstreamRefusedCredentials(UpstreamFault):
    """Raised on HTTP 401 or 403: the API token is wrong, disabled or lacks a permission."""

    code = "UPSTREAM_REFUSED_CREDENTIALS"
    default_detail = (
        "Personalization refused our API token. Check key id, secret, "
        "'Can send events' and the datasets the token is restricted to."
    )
    fate = Fate.NOT_TAKEN


class UpstreamUnknownDataset(UpstreamFault):
    """Raised on HTTP 404: Personalization has no dataset of this name."""

    code = "UPSTREAM_UNKNOWN_DATASET"
    default_detail = (
        "Personalization does not know this dataset. Compare its name in the tenants file."
    )
    fate = Fate.NOT_TAKEN
    is_permanent = True


class UpstreamRefusedEvent(UpstreamFault):
    """Raised on HTTP 400 and errorCode 5: Personalization calls our event invalid."""

    code = "UPSTREAM_REFUSED_EVENT"
    default_detail = "Personalization refused the event as invalid."
    fate = Fate.NOT_TAKEN
    is_permanent = True


UPSTREAM_FAULTS = {
    kind.code: kind
    for kind in (
        UpstreamUnavailable,
        UpstreamTimeout,
        UpstreamBusy,
        UpstreamCertificateRefused,
        UpstreamProxyFailed,
        UpstreamInvalidAnswer,
        UpstreamRefusedCredentials,
        UpstreamUnknownDataset,
        UpstreamRefusedEvent,
    )
}


def upstream_fault(code: str, detail: str | None, retry_after: int | None) -> UpstreamFault:
    """Rebuild a fault that was remembered as its code; an unknown code is UpstreamUnavailable."""
    return UPSTREAM_FAULTS.get(code, UpstreamUnavailable)(detail, retry_after=retry_after)
