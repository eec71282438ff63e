"""Checks the configuration of an activity before its journey runs: everything that can be known.

Bindings have no values yet, so what they will bring is left to the run. Used by the page while
somebody configures, and by Journey Builder's validate and publish.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

import structlog

from service.deadline import Deadline
from service.errors import Fault, FieldError
from service.events.reading import key
from service.tenant import Dataset, Tenant
from service.upstream.journey_builder import JourneyBuilderApi
from service.usecases.journey_arguments import as_typed, dataset_of, is_binding, merged
from service.usecases.journey_split import branches_of, question_of
from service.usecases.profile_update_rows import RowRefused, read_row

MOST_LISTED = 50
MOST_ID_LETTERS = 100
READ_SECONDS = 5
"""Of the ten that publishing waits for us."""
PLACEHOLDER = "x"
"""Stands for whatever a binding may bring where the rest of a row is checked."""

SEGMENT = r'(?:"[^"{}]+"|[^\s".{}]+)'
BINDING = re.compile(
    rf"\{{\{{(?:Event|Contact|Interaction|InteractionDefaults|Context|Activity)"
    rf"(?:\.{SEGMENT})+\}}\}}"
)
SPLIT_FIELDS = frozenset({"dataset", "identities", "segment", "affinity", "doubt", "journey"})
ACTIVITY_FIELDS = frozenset(
    {"dataset", "action", "identities", "attributes", "profileObjects", "journey"}
)

log = structlog.get_logger()


class ActivityKind(StrEnum):
    """Our two activities, as their addresses name them."""

    ACTIVITY = "activity"
    SPLIT = "split"


@dataclass(frozen=True)
class Verdict:
    """What is wrong, and whether there was a configuration to look at."""

    problems: tuple[FieldError, ...] = ()
    was_checked: bool = True


def check(tenant: Tenant, kind: ActivityKind, in_arguments: object) -> tuple[FieldError, ...]:
    """Return why an activity with these in-arguments could not work, up to MOST_LISTED reasons."""
    try:
        given = merged(in_arguments)
    except RowRefused as refusal:
        return (_said(refusal),)
    return tuple(islice(_problems(tenant, kind, given), MOST_LISTED))


def _problems(tenant: Tenant, kind: ActivityKind, given: dict) -> Iterator[FieldError]:
    """Yield problems one by one: whoever asks may have written anything, and a lot of it."""
    known = SPLIT_FIELDS if kind is ActivityKind.SPLIT else ACTIVITY_FIELDS
    for name in sorted(given.keys() - known):
        yield FieldError(name[:80], f"{name[:80]!r} is no setting of this activity.")
    yield from _bad_bindings("", given)
    try:
        dataset = dataset_of(tenant, given)
    except RowRefused as refusal:
        yield _said(refusal)
        return
    yield from _identity_problems(dataset, given.get("identities"))
    if kind is ActivityKind.SPLIT:
        yield from _split_problems(given)
    else:
        yield from _action_problems(given.get("action"))
        yield from _content_problems(dataset, given)


class JourneyLifecycle:
    """Answers validate and publish.

    Their bodies carry no configuration as documented; the page writes it into them, and the
    journey can be read where the tenant gave us an API integration. What can be read neither way
    is not blocked: an outage of ours must not stop somebody's publishing.
    """

    def __init__(self, journey_builder: Callable[[Tenant], JourneyBuilderApi]):
        self._journey_builder = journey_builder

    def judge(self, tenant: Tenant, kind: ActivityKind, body: Mapping) -> Verdict:
        """Return what is wrong with the activity that `body` speaks of."""
        arguments = _arguments_in(body)
        if arguments is None:
            arguments = self._arguments_kept(tenant, body)
        if arguments is None:
            log.info("journey not checked", tenant=tenant.name, activity=str(kind))
            return Verdict(was_checked=False)
        return Verdict(check(tenant, kind, arguments))

    def _arguments_kept(self, tenant: Tenant, body: Mapping) -> object:
        interaction_id = key(body.get("interactionId"), MOST_ID_LETTERS)
        activity_id = key(body.get("activityObjectID"), MOST_ID_LETTERS)
        if tenant.journey_builder.rest is None or not (interaction_id and activity_id):
            return None
        try:
            deadline = Deadline.after(READ_SECONDS)
            interaction = self._journey_builder(tenant).interaction(interaction_id, deadline)
        except Fault as trouble:
            log.warning("journey not readable", tenant=tenant.name, why=trouble.code)
            return None
        activities = interaction.get("activities") if interaction else None
        for activity in activities if isinstance(activities, list) else ():
            if isinstance(activity, dict) and activity.get("id") == activity_id:
                return _arguments_in(activity)
        return None


def _arguments_in(holder: Mapping) -> object:
    """Return the in-arguments that a lifecycle body or an activity holds, None without any."""
    if "inArguments" in holder:
        return holder["inArguments"]
    arguments = holder.get("arguments")
    execute = arguments.get("execute") if isinstance(arguments, dict) else None
    return execute.get("inArguments") if isinstance(execute, dict) else None


def _said(refusal: RowRefused) -> FieldError:
    return FieldError(refusal.field, refusal.message)


def _bad_bindings(path: str, value: object) -> Iterator[FieldError]:
    """Name texts that look like bindings and would arrive as they are written."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _bad_bindings(f"{path}.{key}".strip(".")[:200], each)
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _bad_bindings(f"{path}[{place}]", each)
    elif isinstance(value, str) and _is_odd(value):
        message = (
            f"{path} is not a binding that Journey Builder fills in. It looks like "
            '{{Event.key."Column"}}; names with spaces stand in double quotes.'
        )
        yield FieldError(path, message)


