"""`comity up`: one node on this machine, until it is told to stop."""

from pathlib import Path

import click

from backend.cli.node.options import home_option


@click.command(name="up")
@home_option
@click.option("--node", "node_id", help="The node's id, at the first start.  [default: gd]")
@click.option("--state", help="The code of the State whose node it is, at the first start.  [default: the node's id]")
@click.option("--edge-port", type=click.IntRange(1, 65535), help="Loopback port of the edge.  [default: 8100]")
@click.option("--desk-port", type=click.IntRange(1, 65535), help="Loopback port of the desk.  [default: 8101]")
@click.option("--edge-url", help="The edge's address as seen from outside, behind a front that speaks TLS.")
@click.option("--desk-url", help="The desk's address as seen from outside, behind a front that speaks TLS.")
@click.option("--sender-rate", metavar="N/M", help="How often the edge lets one sender ask: N a second, M at once.")
@click.option("--address-rate", metavar="N/M", help="How often it lets one address ask.")
@click.option("--fronts", metavar="NETWORKS", help="Fronts on other hosts, whose X-Forwarded-For the edge believes.")
@click.option("--ready-file", type=click.Path(path_type=Path, dir_okay=False, resolve_path=True),
              help="Write the addresses to this file when the node is ready.")  # fmt: skip
@click.option("--mode", type=click.Choice(["development", "production"]), envvar="COMITY_ENV", default="development",
              help="Production refuses plain HTTP addresses beyond this machine.", show_default=True)  # fmt: skip
def command(
    home: Path,
    node_id: str | None,
    state: str | None,
    edge_port: int | None,
    desk_port: int | None,
    edge_url: str | None,
    desk_url: str | None,
    sender_rate: str | None,
    address_rate: str | None,
    fronts: str | None,
    ready_file: Path | None,
    mode: str,
) -> None:
    """
    Run one node on this machine: PostgreSQL, notary, worker, beat, desk and edge.

    The first start makes the home folder, the database, the keys, a recovery kit and a first administrator; later
    starts keep them. Ctrl-C or SIGTERM stops everything.
    """
    from backend.cli.node.running import Wishes, run

    edge = {"COMITY_SENDER_RATE": sender_rate, "COMITY_ADDRESS_RATE": address_rate, "COMITY_FRONTS": fronts}
    said = {name: value for name, value in edge.items() if value is not None}
    wishes = Wishes(node_id, state, edge_port, desk_port, edge_url, desk_url, said)
    run(home, wishes, mode=mode, ready_file=ready_file)
