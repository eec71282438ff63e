"""Packs each template into a zip that Personalization's template editor imports.

The same sources give the same bytes, on any machine: fixed order and time, nothing compressed.
"""

import sys
import zipfile
from pathlib import Path

FOLDER = Path(__file__).parent
FILES = ("evergage-template.json", "template.ts")
MOMENT = (1980, 1, 1, 0, 0, 0)


def pack(folder: Path, target: Path) -> Path:
    """Write the zip of one template into `target` and return its path."""
    path = target / f"{folder.name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as packed:
        for name in FILES:
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, (folder / name).read_bytes())
    return path


def pack_all(target: Path) -> list[Path]:
    """Write the zips of all templates into `target` and return their paths."""
    target.mkdir(parents=True, exist_ok=True)
    folders = sorted(path.parent for path in FOLDER.glob("*/template.ts"))
    return [pack(folder, target) for folder in folders]


if __name__ == "__main__":
    for written in pack_all(Path(sys.argv[1] if len(sys.argv) > 1 else "build/templates")):
        print(written)
