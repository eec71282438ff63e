"""`GET /collect/tee.js`: the script with which a site sends us copies of its events."""

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from flask import Response, request

from service.api.bodies import ApiBlueprint

SOURCE = Path(__file__).with_suffix(".js")
KEPT_BY_BROWSERS = "public, max-age=86400, stale-while-revalidate=2592000"
"""A day, so that a new version arrives by tomorrow; after it a page never waits for the answer."""

COMMENTS = re.compile(r"^\s*(//|/\*|\*).*\n", re.MULTILINE)
TEXTS_OR_BLANKS = re.compile(r"('[^'\n]*'|`[^`\n]*`)|\s*([=(){}<>,;:?|&+!\[\]])\s*|\n\s*")
"""What is kept as it is, or a sign of the language with the blanks around it, or a line's end."""

blueprint = ApiBlueprint("tee", __name__, description="The script that a site loads")


@lru_cache(maxsize=1)
def served_script() -> bytes:
    """Return the tee without comments and spare blanks: its source is written to be read."""
    source = COMMENTS.sub("", SOURCE.read_text(encoding="utf-8"))
    return TEXTS_OR_BLANKS.sub(lambda found: found[1] or found[2] or "", source).strip().encode()


@blueprint.get("/collect/tee.js")
def tee():
    """Serve the tee to any site; which site may send events is asked when it does."""
    script = served_script()
    response = Response(script, content_type="text/javascript; charset=utf-8")
    response.set_etag(hashlib.sha256(script).hexdigest()[:32])
    response.headers["Cache-Control"] = KEPT_BY_BROWSERS
    # For pages that embed only what says so, and for <script crossorigin integrity>.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response.make_conditional(request)
