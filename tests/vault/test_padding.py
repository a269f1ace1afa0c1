"""Sealed reports have few sizes, so that a carrier does not see how much was written."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backend.incidents.report import parse_report
from backend.vault.submitting.plan import Material
from backend.vault.submitting.sealing import UnfitReport, seal_all
from backend.vault.throwaway import ThrowawayKey, throwaway_signer
from backend.vault.trusted_card import IntakeKey, TrustedCard
from crypto.report import REPORT, SIZES, unframe

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OPENER = ThrowawayKey.make()
KEY = IntakeKey(OPENER.recipient.key_id, OPENER.recipient, AT)


def sealed_by(folder: Path, algorithm: Any, narrative: str) -> bytes:
    """The sealed report as `comity submit` leaves it."""
    report = {"schema": "comity/report/v1", "title": "Padding", "narrative": narrative}
    signer = throwaway_signer(algorithm)
    log: Any = None
    found = seal_all(
        Material(json.dumps(report).encode(), (), {}, None, AT),
        card=TrustedCard("gd", signer.verifying_key, log),
        key=KEY,
        signer=signer,
        folder=folder,
        check=parse_report,
        progress=lambda _: None,
    )
    return (found.folder / found.plan.report.file).read_bytes()


@pytest.mark.parametrize("algorithm", ["ed25519", "ecdsa-p256"])
def test_a_short_and_a_longer_report_are_sealed_to_the_same_size(tmp_path: Path, algorithm: str) -> None:
    short, longer = (sealed_by(tmp_path / str(words), algorithm, "word " * words) for words in (1, 500))
    assert len(short) == len(longer)
    for sealed in (short, longer):
        plaintext = OPENER.opener.open_bytes(sealed)
        statement, body = unframe(plaintext, type=REPORT, max_bytes=SIZES[-1])
        assert len(plaintext) == SIZES[0]
        assert json.loads(statement)["payload"]["report_sha256"] == hashlib.sha256(body).hexdigest()
        assert parse_report(body).title == "Padding"
    assert len(sealed_by(tmp_path / "next", algorithm, "word " * 1000)) > len(short)


def test_a_report_that_no_size_holds_is_refused_before_it_is_sealed(tmp_path: Path) -> None:
    note = {"type": "domain", "value": "evil.example", "note": "x" * 2000}
    report = {"schema": "comity/report/v1", "title": "Large", "narrative": "x", "indicators": [note] * 508}
    body = json.dumps(report).encode()
    assert parse_report(body)
    signer = throwaway_signer("ed25519")
    log: Any = None
    with pytest.raises(UnfitReport, match="put a part of it into an evidence file"):
        seal_all(
            Material(body, (), {}, None, AT),
            card=TrustedCard("gd", signer.verifying_key, log),
            key=KEY,
            signer=signer,
            folder=tmp_path / "large",
            check=parse_report,
            progress=lambda _: None,
        )
    assert not list(tmp_path.iterdir())
