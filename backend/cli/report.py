"""`comity report`: a report from its draft to the file that `comity submit` seals; nothing leaves this machine."""

import json
import sys
import uuid
from pathlib import Path

import click

from backend.cli.printing.wording import LANGUAGES
from backend.incidents.report import MalformedReport, Report

VOCABULARIES = ("facts", "offences", "places", "events", "indicators", "chains", "currencies", "states")
file = click.Path(path_type=Path, exists=True, dir_okay=False)
new_file = click.Path(path_type=Path, dir_okay=False)


@click.group("report")
def command() -> None:
    """Reports before they are sent: begin, check, finish, take back."""


@command.command()
@click.argument("draft", type=new_file)
@click.option("--adds-to", type=click.UUID, metavar="ID", help="Submission id of the report that this adds to.")
def new(draft: Path, adds_to: uuid.UUID | None) -> None:
    """Begin a DRAFT: a JSON file with the members that most reports have, to be filled in."""
    from backend.incidents.drafting import new_report, new_supplement

    _write(draft, _text(new_supplement(adds_to) if adds_to else new_report()))
    click.echo(f"{draft} is begun; fill it in by docs/report.md, then: comity report finish {draft} --out REPORT.json")


@command.command()
@click.argument("report", type=file)
def check(report: Path) -> None:
    """Check a draft or REPORT against the schema, and name what would help and is not said."""
    from backend.incidents.drafting import could_say

    _, read = _finished(report)
    for name in could_say(read):
        click.echo(f"not said: {name}", err=True)
    click.echo(f"{report} fits the schema.")


@command.command()
@click.argument("draft", type=file)
@click.option("--out", type=new_file, required=True, help="The finished report, ready for `comity submit`.")
def finish(draft: Path, out: Path) -> None:
    """Finish a DRAFT that fits the schema: what was left empty is left out."""
    body, read = _finished(draft)
    _write(out, body + b"\n")
    click.echo(f"{out} is finished ({read.kind}); send it with comity submit.")


@command.command()
@click.argument("submission", type=click.UUID)
@click.option("--only", type=click.UUID, metavar="ID", help="Take back only what was sent later as this submission.")
@click.option("--out", type=new_file, required=True, help="The retraction, ready for `comity submit`.")
def retract(submission: uuid.UUID, only: uuid.UUID | None, out: Path) -> None:
    """Take back the report that was sent as SUBMISSION. It stays on record and is shown as withdrawn.

    The reason is asked for, or read from standard input: an argument would stand in the list of processes.
    """
    from backend.incidents.drafting import finished, retraction

    reason = click.prompt("Reason") if sys.stdin.isatty() else sys.stdin.read().strip()
    body = _text(retraction(submission, reason, withdraws=only))
    try:
        finished(body)
    except MalformedReport as wrong:
        raise click.UsageError(str(wrong)) from wrong
    _write(out, body)
    click.echo(f"{out} takes back {only or submission}; send it with comity submit.")


@command.command()
@click.argument("vocabulary", type=click.Choice(VOCABULARIES))
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
def terms(vocabulary: str, language: str) -> None:
    """List the terms that a report may use, from the law data."""
    from backend.conventions.catalogue import shipped

    law = shipped()
    if vocabulary == "facts":
        labels = {name: fact.question.in_language(language) for name, fact in law.facts.items()}
    elif vocabulary == "offences":
        labels = {code: offence.label.in_language(language) for code, offence in law.offences.items()}
    else:
        found = getattr(law.report_terms, vocabulary)
        named = found.items() if isinstance(found, dict) else ((code, None) for code in sorted(found))
        labels = {code: label.in_language(language) if label else "" for code, label in named}
    for code, label in labels.items():
        click.echo(f"{code}\t{label}".rstrip())


@command.command()
def schema() -> None:
    """Print the JSON Schema (2020-12) of a report."""
    from backend.incidents.published import report_schema

    click.echo(json.dumps(report_schema(), indent=2, ensure_ascii=False))


def _finished(path: Path) -> tuple[bytes, Report]:
    from backend.incidents.drafting import finished

    try:
        return finished(path.read_bytes())
    except MalformedReport as wrong:
        click.echo(f"comity: {path}: {wrong}", err=True)
        sys.exit(1)


def _text(report: dict[str, object]) -> bytes:
    return (json.dumps(report, indent=2, ensure_ascii=False) + "\n").encode()


def _write(path: Path, body: bytes) -> None:
    """A new file that only its owner reads: it says what a victim said."""
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise click.UsageError(f"{path} is there already; name a new file.") from None
    path.write_bytes(body)
