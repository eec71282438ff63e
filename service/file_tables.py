"""How tables of the tenants file are read: typed, noting every problem instead of raising."""

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

from apscheduler.triggers.cron import CronTrigger


class Table:
    """One table of the file: typed reads that note a problem instead of raising."""

    def __init__(self, path: str, values: object, problems: list[str]):
        self.path, self.problems = path, problems
        self.values = values if isinstance(values, dict) else {}
        self.seen: set[str] = set()
        if not isinstance(values, dict):
            self.wrong(None, "must be a table")

    def wrong(self, key: str | None, message: str) -> None:
        where = f"{self.path}.{key}" if key else self.path
        self.problems.append(f"{where}: {message}.")

    def get(self, key: str, kind: type | tuple[type, ...], default=None, *, required=False):
        """Return the value under `key`, or `default` with a noted problem where it is wrong."""
        self.seen.add(key)
        if key not in self.values:
            if required:
                self.wrong(key, "is missing")
            return default
        value = self.values[key]
        if (isinstance(value, bool) and kind is not bool) or not isinstance(value, kind):
            self.wrong(key, f"must be {_spoken(kind)}")
            return default
        return value

    def strings(self, key: str, default: tuple[str, ...] = (), *, required=False) -> tuple:
        """Return a list of non-empty texts under `key`."""
        values = self.get(key, list, list(default), required=required)
        if not all(isinstance(value, str) and value for value in values):
            self.wrong(key, "must be a list of non-empty texts")
            return ()
        return tuple(values)

    def one_of(self, key: str, choices: tuple[str, ...]) -> str:
        """Return the text under `key`, the first of `choices` where it is missing or wrong."""
        value = self.get(key, str, choices[0])
        if value in choices:
            return value
        self.wrong(key, f"must be one of {', '.join(choices)}")
        return choices[0]

    def refuse_unknown(self) -> None:
        """Note keys nobody asked for: a misspelt key must not be silently ignored."""
        for key in sorted(self.values.keys() - self.seen):
            self.wrong(key, "is not a known setting")


def crontab_line(table: Table, key: str) -> str | None:
    """Return when something is to be done, None where nothing is said."""
    line = table.get(key, str, None)
    if line is not None:
        try:
            CronTrigger.from_crontab(line)
        except ValueError:
            table.wrong(key, 'must be a crontab line of five fields, such as "0 4 * * *"')
    return line


def upstream_url(table: Table, key: str, allow_http: bool, *, required=True) -> str:
    """Return an address without path: https on a public host, or http on loopback when allowed."""
    url = table.get(key, str, "", required=required)
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it validates it
    except ValueError:
        table.wrong(key, "is not an address")
        return ""
    loopback = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not parts.hostname or parts.username or parts.path not in ("", "/") or parts.query:
        table.wrong(key, "must be https://host without user, path or query")
    elif loopback and not allow_http:
        table.wrong(key, "points at this machine; set P13N_ALLOW_HTTP_UPSTREAM=1 for tests")
    elif not loopback and parts.scheme != "https":
        table.wrong(key, "must begin with https://")
    elif not loopback and _is_private_address(parts.hostname):
        table.wrong(key, "points into a private network")
    return url.rstrip("/")


def secret(table: Table, key: str, environment, *, required=False) -> str | None:
    """Follow `env:NAME` or `file:PATH`; the secret itself never stands in the file."""
    reference = table.get(key, str, None, required=required)
    return None if reference is None else secret_behind(table, key, reference, environment)


def secret_behind(table: Table, key: str, reference: str, environment) -> str | None:
    """Return the secret that `reference` points to, or note under `key` why there is none."""
    kind, _, name = reference.partition(":")
    if kind == "env" and name:
        if not environment.get(name):
            table.wrong(key, f"the environment variable {name} is not set")
        return environment.get(name)
    if kind == "file" and name:
        try:
            return Path(name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            table.wrong(key, f"the file {name} cannot be read")
            return None
    table.wrong(key, "must be a reference, env:NAME or file:PATH")
    return None


def _is_private_address(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host.isdigit() or host.startswith("0x")  # decimal and hex forms of an address


def _spoken(kind: type | tuple[type, ...]) -> str:
    names = {str: "a text", bool: "true or false", int: "a whole number", list: "a list"}
    if isinstance(kind, tuple):
        return "a number"
    return names.get(kind, "a table")
