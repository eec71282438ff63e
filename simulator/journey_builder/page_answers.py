"""What the canvas answers when an activity's page asks, in both shapes in which it is known.

Shapes: Marketing Cloud Engagement guide, "Postmonger Events" (documented), and payloads that
public activities have recorded; the misspelt key is as recorded.
"""

from simulator.journey_builder.journeys import Activity, Journey

CONTACT_SETS = [
    {
        "fullyQualifiedName": "Demographics",
        "valueDefinitions": [
            {"name": "Job Title", "dataType": "Text", "isHidden": False},
            {"name": "City", "dataType": "Text", "isHidden": False},
            {"name": "Row Hash", "dataType": "Text", "isHidden": True},
        ],
    }
]


def page_answers(journey: Journey, key: str, shape: str) -> dict:
    """Return the answer to each request, by its event; `shape` is documented or recorded."""
    is_recorded = shape == "recorded"
    trigger = journey.entry.model()
    schema = [
        {"key": f"Event.{journey.entry.key}.{name}", "type": kind, "isNullable": None}
        for name, kind in journey.entry.fields
    ]
    contacts = {"schema": {"setDefinitions": CONTACT_SETS, "attributeGroups": []}}
    return {
        "requestedTokens": {"token": "invented", "fuel2token": "invented", "stackKey": "S50"},
        "requestedEndpoints": {"restHost": "rest.example", "stackKey": "S50"},
        "requestedCulture": {"culture": "en-GB"} if is_recorded else "en-GB",
        "requestedTriggerEventDefinition": {"eventDefinition": trigger} if is_recorded else trigger,
        "requestedSchema": {"schema": [] if is_recorded else schema},
        "requestedDataSources": _sources(journey, key),
        "requestedContactsSchema": {"schemaReponse": contacts} if is_recorded else contacts,
        "requestedInteractionDefaults": {"email": [], "mobileNumber": [], "properties": {}},
        "requestedInteraction": journey.interaction(),
        "requestedEntryEventDefinitionKey": {"entryEventDefinitionKey": journey.entry.key},
        "requestedActivityPermissions": {"view": True, "edit": True},
    }


def _sources(journey: Journey, key: str) -> list[dict]:
    fields = [{"name": name, "type": kind} for name, kind in journey.entry.fields]
    entry = {
        "id": "Event",
        "name": journey.entry.name,
        "eventDefinitionKey": journey.entry.key,
        "keyPrefix": f"Event.{journey.entry.key}.",
        "schema": None,
        "deSchema": {"fields": fields},
        "dataExtensionId": f"de-of-{journey.entry.key}",
    }
    earlier = []
    for activity in journey.activities.values():
        if activity.key == key:
            break
        if activity.is_ours:
            earlier.append(_outputs(activity))
    return [entry, *earlier]


def _outputs(activity: Activity) -> dict:
    outs = activity.payload.get("schema", {}).get("arguments", {}).get("execute", {})
    fields = [
        {"name": name, "type": described["dataType"]}
        for out in outs.get("outArguments", [])
        for name, described in out.items()
    ]
    return {
        "id": activity.key,
        "name": activity.label,
        "keyPrefix": f"Interaction.{activity.key}.",
        "schema": {"fields": fields},
    }
