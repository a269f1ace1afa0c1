"""Seals a report and its evidence to a node's intake key, with the device's signed statement inside (SPEC.md, 8)."""

import hashlib
import json
import mimetypes
import shutil
import tempfile
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from backend.vault.submitting.plan import PLAN, Material, Part, Plan, Sealed
from backend.vault.trusted_card import IntakeKey, TrustedCard
from crypto import report as framing
from crypto.digests import Digests
from crypto.errors import MalformedDocument
from crypto.sealing import seal, seal_stream
from crypto.signer import Signer, sign_statement

STATEMENT_TYPE = "comity/report-statement/v1"
# The statement is one line of at most 64 KiB: this many entries fit with room to spare.
MAX_EVIDENCE = 200


class UnfitReport(Exception):
    """The report does not serve; the sentence says why, never what it contains."""


@dataclass(frozen=True)
class _Evidence:
    """An evidence file that has been sealed."""

    path: Path
    part: Part
    digests: Digests

    def manifest_entry(self, sensitivity: Mapping[Path, str]) -> dict[str, Any]:
        return {
            "id": str(self.part.id),
            "name": self.path.name,
            "media_type": mimetypes.guess_type(self.path.name)[0] or "application/octet-stream",
            "size": self.digests.size,
            "sensitivity": sensitivity.get(self.path, "none"),
        }

    def signed_entry(self) -> dict[str, Any]:
        return {
            "id": str(self.part.id),
            "size": self.digests.size,
            "plaintext_sha256": self.digests.plaintext_sha256,
            "payload_sha256": self.digests.payload_sha256,
        }


def seal_all(
    material: Material,
    *,
    card: TrustedCard,
    key: IntakeKey,
    signer: Signer,
    folder: Path,
    check: Callable[[bytes], object],
    progress: Callable[[int], None],
) -> Sealed:
    """Seal the evidence and then the report that names it into the new `folder`, complete or not at all.

    `check` is called with the report's JSON and raises when it does not fit the schema; `progress` with the number of
    plaintext bytes of each batch of evidence. Raises UnfitReport or OSError.
    """
    report = read_report(material)
    submission = material.chosen or uuid.uuid4()
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".sealing-", dir=folder.parent))
    try:
        evidence = [_seal_evidence(path, draft, key, progress) for path in material.evidence]
        entries = [one.manifest_entry(material.sensitivity) for one in evidence]
        body = json.dumps({**report, "evidence": entries}, ensure_ascii=False).encode()
        check(body)
        device = signer.verifying_key.fingerprint
        payload = _payload(submission, evidence, node=card.node, key_id=key.key_id, device=device, at=material.at)
        sealed = seal(_framed(payload, body, signer), [key.recipient])
        part = Part("report", submission, len(sealed), hashlib.sha256(sealed).hexdigest())
        (draft / part.file).write_bytes(sealed)
        plan = Plan(card.node, device, key.key_id, (*(one.part for one in evidence), part))
        (draft / PLAN).write_bytes(msgspec.json.encode(plan))
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return Sealed(folder, plan)


def read_report(material: Material) -> dict[str, Any]:
    """Return the report's JSON object, without evidence; raises UnfitReport."""
    try:
        report = json.loads(material.body())
    except (ValueError, RecursionError):
        raise UnfitReport("The report is not JSON in UTF-8; write it by the schema of docs/report.md.") from None
    if not isinstance(report, dict):
        raise UnfitReport("The report is not a JSON object; write it by the schema of docs/report.md.")
    if report.get("evidence"):
        raise UnfitReport("The report lists evidence itself; leave that out and name the files with --evidence.")
    if len(material.evidence) > MAX_EVIDENCE:
        raise UnfitReport(
            f"There are {len(material.evidence)} evidence files, at most {MAX_EVIDENCE} go with one report; send the "
            "others with a further report."
        )
    return report


def _seal_evidence(path: Path, folder: Path, key: IntakeKey, progress: Callable[[int], None]) -> _Evidence:
    identity = uuid.uuid4()
    sealed = folder / "evidence.new"
    with path.open("rb") as source, sealed.open("xb") as out:
        digests = seal_stream(source, out, [key.recipient], progress=progress)
    part = Part("evidence", identity, digests.file_size, digests.file_sha256)
    sealed.rename(folder / part.file)
    return _Evidence(path, part, digests)


def _payload(
    submission: uuid.UUID, evidence: list[_Evidence], *, node: str, key_id: str, device: str, at: datetime
) -> dict[str, Any]:
    """What the device signs, without the digest of the report."""
    return {
        "type": STATEMENT_TYPE,
        "addressee": node,
        "intake_key": key_id,
        "device": device,
        "submission": str(submission),
        "at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "evidence": [one.signed_entry() for one in evidence],
    }


def _framed(payload: dict[str, Any], body: bytes, signer: Signer) -> bytes:
    """The plaintext to seal, of one of the sizes that all reports have; raises UnfitReport when it is too large."""
    # A statement's size does not depend on the digest: this one only measures.
    measured = sign_statement({**payload, "report_sha256": hashlib.sha256(body).hexdigest()}, signer)
    try:
        body = framing.padded(framing.REPORT, body, statement_size=len(measured))
    except MalformedDocument:
        raise UnfitReport(
            f"The report has {len(body)} bytes, with its statement at most {framing.SIZES[-1]} are taken; put a part "
            "of it into an evidence file."
        ) from None
    statement = sign_statement({**payload, "report_sha256": hashlib.sha256(body).hexdigest()}, signer)
    return framing.frame(framing.REPORT, statement, body)
