"""Puts counted amounts in order: types as configured, objects by amount, shares of the whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from service.model import Reason
from service.usecases.affinity_windows import DateRange
from service.usecases.spoken_names import in_a_sentence, spoken, spoken_object


class ShowBy(StrEnum):
    """What is counted: order lines, milliseconds in view, or item views."""

    PURCHASES = "purchases"
    VIEW_TIME = "viewTime"
    VIEWS = "views"


@dataclass(frozen=True)
class Amount:
    """What one object of one type amounts to, above zero; `label` is None where nobody gave one."""

    type: str
    object_id: str
    label: str | None
    value: int

    @property
    def shown_as(self) -> str:
        return self.label or spoken_object(self.type, self.object_id)


@dataclass(frozen=True)
class Affinity:
    """How strongly a person leans to one object, in the unit of the question's `show_by`.

    `share` is the exact fraction of the type's total; `previous_amount` is that of the period
    before, None when no period lies before.
    """

    id: str
    label: str
    amount: int
    share: float
    previous_amount: int | None


@dataclass(frozen=True)
class AffinityType:
    """The strongest objects of one type; `total` counts those beyond the shown ones too."""

    type: str
    label: str
    total: int
    items: tuple[Affinity, ...]


def ranked_types(
    amounts: Iterable[Amount],
    before: Iterable[Amount] | None,
    *,
    first_types: tuple[str, ...],
    max_per_type: int,
) -> tuple[AffinityType, ...]:
    """Return `first_types` in their order, then the others by name; empty ones are left out.

    `before` are the amounts of the period before, None when there is none.
    """
    by_type: dict[str, list[Amount]] = {}
    for amount in amounts:
        by_type.setdefault(amount.type, []).append(amount)
    earlier = None if before is None else {(a.type, a.object_id): a.value for a in before}
    places = {name: place for place, name in enumerate(first_types)}
    order = sorted(by_type, key=lambda name: (places.get(name, len(places)), name))
    return tuple(_ranked(name, by_type[name], earlier, max_per_type) for name in order)


def _ranked(
    name: str, amounts: list[Amount], earlier: Mapping | None, max_items: int
) -> AffinityType:
    """Rank one type; equal amounts stand in the order of their names."""
    total = sum(each.value for each in amounts)
    strongest = sorted(amounts, key=lambda each: (-each.value, each.shown_as, each.object_id))
    return AffinityType(
        type=name,
        label=spoken(name),
        total=total,
        items=tuple(
            Affinity(
                id=each.object_id,
                label=each.shown_as,
                amount=each.value,
                share=each.value / total,
                previous_amount=None if earlier is None else earlier.get((name, each.object_id), 0),
            )
            for each in strongest[:max_items]
        ),
    )


BASIS = {
    ShowBy.PURCHASES: "purchases",
    ShowBy.VIEW_TIME: "view time",
    ShowBy.VIEWS: "views",
}
PERIOD = {
    DateRange.LAST_7_DAYS: "the last 7 days",
    DateRange.LAST_30_DAYS: "the last 30 days",
    DateRange.LAST_90_DAYS: "the last 90 days",
    DateRange.LAST_365_DAYS: "the last 365 days",
    DateRange.ALL_TIME: "all time",
}


def strongest_sentence(kind: AffinityType, show_by: ShowBy, date_range: DateRange) -> Reason:
    """Return one sentence about the strongest object of a type, its share in whole per cent."""
    top = kind.items[0]
    label = in_a_sentence(top.label)
    percent = round(top.share * 100)
    return Reason(
        "TOP_AFFINITY",
        f"Leans to {label}: {percent} % of {BASIS[show_by]} by {kind.label} "
        f"in {PERIOD[date_range]}.",
        {
            "label": label,
            "typeLabel": kind.label,
            "percent": percent,
            "showBy": show_by.value,
            "dateRange": date_range.value,
        },
    )
