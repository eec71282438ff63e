"""systemd's own checks of the units, with the programs where they stand here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import program

UNITS = sorted((Path(__file__).resolve().parents[2] / "deploy/systemd").glob("*.service"))
MOST_EXPOSURE = 20
"""In tenths of systemd's exposure level; a unit without any hardening has 96."""


@pytest.fixture
def systemd_analyze():
    return program("systemd-analyze", "the systemd units were not verified.")


@pytest.fixture(params=UNITS, ids=lambda path: path.stem)
def unit(request, tmp_path):
    """A unit whose program is the one of this environment."""
    text = request.param.read_text().replace("/opt/p13n/bin", str(Path(sys.executable).parent))
    path = tmp_path / request.param.name
    path.write_text(text)
    return path


def analyze(systemd_analyze, *arguments) -> subprocess.CompletedProcess:
    variables = os.environ | {"SYSTEMD_LOG_LEVEL": "warning"}
    command = [systemd_analyze, *map(str, arguments)]
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60)


def test_systemd_finds_nothing_wrong_with_a_unit(systemd_analyze, unit):
    done = analyze(systemd_analyze, "verify", "--man=no", unit)
    assert (done.returncode, about(unit, done.stderr)) == (0, [])


def test_a_misspelt_directive_would_be_found(systemd_analyze, unit):
    unit.write_text(unit.read_text().replace("ProtectHome", "ProtectHouse"))
    assert about(unit, analyze(systemd_analyze, "verify", "--man=no", unit).stderr)


def about(unit: Path, said: str) -> list[str]:
    """Return the lines about this unit; verify also reads what the machine itself has."""
    return [line for line in said.splitlines() if unit.name in line]


def test_a_unit_is_confined(systemd_analyze, unit):
    arguments = ("security", "--offline=yes", "--no-pager", f"--threshold={MOST_EXPOSURE}", unit)
    done = analyze(systemd_analyze, *arguments)
    assert done.returncode == 0, done.stdout[-600:]


def test_the_terminal_s_p13n_runs_as_the_service_s_user_with_its_settings(tmp_path):
    """With stand-ins for the user's switch and for p13n itself, which tell what they were given."""
    for name, script in (("runuser", 'echo "$@"; shift 3; exec "$@"'), ("p13n", "env; pwd")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "p13n.env").write_text("P13N_SECRET_KEY='two words $HOME'\nACME_KEY_ID=key\n")
    wrapper = (UNITS[0].parent / "p13n").read_text()
    here = wrapper.replace("/etc/p13n/p13n.env", f"{tmp_path}/p13n.env")
    here = here.replace("/opt/p13n/bin/p13n", f"{tmp_path}/p13n")
    variables = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = ["sh", "-c", here, "p13n", "client", "list"]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    said = done.stdout.splitlines()
    assert said[0] == f"-u p13n -- {tmp_path}/p13n client list"
    assert said[-1] == "/"
    assert {"P13N_SECRET_KEY=two words $HOME", "ACME_KEY_ID=key"} <= set(said)
    assert "P13N_TENANTS=/etc/p13n/tenants.toml" in said
