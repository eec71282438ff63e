"""How the shop's website is started, and what it tells its pages about the outside."""

from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from simulator.http_server import RunningServer
from simulator.shop.storefront.pages import routes, what_every_page_shows

DRAWINGS = Path(__file__).parents[2] / "lightning" / "page" / "browser" / "pictures"
"""The drawings that the rep's page shows for https://shop.example: both show the same pictures."""


@dataclass(frozen=True)
class Surroundings:
    """Where the site's SDK sends events, and the tee that copies them, if the shop has one.

    `personalization_url` and `service_url` have no path; `write_key` is the tee's, and like on
    any site readable by everybody who opens the page.
    """

    personalization_url: str
    dataset: str = "retail"
    tenant: str = "acme"
    service_url: str | None = None
    write_key: str | None = None


def start_shop(surroundings: Surroundings, port: int = 0) -> RunningServer:
    """Start the shop's website, on a free port when `port` is 0; `.url` says where."""
    return RunningServer(create_site(surroundings), port=port)


def create_site(surroundings: Surroundings) -> Flask:
    """Return the WSGI application of the site."""
    site = Flask(__name__)
    site.surroundings = surroundings
    site.drawings = DRAWINGS
    site.register_blueprint(routes)
    site.context_processor(what_every_page_shows)
    return site
