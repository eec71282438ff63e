"""Runs the tests of the browser on the whole product: what `scripts/test browser` calls."""

import subprocess
import sys

from simulator.demo import ROOT, DemoFailed, free_ports, running

QUICKLY_STALE = """\
fresh_seconds = 1
stale_while_revalidate_seconds = 1
negative_seconds = 1
"""
"""So that a saved answer grows old, and a failure is forgotten, while a test waits."""


def main() -> int:
    [page_port] = free_ports(1)
    try:
        with running(page_port, cache=QUICKLY_STALE, report=print) as demo:
            addresses = {
                "P13N_DEMO_URL": demo.url,
                "P13N_DEMO_PERSONALIZATION_URL": demo.personalization_url,
                "P13N_DEMO_SERVICE_URL": demo.service_url,
                "P13N_DEMO_SHOP_URL": demo.shop_url,
                "P13N_DEMO_JOURNEYS_URL": demo.canvas_url,
                "P13N_DEMO_ORG_URL": demo.org_url,
                "P13N_DEMO_SERVICE_PID": str(demo.service_pid),
            }
            tests = sorted(str(path) for path in (ROOT / "tests" / "e2e").glob("*.test.mjs"))
            command = ["node", "--test", "--test-concurrency=1", *sys.argv[1:], *tests]
            return subprocess.run(command, env=demo.environment | addresses, check=False).returncode
    except DemoFailed as trouble:
        print(trouble, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
