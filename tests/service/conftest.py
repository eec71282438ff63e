"""What all tests of the service share."""

from tests.service.sharing_fixtures import running_org, stage
from tests.service.state_stores import (
    empty_url,
    postgres_server,
    postgres_template,
    sqlite_template,
    state_store,
    state_url,
)

__all__ = [
    "empty_url",
    "postgres_server",
    "postgres_template",
    "running_org",
    "sqlite_template",
    "stage",
    "state_store",
    "state_url",
]
