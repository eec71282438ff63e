"""The stand-ins from a terminal: `p13n-simulator serve`, `p13n-simulator org`."""

import contextlib
import os
import signal
import threading
from functools import partial

import click

from simulator.personalization.server import start_account
from simulator.shop.storefront.server import Surroundings, start_shop


@click.group()
def main():
    """Stand-ins for the outside systems, for the demo and the tests."""


@main.command()
@click.option("--personalization-port", default=0, help="0 takes a free port.")
@click.option("--crm-port", default=0, help="0 takes a free port.")
@click.option("--shop-port", type=int, help="Serve the shop's website, too; 0 takes a free port.")
@click.option("--service-url", help="Where the shop loads the tee from; without it there is none.")
@click.option("--write-key-env", default="", help="The variable that holds the tee's write key.")
def serve(personalization_port: int, crm_port: int, shop_port, service_url, write_key_env):
    """Serve one Personalization account and one Salesforce org on loopback until stopped.

    Prints one line for each, name and address, as soon as it listens.
    """
    # The org brings its web framework's parts with it; loading it here keeps `--help` quick.
    from simulator.crm.server import start_org

    stopped = _stop_sign()
    with contextlib.ExitStack() as running:
        account = running.enter_context(_on(personalization_port, start_account))
        org = running.enter_context(_on(crm_port, start_org))
        click.echo(f"Personalization {account.url}")
        click.echo(f"CRM {org.url}")
        if shop_port is not None:
            write_key = os.environ.get(write_key_env)
            surroundings = Surroundings(account.url, service_url=service_url, write_key=write_key)
            shop = running.enter_context(_on(shop_port, partial(start_shop, surroundings)))
            click.echo(f"Shop {shop.url}")
        stopped.wait()


@main.command()
@click.option("--port", default=0, help="0 takes a free port.")
def org(port: int):
    """Serve a Salesforce org alone, in a process whose CPU and memory are nobody else's."""
    from simulator.crm.server import start_org

    stopped = _stop_sign()
    with _on(port, start_org) as running:
        click.echo(f"CRM {running.url}")
        stopped.wait()


def _stop_sign() -> threading.Event:
    """Return what is set when the process is asked to stop."""
    stopped = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stopped.set())
    return stopped


def _on(port: int, start):
    try:
        return start(port)
    except OSError as taken:
        raise click.ClickException(f"port {port} is taken ({taken.strerror})") from taken
