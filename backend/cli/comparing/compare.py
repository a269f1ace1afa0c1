"""`comity law compare`: is the conduct an offence of the requested State too, element by element?"""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import click

from backend.cli.comparing.errors import told
from backend.cli.comparing.text import sheet_text
from backend.conventions import legal_basis
from backend.conventions.catalogue import shipped
from backend.conventions.dual_criminality import ANY, assess
from backend.conventions.dual_criminality.origin import start
from backend.conventions.dual_criminality.sheet import Sheet, sheet


@click.command("compare")
@click.option("--from", "requesting", required=True, metavar="STATE", help="Requesting State: two letters, such as gd.")
@click.option("--to", "requested", required=True, metavar="STATE", help="Requested State: two letters, such as co.")
@click.option("--offence", default=ANY, metavar="CODE", help="Offence of the common list. [default: any offence]")
@click.option("--established", multiple=True, metavar="CONCEPT", help="What the facts show; repeatable.")
@click.option("--absent", multiple=True, metavar="CONCEPT", help="What the facts exclude; repeatable.")
@click.option("--measure", metavar="MEASURE", help="Measure sought: hear the rule of its best legal basis.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Law of which day. [default: of the data]")
@click.option("--lang", default="en", metavar="LANGUAGE", help="en, es, fr or nl. [default: en]")
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as JSON.")
@click.option("--pdf", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write the sheet as PDF.")
@told
def command(
    requesting: str,
    requested: str,
    offence: str,
    established: tuple[str, ...],
    absent: tuple[str, ...],
    measure: str | None,
    on: datetime | None,
    lang: str,
    as_json: bool,
    pdf: Path | None,
) -> None:
    """Compare conduct with the law of the requested State, element by element, and print the proof sheet.

    Without --established the conduct is what the widest instrument requires for the offence.
    """
    if offence == ANY and not established:
        raise click.UsageError("name --offence, or state the conduct with --established CONCEPT")
    law, day = shipped(), on.date() if on else None
    rule = _rule(requesting, requested, measure, day or law.state_elements.as_of, offence) if measure else None
    conduct, origin = start(law, offence, established, absent)
    answer = assess(conduct, requesting, requested, offence=offence, rule=rule, on=day)
    laid_out = sheet(answer, origin, language=lang)
    if pdf:
        _write(pdf, laid_out, answer.as_of)
    if as_json:
        click.echo(json.dumps(answer.to_json() | {"origin": origin.to_json()}, ensure_ascii=False, indent=2))
    elif pdf:
        click.echo(f"{laid_out.title}: {laid_out.verdict}. Written to {pdf}.")
    else:
        click.echo(sheet_text(laid_out))


def _rule(requesting: str, requested: str, measure: str, day: date, offence: str) -> str | None:
    offences = () if offence == ANY else (offence,)
    return legal_basis.find(requesting, requested, measure, on=day, offences=offences).dual_criminality_rule


def _write(path: Path, laid_out: Sheet, day: date) -> None:
    # Imported late: Typst takes a while and only the PDF needs it.
    from backend.cli.comparing.rendering import CannotRender, sheet_pdf

    # The day of the data, not of the print: the same comparison gives the same bytes.
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    try:
        path.write_bytes(sheet_pdf(laid_out, at=at))
    except CannotRender as fault:
        raise click.ClickException(str(fault)) from None
    except OSError as fault:
        raise click.UsageError(
            f"cannot write {path} ({fault.strerror}): name a file in a folder that is there"
        ) from None
