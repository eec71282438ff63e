"""The tee as a site's page loads it. What it does there: tests/e2e/tee.test.mjs, in a browser."""

import subprocess
from pathlib import Path

import pytest

from service.api.tee import SOURCE

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def loaded(service):
    """The answer to a page that loads the tee for the first time."""
    return service.client.get("/collect/tee.js", headers={"Origin": "https://shop.example"})


def test_the_tee_is_a_script_of_less_than_4_kb(loaded):
    assert loaded.status_code == 200
    assert loaded.content_type == "text/javascript; charset=utf-8"
    assert 1_000 < len(loaded.data) < 4_000


def test_what_is_served_is_the_source_less_what_only_readers_need(loaded, tmp_path):
    served = tmp_path / "tee.js"
    served.write_bytes(loaded.data)
    assert syntax_of(served) == syntax_of(SOURCE)


def syntax_of(script) -> str:
    """Return the script as Node understands it, whatever its layout."""
    walk = """
      const { readFileSync } = require('node:fs');
      const { parse } = require('espree');
      const tree = parse(readFileSync(process.argv[1], 'utf8'), { ecmaVersion: 2022 });
      console.log(JSON.stringify(tree, (key, value) =>
        ['start', 'end', 'range', 'loc', 'raw'].includes(key) ? undefined : value));
    """
    command = ["node", "-e", walk, str(script)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_any_site_may_load_it_and_keep_it_for_a_day(loaded):
    assert loaded.headers["Access-Control-Allow-Origin"] == "*"
    assert loaded.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "public, max-age=86400" in loaded.headers["Cache-Control"]


def test_a_browser_that_has_it_is_told_that_nothing_changed(service, loaded):
    again = service.client.get("/collect/tee.js", headers={"If-None-Match": loaded.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == loaded.headers["Cache-Control"]


def test_it_asks_for_no_token(loaded):
    assert "WWW-Authenticate" not in loaded.headers
