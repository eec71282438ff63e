"""Settings read anew while the program runs: checked whole first; if wrong, the old ones stay."""

import os

import structlog

from service.errors import InvalidSettings
from service.settings import Settings, read_settings

log = structlog.get_logger()


def reread() -> Settings | None:
    """Return the settings as they are now; None, with every fault in the log, if they are wrong."""
    try:
        return read_settings(os.environ)
    except InvalidSettings as wrong:
        log.error("settings not reloaded: the old ones stay", problems=wrong.problems)
        return None
