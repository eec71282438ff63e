"""`GET /v1/datasets`: what pickers in App Builder and Flow Builder offer."""

from flask import g
from marshmallow import Schema, fields

from service.api.authentication import needs
from service.api.bodies import ApiBlueprint
from service.tenant import Dataset
from service.usecases.spoken_names import spoken

BUILT_IN_LABELS = {
    "emailAddress": "Email Address",
    "customerId": "Customer ID",
    "sfmcContactKey": "Marketing Cloud Contact Key",
    "sfcrmContactId": "Salesforce CRM Contact ID",
    "sfcrmLeadId": "Salesforce CRM Lead ID",
}
"""Labels as Personalization's own pages spell them (help: Built-In Identity Types)."""

blueprint = ApiBlueprint("datasets", __name__, description="What a tenant's datasets offer")


class IdentityTypeSchema(Schema):
    name = fields.String(required=True)
    label = fields.String(required=True)


class DatasetSchema(Schema):
    name = fields.String(required=True)
    label = fields.String(required=True)
    identityTypes = fields.List(fields.Nested(IdentityTypeSchema), required=True)
    catalogTypes = fields.List(fields.String(), required=True)
    attributes = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    profileObjectTypes = fields.Dict(keys=fields.String(), values=fields.Dict(), required=True)


class DatasetsSchema(Schema):
    datasets = fields.List(fields.Nested(DatasetSchema), required=True)


@blueprint.get("/v1/datasets")
@needs("read")
@blueprint.response(200, DatasetsSchema)
@blueprint.problems(401, 403, 500, 503)
def datasets():
    """List the caller's datasets with everything that can be picked from them."""
    return {"datasets": [offered(dataset) for dataset in g.caller.tenant.datasets.values()]}


def offered(dataset: Dataset) -> dict:
    """Return the names that may be picked from a dataset; nothing in it is secret."""
    return {
        "name": dataset.name,
        "label": dataset.label,
        "identityTypes": [
            {"name": name, "label": BUILT_IN_LABELS.get(name) or spoken(name)}
            for name in dataset.identity_types
        ],
        "catalogTypes": list(dataset.catalog_types),
        "attributes": dict(dataset.user_attributes),
        "profileObjectTypes": {
            name: dict(attributes) for name, attributes in dataset.profile_object_types.items()
        },
    }
