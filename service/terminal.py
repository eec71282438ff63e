"""How commands answer: sentences for people, JSON for machines."""

import json
from datetime import UTC, datetime

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON, for machines.")


def answer(as_json: bool, values: dict, sentence: str) -> None:
    """Print `values` as JSON, or else `sentence`."""
    click.echo(json.dumps(values) if as_json else sentence)


def iso(epoch_seconds: float) -> str:
    """Return whole seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
