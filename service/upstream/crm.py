"""One tenant's Salesforce org, over simple-salesforce's calls that make one request each.

Whole jobs of the library lose rows, wait without end and never sign in again; so the state
machine is ours, and of the library we use signing in, REST and the single steps of a bulk job.
Sources: REST API, Bulk API and Bulk API 2.0 developer guides; the library's source, 1.12.10.
"""

import csv
import io
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from string import ascii_letters, digits
from typing import TypeVar
from urllib.parse import urlsplit

from service.crm_errors import (
    CrmApiLimit,
    CrmForbidden,
    CrmInvalidAnswer,
    CrmOtherInstance,
    CrmRefused,
    CrmRefusedCredentials,
    CrmTimeout,
    CrmUnavailable,
)
from service.data_sharing import CrmConnection
from service.errors import UpstreamFault
from service.strict_json import NotStrictJson, elements
from service.upstream.bulk_body import BulkBody
from service.upstream.crm_session import CrmSession
from service.upstream.transport import Transport

Result = TypeVar("Result")

QUERIES_PER_CALL = 5
"""Of a composite's subrequests so many may be queries. Source: an edition of the REST guide."""
TRIES = 4
FIRST_PAUSE_SECONDS = 1.0
EXPIRED = ("INVALID_SESSION_ID", "InvalidSessionId")
LIMITS = ("REQUEST_LIMIT_EXCEEDED", "ExceededQuota")
FORBIDDEN = ("API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED", "FeatureNotEnabled", "InvalidUser",
             "INSUFFICIENT_ACCESS")  # fmt: skip


@dataclass(frozen=True)
class CrmField:
    """What a describe says of one field, as our user sees it."""

    name: str
    type: str
    length: int
    scale: int
    updateable: bool
    filterable: bool
    nillable: bool


@dataclass(frozen=True)
class CrmObject:
    """What a describe says of one object: invisible fields are not in it."""

    name: str
    updateable: bool
    fields: dict[str, CrmField]


