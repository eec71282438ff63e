"""`p13n erase` and `p13n erasures`: the right to be forgotten from a terminal."""

import sys
import time
from collections.abc import Callable

import click

from service.model import Identity
from service.storage.erasures import Erasure, Upstream
from service.terminal import answer, json_option
from service.usecases.erasures import told_of

WAIT_SECONDS = 45
LOOK_SECONDS = 0.5
SAYS_OF_UPSTREAM = {
    Upstream.PENDING: "Personalization has not answered yet; a worker asks until it does.",
    Upstream.DELETED: "Personalization has deleted the profile.",
    Upstream.UNKNOWN: (
        "No profile id is known here, so Personalization was not asked: look the person up in "
        "its own pages and delete the profile there."
    ),
}

value_argument = click.argument("value", metavar="-", callback=lambda _c, _p, given: _read(given))


def _read(given: str) -> str:
    """Return the value from standard input: on the command line it would be seen by others."""
    if given != "-":
        raise click.BadParameter("give - here and the value on standard input")
    value = sys.stdin.read().strip()
    if not value or "\n" in value:
        raise click.BadParameter("standard input must hold one value")
    return value


def erase_command(open_parts: Callable, tenant_of: Callable) -> click.Command:
    """Return the command; `open_parts` joins the parts, `tenant_of` finds a tenant by name."""

    @click.command("erase")
    @click.argument("tenant")
    @click.argument("dataset")
    @click.argument("type")
    @value_argument
    @click.option(
        "--wait",
        default=WAIT_SECONDS,
        show_default=True,
        type=click.FloatRange(0, 86_400),
        help="Seconds to wait for the end; afterwards a worker goes on.",
    )
    @json_option
    def erase(tenant: str, dataset: str, type: str, value: str, wait: float, as_json: bool) -> None:
        """Erase a person of TENANT and DATASET: the one whose identity of TYPE is on stdin.

        Everything we keep of the person goes, by all identities, and Personalization is told to
        delete the profile. A tombstone keeps later imports and messages from bringing them back.
        """
        parts = open_parts()
        found = tenant_of(parts.settings, tenant)
        erasure = parts.erasures.begin(found, dataset, Identity(type, value), "terminal")
        give_up = time.monotonic() + wait
        while True:
            erasure = parts.erasures.work(found, erasure)
            if erasure.is_over or time.monotonic() >= give_up:
                break
            time.sleep(LOOK_SECONDS)
        answer(as_json, told_of(erasure), _sentences(erasure))

    return erase


def erasures_group(open_parts: Callable, tenant_of: Callable) -> click.Group:
    """Return the commands about erasures that were asked for."""

    @click.group("erasures")
    def erasures() -> None:
        """Erasures that were asked for; nothing names whom they were about."""

    @erasures.command("list")
    @click.argument("tenant")
    @json_option
    def show(tenant: str, as_json: bool) -> None:
        """List the newest erasures of TENANT and what they wait for."""
        parts = open_parts()
        found = parts.erasures.newest(tenant_of(parts.settings, tenant))
        values = [told_of(each) for each in found]
        lines = [
            f"{each['id']}  {each['requestedAt']}  {each['dataset']}  {each['state']}  "
            f"{sum(each['removed'].values())} rows  {each['waitsFor'] or ''}".rstrip()
            for each in values
        ]
        answer(as_json, {"erasures": values}, "\n".join(lines) or "Nothing.")

    @erasures.command("lift")
    @click.argument("tenant")
    @click.argument("dataset")
    @click.argument("type")
    @value_argument
    @json_option
    def lift(tenant: str, dataset: str, type: str, value: str, as_json: bool) -> None:
        """Let an erased person be known again; nothing comes back by itself."""
        parts = open_parts()
        found = tenant_of(parts.settings, tenant)
        number = parts.erasures.lift(found, dataset, Identity(type, value))
        sentence = f"{number} tombstones are lifted. What comes in from now on is kept again."
        answer(as_json, {"lifted": number}, sentence)

    return erasures


def _sentences(erasure: Erasure) -> str:
    removed = {table: number for table, number in erasure.removed.items() if number}
    lines = [f"Erasure {erasure.id} {'is done' if erasure.is_over else 'goes on'}."]
    lines += [f"  {number:>8}  {table}" for table, number in removed.items()]
    lines += [] if removed else ["  Nothing was kept of this person."]
    lines += [SAYS_OF_UPSTREAM[erasure.upstream]]
    lines += [f"It waits: {erasure.detail}"] if erasure.detail else []
    return "\n".join(lines)
