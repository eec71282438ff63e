"""Event definitions, and the data extensions that their entry data lands in."""

from dataclasses import dataclass

MOST_JOURNEYS = 10
"""So many journeys may wait for one event definition key."""


@dataclass(frozen=True)
class Field:
    """A column of a data extension; `max_length` None where the type has none."""

    name: str
    data_type: str = "Text"
    max_length: int | None = 100
    is_nullable: bool = True
    is_primary_key: bool = False

    def schema(self) -> dict:
        """Return the field as an event definition lists it: lengths are texts there."""
        length = "" if self.max_length is None else str(self.max_length)
        return {
            "name": self.name,
            "dataType": self.data_type,
            "maxLength": length,
            "isNullable": self.is_nullable,
            "isPrimaryKey": self.is_primary_key,
        }

    def column(self) -> dict:
        """Return the field as its data extension lists it."""
        return {
            "name": self.name,
            "type": self.data_type,
            "length": self.max_length,
            "isNullable": self.is_nullable,
            "isPrimaryKey": self.is_primary_key,
        }


@dataclass(frozen=True)
class EventDefinition:
    """What journeys may start with. `shows_schema`: many real ones do not list their fields."""

    key: str
    name: str
    fields: tuple[Field, ...]
    journeys: int = 1
    published_journeys: int = 1
    shows_schema: bool = True

    @property
    def id(self) -> str:
        return f"id-of-{self.key}"

    @property
    def data_extension_id(self) -> str:
        return f"de-of-{self.key}"

    def view(self, published: int) -> dict:
        """Return the definition as `GET eventDefinitions` does; `published` journeys listen."""
        item = {
            "id": self.id,
            "type": "APIEvent",
            "name": self.name,
            "eventDefinitionKey": self.key,
            "mode": "Production",
            "dataExtensionId": self.data_extension_id,
            "dataExtensionName": f"{self.name} entries",
            "interactionCount": self.journeys,
            "publishedInteractionCount": published,
        }
        if self.shows_schema:
            item["schema"] = {"fields": [field.schema() for field in self.fields]}
        return item
