"""What all tests of the service share."""

from tests.service.state_stores import postgres_server, state_store, state_url

__all__ = ["postgres_server", "state_store", "state_url"]
