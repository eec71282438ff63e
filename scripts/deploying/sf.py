"""The Salesforce CLI, one method for each thing we ask of it.

Secrets go to it on stdin alone and are struck out of whatever it says. Its answers are JSON:
`{status, result}`, or `{name, message}` when it could not do what it was asked.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping

API_VERSION = "65.0"
QUIET = {
    "SF_AUTOUPDATE_DISABLE": "true",
    "SF_SKIP_NEW_VERSION_CHECK": "true",
    "SF_DISABLE_TELEMETRY": "true",
    "SF_HIDE_RELEASE_NOTES": "true",
}
OLDEST = (2, 60)
"""Of autumn 2024; most earlier ones lack `sf api request rest`."""


class StepFailed(Exception):
    """A step could not be done: what is wrong in one sentence, and the next thing to do."""

    def __init__(self, sentence: str, advice: str):
        super().__init__(sentence)
        self.sentence, self.advice = sentence, advice


class Refused(Exception):
    """The CLI, or the org behind it, said no. `name` is the CLI's own word for why."""

    def __init__(self, name: str, message: str, result: object = None):
        super().__init__(message)
        self.name, self.message, self.result = name, message, result


class Cli:
    """Runs `sf` for one org."""

    def __init__(self, org: str, environment: Mapping[str, str] = os.environ):
        self._org = org
        self._environment = {**environment, **QUIET}
        self._secrets: set[str] = set()

    def keep_quiet_about(self, secret: str) -> None:
        """Strike this out of everything that is told from now on."""
        self._secrets.add(secret)

    def version(self) -> str:
        """Return the CLI's version; raises StepFailed without a CLI that is new enough."""
        advice = "Install it: npm install --global @salesforce/cli"
        if not shutil.which("sf", path=self._environment.get("PATH")):
            raise StepFailed(
                "The Salesforce CLI (sf) is not installed, or not on the PATH.", advice
            )
        said = self._run(["--version"]).stdout
        found = re.search(r"@salesforce/cli/((\d+)\.(\d+)\.\d+)", said)
        if not found or (int(found[2]), int(found[3])) < OLDEST:
            sentence = f"This Salesforce CLI is too old or another program: {said.strip()[:80]}"
            raise StepFailed(sentence, advice)
        return found[1]

    def query(self, soql: str) -> list[dict]:
        """Return the records of a query; raises Refused."""
        return self._ask(["data", "query", "--query", soql])["records"]

    def create(self, sobject: str, values: Mapping[str, str]) -> None:
        """Create a record; raises Refused."""
        given = " ".join(f"{name}='{value}'" for name, value in values.items())
        self._ask(["data", "create", "record", "--sobject", sobject, "--values", given])

    def deploy(
        self, service_url: str, tests: Iterable[str], *, dry_run: bool, wait_minutes: int = 60
    ) -> dict:
        """Deploy the package with its tests, or only try it; return the result; raises Refused."""
        # What somebody changed in the org since the last deployment is replaced, tracked or not.
        command = ["project", "deploy", "start", "--source-dir", "force-app", "--ignore-conflicts"]
        command += ["--wait", str(wait_minutes), *(["--dry-run"] if dry_run else [])]
        tests = list(tests)
        command += ["--test-level", "RunSpecifiedTests" if tests else "NoTestRun"]
        for test in tests:
            command += ["--tests", test]
        # The URL takes the place of the one in the sources: sfdx-project.json, "replacements".
        return self._ask(command, P13N_SERVICE_URL=service_url)

    def run_apex(self, file: str) -> dict:
        """Run anonymous Apex; return {success, compileProblem, exceptionMessage, logs, ...}."""
        return self._ask(["apex", "run", "--file", file])

    def rest(self, method: str, path: str, body: object = None) -> tuple[int, object]:
        """Ask the org's REST API; return status and body, whatever the status; raises Refused.

        The body goes in on stdin: it may hold a secret.
        """
        command = ["api", "request", "rest", path, "--method", method, "--include"]
        command += ["--target-org", self._org]
        if body is not None:
            command += ["--body", "-"]
        done = self._run(command, json.dumps(body) if body is not None else "")
        status = re.match(r"HTTP/\S+ (\d{3})", done.stdout)
        if not status:
            raise Refused("NoAnswer", self._told(done.stderr or done.stdout))
        shown = re.search(r"^[{\[].*", done.stdout, re.MULTILINE | re.DOTALL)
        return int(status[1]), json.loads(shown[0]) if shown else None

    def _ask(self, command: list[str], **environment: str) -> dict:
        done = self._run([*command, "--target-org", self._org, "--json"], "", environment)
        try:
            answer = json.loads(done.stdout)
        except ValueError:
            raise Refused("NoAnswer", self._told(done.stderr or done.stdout)) from None
        if answer.get("status") == 0:
            return answer["result"]
        message = self._told(answer.get("message") or "")
        raise Refused(answer.get("name") or "Failed", message, answer.get("result"))

    def _run(
        self, command: list[str], text: str = "", environment: Mapping[str, str] | None = None
    ):
        return subprocess.run(
            ["sf", *command],
            input=text,
            capture_output=True,
            text=True,
            env={**self._environment, **(environment or {})},
        )

    def _told(self, text: str) -> str:
        """Return what may be shown of what the CLI said."""
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        return " ".join(text.split())[:500]
