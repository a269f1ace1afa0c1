"""`comity bench`: how fast the parts are, each against a baseline of the same run."""

import json
import sys
from contextlib import ExitStack

import click

from backend.cli.benchmarks.registry import BENCHMARKS, Place


def _known(_: click.Context, __: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        raise click.BadParameter(f"there is no benchmark {unknown[0]!r}; write some of {', '.join(BENCHMARKS)}.")
    return names


@click.command(name="bench", epilog=f"Names: {', '.join(BENCHMARKS)}.")
@click.argument("names", nargs=-1, metavar="[NAME]...", callback=_known)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.option("--size", type=click.IntRange(1), help="Work on this many bytes, narratives, … a round, for a quick try.")
def command(names: tuple[str, ...], as_json: bool, size: int | None) -> None:
    """Measure the parts named, or all, against baselines of the same run. Takes up to two minutes.

    Absolute numbers follow the machine and what else it does; the ratios to the baselines travel better. Where a part
    needs a node, one of its own is made in a temporary folder and removed.
    """
    from backend.cli.benchmarks.measuring import BenchmarkFailed

    results = {}
    with ExitStack() as ending:
        place = Place(ending)
        for name, benchmark in BENCHMARKS.items():
            if names and name not in names:
                continue
            try:
                results[name] = benchmark.run(place, size)
            except BenchmarkFailed as failed:
                click.echo(f"comity: {name}: {failed}", err=True)
                sys.exit(1)
            if not as_json:
                found = results[name]
                click.echo(
                    f"{name:<20}{found.value:>10.4g} {found.unit:<13} baseline {found.baseline:<10.4g} "
                    f"ratio {found.ratio:.3g}"
                )
    if as_json:
        click.echo(json.dumps({"results": {name: found.to_json() for name, found in results.items()}}, indent=2))
