"""Log lines: all of them for machines, warnings alone between a command's sentences."""

import os
import pty
import subprocess
import sys

SPEAK = """
import structlog
from service import log_lines
log_lines.install_for_command()
structlog.get_logger().info("taken")
structlog.get_logger().warning("stopped")
"""


def said_to(stderr: int) -> None:
    subprocess.run([sys.executable, "-c", SPEAK], stderr=stderr, check=True)
    os.close(stderr)


def test_on_a_terminal_a_command_logs_warnings_only():
    reading, terminal = pty.openpty()
    said_to(terminal)
    said = os.read(reading, 10_000)
    assert b"stopped" in said
    assert b"taken" not in said


def test_into_a_file_a_command_logs_everything():
    reading, writing = os.pipe()
    said_to(writing)
    assert b"taken" in os.read(reading, 10_000)
