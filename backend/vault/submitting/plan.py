"""What is to be reported, and what of it has been sealed already: the state folder of `comity submit`.

age draws fresh keys each time, so only the very same sealed bytes get the same receipt after a cut link: they are kept
until each part is acknowledged. The folder holds nothing readable.
"""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from backend.intake import wire

PLAN = "plan.json"


class Part(msgspec.Struct, frozen=True):
    """One body to send: the report or an evidence file, sealed already."""

    kind: wire.Kind
    id: uuid.UUID
    size: int
    sha256: str

    @property
    def file(self) -> str:
        """Its name in the state folder."""
        return f"{self.kind}-{self.id}.age"

    @property
    def receipt(self) -> str:
        """The name of its receipt there."""
        return f"{self.kind}-{self.id}.receipt"


class Plan(msgspec.Struct, frozen=True):
    """What is to be sent, in order: the evidence, then the report that names it."""

    node: str
    device: str
    key_id: str
    parts: tuple[Part, ...]

    @property
    def report(self) -> Part:
        """The report itself."""
        return self.parts[-1]


@dataclass(frozen=True)
class Material:
    """The report (a file, or its JSON), its files, which are sensitive and how, and its id if the caller chose one."""

    report: Path | bytes
    evidence: tuple[Path, ...]
    sensitivity: Mapping[Path, str]
    chosen: uuid.UUID | None
    at: datetime

    def body(self) -> bytes:
        """The report's JSON."""
        return self.report if isinstance(self.report, bytes) else self.report.read_bytes()

    def name(self, *, node: str, device: str) -> str:
        """Return the name of the state folder for these files from this device to this node.

        The same call again finds the same folder. It never leaves this machine: the submission id is drawn, because one
        derived from a report would let others test what it says. Evidence counts by path, size and time of change,
        since hashing 10 GB to find the state would take minutes.
        """
        lines = [node, device, str(self.chosen or ""), hashlib.sha256(self.body()).hexdigest()]
        for path in self.evidence:
            status = path.stat()
            declared = self.sensitivity.get(path, "none")
            lines.append(f"{path.resolve()} {status.st_size} {status.st_mtime_ns} {declared}")
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Sealed:
    """A plan with the folder in which its parts lie."""

    folder: Path
    plan: Plan


def find_sealed(folder: Path) -> Sealed | None:
    """Return what an earlier run sealed into this state folder, or None."""
    try:
        return Sealed(folder, msgspec.json.decode((folder / PLAN).read_bytes(), type=Plan))
    except FileNotFoundError:
        return None
