"""`comity device`: the device asks to be enrolled; the node invites, compares words, confirms and revokes."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backend.cli.node.options import home_option

if TYPE_CHECKING:
    from backend.units.models import Device, EnrolmentRequest, Unit

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group(help="Enrol and revoke devices.")
def command() -> None:
    """The group."""


@command.command("enrol")
@click.option("--edge", required=True, metavar="URL", help="Address of the node's edge.")
@click.option(
    "--code",
    prompt="Enrolment code",
    hide_input=True,
    help="As the node's administrator handed it over; asked for when left out, so that no list of processes shows it.",
)
@click.option("--trust", type=FILE, required=True, metavar="CARD", help="Key card of the node, compared beforehand.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="New key file of the device."
)
@click.option("--label", default="", help="What the administrator sees beside the words, such as 'desk 3'.")
def enrol(edge: str, code: str, trust: Path, out: Path, label: str) -> None:
    """Make this device's key and ask the node to enrol it; the code itself is not sent. Runs without a node."""
    from backend.audit.errors import AuditError
    from backend.units.enrolment import EnrolmentCode, MalformedCode
    from backend.vault.enrolling import NotEnrolled, ask_enrolment
    from backend.vault.sending import EdgeUnreachable
    from backend.vault.trusted_card import NotTrusted, read_trusted_card
    from crypto.errors import CryptoError
    from crypto.keys import fingerprint_words

    try:
        card = read_trusted_card(trust.read_bytes(), at=datetime.now(UTC))
        key = ask_enrolment(edge, EnrolmentCode.parse(code), card=card, key_file=out, label=label)
    except MalformedCode as error:
        raise click.UsageError(str(error)) from error
    except FileExistsError:
        raise click.UsageError(f"{out} exists already and a key is never overwritten; name a new file.") from None
    except (AuditError, CryptoError, EdgeUnreachable, NotEnrolled, NotTrusted, OSError) as error:
        click.echo(f"comity: {error}", err=True)
        sys.exit(1)
    click.echo(f"The key is in {out}. Read these words to the node's administrator, who confirms the device:")
    click.echo(fingerprint_words(key.fingerprint))


@command.command("add-unit")
@home_option
@click.argument("name")
def add_unit(home: Path, name: str) -> None:
    """Register the police unit NAME of this node's State."""
    _act(home)
    from django.conf import settings

    from backend.audit.subjects import System
    from backend.units import services
    from backend.units.models import Unit

    if Unit.objects.filter(name=name).exists():
        raise click.ClickException(f"There is a unit {name!r} already; choose another name.")
    services.add_unit(name, settings.COMITY.state, acting=System("comity device"), at=datetime.now(UTC))
    click.echo(f"Added the unit {name}.")


@command.command("invite")
@home_option
@click.option("--unit", "name", required=True, help="Name of the unit; `comity device add-unit` registers one.")
def invite(home: Path, name: str) -> None:
    """Print a one-time code for one device of a unit, valid for three days; hand it over in person."""
    _act(home)
    from backend.audit.subjects import System
    from backend.units import services
    from backend.vault.enrolment import make_code

    _, code = services.invite(_unit(name), make_code=make_code, acting=System("comity device"), at=datetime.now(UTC))
    click.echo(code)


@command.command("list")
@home_option
def list_(home: Path) -> None:
    """Show the requests that wait for a confirmation, and the devices, with their fingerprint words."""
    _act(home)
    from backend.units.models import Device

    for request, fingerprint in _waiting():
        click.echo(_line("waits", fingerprint, _printable(request.label)))
    for device in Device.objects.select_related("unit").order_by("unit__name", "enrolled_at"):
        stands = "revoked" if device.revoked_at else "enrolled"
        click.echo(_line(stands, device.fingerprint, f"{device.unit.name}  {_printable(device.label)}"))


@command.command("confirm")
@home_option
@click.argument("fingerprint")
@click.option("--by", required=True, help="Name of the person who compared the words.")
def confirm(home: Path, fingerprint: str, by: str) -> None:
    """Enrol the device with this FINGERPRINT, or these words, after its officer has read the words to you."""
    _act(home)
    from backend.audit.subjects import System
    from backend.units import services

    fitting = [request for request, found in _waiting() if _is(fingerprint, found)]
    if len(fitting) != 1:
        raise click.ClickException(
            f"{len(fitting)} requests wait with this fingerprint; see `comity device list`, and invite the device "
            "again if it is not there."
        )
    device = services.confirm(fitting[0], acting=System(by), at=datetime.now(UTC))
    click.echo(f"Enrolled {device.fingerprint} for {device.unit.name}.")


@command.command("revoke")
@home_option
@click.argument("fingerprint")
@click.option("--by", required=True, help="Name of the person who decided it.")
def revoke(home: Path, fingerprint: str, by: str) -> None:
    """Set aside from now on whatever the device with this FINGERPRINT, or these words, sends."""
    _act(home)
    from backend.audit.subjects import System
    from backend.units import services

    services.revoke(_enrolled(fingerprint), acting=System(by), at=datetime.now(UTC))
    click.echo(
        "Revoked. What came before stays received; what comes now goes to quarantine, where a person may release what "
        "was sealed before."
    )


def _act(home: Path) -> None:
    from backend.cli.node.acting import act_as

    act_as("act", home)


def _unit(name: str) -> "Unit":
    from backend.units.models import Unit

    unit = Unit.objects.filter(name=name).first()
    if unit is None:
        raise click.ClickException(f"There is no unit {name!r}; register it with `comity device add-unit`.")
    return unit


def _enrolled(fingerprint: str) -> "Device":
    from backend.units.models import Device

    fitting = [one for one in Device.objects.filter(revoked_at=None) if _is(fingerprint, one.fingerprint)]
    if len(fitting) != 1:
        raise click.ClickException(f"{len(fitting)} enrolled devices have this fingerprint; see `comity device list`.")
    return fitting[0]


def _waiting() -> "list[tuple[EnrolmentRequest, str]]":
    """The requests that the worker found to know their code, with their keys' fingerprints."""
    from backend.units.models import EnrolmentRequest
    from crypto.keys import VerifyingKey

    checked = EnrolmentRequest.objects.filter(stage=EnrolmentRequest.Stage.CHECKED).order_by("received_at")
    return [(request, VerifyingKey.parse(request.public_key).fingerprint) for request in checked]


def _is(given: str, fingerprint: str) -> bool:
    """Whether what a person typed is the whole fingerprint or its words; a part of either would be too little."""
    from crypto.keys import fingerprint_words

    words = fingerprint_words(fingerprint).replace("-", " ")
    return given.lower() == fingerprint or given.lower().replace("-", " ").split() == words.split()


def _printable(label: str) -> str:
    """The label as a terminal may show it: it came from outside."""
    return "".join(letter if letter.isprintable() else "?" for letter in label)


def _line(stands: str, fingerprint: str, name: str) -> str:
    from crypto.keys import fingerprint_words

    return f"{stands:9} {fingerprint_words(fingerprint)}  {fingerprint}  {name}".rstrip()
