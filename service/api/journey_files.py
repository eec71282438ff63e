"""The files of the page that Journey Builder frames."""

from pathlib import Path

PAGE = Path(__file__).with_name("journey_page")
POSTMONGER = PAGE / "node_modules" / "postmonger" / "postmonger.js"
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
FILES = {path.name: path for path in PAGE.iterdir() if path.suffix in MEDIA_TYPES}
FILES["postmonger.js"] = POSTMONGER
