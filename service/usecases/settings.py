"""A tenant's section of the tenants file as its admin may see it: whole, and without a secret.

The file itself holds references to secrets only (`env:NAME`, `file:PATH`), which `p13n` checks at
start; of a reference not even the name is told, for it says where on our machine a secret lies.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from service.tenant import Tenant

REFERENCE = re.compile(r"(env|file):.+", re.DOTALL)


@dataclass(frozen=True)
class Setting:
    """One key of the file. `secret` is `env` or `file`, where its value is a reference."""

    name: str
    values: tuple[str, ...]
    secret: str | None = None


@dataclass(frozen=True)
class Section:
    """One table of the file; `path` is its name below the tenant, empty for the tenant itself."""

    path: str
    settings: tuple[Setting, ...]


def written_settings(tenant: Tenant) -> list[Section]:
    """Return what the operator wrote for a tenant, in the file's order; tables without keys not."""
    return list(_sections("", tenant.written))


def _sections(path: str, table: Mapping) -> Iterable[Section]:
    plain = {name: value for name, value in table.items() if not isinstance(value, Mapping)}
    if plain:
        yield Section(path, tuple(_setting(name, value) for name, value in plain.items()))
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _sections(f"{path}.{name}" if path else name, value)


def _setting(name: str, value: object) -> Setting:
    values = value if isinstance(value, list) else [value]
    kinds = {found[1] for each in values if (found := REFERENCE.fullmatch(str(each)))}
    if kinds:
        return Setting(name, (), " ".join(sorted(kinds)))
    return Setting(name, tuple(_text(each) for each in values))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {_text(each)}" for name, each in value.items())
    return _without_password(str(value))


def _without_password(text: str) -> str:
    """Return an address without who signs in: nothing ought to stand there, and may."""
    try:
        signs_in = urlsplit(text).netloc.rpartition("@")[0]
    except ValueError:
        return text
    return text.replace(f"{signs_in}@", "", 1) if signs_in else text
