"""What the service needs of its own machine: store, disk, keys, cache. Pure judgments."""

from collections.abc import Mapping, Sequence

from service.usecases.doctor_checks import Check, amber, green, red

MEBIBYTE = 2**20
SPACE_TO_NOTE, SPACE_TO_MEND = 1_024 * MEBIBYTE, 100 * MEBIBYTE
FEWEST_LETTERS = 10
"""A random key of 32 letters has more different ones, also in hexadecimal (with a chance of
0.9998 or better); a typed one often has fewer."""


def state_store(engine: str, trouble: str | None) -> Check:
    """Judge the store of clients, people, events and the outbox; `trouble` is its fault."""
    if trouble is None:
        return green("STATE_STORE", None, f"The state store ({engine}) answers, its schema fits.")
    action = "See P13N_DATABASE_URL or the disk of P13N_DATA_DIR; after an upgrade: p13n migrate"
    return red("STATE_STORE", None, trouble, action)


def disk(free_bytes: int) -> Check:
    """Judge the space left where our files are."""
    said = f"{free_bytes / (1_024 * MEBIBYTE):.1f} GiB are free where P13N_DATA_DIR is."
    if free_bytes >= SPACE_TO_NOTE:
        return green("DISK", None, said)
    judge = red if free_bytes < SPACE_TO_MEND else amber
    return judge("DISK", None, said, "Make room: a full disk stops whatever writes.")


def keys(ring: Sequence[str]) -> Check:
    """Judge the keys that sign tokens, without telling anything of them."""
    said = f"Keys of P13N_SECRET_KEY: {len(ring)}; the first one signs tokens."
    if any(len(set(key)) < FEWEST_LETTERS for key in ring):
        action = "Make a random one (openssl rand -hex 32), put it first, restart."
        return red("KEYS", None, f"{said} One of them is easy to guess.", action)
    if len(ring) > 1:
        action = "Ten minutes after a change, leave the old keys out and restart."
        return amber("KEYS", None, f"{said} Old ones open the service, too.", action)
    return green("KEYS", None, said)


def client_secrets(live: Mapping[str, int]) -> Check:
    """Judge how many secrets each client has; `live` counts them by client id."""
    double = sorted(client_id for client_id, number in live.items() if number > 1)
    if not double:
        return green("CLIENT_SECRETS", None, "Each client has one secret.")
    said = f"An old secret is still valid beside the new one: {', '.join(double)}."
    action = "Once the org has the new one, rotate again: p13n client rotate CLIENT_ID"
    return amber("CLIENT_SECRETS", None, said, action)


def cache_store(engine: str, trouble: str | None) -> Check:
    """Judge whether answers can be kept; `trouble` is how the store failed."""
    if trouble is None:
        return green("CACHE_STORE", None, f"The response cache ({engine}) reads and writes.")
    said = f"The response cache ({engine}) does not work: {trouble}. Every look goes upstream."
    return red("CACHE_STORE", None, said, "See P13N_REDIS_URL, or the disk of P13N_DATA_DIR.")
