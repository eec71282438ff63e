"""Does importing history need more memory the longer the file is? It must not.

Yardstick: the peak of the same import, by the same program, of a tenth of the events.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GOAL = 1.25
SETTLED = 5_000
TENANTS = """\
[tenants.acme]
org_id = "00D000000000001EAA"
[tenants.acme.personalization]
url = "https://acme.us-1.evergage.com"
api_key_id = "env:P13N_SECRET_KEY"
api_key_secret = "env:P13N_SECRET_KEY"
[tenants.acme.datasets.retail]
identity_types = ["emailAddress"]
"""


def write_history(path: Path, count: int) -> None:
    """Write `count` looks at products by a tenth as many people, over the last year."""
    now = int(time.time() * 1000)
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            person = number * 7919 % max(1, count // 10)
            event = {
                "time": now - (count - number) * (365 * 86_400_000 // count),
                "itemAction": "View Item",
                "catalog": {"Product": {"_id": f"P{number % 500}", "name": "Teapot"}},
                "user": {"attributes": {"emailAddress": f"person{person}@shop.example"}},
            }
            file.write(json.dumps(event) + "\n")


def imported(count: int) -> tuple[float, float]:
    """Return the peak of memory in MB and the events a second of one import."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tenants.toml").write_text(TENANTS)
        write_history(folder / "history.jsonl", count)
        variables = os.environ | {
            "P13N_TENANTS": str(folder / "tenants.toml"),
            "P13N_DATA_DIR": str(folder / "data"),
            "P13N_SECRET_KEY": "a secret key that is long enough for anybody",
        }
        p13n = Path(sys.executable).with_name("p13n")
        command = [p13n, "events", "import", "acme", "retail", folder / "history.jsonl", "--json"]
        started = time.perf_counter()
        program = subprocess.Popen(command, env=variables, stdout=subprocess.PIPE)
        answer = json.loads(program.stdout.read())
        _pid, _status, usage = os.wait4(program.pid, 0)
        seconds = time.perf_counter() - started
    if answer["stored"] != count:
        raise SystemExit(f"{count} events were to be stored, not {answer['stored']}.")
    return usage.ru_maxrss / 1024, count / seconds


def main() -> None:
    """Compare two imports; exit 1 when the longer one needs more memory."""
    parser = argparse.ArgumentParser(prog="scripts/bench history", description=__doc__)
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--full", action="store_true", help="a million events")
    options = parser.parse_args()
    count = 1_000_000 if options.full else max(10 * SETTLED, options.events)
    yardstick, _rate = imported(count // 10)
    peak, rate = imported(count)
    is_met = peak <= GOAL * yardstick
    print(
        f"importing {count:,} events peaks at {peak / yardstick:.2f} times the memory of "
        f"{count // 10:,} (goal {GOAL}; {peak:.0f} MB, {rate:,.0f} events/s): "
        f"{'met' if is_met else 'NOT MET'}"
    )
    sys.exit(0 if is_met else 1)


if __name__ == "__main__":
    main()
