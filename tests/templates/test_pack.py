"""The zips that an admin uploads."""

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def packed(root: Path, target: Path) -> dict[str, bytes]:
    subprocess.run([root / "scripts/templates", target], check=True, capture_output=True)
    return {path.name: path.read_bytes() for path in target.iterdir()}


def test_each_template_has_a_zip_with_its_two_files_at_the_top(tmp_path):
    names = packed(ROOT, tmp_path)
    assert set(names) == {
        "next-best-promotion.zip",
        "next-best-recommendation.zip",
        "profile.zip",
    }
    for path in tmp_path.iterdir():
        with zipfile.ZipFile(path) as opened:
            assert opened.namelist() == ["evergage-template.json", "template.ts"]
            source = ROOT / "personalization-templates" / path.stem / "template.ts"
            assert opened.read("template.ts") == source.read_bytes()


def test_the_same_sources_give_the_same_bytes_wherever_and_whenever(tmp_path):
    copy = tmp_path / "elsewhere"
    for folder in ("scripts", "personalization-templates"):
        shutil.copytree(ROOT / folder, copy / folder)
    for path in (copy / "personalization-templates").rglob("*"):
        path.chmod(0o700)
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert packed(copy, tmp_path / "one") == packed(ROOT, tmp_path / "two")
