"""The event definitions of the demo, and some that are not fit for use."""

from simulator.journey_builder.definitions import EventDefinition, Field

BACK_TO_SCHOOL = "APIEvent-back-to-school"

CONTACT_KEY = Field("ContactKey", max_length=254, is_nullable=False)
EMAIL = Field("EmailAddress", "EmailAddress", 254)
SEGMENT = Field("SegmentName", max_length=100)
FIRST_NAME = Field("FirstName", max_length=50)


def event_definitions() -> dict[str, EventDefinition]:
    """Return the definitions by key."""
    definitions = (
        EventDefinition(
            BACK_TO_SCHOOL, "Back to School", (CONTACT_KEY, EMAIL, SEGMENT, FIRST_NAME)
        ),
        EventDefinition("APIEvent-welcome", "Welcome", (CONTACT_KEY, EMAIL, SEGMENT)),
        EventDefinition(
            "APIEvent-plain", "Without a schema", (CONTACT_KEY, EMAIL), shows_schema=False
        ),
        EventDefinition(
            "APIEvent-draft", "Draft", (CONTACT_KEY, EMAIL, SEGMENT), published_journeys=0
        ),
        EventDefinition("APIEvent-crowded", "Crowded", (CONTACT_KEY, EMAIL), journeys=11),
        EventDefinition(
            "APIEvent-strict",
            "With a field that must be filled",
            (CONTACT_KEY, EMAIL, Field("Loyalty", "Number", None, is_nullable=False)),
        ),
    )
    return {each.key: each for each in definitions}
