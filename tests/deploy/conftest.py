"""The state store's fixtures, for what is deployed."""

from tests.service.state_stores import (  # noqa: F401 - fixtures
    postgres_server,
)
