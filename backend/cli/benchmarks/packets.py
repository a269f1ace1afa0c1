"""Packets: a letter and its evidence in one file."""

import shutil
import uuid
from io import BytesIO
from tempfile import TemporaryFile
from zipfile import ZIP_STORED, ZipFile

from backend.cli.benchmarks.evidence import content
from backend.cli.benchmarks.letters import AT, letter
from backend.cli.benchmarks.measuring import Result, rates
from backend.cli.benchmarks.registry import MIB, Place
from backend.vault.throwaway import ThrowawayKey, throwaway_signer
from crypto.sealing import seal_stream, split_header
from referral.letters.rendering import render_letter
from referral.packets import EvidenceToPack, PacketRoute, build_packet


def build(place: Place, size: int, rounds: int) -> Result:
    """MB/s of evidence packed, against a zip of the same bytes; both are written to a file."""
    pdf, item = render_letter(letter(), at=AT), _evidence(size)
    transport = throwaway_signer("ed25519")
    route = PacketRoute(packet=str(uuid.uuid4()), sender="gd", addressee="cr", exchange=ThrowawayKey.make().recipient)

    def work() -> None:
        with TemporaryFile() as out:
            build_packet(
                out, route=route, letter_pdf=pdf, reference="GD-2026-0001", evidence=[item], transport=transport
            )

    def baseline() -> None:
        with TemporaryFile() as out, ZipFile(out, "w", ZIP_STORED) as zipped:
            zipped.writestr("letter.pdf", pdf)
            with zipped.open("evidence.age", "w") as entry:
                entry.write(item.header)
                shutil.copyfileobj(item.payload(), entry, MIB)

    return rates("MB/s", size / 1e6, work, baseline, rounds=rounds)


def _evidence(size: int) -> EvidenceToPack:
    """An item as a node keeps it."""
    sealed = BytesIO()
    digests = seal_stream(BytesIO(content(size)), sealed, [ThrowawayKey.make().recipient])
    sealed.seek(0)
    header, payload = split_header(sealed), sealed.read()
    return EvidenceToPack(
        id=str(uuid.uuid4()),
        name="evidence.eml",
        header=header,
        payload=lambda: BytesIO(payload),
        payload_size=len(payload),
        size=digests.size,
        plaintext_sha256=digests.plaintext_sha256,
        payload_sha256=digests.payload_sha256,
    )
