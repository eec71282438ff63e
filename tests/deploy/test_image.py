"""What can be checked of the Dockerfile without building it."""

import fnmatch
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINES = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text()).splitlines()
STEPS = [line.split(" ", 1) for line in LINES if line and not line.startswith("#")]


def of(kind: str) -> list[str]:
    return [rest for word, rest in STEPS if word == kind]


def test_every_instruction_is_one_docker_knows():
    known = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE"}
    assert {word for word, _rest in STEPS} == known | {"HEALTHCHECK", "STOPSIGNAL", "CMD"}


def test_bases_are_pinned_to_a_version():
    for base in of("FROM"):
        assert re.fullmatch(r"\w+:\d+\.\d+\.\d+-[a-z-]+( AS \w+)?", base), base


def test_packages_come_from_the_lock_with_hashes_alone():
    for command in of("RUN"):
        for install in re.findall(r"pip install ([^&]*)", command):
            is_ours = install.split() == ["--no-deps", "--no-build-isolation", "."]
            assert is_ours or install.startswith("--require-hashes -r "), install
    assert any("npm ci" in command for command in of("RUN"))


def test_the_service_runs_as_nobody_special_and_is_watched():
    [user] = of("USER")
    assert int(user) > 0
    [check] = of("HEALTHCHECK")
    assert "/health/ready" in check
    assert STEPS.index(["USER", user]) < STEPS.index(["CMD", of("CMD")[0]])


def test_what_is_copied_exists_and_is_not_ignored():
    allowed = [
        line[1:]
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    for copy in of("COPY"):
        *sources, _target = copy.split()
        if sources[0].startswith("--from"):
            continue
        for source in sources:
            assert (ROOT / source).exists(), source
            assert any(fnmatch.fnmatch(source.split("/")[0], top) for top in allowed), source


def test_no_secret_is_in_the_image():
    for line in of("ENV"):
        assert not re.search(r"SECRET|TOKEN|PASSWORD|KEY", line)
