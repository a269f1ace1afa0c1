"""`comity law`: the law data themselves."""

import json
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

import click

from backend.conventions.catalogue import SHIPPED
from backend.conventions.checking import Report, check


@click.group("law")
def command() -> None:
    """Look at the law data: treaties, schemes, States, offences, measures."""


@command.command("check")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Day to judge age by. [default: today]")
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Another folder of data.")
@click.option("--summary", is_flag=True, help="Only count what is unverified; do not list it.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def check_command(on: datetime | None, data: Path | None, summary: bool, as_json: bool) -> None:
    """Validate the law data and list what is unverified or out of date. Exit 1 when something is wrong."""
    report = check(data or SHIPPED, on=on.date() if on else date.today())
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False, default=str, indent=2))
    else:
        _print(report, summary)
    if not report.passed:
        raise SystemExit(1)


def _print(report: Report, summary: bool) -> None:
    for heading, problems in (("wrong", report.faults), ("to be looked at", report.doubts)):
        for problem in problems:
            click.echo(f"{heading}: {problem}")
    for owner, rows in groupby(report.open_rows, key=lambda row: row.owner):
        listed = list(rows)
        click.echo(f"{owner}: {len(listed)} unverified or out of date")
        for row in [] if summary else listed:
            click.echo(f"  {row.path}: {row.name}: {row.why}" if row.name else f"  {row.path}: {row.why}")
    verdict = "nothing is wrong" if report.passed else f"{len(report.faults)} wrong"
    click.echo(
        f"{report.files} files read: {verdict}; {len(report.doubts)} to be looked at; "
        f"{len(report.open_rows)} rows unverified or out of date."
    )
