"""The guide says what is so: its settings are usable, and its codes are the doctor's."""

import re
from pathlib import Path

from service.settings import read_settings

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "admin-guide.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
DOCTOR = "".join(
    path.read_text(encoding="utf-8")
    for path in [*(ROOT / "service" / "usecases").glob("doctor*.py")]
)
FINDINGS = (ROOT / "service" / "usecases" / "sharing_preflight.py").read_text(encoding="utf-8")
OTHERS = {"ACME_KEY_ID", "ACME_KEY_SECRET", "ACME_CRM_CLIENT_ID", "ACME_CRM_CLIENT_SECRET"}


def codes_in(text: str) -> set[str]:
    """Return what stands in code as codes do; `TOKEN_...` and `ORG_...` stand for several."""
    spans = re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    found = {code for span in spans for code in re.findall(r"\b[A-Z]+(?:_[A-Z]+)+_?", span)}
    return {code.rstrip("_") for code in found}


def is_known(code: str) -> bool:
    finding = code.removeprefix("DATA_SHARING_")
    return f'"{code}' in DOCTOR or f'"{finding}' in FINDINGS


def test_its_settings_are_usable_as_they_stand(tmp_path):
    tenants = tmp_path / "tenants.toml"
    tenants.write_text("\n".join(re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)))
    secrets = dict.fromkeys(OTHERS, "a secret")
    key = {"P13N_SECRET_KEY": "0123456789abcdef" * 2, "P13N_TENANTS": str(tenants)}
    settings = read_settings(secrets | key)
    assert settings.tenants["acme"].data_sharing.first_run_records == 100


def test_every_code_it_names_is_one_of_the_doctors():
    named = codes_in(GUIDE) - OTHERS
    assert len(named) > 10
    assert sorted(code for code in named if not is_known(code)) == []


def test_its_links_lead_somewhere():
    links = re.findall(r"\]\(([^)]+)\)", GUIDE)
    files = {link.partition("#")[0] for link in links if not link.startswith(("http", "#"))}
    assert sorted(each for each in files if not (ROOT / "docs" / each).is_file()) == []
    headings = [h.lower() for h in re.findall(r"^## (.*)$", GUIDE, re.MULTILINE)]
    anchors = {re.sub(r"[^a-z0-9 -]", "", h).replace(" ", "-") for h in headings}
    assert {link[1:] for link in links if link.startswith("#")} <= anchors


def test_the_reference_names_every_code():
    own = set(re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', DOCTOR))
    codes = {code for code in own if not code.startswith(("UPSTREAM_", "CRM_", "API_LIMIT"))}
    assert len(codes) > 20
    section = REFERENCE.partition("## What is wrong")[2].partition("\n## ")[0]
    assert sorted(code for code in codes if code not in section) == []