class Crm:
    """Speaks to the org of one tenant; signs in when first needed and when a session ends."""

    def __init__(
        self,
        tenant: str,
        connection: CrmConnection,
        transport: Transport,
        *,
        reserve: int = 0,
        pause: Callable[[float], None] = time.sleep,
    ):
        self._connection = connection
        self._pause = pause
        self._session = CrmSession(transport, connection.instance_url, tenant, reserve)
        self._salesforce = None

    @property
    def calls(self) -> int:
        """How many HTTP calls were made so far: each counts against the org's allowance."""
        return self._session.calls

    @property
    def remaining(self) -> int | None:
        return self._session.remaining

    # -- REST ---------------------------------------------------------------------------------

    def describe(self, name: str) -> CrmObject | None:
        """Return the object, None when our user does not see it."""
        try:
            told = self._repeat(lambda sf: sf.restful(f"sobjects/{name}/describe"))
        except CrmRefused as refusal:
            if refusal.crm_code == "NOT_FOUND":
                return None
            raise
        fields = (_field(each) for each in _mapping(told)["fields"])
        is_updateable = bool(told.get("updateable"))
        return CrmObject(name, is_updateable, {each.name: each for each in fields})

    def limits(self) -> dict:
        """Return what is left of the allowances: {name: {"Max", "Remaining"}}; {} when hidden."""
        try:
            return _mapping(self._repeat(lambda sf: sf.limits()))
        except (CrmForbidden, CrmRefused):
            return {}

    def user_id(self) -> str:
        """Return the id of the user we are."""
        told = self._repeat(lambda sf: sf.oauth2("userinfo"))
        return str(_mapping(told).get("user_id", ""))

    def queries(self, soqls: Sequence[str], *, with_deleted: bool = False) -> list[list[dict]]:
        """Return the records of each query, all pages, asked together in one call.

        `soqls` are at most QUERIES_PER_CALL. Follow-up pages cost a call each.
        """
        path = f"/services/data/v{self._connection.api_version}"
        verb = "queryAll" if with_deleted else "query"
        body = {
            "allOrNone": False,
            "compositeRequest": [
                {
                    "method": "GET",
                    "referenceId": f"q{place}",
                    "url": f"{path}/{verb}/?q={quoted(soql)}",
                }
                for place, soql in enumerate(soqls)
            ],
        }
        answer = _mapping(
            self._repeat(lambda sf: sf.restful("composite", method="POST", json=body))
        )
        told = {each.get("referenceId"): each for each in answer.get("compositeResponse", ())}
        return [self._all_pages(told.get(f"q{place}")) for place in range(len(soqls))]

    def query_pages(self, soql: str, *, with_deleted: bool = False) -> Iterator[tuple[int, list]]:
        """Yield (total, records) page by page."""
        verb = "queryAll" if with_deleted else "query"
        page = _mapping(self._repeat(lambda sf: sf.restful(f"{verb}/", params={"q": soql})))
        while True:
            yield int(page.get("totalSize", 0)), page.get("records", [])
            if page.get("done", True):
                return
            page = self._next_page(page)

    def deleted(self, object_name: str, start: str, end: str) -> list[str]:
        """Return the ids of records that were deleted between two moments (ISO 8601)."""
        path, between = f"sobjects/{object_name}/deleted/", {"start": start, "end": end}
        told = _mapping(self._repeat(lambda sf: sf.restful(path, params=between)))
        return [str(each["id"]) for each in told["deletedRecords"]]

    def _all_pages(self, told: dict | None) -> list[dict]:
        if told is None:
            raise CrmInvalidAnswer("Salesforce left out the answer to a query.")
        if told.get("httpStatusCode") != 200:
            raise _refusal(told.get("httpStatusCode", 0), told.get("body"))
        page = _mapping(told.get("body"))
        records = list(page.get("records", ()))
        while not page.get("done", True):
            page = self._next_page(page)
            records += page.get("records", ())
        return records

    def _next_page(self, page: dict) -> dict:
        path = str(page.get("nextRecordsUrl", "")).partition("/services/data/")[2]
        rest = path.partition("/")[2]
        if not rest:
            raise CrmInvalidAnswer("Salesforce named no further page.")
        return _mapping(self._repeat(lambda sf: sf.restful(rest)))

    # -- Bulk API 1.0: each method makes one request --------------------------------------------

    def create_job(self, object_name: str) -> str:
        """Open an update job and return its id. Not repeatable: see `open_jobs_since`."""
        job = self._call(lambda sf: _bulk(sf, object_name)._create_job("update", False))
        return _text(job, "id")

    def add_batch(self, job_id: str, rows: BulkBody) -> str:
        """Post rows and return the batch's id.

        Not repeatable: see `batches`, `batch_rows`. The library's own method wants mappings.
        """
        path = f"job/{job_id}/batch"
        batch = self._call(lambda sf: self._bulk_request(sf, path, "POST", rows).json())
        return _text(batch, "id")

    def job(self, object_name: str, job_id: str) -> dict:
        """Return the state of a job with its counters."""
        return _mapping(self._repeat(lambda sf: _bulk(sf, object_name)._get_job(job_id)))

    def close_job(self, object_name: str, job_id: str) -> None:
        """Say that no batch will follow. A job that is closed already is well."""
        self._end_job(lambda sf: _bulk(sf, object_name)._close_job(job_id))

    def abort_job(self, job_id: str) -> None:
        """Give a job up; what runs finishes, what waits is not processed."""
        self._end_job(lambda sf: self._bulk_request(sf, f"job/{job_id}", "POST", ABORTED).json())

    def batches(self, job_id: str) -> list[dict]:
        """Return all batches of a job with their states."""
        told = self._repeat(lambda sf: self._bulk_request(sf, f"job/{job_id}/batch").json())
        return list(_mapping(told).get("batchInfo", ()))

    def batch_rows(self, job_id: str, batch_id: str) -> list:
        """Return the rows of a batch as they were posted."""
        path = f"job/{job_id}/batch/{batch_id}/request"
        return list(self._repeat(lambda sf: self._bulk_request(sf, path).json()))

    def batch_results(
        self, job_id: str, batch_id: str, read: Callable[[Iterator[dict]], Result]
    ) -> Result:
        """Return what `read` makes of the rows' results, which it gets one by one in their order.

        It is called anew where an answer turns out broken. The library's own method holds all.
        """
        path = f"job/{job_id}/batch/{batch_id}/result"
        return self._repeat(
            lambda sf: read(map(_mapping, elements(self._bulk_request(sf, path).content)))
        )

    def classic_jobs(self) -> list[dict]:
        """Return the org's Bulk 1.0 jobs, in any order."""
        page = _mapping(self._repeat(lambda sf: sf.restful("jobs/ingest?jobType=Classic")))
        jobs = list(page.get("records", ()))
        while not page.get("done", True):
            page = self._next_page(page)
            jobs += page.get("records", ())
        return jobs

    # -- Bulk API 2.0, for queries: each method makes one request --------------------------------

    def create_query(self, object_name: str, soql: str) -> str:
        """Start a bulk query and return its id. Repeated, it only costs another job."""
        from simple_salesforce.bulk2 import Operation

        job = self._call(lambda sf: _bulk2(sf, object_name).create_job(Operation.query, query=soql))
        return _text(job, "id")

    def query_state(self, object_name: str, job_id: str) -> str:
        """Return the state of a bulk query, such as JobComplete."""
        job = self._repeat(lambda sf: _bulk2(sf, object_name).get_job(job_id, True))
        return _text(job, "state")

    def query_results(
        self, object_name: str, job_id: str, locator: str, rows: int
    ) -> tuple[list[dict[str, str]], str]:
        """Return a page of results and the locator of the next page, "" at the end.

        Every value is a text; an empty one stands for null.
        """
        found = self._repeat(
            lambda sf: _bulk2(sf, object_name).get_query_results(job_id, locator, rows)
        )
        records = list(csv.DictReader(io.StringIO(found["records"], newline="")))
        if len(records) != found["number_of_records"]:
            raise CrmInvalidAnswer("A page of query results is not whole.")
        return records, found["locator"]

    # -- signing in, repeating, translating faults ----------------------------------------------

    def _repeat(self, work: Callable[..., Result]) -> Result:
        """Do what may be done again: once more after each passing fault, a few times."""
        for trial in range(1, TRIES + 1):
            try:
                return self._call(work)
            except (CrmUnavailable, CrmTimeout, CrmInvalidAnswer):
                if trial == TRIES:
                    raise
            self._pause(FIRST_PAUSE_SECONDS * 2 ** (trial - 1))
        raise AssertionError("unreachable")

    def _call(self, work: Callable[..., Result]) -> Result:
        """Do one call; when the session has ended, sign in once and do it again."""
        try:
            return self._attempt(work)
        except _SessionEnded:
            self._salesforce = None
        try:
            return self._attempt(work)
        except _SessionEnded:
            raise CrmRefusedCredentials() from None

    def _attempt(self, work: Callable[..., Result]) -> Result:
        from simple_salesforce.exceptions import SalesforceError

        try:
            return work(self._signed_in())
        except SalesforceError as trouble:
            # Its text holds the address, and so SOQL with e-mail addresses: not even as a cause.
            raise _refusal(trouble.status, trouble.content) from None
        except (NotStrictJson, KeyError, AttributeError, StopIteration):
            raise CrmInvalidAnswer() from None

    def _signed_in(self):
        """Return a library object for a live session: a new one for each signing in."""
        if self._salesforce is None:
            from simple_salesforce import Salesforce

            session_id, instance = self._sign_in()
            self._salesforce = Salesforce(
                session_id=session_id,
                instance_url=f"https://{instance}",
                version=self._connection.api_version,
                session=self._session,
            )
        return self._salesforce

    def _sign_in(self) -> tuple[str, str]:
        from simple_salesforce.exceptions import SalesforceAuthenticationFailed
        from simple_salesforce.login import SalesforceLogin

        connection = self._connection
        host = urlsplit(connection.instance_url).netloc
        label = host.removesuffix(".salesforce.com")
        who = (
            {
                "username": connection.username,
                "privatekey": connection.private_key,
                "domain": connection.audience,
                "instance_url": label,
            }
            if connection.private_key
            else {"consumer_secret": connection.client_secret, "domain": label}
        )
        try:
            session_id, instance = SalesforceLogin(
                consumer_key=connection.client_id,
                session=self._session,
                sf_version=connection.api_version,
                **who,
            )
        except SalesforceAuthenticationFailed:
            raise CrmRefusedCredentials() from None
        except UpstreamFault:
            raise
        except Exception:  # whatever a key that is none makes of itself
            raise CrmRefusedCredentials() from None
        if not isinstance(session_id, str) or instance.rstrip("/") != host:
            raise CrmOtherInstance()
        return session_id, host

    def _end_job(self, work: Callable) -> None:
        try:
            self._repeat(work)
        except CrmRefused as refusal:
            if refusal.crm_code != "InvalidJobState":
                raise

    @staticmethod
    def _bulk_request(sf, path: str, method: str = "GET", body: bytes | BulkBody | None = None):
        from simple_salesforce.util import call_salesforce

        return call_salesforce(
            url=sf.bulk_url + path,
            method=method,
            session=sf.session,
            headers=dict(sf.bulk.headers),  # a copy: the library would write into it
            data=body,
        )


