"""`make faults`, `python -m tests.faults`: the faults of a seed done to a real node while reports come in."""

import signal
import sys
import time

import click

from backend.cli.node.errors import NodeError
from tests.faults.plan import FAULTS
from tests.faults.run import Wish, run


@click.command()
@click.option("--seed", type=click.IntRange(0, 2**31), help="Repeats a run.  [default: of the clock]")
@click.option("--count", type=click.IntRange(50, 1_000_000), default=10_000, show_default=True, help="Submissions.")
@click.option("--each", type=click.IntRange(5), default=150, show_default=True, help="Receipts from fault to fault.")
@click.option("--senders", type=click.IntRange(1, 64), default=12, show_default=True, help="Who send at once.")
@click.option("--only", multiple=True, type=click.Choice(list(FAULTS)), help="Faults of this kind alone; repeatable.")
@click.option("--keep", is_flag=True, help="Leave the node and what was sent where they are.")
def command(seed: int | None, count: int, each: int, senders: int, only: tuple[str, ...], keep: bool) -> None:
    """
    Start a real node, send it sealed reports and evidence, and kill, fill, shift and cut off its parts meanwhile.

    At the end an independent reader compares the senders' receipts with the node's database and log. Exit code 1 when
    anything is lost, doubled or changed. docs/faults.md says what is done and what it needs.
    """
    chosen = int(time.time()) % 100_000 if seed is None else seed
    wish = Wish(chosen, count, each, senders=senders, keep=keep, only=frozenset(only))  # type: ignore[arg-type]
    # Without this SIGTERM would end the run before the disk is unmounted and the node removed.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        held = run(wish).holds
    except NodeError as error:
        raise click.ClickException(str(error)) from error
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    command()
