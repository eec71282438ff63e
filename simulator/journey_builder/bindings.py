"""Fills in data bindings, as the engine does at run time and never before.

Source: Marketing Cloud Engagement guide, "How Data Binding Works": names are case-sensitive,
those with spaces stand in double quotes.
"""

import re

BINDING = re.compile(r"\{\{([^{}]+)\}\}")
PART = re.compile(r'"([^"]*)"|([^."]+)')


def render(value, values: dict, unresolved: str):
    """Return `value` with every binding in its texts filled in from `values`, by path.

    A binding without a value becomes nothing when `unresolved` is "empty", else stays as it is.
    """
    if isinstance(value, dict):
        return {key: render(each, values, unresolved) for key, each in value.items()}
    if isinstance(value, list):
        return [render(each, values, unresolved) for each in value]
    if not isinstance(value, str):
        return value

    def fill(found: re.Match) -> str:
        known = values.get(path_of(found[1]))
        if known is None:
            return "" if unresolved == "empty" else found[0]
        return str(known)

    return BINDING.sub(fill, value)


def path_of(binding: str) -> tuple[str, ...]:
    """Return the names of a binding: `Event.key."First Name"` has three."""
    return tuple(quoted or plain.strip() for quoted, plain in PART.findall(binding))
