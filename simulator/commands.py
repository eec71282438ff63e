"""The stand-ins from a terminal: `p13n-simulator serve`."""

import signal
import threading

import click

from simulator.personalization.server import start_account


@click.group()
def main():
    """Stand-ins for the outside systems, for the demo and the tests."""


@main.command()
@click.option("--personalization-port", default=0, help="0 takes a free port.")
@click.option("--crm-port", default=0, help="0 takes a free port.")
def serve(personalization_port: int, crm_port: int):
    """Serve one Personalization account and one Salesforce org on loopback until stopped.

    Prints one line for each, name and address, as soon as it listens.
    """
    # The org brings its web framework's parts with it; loading it here keeps `--help` quick.
    from simulator.crm.server import start_org

    stopped = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stopped.set())
    with (
        _on(personalization_port, start_account) as account,
        _on(crm_port, start_org) as org,
    ):
        click.echo(f"Personalization {account.url}")
        click.echo(f"CRM {org.url}")
        stopped.wait()


def _on(port: int, start):
    try:
        return start(port)
    except OSError as taken:
        raise click.ClickException(f"port {port} is taken ({taken.strerror})") from taken
