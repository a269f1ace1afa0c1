"""`comity law matrix`: the laws of the States side by side, offence by offence, element by element, pair by pair."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import click

from backend.cli.comparing import matrix_text as text
from backend.cli.comparing.errors import told
from backend.conventions.catalogue import shipped
from backend.conventions.harmonising.amendments import amendments, by_pair
from backend.conventions.harmonising.areas import AREAS, Area, areas
from backend.conventions.harmonising.cells import Row, matrix
from backend.conventions.harmonising.pairs import Direction, pairs


@click.command("matrix")
@click.option("--offence", "offences", multiple=True, metavar="CODE", help="Only this offence; repeatable.")
@click.option("--state", "states", multiple=True, metavar="STATE", help="Only this State; repeatable.")
@click.option("--pairs", "as_pairs", is_flag=True, help="Each State's charges heard in each other State.")
@click.option("--areas", "as_areas", is_flag=True, help="The four areas of cyberlaw.")
@click.option("--csv", "as_csv", is_flag=True, help="Print as CSV, one line for each fact.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@told
def command(
    offences: tuple[str, ...], states: tuple[str, ...], as_pairs: bool, as_areas: bool, as_csv: bool, as_json: bool
) -> None:
    """Show where the laws of the States meet: all offences, or with --offence its elements, or --pairs, or --areas."""
    if as_pairs and as_areas:
        raise click.UsageError("--pairs and --areas are two views: name one of them")
    if as_csv and as_json:
        raise click.UsageError("--csv and --json are two forms: name one of them")
    law = shipped()
    for code in offences:
        law.offence(code)
    for state in states:
        law.state(state)
    form = "csv" if as_csv else "json" if as_json else "text"
    if as_areas:
        _areas([row for row in areas() if not states or row.state in states], form, detailed=bool(states))
    elif as_pairs:
        _pairs(states, offences, form)
    else:
        _matrix(offences, states, form)


def _matrix(offences: tuple[str, ...], states: tuple[str, ...], form: str) -> None:
    rows = [row for row in matrix() if not offences or row.offence in offences]
    shown = [code for code in shipped().state_codes if not states or code in states]
    if form == "json":
        _json({row.offence: _only(row.to_json(), shown) for row in rows})
    elif form == "csv":
        _csv(
            ("offence", "state", "meets", "basis", "provision", "verified", "seen_at", "concept", "asked"),
            _facts(rows, shown),
        )
    elif offences:
        for row in rows:
            click.echo(text.elements(row, shown))
    elif states:
        click.echo(text.provisions(rows, shown))
    else:
        click.echo(text.overview(rows, shown))


def _only(body: dict[str, Any], states: list[str]) -> dict[str, Any]:
    return body | {"cells": {state: cell for state, cell in body["cells"].items() if state in states}}


def _facts(rows: list[Row], states: list[str]) -> Iterable[tuple[object, ...]]:
    for row in rows:
        for cell in (cell for cell in row.cells if cell.state in states):
            if not cell.provisions:
                yield row.offence, cell.state, cell.meets, cell.basis, "", "", "", "", ""
            for one in cell.provisions:
                start = (
                    row.offence,
                    cell.state,
                    cell.meets,
                    one.basis,
                    one.name,
                    _flag(one.ref.verified),
                    one.ref.seen_at,
                )
                if not one.asked:
                    yield (*start, "", "")
                for concept, asked in one.asked.items():
                    yield (*start, concept, asked)
                for names in one.adds:
                    yield (*start, "/".join(names), "asked-beyond")


def _pairs(states: tuple[str, ...], offences: tuple[str, ...], form: str) -> None:
    """With one State, its pairs with all others; with more, the pairs among them."""
    among = states if len(set(states)) > 1 else None
    found = pairs(among, offences or None, about=() if among else states)
    if form == "json":
        changes = {"-".join(pair): row.to_json() if row else None for pair, row in by_pair(found).items()}
        listed = [row.to_json() for row in amendments(found)]
        _json({"directions": [row.to_json() for row in found], "amendments": listed, "best_by_pair": changes})
    elif form == "csv":
        names = (
            "from",
            "to",
            "offence",
            "provision",
            "verdict",
            "provisional",
            "cause",
            "met_by",
            "nearest",
            "asks_more",
        )
        _csv(names, (line for row in found for line in _heard(row)))
    elif states:
        click.echo(text.directions(found, by_pair(found), detailed=among is not None))
    else:
        click.echo(text.meetings(found, amendments(found)))


def _heard(row: Direction) -> Iterable[tuple[object, ...]]:
    for one in row.meetings:
        more = "; ".join("/".join(names) for names in one.asks_more)
        yield (row.requesting, row.requested, one.offence, one.provision, one.verdict, one.provisional,
               one.cause or "", one.met_by or "", one.nearest or "", more)  # fmt: skip


def _areas(rows: list[Area], form: str, *, detailed: bool) -> None:
    if form == "json":
        _json({"areas": [row.to_json() for row in rows]})
    elif form == "csv":
        names = [field.name for field in fields(Area)]
        _csv(names, (tuple(_flag(value) for value in row.to_json().values()) for row in rows))
    else:
        click.echo(text.area_details(rows) if detailed else text.area_overview(rows, AREAS))


def _flag(value: object) -> object:
    return ("yes" if value else "no") if isinstance(value, bool) else "" if value is None else value


def _json(body: dict[str, Any]) -> None:
    click.echo(json.dumps(body, ensure_ascii=False, indent=2))


def _csv(names: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    click.echo(made.getvalue(), nl=False)
