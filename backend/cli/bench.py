"""`comity bench`: how fast the parts are, each against a baseline of the same run."""

import json
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from backend.cli.benchmarks.registry import BENCHMARKS, Place

if TYPE_CHECKING:
    from backend.cli.benchmarks.measuring import Result

# How many times the data, where growth is to be seen.
GROWTH = (1, 2, 4)


def _known(_: click.Context, __: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        raise click.BadParameter(f"there is no benchmark {unknown[0]!r}; write some of {', '.join(BENCHMARKS)}.")
    return names


@click.command(name="bench", epilog=f"Names: {', '.join(BENCHMARKS)}.")
@click.argument("names", nargs=-1, metavar="[NAME]...", callback=_known)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.option("--size", type=click.IntRange(1), help="Work on this many bytes, narratives, … a round, for a quick try.")
@click.option("--growth", is_flag=True, help="Measure each on two and four times the data as well.")
def command(names: tuple[str, ...], as_json: bool, size: int | None, growth: bool) -> None:
    """Measure the parts named, or all, against baselines of the same run. All take a quarter of an hour.

    Absolute numbers follow the machine and what else it does; the ratios to the baselines travel better. Where a part
    needs a node, one of its own is made in a temporary folder and removed.
    """
    from backend.cli.benchmarks.measuring import BenchmarkFailed

    results: dict[str, dict[str, Any]] = {}
    with ExitStack() as ending:
        place = Place(ending)
        for name, benchmark in BENCHMARKS.items():
            if names and name not in names:
                continue
            for factor in GROWTH if growth else GROWTH[:1]:
                try:
                    found = benchmark.run(place, factor * (size or benchmark.size))
                except BenchmarkFailed as failed:
                    click.echo(f"comity: {name}: {failed}", err=True)
                    sys.exit(1)
                if factor == 1:
                    results[name] = {**found.to_json()}
                else:
                    results[name].setdefault("growth", {})[str(factor)] = found.to_json()
                if not as_json:
                    click.echo(_line(name if factor == 1 else f"{name} x{factor}", found))
    if as_json:
        click.echo(json.dumps({"results": results}, indent=2))


def _line(name: str, found: "Result") -> str:
    numbers = f"{found.value:>10.4g} {found.unit:<13} baseline {found.baseline:<10.4g} ratio {found.ratio:.3g}"
    return f"{name:<26}{numbers}"
