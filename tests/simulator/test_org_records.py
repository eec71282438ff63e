"""Records, describes, sessions and stored credentials of the org."""

import pytest
import requests

ADA = "/sobjects/Contact/0035g0000000001AAA"
CONTACTS = "/sobjects/Contact"


def problem(answer: requests.Response) -> tuple[int, str, list]:
    (found,) = answer.json()
    return answer.status_code, found["errorCode"], found.get("fields", [])


def test_a_record_is_created_read_changed_and_deleted(org):
    made = org.ask("POST", CONTACTS, json={"FirstName": "Zora", "LastName": "Quist"})
    assert made.status_code == 201
    assert made.json() == {"id": made.json()["id"], "success": True, "errors": []}
    path = f"{CONTACTS}/{made.json()['id']}"
    assert org.ask("GET", path).json()["Name"] == "Zora Quist"
    assert (
        org.ask("PATCH", path, json={"LastName": "Quill", "Email": "z@example.com"}).content == b""
    )
    chosen = org.ask("GET", path, params={"fields": "Name,Email"}).json()
    assert (chosen.pop("attributes")["type"], chosen) == (
        "Contact",
        {"Name": "Zora Quill", "Email": "z@example.com"},
    )
    assert org.ask("DELETE", path).status_code == 204
    assert problem(org.ask("GET", path)) == (404, "ENTITY_IS_DELETED", [])


def test_a_new_record_gets_an_owner_a_moment_and_defaults(org):
    body = {"LastName": "Quist", "Company": "Quist & Daughters"}
    new_id = org.ask("POST", "/sobjects/Lead", json=body).json()["id"]
    lead = org.ask("GET", f"/sobjects/Lead/{new_id}").json()
    assert lead["OwnerId"] == lead["CreatedById"] == "0055g0000000001AAA"
    assert lead["Status"] == "Open - Not Contacted"
    assert lead["DoNotCall"] is False
    assert lead["CreatedDate"] == lead["SystemModstamp"]
    assert new_id.startswith("00Q")


def test_a_change_moves_the_stamp(org):
    before = org.ask("GET", ADA).json()
    org.session.post(f"{org.url}/_simulator/clock", json={"advanceSeconds": 60}, timeout=5)
    org.ask("PATCH", ADA, json={"Title": "Chief Buyer"})
    after = org.ask("GET", ADA).json()
    assert after["SystemModstamp"] > before["SystemModstamp"]
    assert after["CreatedDate"] == before["CreatedDate"]


