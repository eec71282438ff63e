"""The worker exports segments by itself."""

import os
import signal
import subprocess
import time
from collections import Counter

import pytest

from tests.service.test_killed_export import MC, P13N, SECTION


@pytest.fixture
def worker(environment, cloud, tmp_path):
    """A running `p13n worker` whose tenant exports a segment."""
    section = SECTION.format(url=cloud.url, account_id="100000001", reentry="never")
    variables = os.environ | environment(journey=section, **MC)
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen([P13N, "worker"], env=variables, stdout=log, stderr=log)
        yield process
        process.kill()
        process.wait()


def test_members_enter_without_a_command_and_the_worker_stops_when_told(worker, cloud):
    give_up = time.monotonic() + 40
    while len(cloud.entered()) < 33:
        assert time.monotonic() < give_up, "nobody has entered"
        time.sleep(0.05)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=30) == 0
    assert max(Counter(cloud.entered()).values()) == 1