PLAIN = frozenset((ascii_letters + digits + "_.-~").encode())
PERCENT = ord("%")
ABORTED = b'{"state": "Aborted"}'


class _SessionEnded(Exception):
    """Raised when the org says that the session is over."""


def quoted(soql: str) -> str:
    """Do as `quote_plus` does, one letter at a time for all its places: queries are long."""
    body = soql.encode()
    for letter in sorted(set(body) - PLAIN, key=lambda each: each != PERCENT):
        body = body.replace(bytes([letter]), b"%%%02X" % letter)
    return body.replace(b"%20", b"+").decode("ascii")


def _bulk(sf, object_name: str):
    """Return the object's bulk interface, taken anew: a kept one keeps an old session."""
    return getattr(sf.bulk, object_name)


def _bulk2(sf, object_name: str):
    return getattr(sf.bulk2, object_name)._client


def _refusal(status: int, content) -> Exception:
    """Return the fault that a refusal means; its text is dropped."""
    code = _error_code(content)
    if code in EXPIRED or (status == 401 and code != "INVALID_AUTH_HEADER"):
        return _SessionEnded()
    if code in LIMITS:
        return CrmApiLimit()
    if code in FORBIDDEN:
        return CrmForbidden(f"Salesforce says that our user may not do this: {code}.")
    if status >= 500 or status == 429 or code == "Timeout":
        return CrmUnavailable()
    return CrmRefused(code)


def _error_code(content) -> str:
    if isinstance(content, list) and content:
        content = content[0]
    if isinstance(content, dict):
        code = content.get("errorCode") or content.get("exceptionCode")
        if isinstance(code, str) and code.isascii() and code.replace("_", "").isalnum():
            return code[:64]
    return "UNKNOWN_ERROR"


def _field(told: dict) -> CrmField:
    return CrmField(
        name=told["name"],
        type=told["type"],
        length=int(told.get("length") or 0),
        scale=int(told.get("scale") or 0),
        updateable=bool(told.get("updateable")),
        filterable=bool(told.get("filterable", True)),
        nillable=bool(told.get("nillable", True)),
    )


def _mapping(told) -> dict:
    if not isinstance(told, dict):
        raise CrmInvalidAnswer()
    return told


def _text(told, key: str) -> str:
    value = _mapping(told).get(key)
    if not isinstance(value, str) or not value:
        raise CrmInvalidAnswer()
    return value
