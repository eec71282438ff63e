"""Reads `feed` of a tenant's data sharing: where bulk feeds for Personalization go."""

import base64
from collections.abc import Mapping

from service.data_sharing import Feed
from service.egress_file import read_egress
from service.file_tables import Table, secret


def read_feed(sharing: Table, environment: Mapping[str, str]) -> Feed | None:
    """Return where feeds go, None where nothing says so; problems are noted on `sharing`."""
    values = sharing.get("feed", dict, None)
    if values is None:
        return None
    table = Table(f"{sharing.path}.feed", values, sharing.problems)
    kind = table.one_of("kind", ("folder", "sftp"))
    is_remote = kind == "sftp"
    feed = Feed(
        kind=kind,
        path=table.get("path", str, "", required=True),
        from_rows=table.get("from_rows", int, Feed.from_rows),
        host=table.get("host", str, None, required=is_remote),
        port=table.get("port", int, Feed.port),
        username=table.get("username", str, None, required=is_remote),
        password=secret(table, "password", environment),
        private_key=secret(table, "private_key", environment),
        host_key=table.get("host_key", str, None, required=is_remote),
        egress=read_egress(table, environment, is_tls=False) if is_remote else None,
    )
    if is_remote and not (feed.password or feed.private_key):
        table.wrong("private_key", "is missing (or password)")
    if feed.host_key is not None and not _is_host_key(feed.host_key):
        table.wrong("host_key", 'must be a line such as "ssh-ed25519 AAAA..."')
    if not 1 <= feed.port <= 65_535:
        table.wrong("port", "must be from 1 to 65535")
    if feed.from_rows < 1:
        table.wrong("from_rows", "must be at least 1")
    table.refuse_unknown()
    return feed


def _is_host_key(line: str) -> bool:
    """Tell whether a line has the form of a public key, which names its own kind."""
    kind, _blank, rest = line.partition(" ")
    try:
        body = base64.b64decode(rest.split(" ")[0], validate=True)
    except ValueError:
        return False
    return body[4 : 4 + len(kind)] == kind.encode() and len(body) > 4 + len(kind) > 4
