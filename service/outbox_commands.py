"""`p13n outbox`: what is on its way out, what could not be delivered, and what to do about it."""

from collections.abc import Callable

import click

from service.moments import iso
from service.storage.outbox_messages import NEEDS_A_PERSON, Letter, State
from service.terminal import answer, json_option

LISTED = 1_000
OPEN = (State.READY, State.RUN, State.SENDING)
CHOICES = {
    "failed": NEEDS_A_PERSON,
    "dead": (State.DEAD,),
    "unconfirmed": (State.UNCONFIRMED,),
    "waiting": OPEN,
    "done": (State.DONE,),
    "all": tuple(State),
}

tenant_option = click.option("--tenant", help="Only messages of this tenant.")
numbers_argument = click.argument("numbers", nargs=-1, type=click.IntRange(min=1))


def outbox_group(open_parts: Callable) -> click.Group:
    """Return the commands; `open_parts` joins the service's parts when one is run."""

    @click.group()
    def outbox() -> None:
        """Messages on their way to Personalization, and those that could not be delivered."""

    @outbox.command("list")
    @click.option(
        "--state",
        type=click.Choice(list(CHOICES)),
        default="failed",
        show_default=True,
        help="failed = dead (may be replayed) and unconfirmed (never sent again).",
    )
    @tenant_option
    @json_option
    def show(state: str, tenant: str | None, as_json: bool) -> None:
        """List messages with their reason, the oldest first; nothing names the person."""
        found = open_parts().outbox.letters(CHOICES[state], tenant=tenant, limit=LISTED)
        answer(as_json, {"messages": [_values(each) for each in found]}, _table(found))

    @outbox.command("replay")
    @numbers_argument
    @click.option("--all", "everything", is_flag=True, help="All dead messages.")
    @tenant_option
    @json_option
    def replay(numbers, everything: bool, tenant: str | None, as_json: bool) -> None:
        """Send dead messages again, those with these NUMBERS or --all."""
        chosen = _chosen(numbers, everything)
        done = open_parts().outbox.replay(chosen, tenant)
        _say(as_json, "replayed", "will be sent again", done, chosen)

    @outbox.command("drop")
    @numbers_argument
    @click.option("--all", "everything", is_flag=True, help="All dead and unconfirmed messages.")
    @tenant_option
    @json_option
    def drop(numbers, everything: bool, tenant: str | None, as_json: bool) -> None:
        """Delete dead and unconfirmed messages for good, those with these NUMBERS or --all."""
        chosen = _chosen(numbers, everything)
        done = open_parts().outbox.drop(chosen, tenant)
        _say(as_json, "dropped", "deleted", done, chosen)

    return outbox


def _chosen(numbers: tuple[int, ...], everything: bool) -> list[int] | None:
    """Return the chosen numbers, None for all. Raises: click.UsageError."""
    if bool(numbers) == everything:
        raise click.UsageError("Name the messages by their numbers, or say --all.")
    return None if everything else list(numbers)


def _say(as_json: bool, word: str, sentence: str, done: list[int], chosen) -> None:
    left = sorted(set(chosen or ()) - set(done))
    lines = [f"{len(done)} {'message' if len(done) == 1 else 'messages'} {sentence}."]
    lines += [f"{number}: there is no such message in that state." for number in left]
    answer(as_json, {word: done, "notFound": left}, "\n".join(lines))


def _values(letter: Letter) -> dict:
    return {
        "id": letter.id,
        "tenant": letter.tenant,
        "dataset": letter.dataset,
        "kind": letter.kind,
        "state": letter.state,
        "attempts": letter.attempts,
        "acceptedAt": iso(letter.accepted_at),
        "finishedAt": letter.finished_at and iso(letter.finished_at),
        "dueAt": iso(letter.due_at) if letter.state in OPEN else None,
        "code": letter.code,
        "reason": letter.detail,
        "correlationId": letter.correlation_id,
    }


def _table(found: list[Letter]) -> str:
    lines = [
        f"{each.id}  {iso(each.accepted_at)}  {each.tenant}/{each.dataset}  {each.kind}  "
        f"{each.state}  {each.code or '-'}  {each.detail or ''}".rstrip()
        for each in found
    ]
    return "\n".join(lines) or "Nothing."
