"""`p13n doctor`: what is wrong, and what to do about it."""

import sys
from collections.abc import Callable, Mapping

import click

from service.deadline import Deadline
from service.terminal import answer, json_option
from service.usecases.doctor_checks import Check, Verdict

SECONDS = 30
COLOURS = {Verdict.GREEN: "green", Verdict.AMBER: "yellow", Verdict.RED: "red"}


def doctor_command(open_parts: Callable, tenant_of: Callable) -> click.Command:
    """Return the command; `open_parts` joins the parts, `tenant_of` finds a tenant by name."""

    @click.command()
    @click.argument("tenant", required=False)
    @json_option
    def doctor(tenant: str | None, as_json: bool) -> None:
        """Examine TENANT, or all of them; exit with 1 when something is red.

        Reads a few rows of the user export, which the licence counts.
        """
        parts = open_parts()
        tenants = parts.settings.tenants
        chosen = {tenant: tenant_of(parts.settings, tenant)} if tenant else dict(tenants)
        found = {
            name: parts.doctor.examine(each, Deadline.after(SECONDS))
            for name, each in chosen.items()
        }
        values = {name: [_values(check) for check in some] for name, some in found.items()}
        answer(as_json, {"tenants": values}, _table(found))
        is_red = any(check.verdict == Verdict.RED for some in found.values() for check in some)
        sys.exit(1 if is_red else 0)

    return doctor


def _values(check: Check) -> dict:
    return {
        "code": check.code,
        "group": check.group,
        "about": check.about,
        "verdict": check.verdict,
        "message": check.message,
        "action": check.action,
    }


def _table(found: Mapping[str, list[Check]]) -> str:
    lines = []
    width = max((len(check.code) for some in found.values() for check in some), default=0)
    for name, some in found.items():
        lines.append(name)
        for check in some:
            word = click.style(f"{check.verdict:<6}", fg=COLOURS[check.verdict])
            about = f"{check.about}: " if check.about else ""
            lines.append(f"  {word} {check.code:<{width}} {about}{check.message}")
            if check.action:
                lines.append(f"  {'':<{width + 7}} > {check.action}")
    return "\n".join(lines)
