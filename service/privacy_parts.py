"""Joins the parts that erase people; a branch of `app.join`."""

from pathlib import Path

from service.base_parts import BaseParts
from service.storage.erasures import Erasures
from service.tenant import Tenant
from service.upstream.user_deletion import UserDeletion
from service.usecases.erasures import PeopleErasures


def join_erasures(base: BaseParts, data_dir: Path) -> PeopleErasures:
    """Return what erases people of every tenant."""

    def deletion(tenant: Tenant) -> UserDeletion:
        return UserDeletion(tenant, base.transport, base.guard)

    return PeopleErasures(
        database=base.database,
        tombstones=base.tombstones,
        erasures=Erasures(base.database, base.tombstones),
        people=base.people,
        cache=base.cache,
        deletion=deletion,
        run_files=data_dir / "runs",
    )
