"""`comity law`: the law data themselves."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import get_args

import click

from backend.cli.comparing import compare, matrix
from backend.conventions.catalogue import SHIPPED
from backend.conventions.checking import OpenRow, Problem, Report, check
from backend.conventions.checking.report import OpenKind, OwnerKind

_HEADINGS: dict[OwnerKind, str] = {
    "state": "States",
    "instrument": "Instruments",
    "list": "Lists of the region",
}
_KINDS: tuple[OpenKind, ...] = get_args(OpenKind)


@click.group("law")
def command() -> None:
    """Look at the law data: treaties, schemes, States, offences, measures."""


command.add_command(compare.command)
command.add_command(matrix.command)


@command.command("check")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Day to judge age by. [default: today]")
@click.option(
    "--state", "states", multiple=True, metavar="CODE", help="Only what concerns this State; may be repeated."
)
@click.option(
    "--instrument", "instruments", multiple=True, metavar="ID", help="Only what concerns this instrument; as --state."
)
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Another folder of data.")
@click.option("--summary", is_flag=True, help="Only count what is unverified; do not list it.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def check_command(
    on: datetime | None,
    states: tuple[str, ...],
    instruments: tuple[str, ...],
    data: Path | None,
    summary: bool,
    as_json: bool,
) -> None:
    """Validate the law data and list what is unverified or out of date. Exit 1 when something is wrong."""
    folder = data or SHIPPED
    owners = [*_named(folder, "states", states), *_named(folder, "instruments", instruments)]
    report = check(folder, on=on.date() if on else date.today())
    if owners:
        report = report.only(owners)
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    else:
        _print(report, summary)
    if not report.passed:
        raise SystemExit(1)


def _named(folder: Path, kind: str, names: Sequence[str]) -> list[str]:
    """The names, each of which has a file: whoever misspells one would see nothing and think that all is well."""
    known = sorted(path.stem for path in (folder / kind).glob("*.yaml"))
    for name in names:
        if name not in known:
            raise click.UsageError(f"no file {kind}/{name[:60]}.yaml; use one of {', '.join(known)}.")
    return list(names)


def _print(report: Report, summary: bool) -> None:
    _print_problems("Wrong", report.faults)
    _print_problems("To be looked at by a lawyer", report.doubts)
    counts = report.counts()
    for kind, heading in _HEADINGS.items():
        rows = [row for row in report.open_rows if row.owner_kind == kind]
        if not rows:
            continue
        click.echo(f"{heading}: {len(rows)} rows unverified or out of date")
        for owner, found in groupby(sorted(rows, key=lambda row: row.owner), key=lambda row: row.owner):
            number = counts[kind][owner]
            click.echo(f"  {owner}: {', '.join(f'{number[name]} {name}' for name in _KINDS if number[name])}")
            _print_rows([] if summary else list(found))
        click.echo()
    verdict = "nothing is wrong" if report.passed else f"{len(report.faults)} wrong"
    click.echo(
        f"{report.files} files read: {verdict}; {len(report.doubts)} to be looked at; "
        f"{len(report.open_rows)} rows unverified or out of date."
    )


def _print_problems(heading: str, problems: Sequence[Problem]) -> None:
    if not problems:
        return
    click.echo(f"{heading}: {len(problems)}")
    for file, found in groupby(sorted(problems, key=lambda one: one.file), key=lambda one: one.file):
        click.echo(f"  {file}")
        for problem in found:
            click.echo(f"    {problem.path}: {problem.text}" if problem.path else f"    {problem.text}")
            if problem.do:
                click.echo(f"      what to do: {problem.do}")
    click.echo()


def _print_rows(rows: Sequence[OpenRow]) -> None:
    for row in rows:
        click.echo(f"    {row.path}: {row.name}: {row.why}" if row.name else f"    {row.path}: {row.why}")
