"""What `comity up` does: holds the home, brings the node up, watches it, takes it down."""

import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import click

from backend.cli.node.errors import NodeError
from backend.cli.node.files import write_private
from backend.cli.node.home import Home, NodeSettings
from backend.cli.node.node import Node, put_aside_logs
from backend.cli.node.ports import LOOPBACK, require_free_port
from backend.cli.node.processes import EDGE, SERVED
from backend.cli.node.supervisor import Supervisor
from backend.notary.stopping import Stopping

LOOK = 0.25  # seconds between looks at the children
PUBLISH_EVERY = 6 * 3600.0  # seconds between publishing the keys of the coming days


@dataclass(frozen=True)
class Wishes:
    """What the caller asked for; None where the home's memory, or else the default, decides."""

    node: str | None = None
    state: str | None = None
    edge_port: int | None = None
    desk_port: int | None = None
    edge_url: str | None = None
    desk_url: str | None = None
    edge: Mapping[str, str] = field(default_factory=dict)


def run(path: Path, wishes: Wishes, *, mode: str, ready_file: Path | None) -> None:
    """Runs the node of the home `path` until SIGINT or SIGTERM; NodeError where it cannot start."""
    home = Home(path)
    home.make()
    with home.lock(), Stopping() as stopping:
        settings = settle(home.read_settings(), wishes, path, mode)
        require_free_port(settings.edge_port, "edge", "--edge-port")
        require_free_port(settings.desk_port, "desk", "--desk-port")
        home.write_settings(settings)
        put_aside_logs(home.folder("log"))
        node = Node(home, settings, mode, Supervisor(_told(home)))
        try:
            if _bring_up(node, stopping):
                _note_processes(node)
                _announce(node, ready_file)
            _watch(node, stopping)
        finally:
            click.echo("Stopping.")
            node.supervisor.stop()
            _forget(home, ready_file)
    click.echo("Stopped.")


def settle(remembered: NodeSettings | None, wishes: Wishes, path: Path, mode: str) -> NodeSettings:
    """The node's settings from what it remembers and what is asked; NodeError where the two are different nodes."""
    node = wishes.node or (remembered.node if remembered else "gd")
    state = wishes.state or (remembered.state if remembered else node)
    if remembered and (remembered.node, remembered.state) != (node, state):
        raise NodeError(
            f"the home folder {path} is that of the node {remembered.node!r} of {remembered.state!r}, not of {node!r} "
            f"of {state!r}; name another folder with --home."
        )
    edge_port = wishes.edge_port or (remembered.edge_port if remembered else 8100)
    desk_port = wishes.desk_port or (remembered.desk_port if remembered else 8101)
    if edge_port == desk_port:
        raise NodeError(f"edge and desk cannot share the port {edge_port}; choose another with --desk-port.")
    settled = NodeSettings(
        node=node,
        state=state,
        edge_port=edge_port,
        desk_port=desk_port,
        edge_url=_url(wishes.edge_url, remembered.edge_url if remembered else None, edge_port),
        desk_url=_url(wishes.desk_url, remembered.desk_url if remembered else None, desk_port),
        edge={**(remembered.edge if remembered else {}), **wishes.edge},
    )
    if mode == "production":
        _require_tls(settled)
    return settled


def _url(wished: str | None, remembered: str | None, port: int) -> str:
    if wished:
        return wished.rstrip("/")
    # An address on loopback follows the port; one of a front stays.
    if remembered and urlsplit(remembered).hostname != LOOPBACK:
        return remembered
    return f"http://{LOOPBACK}:{port}"


def _require_tls(settings: NodeSettings) -> None:
    for option, url in (("--edge-url", settings.edge_url), ("--desk-url", settings.desk_url)):
        if not url.startswith("https://"):
            raise NodeError(
                f"in production {option} must be an https address of a front that speaks TLS; it is {url}; "
                "give it, or leave out --mode production on this machine."
            )


def _bring_up(node: Node, stopping: Stopping) -> bool:
    """Starts everything; False where the stop came first."""
    first = not (node.home.keys("identity") / "identity.pem").exists()
    steps = [
        ("Starting PostgreSQL.", node.start_database),
        ("Migrating the database.", node.migrate),
        ("Making the node's keys and its first administrator.", lambda: _tell(node.found())),
        ("Starting notary, worker, beat, desk and edge.", node.start_processes),
    ]
    if not first:
        # Keys are at hand: most can start while those of the coming days are published. The edge comes after that: in a
        # restored database stand keys whose files are gone, which are withdrawn before anything is accepted for them.
        others = [one for one in SERVED if one is not EDGE]
        steps[2:] = [
            ("Starting notary, worker, beat and desk.", lambda: node.start_processes(others)),
            ("Publishing the keys of the coming days.", lambda: _tell(node.found())),
            ("Starting the edge.", lambda: node.start_processes([EDGE])),
        ]
    for said, step in steps:
        if stopping.asked:
            return False
        click.echo(said)
        step()
    node.wait_until_ready(lambda: not stopping.asked)
    return not stopping.asked


def _tell(found: Mapping[str, str]) -> None:
    """What is said once and kept nowhere."""
    if "kit" in found:
        click.echo(
            f"\nRecovery kit: {found['kit']}\n"
            f"It opens only with this identity, shown once. Keep both, apart from each other and from the node:\n"
            f"  {found['kit_identity']}"
        )
    if "username" in found:
        click.echo(
            f"\nFirst sign-in, shown once: {found['username']} with the password {found['password']}\n"
            "It must be changed and a second factor added at the first sign-in.\n"
        )


def _announce(node: Node, ready_file: Path | None) -> None:
    click.echo(
        f"The node {node.settings.node!r} is ready. edge {node.settings.edge_url}  desk {node.settings.desk_url}  "
        f"home {node.home.path}"
    )
    if node.mode == "development":
        click.echo(
            "All processes run as one account: what separates them here is code and database role, not the operating "
            "system. Ctrl-C stops the node."
        )
    if ready_file is not None:
        write_private(ready_file, json.dumps({"edge": node.settings.edge_url, "desk": node.settings.desk_url}) + "\n")


def _watch(node: Node, stopping: Stopping) -> None:
    running, published = node.supervisor.processes(), time.monotonic()
    while not stopping.asked:
        stopping.wait(LOOK)
        if stopping.asked:
            return
        node.supervisor.look()
        if node.supervisor.processes() != running and _note_processes(node):
            running = node.supervisor.processes()
        if time.monotonic() - published > PUBLISH_EVERY:
            published = time.monotonic()
            _publish(node)


def _publish(node: Node) -> None:
    """Keys of the coming days while the node runs on: without them devices would have nothing to seal to in the end."""
    try:
        node.found()
    except NodeError as error:
        click.echo(f"comity: the keys of the coming days were not published: {error}", err=True)


def _note_processes(node: Node) -> bool:
    """`run/processes.json`: the present process ids, for whoever looks after the node; False where it can't be written.

    A full disk must not end the supervisor too: then nothing that falls would be started again.
    """
    try:
        node.home.note_processes({"supervisor": os.getpid(), **node.supervisor.processes()})
    except OSError:
        return False
    return True


def _forget(home: Home, ready_file: Path | None) -> None:
    home.note_processes({})
    if ready_file is not None:
        ready_file.unlink(missing_ok=True)


def _told(home: Home) -> Callable[[str], None]:
    def report(text: str) -> None:
        with suppress(OSError):  # what is said may go to a file on a disk that is full
            click.echo(f"{text}; its log is in {home.folder('log')}", err=True)

    return report
