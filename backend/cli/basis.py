"""`comity basis`: on what legal basis may one State ask another for a measure, and what must the letter contain?"""

import json
from datetime import date, datetime

import click

from backend.conventions import legal_basis
from backend.conventions.errors import LawDataError, LawError
from backend.conventions.legal_basis.answer import Basis, BasisAnswer, Reason
from backend.conventions.legal_basis.terms import Terms

_WHOSE = {
    "requested": "a duty of the requested State",
    "requesting": "a time for the requesting State",
    "ordering": "a limit for the State that makes the order",
    "provider": "a duty of the provider",
}


@click.command("basis")
@click.option(
    "--from",
    "requesting",
    required=True,
    metavar="STATE",
    help="Requesting State or territory: two letters, such as gd.",
)
@click.option(
    "--to",
    "requested",
    required=True,
    metavar="STATE",
    help="Requested State or territory: two letters, such as cr or cw.",
)
@click.option("--measure", required=True, help="Measure sought, such as preservation or stored-data.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Day to judge by. [default: today]")
@click.option("--offence", "offences", multiple=True, metavar="CODE", help="Offence of the common list; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as JSON.")
def command(
    requesting: str, requested: str, measure: str, on: datetime | None, offences: tuple[str, ...], as_json: bool
) -> None:
    """Find the legal basis for a request, its route, its requirements and what is not known."""
    day = on.date() if on else date.today()
    try:
        answer = legal_basis.find(requesting, requested, measure, on=day, offences=offences)
    except LawDataError as fault:
        raise click.ClickException(str(fault)) from None
    except LawError as fault:
        raise click.UsageError(str(fault)) from None
    if as_json:
        click.echo(json.dumps(answer.to_json(), ensure_ascii=False, indent=2))
    else:
        _print(answer)


def _print(answer: BasisAnswer) -> None:
    click.echo(f"{answer.requesting} asks {answer.requested} for {answer.measure}, on {answer.on.isoformat()}.")
    click.echo("\nLegal bases, the best first")
    for basis in answer.bases:
        _print_basis(basis)
    if not answer.bases:
        click.echo("  No instrument of the data comes into question.")
    _print_composition(answer)
    click.echo("\nThe letter has to contain")
    for row in answer.requirements:
        if row.obligatory:
            click.echo(f"  {row.field}: {row.text} [{'; '.join(str(ref) for ref in row.refs)}]")
    _print_terms(answer.terms)
    click.echo("\nWhat remains beside a treaty")
    for way in answer.remaining:
        click.echo(f"  {way.way} ({way.standing})")
    _print_likely(answer)
    _print_reasons("Not known", (*answer.composition.unknowns, *answer.terms.unknowns, *answer.warnings))
    unverified = [str(ref) for ref in answer.references if not ref.verified]
    if unverified:
        click.echo("\nUnverified, to be confirmed before a letter relies on it")
        for ref in unverified:
            click.echo(f"  {ref}")


def _print_basis(basis: Basis) -> None:
    ref = f", {basis.measure_ref.ref}" if basis.measure_ref else ""
    click.echo(f"  {basis.rank}. {basis.title}{ref}: {basis.standing}. {basis.rank_reason}")
    for reason in basis.reasons:
        click.echo(f"     - {_line(reason)}")
    for limit in basis.limits:
        click.echo(f"     - {limit.name} = {limit.value} [{limit.ref.ref}]")


def _print_composition(answer: BasisAnswer) -> None:
    parts = answer.composition
    click.echo("\nComposition")
    for name, part in (
        ("measure", parts.measure_from),
        ("contents", parts.contents_from),
        ("procedure", parts.procedure_from),
    ):
        click.echo(f"  {name}: {_line(part.reason) if part else 'not known'}")
    for side, office in (("from", parts.channel.sender), ("to", parts.channel.addressee)):
        title = office.title if office and office.title else "not established, do not address"
        click.echo(f"  channel {parts.channel.kind}, {side}: {title}")
    for gate in parts.gates:
        click.echo(f"  gate, {gate.direction}, {gate.standing}: {gate.reason.text}")
    for power in parts.powers:
        click.echo(f"  power to {power.power}: {power.ref.ref or 'none seen'}")
    click.echo(f"  languages: {', '.join(parts.languages)}")


def _print_terms(terms: Terms) -> None:
    click.echo("\nWhat holds for it")
    for duty in terms.duties:
        whose = _WHOSE[duty.duty]
        click.echo(f"  {duty.bound.replace('-', ' ')} {duty.days} days {duty.text}; {whose} [{duty.ref.ref}]")
    for rule in terms.rules:
        unsure = "" if rule.ref.verified else " (unverified)"
        click.echo(f"  {rule.kind.replace('-', ' ')}: {rule.text} [{rule.ref}{unsure}]")
    click.echo(f"  signature: {_line(terms.signatory)}")
    for paper in terms.documents:
        click.echo(f"  paper to enclose: {_line(paper)}")
    sent, scope = terms.electronic, f" ({terms.electronic.scope})" if terms.electronic.scope else ""
    click.echo(
        f"  electronic letter accepted: {sent.transmission}{scope}; original to follow: {sent.original_to_follow}; "
        f"electronic signature recognised: {sent.signature}"
    )
    for reason in sent.reasons:
        click.echo(f"     - {_line(reason)}")
    for other in terms.linked:
        click.echo(f"  {other.relation}: {_line(other.reason)}")


def _print_likely(answer: BasisAnswer) -> None:
    grounds = answer.best.refusal_grounds if answer.best else ()
    expected = [ground for ground in grounds if ground.likely]
    if expected:
        click.echo("\nGrounds of refusal to expect")
    for ground in expected:
        click.echo(f"  {ground.ground} [{ground.ref}]: {ground.text}")
        for reason in ground.likely:
            click.echo(f"     - {_line(reason)}")


def _print_reasons(heading: str, reasons: tuple[Reason, ...]) -> None:
    if reasons:
        click.echo(f"\n{heading}")
        for reason in reasons:
            click.echo(f"  {reason.text}")


def _line(reason: Reason) -> str:
    refs = "; ".join(f"{ref}{'' if ref.verified else ' (unverified)'}" for ref in reason.refs)
    return f"{reason.text} [{refs}]" if refs else reason.text
