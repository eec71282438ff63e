"""The stand-ins from a terminal: `p13n-simulator serve`, `p13n-simulator org`."""

import contextlib
import errno
import os
import signal
import threading
from functools import partial

import click

from simulator.journey_builder.marketing_cloud import Activities
from simulator.journey_builder.server import start_marketing_cloud
from simulator.personalization.server import start_account
from simulator.shop.storefront.server import Surroundings, start_shop


@click.group()
def main():
    """Stand-ins for the outside systems, for the demo and the tests."""


@main.command()
@click.option("--personalization-port", default=0, help="0 takes a free port.")
@click.option("--crm-port", default=0, help="0 takes a free port.")
@click.option("--shop-port", type=int, help="Serve the shop's website, too; 0 takes a free port.")
@click.option("--journey-port", type=int, help="Serve Marketing Cloud, too; 0 takes a free port.")
@click.option("--service-url", help="Where the shop loads the tee from, and the canvas activities.")
@click.option("--write-key-env", default="", help="The variable that holds the tee's write key.")
@click.option("--signing-key-env", default="", help="The variable that signs journeys' calls.")
@click.option("--page-url", default="", help="Where the canvas finds the org's record pages.")
def serve(
    personalization_port: int,
    crm_port: int,
    shop_port,
    journey_port,
    service_url,
    write_key_env,
    signing_key_env,
    page_url,
):
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
        if journey_port is not None:
            activities = Activities(
                f"{service_url}/journey/acme",
                os.environ.get(signing_key_env, ""),
                links={"crm": page_url, "shop": shop.url if shop_port is not None else ""},
            )
            start = partial(start_marketing_cloud, activities=activities if service_url else None)
            cloud = running.enter_context(_on(journey_port, start))
            click.echo(f"Journeys {cloud.url}")
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
    except OSError as trouble:
        if trouble.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise click.ClickException(f"port {port} is taken ({trouble.strerror})") from trouble
