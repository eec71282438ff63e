"""scripts/deploy: the package into an org, up to the first signed call; or --check."""

import argparse
import sys
from collections.abc import Sequence

from scripts.deploying import clients, offline
from scripts.deploying.access import grants
from scripts.deploying.service import checked_url
from scripts.deploying.sf import Cli, StepFailed
from scripts.deploying.steps import Steps, Wish

DONE, FAILED, WRONG_USAGE = 0, 1, 2


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    options = _parser().parse_args(arguments)
    if options.check:
        return offline.check(options.service_url or "https://p13n.example.com")
    if not options.org or not options.service_url:
        print("scripts/deploy needs --org and --service-url (or --check).", file=sys.stderr)
        return WRONG_USAGE
    try:
        wish = _wish(options)
        Steps(Cli(options.org), wish, _tell).run()
    except StepFailed as failed:
        print(f"✗ {failed.sentence}\n  {failed.advice}", file=sys.stderr)
        return FAILED
    print("Nothing was changed." if options.dry_run else "Done. Next: put components on a page.")
    return DONE


def _wish(options: argparse.Namespace) -> Wish:
    if options.clients:
        ask = clients.piped(sys.stdin)
    else:
        ask = clients.typed if sys.stdin.isatty() else clients.nobody
    people = (options.rep, options.flow_user, options.sharing_user)
    grants(options.admin, *people)  # refuse wrong usernames before anything is done
    return Wish(
        service_url=checked_url(options.service_url),
        dry_run=options.dry_run,
        with_deploy=not options.no_deploy,
        with_tests=not options.no_tests,
        refill=options.refill,
        grants=lambda me: grants([me, *options.admin], *people),
        ask=ask,
    )


def _tell(step: str, sentence: str) -> None:
    print(f"✓ {step:<15} {sentence}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/deploy", description=__doc__)
    add = parser.add_argument
    add("--org", help="alias or username the Salesforce CLI is signed in with")
    add("--service-url", help="https address of the service, as Salesforce reaches it")
    add("--clients", choices=["-"], help="read the org's clients from stdin, as p13n printed them")
    add("--dry-run", action="store_true", help="look, and try the deployment; change nothing")
    for option, who in {
        "--admin": "gets the sets for administrators (you do anyway)",
        "--rep": "gets the group Personalization Rep",
        "--flow-user": "gets the sets for running users of Flows",
        "--sharing-user": "gets the set for data sharing",
    }.items():
        add(option, action="append", default=[], metavar="USERNAME", help=f"{who}; repeatable")
    add("--refill", action="store_true", help="fill credentials that are filled already")
    add("--no-tests", action="store_true", help="do not run Apex tests (sandboxes only)")
    add("--no-deploy", action="store_true", help="the package is in the org already")
    add("--check", action="store_true", help="convert and validate here, without an org")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
