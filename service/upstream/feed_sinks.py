"""Where feed files go: a folder that something else carries on, or an SFTP server.

A file appears under its name only once it is whole: it is written beside it and then renamed,
because Personalization looks into the folder every quarter of an hour.
"""

import base64
import io
import os
import shutil
from pathlib import Path, PurePosixPath
from typing import Protocol

from service.data_sharing import Feed
from service.errors import Fault
from service.upstream.tunnel import NoTunnel, open_tunnel

CONNECT_SECONDS = 15
TRANSFER_SECONDS = 120
"""Without a byte moving."""
UNFINISHED = ".part"


class FeedUnavailable(Fault):
    """Raised when a feed file cannot be put where it belongs; a resume tries again."""

    status = 503
    code = "FEED_UNAVAILABLE"
    title = "Service Unavailable"

    def __init__(self, detail: str):
        super().__init__(detail, retry_after=600)


class FeedSink(Protocol):
    """Takes files; the same file again is no harm."""

    def put(self, file: Path, name: str) -> None:
        """Put the content of `file` there as `name`, durably. Raises: FeedUnavailable."""
        ...


def sink_for(feed: Feed) -> FeedSink:
    """Return the sink that the tenants file describes."""
    return SftpSink(feed) if feed.kind == "sftp" else FolderSink(Path(feed.path))


class FolderSink:
    """A folder on this machine."""

    def __init__(self, folder: Path):
        self._folder = folder

    def put(self, file: Path, name: str) -> None:
        unfinished = self._folder / f"{name}{UNFINISHED}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with file.open("rb") as source, unfinished.open("wb") as target:
                shutil.copyfileobj(source, target)
                target.flush()
                os.fsync(target.fileno())
            unfinished.replace(self._folder / name)
            _sync_folder(self._folder)
        except OSError as trouble:
            message = f"The feed folder cannot be written to ({trouble.strerror})."
            raise FeedUnavailable(message) from trouble


class SftpSink:
    """A folder on an SFTP server whose host key is known; no other key is accepted."""

    def __init__(self, feed: Feed):
        self._feed = feed

    def put(self, file: Path, name: str) -> None:
        import paramiko

        folder = PurePosixPath(self._feed.path)
        final, unfinished = str(folder / name), str(folder / f"{name}{UNFINISHED}")
        client = paramiko.SSHClient()
        try:
            self._connect(client)
            with client.open_sftp() as sftp:
                sftp.get_channel().settimeout(TRANSFER_SECONDS)
                sftp.put(str(file), unfinished, confirm=True)  # compares the size afterwards
                sftp.posix_rename(unfinished, final)
        except NoTunnel as trouble:
            raise FeedUnavailable(str(trouble)) from trouble
        except (paramiko.SSHException, OSError, EOFError, ValueError) as trouble:
            kind = type(trouble).__name__
            message = f"The SFTP server did not take the feed ({kind})."
            raise FeedUnavailable(message) from trouble
        finally:
            client.close()

    def _connect(self, client) -> None:
        import paramiko

        feed = self._feed
        kind, key = feed.host_key.split()[:2]
        known = paramiko.PKey.from_type_string(kind, base64.b64decode(key))
        named = feed.host if feed.port == 22 else f"[{feed.host}]:{feed.port}"
        client.get_host_keys().add(named, kind, known)
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        through = feed.egress and open_tunnel(feed.egress, feed.host, feed.port, CONNECT_SECONDS)
        client.connect(
            feed.host,
            sock=through,
            port=feed.port,
            username=feed.username,
            password=feed.password,
            pkey=_private_key(feed.private_key),
            timeout=CONNECT_SECONDS,
            banner_timeout=CONNECT_SECONDS,
            auth_timeout=CONNECT_SECONDS,
            allow_agent=False,
            look_for_keys=False,
        )


def _private_key(text: str | None):
    import paramiko

    if text is None:
        return None
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text))
        except paramiko.SSHException:
            continue
    raise FeedUnavailable("The private key of the feed cannot be read.")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