REFUSALS = {
    "required": ({"FirstName": "x"}, "REQUIRED_FIELD_MISSING", ["LastName"]),
    "unknown": ({"LastName": "x", "Foo": 1}, "INVALID_FIELD", []),
    "read-only": ({"LastName": "x", "Name": "y"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Name"]),
    "e-mail": ({"LastName": "x", "Email": "nobody"}, "INVALID_EMAIL_ADDRESS", ["Email"]),
    "too long": ({"LastName": "x" * 81}, "STRING_TOO_LONG", ["LastName"]),
    "no id": ({"LastName": "x", "AccountId": "1"}, "MALFORMED_ID", ["AccountId"]),
    "no such parent": ({"LastName": "x", "AccountId": "0015g00000zzzzz"},
                       "INVALID_CROSS_REFERENCE_KEY", ["AccountId"]),
    "parent of another object": ({"LastName": "x", "AccountId": "0035g0000000001AAA"},
                                 "INVALID_CROSS_REFERENCE_KEY", ["AccountId"]),
    "number for text": ({"LastName": 5}, "JSON_PARSER_ERROR", []),
    "text for a flag": ({"LastName": "x", "DoNotCall": "yes"}, "JSON_PARSER_ERROR", []),
    "no date": ({"LastName": "x", "Birthdate": "soon"}, "JSON_PARSER_ERROR", []),
    "a list": ([1], "JSON_PARSER_ERROR", []),
}  # fmt: skip


@pytest.mark.parametrize(("body", "code", "fields"), REFUSALS.values(), ids=REFUSALS)
def test_wrong_values_are_refused_with_their_field(org, body, code, fields):
    before = org.query("SELECT COUNT() FROM Contact")["totalSize"]
    assert problem(org.ask("POST", CONTACTS, json=body)) == (400, code, fields)
    assert org.query("SELECT COUNT() FROM Contact")["totalSize"] == before


def test_an_emptied_field_is_null(org):
    org.ask("PATCH", ADA, json={"Email": ""})
    assert org.ask("GET", ADA).json()["Email"] is None


@pytest.mark.parametrize(
    "path", ["/sobjects/Nothing/1", f"{CONTACTS}/0035g00000zzzzz", f"{CONTACTS}/1", "/nowhere"]
)
def test_what_is_not_there_is_not_found(org, path):
    assert problem(org.ask("GET", path))[:2] == (404, "NOT_FOUND")


def test_a_wrong_method_is_named(org):
    assert problem(org.ask("PUT", ADA, json={}))[:2] == (405, "METHOD_NOT_ALLOWED")


def test_the_describe_shows_labels_types_and_references(org):
    described = org.ask("GET", "/sobjects/contact/describe").json()
    fields = {field["name"]: field for field in described["fields"]}
    assert (described["name"], described["keyPrefix"]) == ("Contact", "003")
    assert (fields["Email"]["label"], fields["Email"]["type"]) == ("Email", "email")
    assert fields["AccountId"]["referenceTo"] == ["Account"]
    assert fields["AccountId"]["relationshipName"] == "Account"
    assert fields["Id"]["createable"] is False
    names = {each["name"] for each in org.ask("GET", "/sobjects").json()["sobjects"]}
    assert {"Account", "Case", "Contact", "Lead", "Offer_Response__c", "Task", "User"} <= names
    assert (fields["CreatedDate"]["groupable"], fields["CreatedDate"]["defaultedOnCreate"]) == (
        False,
        True,
    )
    assert fields["Email"]["permissionable"] and not fields["Email"]["defaultedOnCreate"]
    assert described["retrieveable"] and described["supportedScopes"] == []


def test_a_case_is_numbered_by_the_org_and_closed_by_its_status(org):
    made = org.ask("POST", "/sobjects/Case", json={"Subject": "Where is it?"})
    case = f"/sobjects/Case/{made.json()['id']}"
    before = org.ask("GET", case).json()
    assert (before["CaseNumber"], before["IsClosed"]) == ("00001001", False)
    assert org.ask("PATCH", case, json={"Status": "Closed"}).status_code == 204
    assert org.ask("GET", case).json()["IsClosed"] is True
    refused = problem(org.ask("PATCH", case, json={"IsClosed": False}))
    assert refused[:2] == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


def test_any_api_version_is_served_and_named_in_urls(org):
    url = f"{org.url}/services/data/v62.0/query"
    answer = org.session.get(url, params={"q": "SELECT Id FROM Account LIMIT 1"}, timeout=5).json()
    assert answer["records"][0]["attributes"]["url"].startswith("/services/data/v62.0/")
    assert requests.get(f"{org.url}/services/data", timeout=5).json()[-1]["version"] == "65.0"


def test_the_cast_is_in_the_org(org, people):
    def email(kind, person):
        return org.ask("GET", f"/sobjects/{kind}/{person['record_id']}").json()["Email"]

    assert email("Contact", people["usual"]) == people["usual"]["email"]
    assert email("Contact", people["contactWithoutEmail"]) is None
    assert email("Contact", people["unknownContact"]) == people["unknownContact"]["email"]
    assert email("Lead", people["knownLead"]) == people["knownLead"]["email"]
    assert email("Lead", people["unknownLead"]) == people["unknownLead"]["email"]


GRANTS = {
    "wrong secret": ("demo-org-client", "wrong", "client_credentials", "invalid_client"),
    "unknown client": ("nobody", "demo-org-secret", "client_credentials", "invalid_client_id"),
    "other grant": ("demo-org-client", "demo-org-secret", "password", "unsupported_grant_type"),
}


@pytest.mark.parametrize(("client", "secret", "grant", "error"), GRANTS.values(), ids=GRANTS)
def test_tokens_are_refused_in_oauth_words(org, client, secret, grant, error):
    answer = org.token(client, secret, grant)
    assert answer.status_code == 400
    assert answer.json()["error"] == error


def test_a_token_may_be_asked_for_by_http_basic(org):
    url, form = f"{org.url}/services/oauth2/token", {"grant_type": "client_credentials"}
    answer = requests.post(url, form, auth=("demo-org-client", "demo-org-secret"), timeout=5).json()
    assert answer["token_type"] == "Bearer"
    assert answer["instance_url"] == org.url
    assert answer["access_token"].startswith("00D000000000001!")


def test_without_an_open_session_nothing_is_told(org):
    for headers in ({}, {"Authorization": "Bearer 00D000000000001!forged"}):
        answer = requests.get(org.data + ADA, headers=headers, timeout=5)
        assert problem(answer)[:2] == (401, "INVALID_SESSION_ID")
    org.session.delete(f"{org.url}/_simulator/sessions", timeout=5)
    assert problem(org.ask("GET", ADA))[:2] == (401, "INVALID_SESSION_ID")
    org.sign_in()
    assert org.ask("GET", ADA).status_code == 200


def test_userinfo_names_the_running_user(org):
    answer = org.session.get(f"{org.url}/services/oauth2/userinfo", timeout=5).json()
    assert answer["name"] == "Robin Reeve"
    assert answer["organization_id"] == "00D000000000001EAA"
    assert list(answer["custom_permissions"]) == ["Personalization_Diagnosis"]


def test_who_loses_a_permission_set_loses_its_custom_permissions(org):
    org.fault(permissionSets={"robin.rep@shop.example": ["Personalization_Viewer"]})
    answer = org.session.get(f"{org.url}/services/oauth2/userinfo", timeout=5).json()
    assert answer["custom_permissions"] == {}


CREDENTIAL = {
    "externalCredential": "Personalization_Service",
    "principalName": "Org",
    "principalType": "NamedPrincipal",
    "authenticationProtocol": "OAuth",
    "credentials": {
        "clientId": {"value": "p13n-1", "encrypted": False},
        "clientSecret": {"value": "s3cret", "encrypted": True},
    },
}
WHICH = {
    "externalCredential": "Personalization_Service",
    "principalName": "Org",
    "principalType": "NamedPrincipal",
}


def stored_values(org) -> requests.Response:
    url = f"{org.url}/_simulator/credentials/Personalization_Service/Org"
    return requests.get(url, timeout=5)


@pytest.mark.parametrize(("method", "status"), [("POST", 201), ("PUT", 200)])
def test_a_stored_secret_is_never_shown_again_but_used(org, method, status):
    answer = org.ask(method, "/named-credentials/credential", json=CREDENTIAL)
    assert answer.status_code == status
    assert "s3cret" not in answer.text
    shown = org.ask("GET", "/named-credentials/credential", params=WHICH)
    assert shown.json()["authenticationStatus"] == "Configured"
    assert "s3cret" not in shown.text
    assert stored_values(org).json() == {"clientId": "p13n-1", "clientSecret": "s3cret"}
    org.session.post(f"{org.url}/_simulator/reset", timeout=5)
    assert stored_values(org).status_code == 200  # a reset is about records
    assert org.ask("DELETE", "/named-credentials/credential", params=WHICH).status_code == 204
    assert stored_values(org).status_code == 404


@pytest.mark.parametrize("missing", CREDENTIAL)
def test_an_incomplete_credential_is_refused(org, missing):
    body = {name: value for name, value in CREDENTIAL.items() if name != missing}
    answer = org.ask("POST", "/named-credentials/credential", json=body)
    assert problem(answer)[:2] == (400, "REQUIRED_FIELD_MISSING")
    assert missing in answer.text


@pytest.mark.parametrize("name", ["principalType", "authenticationProtocol"])
def test_a_value_that_is_not_documented_is_refused(org, name):
    answer = org.ask("POST", "/named-credentials/credential", json=CREDENTIAL | {name: "Oauth"})
    assert problem(answer)[:2] == (400, "INVALID_INPUT")
    assert name in answer.text


def test_a_credential_is_shown_only_by_its_principals_type(org):
    which = {name: value for name, value in WHICH.items() if name != "principalType"}
    answer = org.ask("GET", "/named-credentials/credential", params=which)
    assert problem(answer)[:2] == (400, "MISSING_ARGUMENT")


def test_credentials_need_a_session(org):
    url = f"{org.data}/named-credentials/credential"
    assert requests.post(url, json=CREDENTIAL, timeout=5).status_code == 401


def test_an_offer_response_is_numbered_and_its_fingerprint_is_there_once(org):
    path = "/sobjects/Offer_Response__c"
    first = org.ask("POST", path, json={"Fingerprint__c": "abc"}).json()["id"]
    second = org.ask("POST", path, json={"Fingerprint__c": "abd"}).json()["id"]
    names = [org.ask("GET", f"{path}/{each}").json()["Name"] for each in (first, second)]
    assert names == ["OR-001001", "OR-001002"]
    again = org.ask("POST", path, json={"Fingerprint__c": "abc"})
    assert problem(again) == (400, "DUPLICATE_VALUE", [])
    changed = org.ask("PATCH", f"{path}/{second}", json={"Fingerprint__c": "abc"})
    assert problem(changed) == (400, "DUPLICATE_VALUE", [])
    same = org.ask("PATCH", f"{path}/{first}", json={"Fingerprint__c": "abc"})
    assert same.status_code == 204
