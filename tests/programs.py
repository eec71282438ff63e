"""Programs that tests need and Python does not bring."""

import os
import shutil
import sys
from pathlib import Path

import pytest

FOLDERS = (str(Path(sys.executable).parent), os.environ.get("PATH", ""), "/usr/sbin")


def program(name: str, what_did_not_run: str) -> str:
    """Return the path of a program; without it skip the test, in CI fail it."""
    found = shutil.which(name, path=os.pathsep.join(FOLDERS))
    if found:
        return found
    reason = f"{name} is not installed: {what_did_not_run}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
