"""`python -m tests.faults.enrolling COUNT EDGE FOLDER`, an act of the desk: devices, enrolled as any device is."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

WITHIN = 180.0  # seconds for the worker to check what the devices sent


def enrol(count: int, edge: str, folder: Path) -> None:
    """Write the node's card to `node.card` and the key of each enrolled device to `device-N.pem`."""
    from backend.audit.subjects import System
    from backend.directory.models import Node
    from backend.units import services
    from backend.units.enrolment import EnrolmentCode
    from backend.units.models import EnrolmentRequest
    from backend.vault.enrolling import ask_enrolment
    from backend.vault.enrolment import make_code
    from backend.vault.trusted_card import read_trusted_card

    administrator, at = System("faults"), datetime.now(UTC)
    card = bytes(Node.objects.get(own=True).card)
    (folder / "node.card").write_bytes(card)
    unit = services.add_unit(f"Unit of {folder.name}", "gd", acting=administrator, at=at)
    wanted = set()
    for number in range(count):
        invitation, code = services.invite(unit, make_code=make_code, acting=administrator, at=at)
        wanted.add(invitation.id)
        ask_enrolment(
            edge,
            EnrolmentCode.parse(code),
            card=read_trusted_card(card, at=at),
            key_file=folder / f"device-{number}.pem",
            label=f"officer {number}",
        )
    until = time.monotonic() + WITHIN
    while wanted and time.monotonic() < until:
        for request in EnrolmentRequest.objects.filter(stage="checked", invitation_id__in=wanted):
            services.confirm(request, acting=administrator, at=datetime.now(UTC))
            wanted.discard(request.invitation_id)
        time.sleep(0.05)
    if wanted:
        sys.exit(f"{len(wanted)} of {count} devices were not enrolled within {WITHIN:.0f} s")


if __name__ == "__main__":
    import django

    django.setup()
    enrol(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
