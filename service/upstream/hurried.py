"""The transport for somebody who waits: no call lasts beyond a deadline set for all of them."""

from service.deadline import Deadline
from service.upstream.transport import Answer, Transport


class Hurried:
    """Calls as `Transport` does, until `deadline` at the latest."""

    def __init__(self, transport: Transport, deadline: Deadline):
        self._transport = transport
        self._deadline = deadline

    def call(self, method: str, url: str, *, deadline: Deadline, **options) -> Answer:
        """Do as `Transport.call` does. Raises: UpstreamTimeout once either deadline has passed."""
        return self._transport.call(
            method, url, deadline=self._deadline.at_most(deadline.remaining), **options
        )
