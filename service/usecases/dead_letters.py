"""What could not be delivered, for the admin: with its reason, to replay or to drop."""

from collections.abc import Sequence

from service.storage.outbox import Outbox
from service.storage.outbox_messages import NEEDS_A_PERSON, Letter
from service.tenant import Tenant


class DeadLetters:
    """Dead and unconfirmed messages of one tenant at a time."""

    def __init__(self, outbox: Outbox):
        self._outbox = outbox

    def page(self, tenant: Tenant, after: int, limit: int) -> list[Letter]:
        """Return up to `limit` messages with numbers above `after`, rising."""
        return self._outbox.letters(NEEDS_A_PERSON, tenant=tenant.name, after=after, limit=limit)

    def replay(self, tenant: Tenant, ids: Sequence[int] | None) -> list[int]:
        """Send dead messages again, those of `ids` or all; return which. Never a counter in doubt.

        What later messages have set meanwhile stays as they set it.
        """
        return self._outbox.replay(ids, tenant.name)

    def drop(self, tenant: Tenant, ids: Sequence[int] | None) -> list[int]:
        """Delete messages for good, those of `ids` or all; return which."""
        return self._outbox.drop(ids, tenant.name)
