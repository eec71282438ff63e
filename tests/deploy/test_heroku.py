"""What Heroku reads: the very commands of the Procfile, app.json, and a dyno without a database."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from service.errors import InvalidSettings
from service.settings import read_settings
from simulator.demo import free_ports

ROOT = Path(__file__).resolve().parents[2]
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
APP = json.loads((ROOT / "app.json").read_text())


@pytest.fixture
def dyno(environment, tmp_path, postgres_server):
    """The config vars of a dyno: everything by variables, the database as Heroku names it."""
    variables = environment()
    variables["P13N_TENANTS_TOML"] = Path(variables.pop("P13N_TENANTS")).read_text()
    with postgres_server.database() as url:
        heroku = {
            "DYNO": "web.1",
            "DATABASE_URL": url.replace("postgresql+psycopg", "postgres"),
            "WEB_CONCURRENCY": "1",
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        }
        yield variables | heroku


def start(name: str, variables: dict, log) -> subprocess.Popen:
    """Start a process type as a dyno does: a shell that becomes the command."""
    command = ["sh", "-c", f"exec {PROCFILE[name]}"]
    return subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=log)


def test_the_commands_of_the_procfile_run_the_service(dyno, tmp_path):
    [port] = free_ports(1)
    with (tmp_path / "log").open("wb") as log:
        assert start("release", dyno, log).wait(60) == 0
        web = start("web", dyno | {"PORT": str(port)}, log)
        worker = start("worker", dyno | {"DYNO": "worker.1"}, log)
        try:
            said = (tmp_path / "log").read_text
            wait_until(lambda: ready(port) and "worker started" in said(), said)
        finally:
            for process in (web, worker):
                process.send_signal(signal.SIGTERM)
            ends = [process.wait(40) for process in (web, worker)]
        assert ends == [0, 0]


def ready(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/health/ready", timeout=3).ok
    except requests.RequestException:
        return False


def wait_until(condition, explain) -> None:
    give_up = time.monotonic() + 40
    while not condition():
        assert time.monotonic() < give_up, explain()
        time.sleep(0.05)


def test_a_dyno_without_a_database_is_told_what_to_add(environment):
    with pytest.raises(InvalidSettings, match="heroku addons:create heroku-postgresql"):
        read_settings(environment(DYNO="web.1"))


def test_elsewhere_somebody_elses_database_url_is_left_alone(environment):
    assert read_settings(environment(DATABASE_URL="postgres://other")).database_url is None


def test_the_tenants_may_stand_in_a_variable(environment):
    variables = environment()
    text = Path(variables.pop("P13N_TENANTS")).read_text()
    assert set(read_settings(variables | {"P13N_TENANTS_TOML": text}).tenants) == {"acme", "other"}
    with pytest.raises(InvalidSettings, match="P13N_TENANTS_TOML is not TOML"):
        read_settings(variables | {"P13N_TENANTS_TOML": "tenants = ["})


def test_app_json_has_heroku_s_form_and_names_what_the_service_reads():
    """Keys and types of Heroku Dev Center, "app.json Schema"."""
    texts = {"name", "description", "stack"}
    assert set(APP) == texts | {"buildpacks", "addons", "env", "formation", "scripts"}
    assert all(isinstance(APP[key], str) for key in texts)
    assert all(set(each) == {"url"} for each in APP["buildpacks"])
    assert [each["plan"].partition(":")[0] for each in APP["addons"]] == ["heroku-postgresql"]
    for name, variable in APP["env"].items():
        assert set(variable) <= {"description", "value", "required", "generator"}, name
        assert variable.get("generator", "secret") == "secret"
        assert name in (ROOT / "service/settings.py").read_text()
    assert set(APP["formation"]) == set(PROCFILE) - {"release"}
    assert all(set(each) == {"quantity", "size"} for each in APP["formation"].values())
    assert set(APP["scripts"]) <= {"postdeploy", "pr-predestroy"}


def test_what_heroku_installs_is_the_lock():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["-r requirements/service.txt"]
    assert os.access(ROOT / "bin/post_compile", os.X_OK)
