"""scripts/deploy --check: what can be known of the package without an org.

Four steps, all of them run: the static checks, the conversion that the Salesforce CLI would do, the
sources of a managed package, and the compiler's view of those.
"""

import os
import subprocess
import tempfile
from pathlib import Path

from scripts.deploying.service import checked_url
from scripts.deploying.sf import StepFailed

ROOT = Path(__file__).resolve().parents[2]
CHECKS = (
    *("metadata-types", "metadata-references", "namespace", "project-schema"),
    *("components-source", "package-surface"),
)
NAMESPACE = "sample"
IN_NAMESPACE = ("namespace", "metadata-references", "apex-types")


def check(service_url: str) -> int:
    """Run everything; return 0 when all of it passed."""
    try:
        environment = os.environ | {"P13N_SERVICE_URL": checked_url(service_url)}
    except StepFailed as failed:
        print(f"✗ {failed.sentence}\n  {failed.advice}")
        return 1

    def node(what: str, *command: str) -> bool:
        print(f"==> {what}", flush=True)
        return subprocess.run(["node", *command], cwd=ROOT, env=environment).returncode == 0

    with tempfile.TemporaryDirectory() as folder:
        converted, managed = str(Path(folder, "converted")), str(Path(folder, "managed"))
        passed = [
            node("Static checks", "tests/salesforce/check.mjs", *CHECKS),
            node("Conversion", "scripts/deploying/convert.mjs", converted),
            node(
                f"Sources for a managed package, with the namespace {NAMESPACE}",
                *("scripts/deploying/namespaced.mjs", NAMESPACE, managed),
            ),
            *(
                node(f"The same: {name}", f"tests/salesforce/checks/{name}.mjs", managed)
                for name in IN_NAMESPACE
            ),
        ]
    print("OK" if all(passed) else "FAILED: see above")
    return 0 if all(passed) else 1
