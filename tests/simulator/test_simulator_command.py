"""`p13n-simulator serve` as scripts use it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

PROGRAM = Path(sys.executable).with_name("p13n-simulator")


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_both_listen_and_stops_cleanly(sign):
    serving = subprocess.Popen(
        [PROGRAM, "serve"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        urls = dict(serving.stdout.readline().split() for _ in range(2))
        assert urls.keys() == {"Personalization", "CRM"}
        for url in urls.values():
            assert requests.get(f"{url}/_simulator/clock", timeout=5).ok
    finally:
        serving.send_signal(sign)
        out, err = serving.communicate(timeout=10)
    assert (serving.returncode, out, err) == (0, "", "")


def test_an_org_alone_tells_what_its_own_process_uses():
    serving = subprocess.Popen([PROGRAM, "org"], stdout=subprocess.PIPE, text=True)
    try:
        name, url = serving.stdout.readline().split()
        usage = requests.get(f"{url}/_simulator/usage", timeout=5).json()
        statm = Path(f"/proc/{serving.pid}/statm").read_text().split()
        assert name == "CRM"
        assert usage["peakBytes"] >= int(statm[1]) * 4096 * 0.5
        assert 0 < usage["cpuSeconds"] < 60
    finally:
        serving.terminate()
        serving.communicate(timeout=10)


def test_the_shop_opens_when_it_is_asked_for():
    serving = subprocess.Popen(
        [PROGRAM, "serve", "--shop-port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        urls = dict(serving.stdout.readline().split() for _ in range(3))
        assert "Thimble" in requests.get(urls["Shop"], timeout=5).text
    finally:
        serving.terminate()
        serving.communicate(timeout=10)


def test_a_port_that_is_taken_is_said_so(running_account):
    port = str(running_account.port)
    ended = subprocess.run(
        [PROGRAM, "serve", "--personalization-port", port],
        capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert f"Error: port {port} is taken" in ended.stderr
