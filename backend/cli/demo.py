"""`comity demo`: the whole main job between two nodes on this machine, each step said and timed."""

import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from backend.cli.node.home import CHECKOUT


@click.command(name="demo")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False, resolve_path=True),
    default=CHECKOUT / "var" / "demo",
    show_default="var/demo of the checkout",
    help="Where the demonstration leaves its files; an earlier one there is removed.",
)
@click.option("--keep", is_flag=True, help="Keep both nodes' homes; start one again with `comity up --home`.")
def command(folder: Path, keep: bool) -> None:
    """Show the whole main job between two nodes, for Grenada and Costa Rica. EXERCISE: everybody in it is fictional."""
    from backend.cli.demonstration.country import Country, StepFailed
    from backend.cli.demonstration.steps import STEPS
    from backend.cli.demonstration.story import Story
    from backend.cli.node.errors import NodeError
    from backend.cli.node.launcher import launch_node, remove_node
    from backend.cli.node.ports import free_port

    folder, nodes = _made_empty(folder)
    click.echo(f"EXERCISE. Grenada (gd) asks Costa Rica (cr); folder {folder}")
    ports = [free_port() for _ in range(4)]
    began = time.monotonic()
    gd, cr = (
        Country(state, launch_node(nodes / state, state, state, ports.pop(), ports.pop())) for state in ("gd", "cr")
    )
    story = Story(folder, gd, cr)
    failed: str | None = None
    try:
        for number, (title, step) in enumerate(STEPS, start=1):
            started = time.monotonic()
            said = step(story)
            click.echo(f"{number:>2}/{len(STEPS)}  {time.monotonic() - started:5.1f} s  {title}: {said}")
    except (StepFailed, NodeError) as wrong:
        failed = f"step {number} failed, {title}: {wrong}"
    except KeyboardInterrupt:
        failed = "interrupted"
    finally:
        for country in (gd, cr):
            country.begin_stop()
        for country in (gd, cr):
            country.stop()
        if not keep:
            for country in (gd, cr):
                remove_node(country.node.home)
    if failed:
        click.echo(f"comity: {failed}", err=True)
        sys.exit(1)
    click.echo(f"Done in {time.monotonic() - began:.1f} s. Checked on {datetime.now(UTC):%Y-%m-%d}; left in {folder}:")
    for line in _check_by_hand(folder, story.found["letter"]):
        click.echo(f"  {line}")


def _made_empty(folder: Path) -> tuple[Path, Path]:
    if (folder / "DEMO").exists():
        shutil.rmtree(folder)
    elif folder.exists() and any(folder.iterdir()):
        raise click.UsageError(f"{folder} is not empty and not an earlier demonstration; name another with --folder.")
    nodes = folder / "nodes"
    nodes.mkdir(parents=True, mode=0o700)
    (folder / "DEMO").write_text("Made by `comity demo`; removed by the next one.\n")
    return folder, nodes


def _check_by_hand(folder: Path, reference: str) -> list[str]:
    """The commands by which anyone checks packet and letter with public tools."""
    return [
        f"sh {CHECKOUT}/scripts/npm.sh ci    # once: the public library age-encryption",
        f"cd {folder} && unzip -q letter.packet.zip -d bag && bagit.py --validate bag/*",
        f"node {CHECKOUT}/scripts/age-open.mjs cr-exchange-identity.txt < bag/*/data/letter.age > letter.pdf",
        "pdfsig letter.pdf            # must say: Signature is Valid, Total document signed",
        "pdfdetach -saveall letter.pdf && cat request.json",
        f"{CHECKOUT}/.venv/bin/comity packet verify letter.packet.zip --trust gd-card.json",
        f"# the letter as sent is {reference}.pdf",
    ]
