"""An outbox with a clock moved by hand, and short ways to fill it."""

import orjson

from service.model import Identity
from service.storage.outbox import Outbox
from service.storage.outbox_messages import (
    Acceptance,
    Accepted,
    Claimed,
    Draft,
    Part,
    RequestKey,
    State,
)

ADA = Identity("emailAddress", "ada@example.com")
ADAS_NUMBER = Identity("customerId", "17850")
BOB = Identity("emailAddress", "bob@example.com")
LEASE = 30


class OutboxStage:
    """One tenant's use of an outbox. Times are seconds since `now` was zero... and a bit."""

    def __init__(self, database):
        self.now = 1_000_000.0
        self.voided: set[tuple[str, str]] = set()
        self.database = database
        self.outbox = Outbox(
            database,
            clock=lambda: self.now,
            on_void=lambda tenant, digest: self.voided.add((tenant, digest)),
        )
        self._requests = 0

    def draft(self, text: str, *identities: Identity, **options) -> Draft:
        key = options.pop("key", None)
        part = Part({"text": text}, key, options.pop("fingerprint", ""))
        chosen = {"kind": "test", "correlation_id": text, "repeatable": True, "key_scope": "row"}
        return Draft(identities=identities or (ADA,), parts=(part,), **(chosen | options))

    def accept(
        self, *drafts: Draft, key=None, body="", tenant="acme", dataset="retail", **options
    ) -> Accepted:
        self._requests += 1
        return self.outbox.accept(
            Acceptance(
                tenant=tenant,
                dataset=dataset,
                request_key=RequestKey("POST /test", key or f"key {self._requests}", body),
                drafts=drafts,
                answer=lambda outcomes: orjson.dumps([each.verdict for each in outcomes]),
                **options,
            )
        )

    def put(self, text: str, *identities: Identity, **options) -> None:
        """Accept one message in a request of its own."""
        self.accept(self.draft(text, *identities, **options))

    def claim(self, limit=10, **options) -> list[Claimed]:
        return self.outbox.claim(limit, LEASE, **options)

    def claim_one(self) -> Claimed:
        [message] = self.claim()
        return message

    def acknowledge(self, message: Claimed) -> bool:
        return self.database.write(lambda c: self.outbox.acknowledge(c, message))

    def fail(self, message: Claimed, seconds: float) -> bool:
        return self.outbox.put_back(message, seconds, has_failed=True, code="CODE", detail="Why.")

    def states(self) -> dict[str, str]:
        """Return the state of every message by its correlation id."""
        found = self.outbox.letters(tuple(State), limit=1_000)
        return {each.correlation_id: str(each.state) for each in found}


def texts(messages: list[Claimed]) -> list[str]:
    """Return what the drafts of these messages were made of."""
    return [orjson.loads(m.payload)["parts"][0]["text"] for m in messages]
