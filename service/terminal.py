"""How commands answer: sentences for people, JSON for machines."""

import json

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON, for machines.")


def answer(as_json: bool, values: dict, sentence: str) -> None:
    """Print `values` as JSON, or else `sentence`."""
    click.echo(json.dumps(values) if as_json else sentence)
