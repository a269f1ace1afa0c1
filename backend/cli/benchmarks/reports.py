"""Enrolled devices and their sealed reports, for the benchmarks of edge and worker."""

import json
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from backend.cli.benchmarks.measuring import BenchmarkFailed
from backend.cli.benchmarks.narratives import narratives
from backend.cli.benchmarks.node import TemporaryNode
from backend.incidents.report import parse_report
from backend.units.enrolment import EnrolmentCode, enrolment_mac
from backend.vault.submitting.plan import Material
from backend.vault.submitting.sealing import seal_all
from backend.vault.throwaway import throwaway_signer
from backend.vault.trusted_card import IntakeKey, TrustedCard, read_intake_key, read_trusted_card
from crypto.signer import Signer

_FORM = {
    "schema": "comity/report/v1",
    "title": "Payment diverted by a forged invoice (benchmark)",
    "officer": {"name": "Constable Testperson Exampleton", "contact": "desk 3, extension 12"},
    "victims": [{"name": "Harbour Lantern Supplies Ltd", "note": "A fictional company; its bookkeeper reported."}],
    "losses": [{"amount": "48500.00", "currency": "USD", "still_moving": "yes"}],
    "where": [{"kind": "mail", "value": "ledger@lantern.example", "provider": "Correo Ejemplo", "state": "cr"}],
    "facts": {"entered-without-right": "yes", "property-lost": "yes", "person-deceived": "yes"},
}


@dataclass(frozen=True)
class SealedReport:
    """A report as it leaves the device."""

    submission: UUID
    key_id: str
    sha256: bytes
    sealed: bytes


def enrol_devices(node: TemporaryNode, count: int) -> list[Signer]:
    """That many devices of one unit with P-256 keys, as browsers have them: invited, proved, checked, confirmed."""
    from backend.audit.subjects import System
    from backend.units import services
    from backend.units.models import EnrolmentRequest, Unit
    from backend.vault.enrolment import make_code, open_code

    at, administrator = datetime.now(UTC), System("benchmark")
    devices = [throwaway_signer("ecdsa-p256") for _ in range(count)]
    with node.acting_as("comity_desk"):
        unit = Unit.objects.first() or services.add_unit("Unit", node.name, acting=administrator, at=at)
        codes = [services.invite(unit, make_code=make_code, acting=administrator, at=at)[1] for _ in devices]
    with node.connect("comity_edge") as edge:
        for device, code in zip(devices, map(EnrolmentCode.parse, codes), strict=True):
            key = str(device.verifying_key)
            mac = enrolment_mac(code.secret, code.invitation, key)
            edge.execute("SELECT enrol(%s, %s, %s, %s)", (code.invitation, key, mac, "benchmark"))
    services.check_requests(open_code=open_code, at=datetime.now(UTC))
    with node.acting_as("comity_desk"):
        for request in EnrolmentRequest.objects.filter(stage=EnrolmentRequest.Stage.CHECKED):
            services.confirm(request, acting=administrator, at=at)
    return devices


@dataclass(frozen=True)
class Reporter:
    """Seals reports as `comity submit` does, to the node's present intake key."""

    card: TrustedCard
    key: IntakeKey
    at: datetime

    @classmethod
    def to(cls, node: TemporaryNode) -> "Reporter":
        """A reporter who has the node's card and its keys."""
        from backend.intake import accepting

        at = datetime.now(UTC)
        with node.acting_as("comity_edge"):
            own, statements = accepting.own_card(), accepting.intake_statements()
        if own is None:
            raise BenchmarkFailed("the temporary node has no key card; try again.")
        card = read_trusted_card(own, at=at)
        return cls(card, read_intake_key(b"\n".join(statements), card=card, at=at), at)

    def seal(self, devices: list[Signer], count: int) -> list[SealedReport]:
        """That many reports of about 200 words, the devices taking turns."""
        folder = Path(tempfile.mkdtemp(prefix="comity-bench-"))
        try:
            return [
                self._seal(devices[number % len(devices)], narrative, folder / str(number))
                for number, narrative in enumerate(narratives(count))
            ]
        finally:
            shutil.rmtree(folder)

    def _seal(self, device: Signer, narrative: str, folder: Path) -> SealedReport:
        report = folder.with_suffix(".json")
        report.write_text(json.dumps({**_FORM, "narrative": narrative}))
        sealed = seal_all(
            Material(report, (), frozenset(), None, self.at),
            card=self.card,
            key=self.key,
            signer=device,
            folder=folder,
            check=parse_report,
            progress=lambda _: None,
        )
        part = sealed.plan.report
        body = (folder / part.file).read_bytes()
        return SealedReport(part.id, self.key.key_id, bytes.fromhex(part.sha256), body)
