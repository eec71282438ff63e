"""`p13n audit`: who saw whom."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime

import click

from service.model import Identity
from service.moments import iso
from service.storage.audit_log import AuditEntry, AuditFilter, told_of
from service.terminal import answer, json_option

LISTED = 1_000


def _moment(_context, _option, given: str | None) -> float | None:
    try:
        found = given and datetime.fromisoformat(given)
    except ValueError:
        raise click.BadParameter("must be a date or a moment, such as 2026-11-28") from None
    return found and found.replace(tzinfo=found.tzinfo or UTC).timestamp()


def audit_group(open_parts: Callable, tenant_of: Callable) -> click.Group:
    """Return the commands; `open_parts` joins the parts, `tenant_of` finds a tenant by name."""

    @click.group("audit")
    def audit() -> None:
        """Who saw whom, where the tenants file has it recorded."""

    @audit.command("list")
    @click.argument("tenant")
    @click.option("--since", callback=_moment, help="From this date or moment on (UTC).")
    @click.option("--until", callback=_moment, help="Before this date or moment (UTC).")
    @click.option("--user", help="Id of the Salesforce user, as the org passed it.")
    @click.option("--component", help="next-best, affinities, event-stream, diagnosis, preview.")
    @click.option("--dataset", help="Only looks at people of this dataset.")
    @click.option("--person", metavar="TYPE", help="Identity type of a value on standard input.")
    @click.option("--before", type=click.IntRange(min=1), help="Only entries below this number.")
    @json_option
    def show(tenant: str, as_json: bool, person: str | None, before: int | None, **wanted) -> None:
        """List entries of TENANT, the newest first."""
        parts = open_parts()
        found_tenant = tenant_of(parts.settings, tenant)
        identity = Identity(person, sys.stdin.read().strip()) if person else None
        wanted = AuditFilter(user_id=wanted.pop("user"), identity=identity, **wanted)
        found = parts.audit_log.entries(found_tenant.name, wanted, LISTED, before)
        answer(as_json, {"entries": [told_of(each) for each in found]}, _table(found))

    return audit


def _table(found: list[AuditEntry]) -> str:
    lines = [
        f"{each.id}  {iso(each.at)}  {each.user_id or each.client_id}  {each.component}"
        f"{f' {each.detail}' if each.detail else ''}  {each.dataset}  "
        f"{each.identity_value or each.person}"
        for each in found
    ]
    return "\n".join(lines) or "Nothing."
