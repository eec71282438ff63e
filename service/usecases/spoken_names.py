"""How names made for machines read to a person."""

import re

from service.usecases.affinity_credits import PATH_TYPE, SEPARATOR

MOST_LETTERS = 60
"""Of a name inside a sentence, which is read at a glance; a site may send 255."""


def in_a_sentence(name: str) -> str:
    """Return the name, or what a reader needs of a long one."""
    return name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1].rstrip()}…"


def spoken(name: str) -> str:
    """Return `loyaltyNumber` as 'Loyalty Number' and `ItemClass` as 'Item Class'."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return words[:1].upper() + words[1:]


def spoken_object(kind: str, object_id: str) -> str:
    """Return what stands for a catalog object nobody named: a path with its tiers apart, or its id.

    The whole path, because "Shoes" of women and of men are two categories.
    """
    return object_id.replace(SEPARATOR, " › ") if kind == PATH_TYPE else object_id
