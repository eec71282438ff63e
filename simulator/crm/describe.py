"""Describes of objects, as the REST API gives them.

Source: REST API Developer Guide, "Describe Global", "sObject Describe".
"""

from simulator.crm.schema import NUMBER_TYPES, Field, ObjectType, Schema
from simulator.crm.soql.sql import Statement

USUAL_OF_OBJECT = {
    **dict.fromkeys((
        "associateEntityType", "associateParentEntity", "defaultImplementation", "extendedBy",
        "extendsInterfaces", "implementedBy", "implementsInterfaces", "listviewable",
        "lookupLayoutable", "networkScopeFieldName", "sobjectDescribeOption",
    )),
    **dict.fromkeys((
        "activateable", "compactLayoutable", "customSetting", "deepCloneable",
        "deprecatedAndHidden", "feedEnabled", "hasSubtypes", "isInterface", "isSubtype",
        "layoutable", "mergeable", "mruEnabled", "searchLayoutable", "triggerable", "undeletable",
    ), False),
    **dict.fromkeys(("queryable", "replicateable", "retrieveable", "searchable"), True),
}  # fmt: skip
"""What nothing here depends on, but what every describe has."""
USUAL_OF_FIELD = {
    **dict.fromkeys((
        "calculatedFormula", "compoundFieldName", "controllerName", "defaultValueFormula",
        "extraTypeInfo", "filteredLookupInfo", "inlineHelpText", "mask", "maskType",
        "referenceTargetField", "relationshipOrder",
    )),
    **dict.fromkeys((
        "aiPredictionField", "autoNumber", "calculated", "cascadeDelete", "dependentPicklist",
        "deprecatedAndHidden", "displayLocationInDecimal", "encrypted",
        "formulaTreatNullNumberAsZero", "highScaleNumber", "htmlFormatted", "namePointing",
        "polymorphicForeignKey", "queryByDistance", "restrictedDelete", "searchPrefilterable",
        "writeRequiresMasterRead",
    ), False),
}  # fmt: skip
FILLED_BY_THE_ORG = {"Id", "OwnerId", "CreatedDate", "CreatedById", "LastModifiedDate",
                     "LastModifiedById", "SystemModstamp"}  # fmt: skip
UNGROUPED = {"datetime", *NUMBER_TYPES} - {"int"}
SOAP_TYPES = {"boolean": "xsd:boolean", "int": "xsd:int", "date": "xsd:date"}


def describe_global(objects: list[ObjectType], version: str) -> dict:
    """Return what objects there are."""
    return {
        "encoding": "UTF-8",
        "maxBatchSize": 200,
        "sobjects": [_summary(each, version) for each in objects],
    }


def describe_object(described: ObjectType, version: str) -> dict:
    """Return an object with its fields."""
    fields = [_field(described, each) for each in described.fields]
    return {
        **_summary(described, version),
        "fields": fields,
        **{name: [] for name in ("actionOverrides", "childRelationships", "namedLayoutInfos",
                                 "recordTypeInfos", "supportedScopes")},
    }  # fmt: skip


def column_metadata(statement: Statement, schema: Schema) -> dict:
    """Return what a query's columns are: the answer to `columns=true`, which the CLI asks for."""
    return {
        "columnMetadata": [
            {
                "aggregate": False,
                "apexType": column.field.type.capitalize(),
                "booleanType": column.field.type == "boolean",
                "columnName": ".".join(column.path),
                "custom": column.field.name.endswith("__c"),
                "displayName": ".".join(column.path),
                "insertable": column.field.createable,
                "joinColumns": [],
                "numberType": column.field.type in NUMBER_TYPES,
                "textType": column.field.is_text,
                "updatable": column.field.updateable,
            }
            for column in statement.columns
        ],
        "entityName": statement.object_name,
        "groupBy": False,
        "idSelected": any(column.path == ("Id",) for column in statement.columns),
        "keyPrefix": schema.objects[statement.object_name].key_prefix,
    }


def _summary(described: ObjectType, version: str) -> dict:
    url = f"/services/data/v{version}/sobjects/{described.name}"
    return {
        **USUAL_OF_OBJECT,
        "name": described.name,
        "label": described.label,
        "labelPlural": described.label_plural,
        "keyPrefix": described.key_prefix,
        "custom": described.name.endswith("__c"),
        "createable": described.createable,
        "updateable": described.updateable,
        "deletable": described.deletable,
        "urls": {
            "sobject": url,
            "describe": f"{url}/describe",
            "rowTemplate": f"{url}/{{ID}}",
        },
    }


def _field(described: ObjectType, each: Field) -> dict:
    return {
        **USUAL_OF_FIELD,
        "name": each.name,
        "label": each.label,
        "type": each.type,
        "soapType": _soap_type(each),
        "length": each.length if each.is_text or each.is_id else 0,
        "byteLength": each.length * 3 if each.is_text else each.length if each.is_id else 0,
        "precision": each.precision if each.type in NUMBER_TYPES else 0,
        "scale": each.scale,
        "digits": 8 if each.type == "int" else 0,
        "nillable": each.nillable,
        "createable": each.createable,
        "updateable": each.updateable,
        "defaultedOnCreate": _is_defaulted(each),
        "permissionable": each.nillable and each.createable,
        "caseSensitive": each.case_sensitive,
        "externalId": each.external_id,
        "unique": each.unique,
        "restrictedPicklist": each.restricted,
        "aggregatable": each.is_filterable and each.type != "boolean",
        "groupable": each.is_filterable and each.type not in UNGROUPED,
        "custom": each.name.endswith("__c"),
        "defaultValue": each.default_value,
        "filterable": each.is_filterable,
        "sortable": each.is_filterable,
        "nameField": each.name == described.name_field,
        "idLookup": each.type in ("id", "email") or each.external_id,
        "referenceTo": list(each.reference_to),
        "relationshipName": each.relationship_name,
        "picklistValues": [
            {"active": True, "defaultValue": value == each.default_value, "label": value,
             "value": value}
            for value in each.picklist_values
        ],
    }  # fmt: skip


def _is_defaulted(each: Field) -> bool:
    has_default = each.default_value is not None or each.type == "boolean"
    return has_default or each.name in FILLED_BY_THE_ORG


def _soap_type(each: Field) -> str:
    if each.is_id:
        return "tns:ID"
    if each.type in NUMBER_TYPES - {"int"}:
        return "xsd:double"
    if each.type == "datetime":
        return "xsd:dateTime"
    return SOAP_TYPES.get(each.type, "xsd:string")
