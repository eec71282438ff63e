"""What journeys need of us: our activities' page and address, and each export of a segment."""

from collections.abc import Iterable, Mapping

from service.errors import UpstreamCertificateRefused, UpstreamFault
from service.journey_builder import JourneyBuilder
from service.segment_exports import SegmentExport
from service.storage.segment_state import ExportState
from service.usecases.doctor_checks import Check, amber, green, red, spoken
from service.usecases.segment_preflight import Misfit


def journey_activity(configured: JourneyBuilder | None, *, has_page: bool) -> Iterable[Check]:
    """Judge whether journeys may use our activities; `has_page`: the files of their page."""
    if configured is None or not configured.public_url:
        said = "Journey Builder is not set up for this org."
        yield green("JOURNEY_ACTIVITY", None, said)
        return
    if not has_page:
        said = "The page of our activities lacks a file, and stays empty in Journey Builder."
        action = "Install it: npm ci --prefix service/api/journey_page"
        yield red("JOURNEY_PAGE", None, said, action)
    keys, frames = len(configured.signing_keys), len(configured.frame_origins)
    said = f"Signing keys accepted: {keys}; sites that may show the page: {frames}."
    yield green("JOURNEY_ACTIVITY", None, said)
    if configured.rest is None:
        said = "Journeys cannot be read back before they are published."
        action = "Give journey_builder auth_url, rest_url and a client, to check them whole."
        yield amber("JOURNEY_REST", None, said, action)


def journey_address(url: str, status: int | None, fault: UpstreamFault | None) -> Check:
    """Judge what answered at the address that Journey Builder is given, when we asked there.

    That we do not reach it need not mean that Journey Builder does not.
    """
    code = "JOURNEY_ADDRESS"
    if status == 200:
        return green(code, None, f"Our activities answer at {url}.")
    if isinstance(fault, UpstreamCertificateRefused):
        return red(code, None, fault.detail, "Journey Builder takes no other; renew it.")
    if fault is not None:
        said = f"{url} was not reached from this machine."
        action = "Open this address in a browser elsewhere: it must show a JSON text."
        return amber(code, None, said, action)
    said = f"Something else answers at {url}, with HTTP status {status}."
    action = "Set public_url of journey_builder to this service, and let its proxy pass /journey."
    return red(code, None, said, action)


def segment_export(
    export: SegmentExport,
    wrong: Misfit | None,
    state: ExportState,
    counts: Mapping[str, int],
    now: float,
) -> Check:
    """Judge one export of a segment; `wrong` is what Journey Builder said just now."""
    code = "SEGMENT_EXPORT"
    action = "See docs/segment-export.md, What becomes of an entry."
    if wrong is not None:
        return red(code, export.name, wrong.detail, action)
    if state.code is not None:
        return amber(code, export.name, f"Lately: {state.detail or state.code}", action)
    if state.read_code is not None:
        action = "The segment is read again by itself; see docs/segment-export.md."
        return amber(code, export.name, state.read_detail or state.read_code, action)
    if state.began_at is None:
        action = f"Run a p13n worker, or: p13n export-segments TENANT --only {export.name}"
        return amber(code, export.name, "The segment was not read yet.", action)
    told = ", ".join(f"{number} {name}" for name, number in sorted(counts.items())) or "nobody yet"
    if counts.get("undecided") or counts.get("failed"):
        action = f"p13n segment-entries list TENANT --only {export.name}"
        return amber(code, export.name, f"Entries: {told}.", action)
    return green(code, export.name, f"Entries: {told}; read {spoken(now - state.read_at)} ago.")
