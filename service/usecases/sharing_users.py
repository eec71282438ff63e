"""The users of the export, page by page, with what else is known of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from service.data_sharing import SEGMENTS, TOP_AFFINITY, ObjectSharing
from service.metrics import ERASED_SKIPS
from service.storage.people import People
from service.storage.runs_rows import Status
from service.storage.staging import Staging
from service.tenant import Dataset, Tenant
from service.usecases.sharing_erased import without_erased
from service.usecases.sharing_values import reader_of

MOST_SOURCE_ID = 128
NO_SEGMENTS = ()
TopAffinities = Callable[[Tenant, Dataset, str, list[Mapping]], dict[str, str]]


class User(NamedTuple):
    """A usable row of the export, the page it stood on, and what is known from elsewhere."""

    page: int
    id: str
    row: Mapping
    segments: Sequence[str]
    affinity: str | None


class UserPages:
    """Takes pages of the export apart."""

    def __init__(
        self, tenant: Tenant, staging: Staging, people: People, top_affinities: TopAffinities
    ):
        self._tenant = tenant
        self._sharing = tenant.data_sharing
        self._dataset = tenant.dataset(self._sharing.dataset)
        self._staging = staging
        self._people = people
        self._top_affinities = top_affinities
        self._readers = {
            push.value: reader_of(push.value, self._sharing.profile_link)
            for each in self._sharing.pushed_objects()
            for push in each.push
        }

    @property
    def need_segments(self) -> bool:
        """Return whether anybody wants to know the segments of users."""
        return SEGMENTS in self._readers

    def sorted_out(self, number: int, rows: list) -> tuple[list[User], list[dict]]:
        """Sort the usable rows of a page from those that are rejected."""
        good, rejected = [], []
        for place, row in enumerate(rows, 1):
            name = row.get("name") if row is not None else None
            where = f"page {number}, row {place}"
            if row is None:
                rejected.append(_rejected(where, "INVALID_ROW", "the row is not strict JSON"))
            elif not isinstance(name, str) or not 0 < len(name) <= MOST_SOURCE_ID:
                rejected.append(_rejected(where, "NO_ID", "the row names no user"))
            else:
                good.append(row)
        good = self._without_erased(good)
        segments = self._segments_of(good) if self.need_segments else {}
        kind = self._sharing.top_affinity_type
        affinities = {}
        if TOP_AFFINITY in self._readers and kind:
            affinities = self._top_affinities(self._tenant, self._dataset, kind, good)
        users = [
            User(number, name, row, segments.get(name, NO_SEGMENTS), affinities.get(name))
            for row in good
            for name in (row["name"],)
        ]
        return users, rejected

    def _without_erased(self, rows: list) -> list:
        """Leave out users who were erased: Personalization may still know them for a while."""
        kept = without_erased(self._people, self._tenant, self._dataset, rows)
        if len(kept) < len(rows):
            known = self._staging.get("erased", 0)
            self._staging.put("erased", known + len(rows) - len(kept))
            ERASED_SKIPS.labels(self._tenant.name, "share-push").inc(len(rows) - len(kept))
        return kept

    def _segments_of(self, rows: list[Mapping]) -> dict[str, list[str]]:
        """Return the names of users' segments; what has no name is told by its id."""
        names = self._dataset.segment_names
        ids = list(dict.fromkeys(row["name"] for row in rows))
        found = self._staging.segments_of(ids)
        return {user: [names.get(each, each) for each in some] for user, some in found.items()}

    def raws(self, user: User, sharing: ObjectSharing) -> dict:
        """Return what Personalization knows of a user, by the field it is for."""
        _page, _id, row, segments, affinity = user
        readers = self._readers
        return {p.field: readers[p.value](row, segments, affinity) for p in sharing.push}


def _rejected(where: str, code: str, message: str) -> dict:
    return {
        "object": "",
        "source_id": where,
        "status": Status.REJECTED,
        "code": code,
        "message": message,
    }