def _is_odd(value: str) -> bool:
    return ("{{" in value or "}}" in value) and not BINDING.fullmatch(value)


def _identity_problems(dataset: Dataset, given: object) -> list[FieldError]:
    if isinstance(given, dict):
        given = [{"type": kind, "value": value} for kind, value in given.items()]
    if not isinstance(given, list):
        return _row_problems(dataset, {"identities": given})
    fixed = [
        FieldError(
            f"identities[{place}].value",
            f"Identity {place + 1} has a fixed value: all contacts would become one person.",
        )
        for place, each in enumerate(given)
        if isinstance(each, dict) and each.get("value") and not is_binding(each["value"])
    ]
    return fixed + _row_problems(
        dataset, {"identities": [_without_bindings(each) for each in given]}
    )


def _action_problems(action: object) -> list[FieldError]:
    if not isinstance(action, str) or not action.strip():
        return [FieldError("action", "The action needs a name, or a binding that brings one.")]
    if not is_binding(action) and (len(action) > 100 or not action.isprintable()):
        return [FieldError("action", "The action must be one line of at most 100 characters.")]
    return []


def _content_problems(dataset: Dataset, given: Mapping) -> Iterator[FieldError]:
    """Check attributes and objects as a row would be, with nothing for what is bound."""
    somebody = [{"type": dataset.identity_types[0], "value": PLACEHOLDER}]
    attributes = given.get("attributes")
    if isinstance(attributes, dict):
        for name, value in attributes.items():
            static = {name: _static(value, dataset.user_attributes.get(name))}
            yield from _row_problems(dataset, {"identities": somebody, "attributes": static})
    else:
        yield from _row_problems(dataset, {"identities": somebody, "attributes": attributes})
    objects = _static_objects(given.get("profileObjects"), dataset)
    yield from _row_problems(dataset, {"identities": somebody, "profileObjects": objects})


def _static_objects(objects: object, dataset: Dataset) -> object:
    if not isinstance(objects, list):
        return objects
    return [_static_object(each, place, dataset) for place, each in enumerate(objects)]


def _static_object(given: object, place: int, dataset: Dataset) -> object:
    if not isinstance(given, dict):
        return given
    types = dataset.profile_object_types.get(str(given.get("type")), {})
    attributes = given.get("attributes")
    if isinstance(attributes, dict):
        attributes = {name: _static(each, types.get(name)) for name, each in attributes.items()}
    object_id = f"bound{place}" if is_binding(given.get("id")) else given.get("id")
    return given | {"id": object_id, "attributes": attributes}


def _static(value: object, kind: str | None) -> object:
    return None if is_binding(value) else as_typed(value, kind or "")


def _without_bindings(identity: object) -> object:
    if isinstance(identity, dict) and is_binding(identity.get("value")):
        return identity | {"value": PLACEHOLDER}
    return identity


def _split_problems(given: Mapping) -> list[FieldError]:
    problems = []
    for ask in (question_of, branches_of):
        try:
            ask(given)
        except RowRefused as refusal:
            problems.append(_said(refusal))
    return problems


def _row_problems(dataset: Dataset, row: dict) -> list[FieldError]:
    try:
        read_row(dataset, row)
    except RowRefused as refusal:
        return [_said(refusal)]
    return []
