"""p13n as an operator types it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

P13N = str(Path(sys.executable).with_name("p13n"))


@pytest.fixture
def p13n(environment):
    """Return a function that runs p13n in a shell-like environment."""

    def run(*arguments, **options):
        variables = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"} | environment(**options)
        return subprocess.run(
            [P13N, *arguments], env=variables, capture_output=True, text=True, timeout=60
        )

    return run


def test_loading_the_program_does_not_fix_where_metrics_are_counted():
    script = "import service.commands, sys; sys.exit('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], timeout=60).returncode == 0


def test_a_client_is_added_listed_rotated_and_revoked(p13n):
    added = json.loads(p13n("client", "add", "acme", "--scopes", "read", "--json").stdout)
    assert set(added) == {"clientId", "clientSecret", "scopes"}
    listed = p13n("client", "list", "--json").stdout
    assert added["clientId"] in listed
    assert added["clientSecret"] not in listed
    rotated = json.loads(p13n("client", "rotate", added["clientId"], "--json").stdout)
    assert rotated["clientSecret"] != added["clientSecret"]
    assert "revoked" in p13n("client", "revoke", added["clientId"]).stdout
    assert p13n("client", "revoke", added["clientId"]).returncode == 2


def test_people_are_imported_page_by_page(p13n, account):
    done = p13n("people", "import", "acme", "retail", "--json")
    assert done.returncode == 0
    counts = json.loads(done.stdout)
    assert counts["people"] > 40
    pages = [c for c in account.state.calls.view()["calls"] if c["path"].endswith("users.json")]
    assert [call["query"].rpartition("page=")[2] for call in pages] == ["0", "1"]
    assert all("pageSize=1000" in call["query"] for call in pages)


def test_an_import_that_fails_exits_1_with_the_code(p13n, account):
    account.fault(httpStatus=500)
    failed = p13n("people", "import", "acme", "retail")
    assert failed.returncode == 1
    assert failed.stderr.startswith("UPSTREAM_UNAVAILABLE: ")
    assert "Traceback" not in failed.stderr


def test_the_outbox_of_a_fresh_store_is_empty(p13n):
    assert p13n("outbox", "list").stdout == "Nothing.\n"
    assert json.loads(p13n("outbox", "replay", "--all", "--json").stdout) == {
        "replayed": [],
        "notFound": [],
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("client", "add", "nobody"), "Known: acme, other"),
        (("client", "add", "acme", "--scopes", "everything"), "read, write, admin"),
        (("client", "rotate", "p13n-none"), "p13n client list"),
        (("people", "import", "acme"), "Missing argument 'DATASET'"),
        (("outbox", "replay"), "--all"),
        (("worker", "--lease-seconds", "1"), "--lease-seconds"),
        (("fly",), "No such command 'fly'"),
    ],
)
def test_wrong_usage_exits_2_and_says_what_is_right(p13n, arguments, said):
    failed = p13n(*arguments)
    assert failed.returncode == 2
    assert said in failed.stderr


def test_an_unknown_dataset_names_the_known_ones(p13n):
    failed = p13n("people", "import", "acme", "retial")
    assert failed.returncode == 1
    assert "Known: retail" in failed.stderr


def test_wrong_settings_exit_2_and_list_everything(p13n):
    failed = p13n("settings", "check", P13N_SECRET_KEY="", ACME_KEY_ID="")
    assert failed.returncode == 2
    assert "P13N_SECRET_KEY" in failed.stderr
    assert "ACME_KEY_ID is not set" in failed.stderr


def test_the_first_command_makes_the_data_folder_for_its_owner_only(p13n, tmp_path):
    assert p13n("migrate").returncode == 0
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def history_line(item, **more):
    event = {"itemAction": "View Item", "catalog": {"Product": {"_id": item}}}
    return json.dumps(event | {"user": {"attributes": {"customerId": "17850"}}} | more) + "\n"


def test_history_is_imported_and_what_was_rejected_is_said_by_row(p13n, tmp_path):
    file = tmp_path / "history.jsonl"
    file.write_text(history_line("P1") + "no event\n" + history_line("P2", time=0))
    done = p13n("events", "import", "acme", "retail", str(file))
    assert done.returncode == 3
    assert "1 events stored" in done.stdout
    assert "rejected: row 2: NOT_AN_EVENT" in done.stdout
    again = p13n("events", "import", "acme", "retail", str(file), "--json")
    answer = json.loads(again.stdout)
    assert (answer["stored"], answer["rows"]) == (1, 3)
    assert answer["rejected"]["byReason"] == {"NOT_AN_EVENT": 1, "TOO_OLD": 1}


def test_an_import_of_good_rows_ends_well_and_a_missing_file_is_wrong_usage(p13n, tmp_path):
    file = tmp_path / "history.jsonl"
    file.write_text(history_line("P1"))
    assert p13n("events", "import", "acme", "retail", str(file)).returncode == 0
    assert p13n("events", "import", "acme", "retail", str(tmp_path / "gone")).returncode == 2
    assert p13n("events", "import", "acme", "unknown", str(file)).returncode == 1
