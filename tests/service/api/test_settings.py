"""`/v1/settings`: the admin sees what the operator wrote, and no secret."""

import orjson

MORE = """\
auth_url = "http://127.0.0.1:1"
rest_url = "http://127.0.0.1:1"
account_id = "100000001"
client_id = "env:MC_ID"
client_secret = "env:MC_SECRET"
[tenants.acme.journey_builder.segment_exports.back-to-school]
dataset = "retail"
segment = "Sg7Bs"
segment_name = "Shops for school"
event_definition_key = "APIEvent-1"
contact_key = "sfcrmContactId"
[tenants.acme.crm]
instance_url = "http://127.0.0.1:1"
client_id = "env:CRM_ID"
client_secret = "file:{secret_file}"
[tenants.acme.data_sharing]
dataset = "retail"
match.contact = [{{ field = "Email", attribute = "emailAddress" }}]
push.account.Name = {{ value = "engagementScore", take = "max" }}
profile_link = "https://somebody:hidden-password@acme.evergage.com/ui/users/{{id}}"
[tenants.acme.data_sharing.feed]
kind = "sftp"
path = "/dataset/inbound"
host = "sftp.us-1.evergage.com"
username = "acme"
password = "env:SFTP_PASSWORD"
host_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""
SECRETS = {
    name: f"the-secret-of-{name}"
    for name in ("MC_ID", "MC_SECRET", "CRM_ID", "SFTP_PASSWORD", "ACME_WRITE_KEY", "ACME_KEY_ID")
}


def ask(service, scopes=("admin",)):
    token = service.token(*service.add_client("acme", scopes=scopes))
    return service.client.get("/v1/settings", headers={"Authorization": f"Bearer {token}"})


def service_with_every_section(make_service, tmp_path):
    secret_file = tmp_path / "where-the-secret-lies"
    secret_file.write_text("the-secret-in-the-file")
    more = MORE.format(secret_file=secret_file)
    return make_service(import_people=False, journey=more, **SECRETS)


def test_the_file_is_told_table_by_table(make_service, tmp_path):
    told = ask(service_with_every_section(make_service, tmp_path)).get_json()
    assert told["tenant"] == "acme"
    found = {
        f"{section['path']}.{setting['name']}": setting["values"] or setting["secret"]
        for section in told["sections"]
        for setting in section["settings"]
    }
    assert found[".org_id"] == ["00D000000000001EAA"]
    assert found["personalization.create_profiles_on_read"] == ["false"]
    assert found["datasets.retail.catalog_types"] == ["Product", "Category"]
    assert found["datasets.retail.profile_object_types.Case.status"] == ["string"]
    assert found["data_sharing.match.contact"] == ["field = Email, attribute = emailAddress"]
    assert found["data_sharing.push.account.Name.take"] == ["max"]
    assert found["personalization.api_key_secret"] == "env"
    assert found["crm.client_secret"] == "file"
    assert found["journey_builder.signing_keys"] == "env"


def test_no_secret_is_told_nor_where_it_lies(make_service, tmp_path):
    service = service_with_every_section(make_service, tmp_path)
    told = ask(service).get_data(as_text=True)
    settings = service.parts.settings
    values = [*SECRETS.values(), *settings.secret_keys, "demo-secret", "the-secret-in-the-file"]
    values += settings.tenants["acme"].journey_builder.signing_keys
    places = [*SECRETS, "where-the-secret-lies", "hidden-password", "somebody"]
    assert [each for each in (*values, *places) if each in told] == []
    assert "https://acme.evergage.com/ui/users/{id}" in told


def test_one_tenant_sees_nothing_of_another(service):
    told = ask(service).get_data()
    assert b"other" not in told and b"elsewhere" not in told
    assert orjson.loads(told)["sections"][0]["path"] == ""


def test_settings_are_for_administrators(service):
    assert ask(service, ("read", "write")).status_code == 403
