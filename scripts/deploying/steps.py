"""The way from nothing to a first signed call out of the org, step by step.

Each step looks first and changes only what is not yet so: the whole can be run again at any time.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.deploying import service
from scripts.deploying.access import Access, Grant
from scripts.deploying.credentials import PRINCIPALS, Principal, fill, is_filled
from scripts.deploying.service import Client
from scripts.deploying.sf import Cli, Refused, StepFailed

ROOT = Path(__file__).resolve().parents[2]
PINGS = {
    "Personalization_Service": "scripts/deploying/ping-service.apex",
    "Personalization_Administration": "scripts/deploying/ping-administration.apex",
}
OUTCOME = re.compile(r"USER_DEBUG\|[^|]*\|DEBUG\|P13N (\S+) ?(.*)")
SHOWN_PROBLEMS = 10

SET_URL = (
    "Setup > Named Credentials: is the URL the service's, is it reachable from the internet, "
    "and its certificate one that Salesforce trusts?"
)
PING_ADVICE = {
    "NOT_CONNECTED": "Fill the credential again, with a client that may: --refill --clients -",
    "SERVICE_UNREACHABLE": SET_URL,
}


@dataclass(frozen=True)
class Wish:
    """What somebody asked for. `ask` gets a client for a principal, None when there is none."""

    service_url: str
    dry_run: bool
    with_deploy: bool
    with_tests: bool
    refill: bool
    grants: Callable[[str], list[Grant]]
    ask: Callable[[Principal], Client | None]


class Steps:
    """Runs the steps in order and tells of each; raises StepFailed at the first that fails."""

    def __init__(self, cli: Cli, wish: Wish, tell: Callable[[str, str], None]):
        self._cli, self._wish, self._tell = cli, wish, tell

    def run(self) -> None:
        """Do everything, or with `dry_run` only look."""
        self._tell("Salesforce CLI", self._cli.version())
        username = self._org()
        self._service()
        clients = self._clients()
        if self._wish.with_deploy:
            self._deploy()
        self._access(username)
        self._fill(clients)
        if not self._wish.dry_run:
            self._ping()

    def _org(self) -> str:
        try:
            [org] = self._cli.query(
                "SELECT Id, Name, IsSandbox, OrganizationType FROM Organization"
            )
            status, me = self._cli.rest("GET", "/services/oauth2/userinfo")
        except Refused as refused:
            raise StepFailed(
                f"The org cannot be asked: {refused.message}",
                "Sign in: sf org login web --alias ALIAS, then name ALIAS in --org.",
            ) from None
        if status != 200 or not isinstance(me, dict) or "preferred_username" not in me:
            raise StepFailed(f"The org does not say who you are ({status}).", "Sign in again.")
        kind = "sandbox" if org["IsSandbox"] else org["OrganizationType"]
        username = me["preferred_username"]
        self._tell("Org", f"{org['Name']} ({kind}, {org['Id']}), as {username}")
        return username

    def _service(self) -> None:
        service.check_ready(self._wish.service_url)
        self._tell("Service", f"{self._wish.service_url} is ready")

    def _clients(self) -> Mapping[Principal, Client]:
        """Find out which principals lack a client, get one and try it at the service."""
        clients = {}
        for principal in PRINCIPALS:
            if not self._wish.refill and is_filled(self._cli, principal):
                continue
            client = self._wish.ask(principal)
            if client is None:
                raise StepFailed(
                    f"There is no client yet for {principal}.",
                    f"Make one where the service runs: {principal.made_by} --json, and hand its "
                    "output to this command on stdin, with --clients -",
                )
            self._cli.keep_quiet_about(client.secret)
            lacking = principal.scopes - service.scopes_of(self._wish.service_url, client)
            if lacking:
                may_not = " and ".join(sorted(lacking))
                raise StepFailed(
                    f"The client {client.id} for {principal} may not {may_not}.",
                    f"Make another one: {principal.made_by} --json",
                )
            clients[principal] = client
        known = ", ".join(client.id for client in clients.values())
        self._tell("Clients", f"the service knows {known}" if known else "none is needed")
        return clients

    def _deploy(self) -> None:
        tests = sorted(path.stem for path in (ROOT / "force-app/test").rglob("*Test.cls"))
        wish = self._wish
        try:
            result = self._cli.deploy(
                wish.service_url, tests if wish.with_tests else [], dry_run=wish.dry_run
            )
        except Refused as refused:
            raise _deploy_failed(refused) from None
        ran = (result.get("details") or {}).get("runTestResult") or {}
        count = result.get("numberComponentsTotal", "?")
        did = "would deploy" if wish.dry_run else "deployed"
        told = f"{did} {count} parts, {ran.get('numTestsRun', 0)} Apex tests passed"
        self._tell("Package", told)

    def _access(self, username: str) -> None:
        wanted = self._wish.grants(username)
        access = Access(self._cli, wanted)
        if access.absent_users():
            raise StepFailed(
                f"No active user of this org is called {', '.join(access.absent_users())}.",
                "Name them by username, which may differ from the address (in sandboxes it does).",
            )
        absent = access.absent_targets()
        if absent and not self._wish.dry_run:
            raise StepFailed(
                f"The org has no {', '.join(absent)}.",
                "Deploy the package first: without --no-deploy.",
            )
        missing = access.missing()
        if not self._wish.dry_run:
            for grant in missing:
                access.give(grant)
        did = "would get" if self._wish.dry_run else "got"
        for user in dict.fromkeys(grant.username for grant in wanted):
            new = [grant.name for grant in missing if grant.username == user]
            self._tell("Access", f"{user} {did} {', '.join(new)}" if new else f"{user} has it all")

    def _fill(self, clients: Mapping[Principal, Client]) -> None:
        for principal in PRINCIPALS:
            client = clients.get(principal)
            if client is None:
                self._tell("Credential", f"{principal} is filled already")
            elif self._wish.dry_run:
                self._tell("Credential", f"{principal} would be filled with {client.id}")
            else:
                again = self._wish.refill and is_filled(self._cli, principal)
                fill(self._cli, principal, client, again=again)
                self._tell("Credential", f"{principal} is filled with {client.id}")

    def _ping(self) -> None:
        for principal in PRINCIPALS:
            code, said = self._outcome(PINGS[principal.external_credential])
            if code != "OK":
                raise StepFailed(
                    f"The org's first call as {principal} failed: {code}. {said}",
                    PING_ADVICE.get(code, "Look for this code in docs/service.md."),
                )
            self._tell("First call", f"as {principal}: answered")

    def _outcome(self, file: str) -> tuple[str, str]:
        try:
            found = OUTCOME.search(self._cli.run_apex(file).get("logs") or "")
        except Refused as refused:
            raise StepFailed(
                f"The org could not run the first call: {refused.message}",
                "Your user needs the permissions Author Apex and API Enabled.",
            ) from None
        if not found:
            raise StepFailed(
                "The org ran the first call and its log does not say how it went.",
                "Run it by hand: sf apex run --file " + file,
            )
        return found[1], found[2].strip()


def _deploy_failed(refused: Refused) -> StepFailed:
    """Put what the org refused into lines, the first of them only."""
    details = refused.result.get("details") if isinstance(refused.result, dict) else None
    details = details or {}
    tests = (details.get("runTestResult") or {}).get("failures") or []
    problems = [
        f"{each.get('componentType', '')} {each.get('fullName', '')}: {each.get('problem', '')}"
        for each in _listed(details.get("componentFailures"))
    ] + [
        f"{each.get('name', '')}.{each.get('methodName', '')}: {each.get('message', '')}"
        for each in _listed(tests)
    ]
    shown = "".join(f"\n    {problem}" for problem in problems[:SHOWN_PROBLEMS])
    more = len(problems) - SHOWN_PROBLEMS
    rest = f"\n    and {more} more" if more > 0 else ""
    why = shown + rest if problems else f" {refused.message or 'no reason given'}"
    return StepFailed(
        f"The org did not take the package:{why}",
        "Nothing was changed in the org. Mend what is named (docs/package.md), and run this again.",
    )


def _listed(found: object) -> list[dict]:
    """The CLI gives one element alone, without a list around it."""
    return found if isinstance(found, list) else [found] if isinstance(found, dict) else []
