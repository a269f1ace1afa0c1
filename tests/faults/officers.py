"""The senders: they seal as `comity submit` does and send until a receipt is in their hands, whatever happens."""

import dataclasses
import hashlib
import json
import random
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from backend.vault.newest_seen import NewestSeen
from backend.vault.offline_submit import fetch_intake_key, read_device_key
from backend.vault.sending import EdgeUnreachable
from backend.vault.submitting.delivering import Courier, NotAcknowledged
from backend.vault.submitting.plan import Material, Part, Sealed
from backend.vault.submitting.sealing import seal_all
from backend.vault.throwaway import ThrowawayKey
from backend.vault.trusted_card import IntakeKey, TrustedCard, read_trusted_card
from crypto.signer import Signer
from tests.faults.plan import Task
from tests.faults.reader.sent import Sent

PATIENCE = 900.0  # seconds after which a sender gives up and says so
WORDS = (
    "somebody", "entered", "the", "mailbox", "of", "our", "accountant", "without", "permission", "and", "sent", "a",
    "forged", "invoice", "payment", "went", "to", "another", "account", "harbour", "lantern", "supplies", "exampleton",
)  # fmt: skip


@dataclass
class Office:
    """All senders of a run: their devices, what they hold, and what they were answered meanwhile."""

    folder: Path
    url: str
    card: TrustedCard
    key: IntakeKey
    devices: list[Signer]
    seed: int
    held: list[Sent] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    acknowledged: int = 0
    _lock: Lock = field(default_factory=Lock)

    @classmethod
    def at(cls, folder: Path, url: str, devices: list[Path], *, seed: int) -> "Office":
        """Senders who pinned the card in `folder`/node.card."""
        now = datetime.now(UTC)
        card = read_trusted_card((folder / "node.card").read_bytes(), at=now)
        key = fetch_intake_key(url, card=card, at=now, seen=NewestSeen(folder / "office.seen"))
        return cls(folder / "sent", url, card, key, [read_device_key(path) for path in devices], seed)

    def report(self, task: Task) -> None:
        """Seal one submission, send it in its manner until it is acknowledged, and keep its receipts."""
        sender = self.devices[task.officer]
        sealed, title, plaintext = self._seal(task)
        courier = Courier(self.url, sender, self.card, lambda _: None)
        wait = random.Random(f"waits {self.seed} {task.number}")  # noqa: S311
        if task.manner == "at once":
            with ThreadPoolExecutor(2) as two:
                done = all(list(two.map(lambda _: self._deliver(courier, sealed, wait), range(2))))
        else:
            done = self._deliver(courier, sealed, wait)
        receipts = {part.id: self._receipt(sealed, part) for part in sealed.plan.parts}
        if done and task.manner == "again":
            self._again(courier, sealed, wait, str(receipts[sealed.plan.report.id]))
        self._hold(task, sealed, sender, receipts, title, plaintext)

    def _seal(self, task: Task) -> tuple[Sealed, str, str]:
        """The sealed parts, the report's title, the digest of its evidence before it was sealed."""
        folder = self.folder / f"{task.number:05}"
        folder.mkdir(parents=True)
        rng = random.Random(f"words {self.seed} {task.number}")  # noqa: S311
        title = f"Invoice diverted, exercise {self.seed}/{task.number}"
        report = {
            "schema": "comity/report/v1",
            "title": title,
            "language": "en",
            "narrative": " ".join(rng.choices(WORDS, k=task.words)) + f". It came from 198.51.100.{task.number % 250}.",
        }
        if task.shape == "misfit":
            del report["narrative"]
        (folder / "report.json").write_text(json.dumps(report))
        evidence = rng.randbytes(task.size)
        files = (folder / "mail.eml",) if "file" in task.shape else ()
        for path in files:
            path.write_bytes(evidence)
        strange = (task.officer + 1) % len(self.devices) if task.shape == "stranger" else task.officer
        key = self.key
        if task.shape == "junk":
            key = dataclasses.replace(key, recipient=ThrowawayKey.make().recipient)
        sealed = seal_all(
            Material(folder / "report.json", files, {}, None, datetime.now(UTC)),
            card=self.card,
            key=key,
            signer=self.devices[strange],
            folder=folder / "state",
            check=lambda _: None,
            progress=lambda _: None,
        )
        return sealed, title, hashlib.sha256(evidence).hexdigest()

    def _deliver(self, courier: Courier, sealed: Sealed, wait: random.Random) -> bool:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                courier.deliver(sealed)
            except (EdgeUnreachable, NotAcknowledged, OSError) as problem:
                self._note(problem)
                time.sleep(wait.uniform(0.1, 1.0))
            else:
                return True
        return False

    def _again(self, courier: Courier, sealed: Sealed, wait: random.Random, first: str) -> None:
        """The same sealed report once more: it must get the very same receipt."""
        (sealed.folder / sealed.plan.report.receipt).unlink()
        if self._deliver(courier, sealed, wait) and self._receipt(sealed, sealed.plan.report) != first:
            self._fault(f"report {sealed.plan.report.id}: sent again, it got another receipt")

    def _note(self, problem: Exception) -> None:
        said = str(problem)
        with self._lock:
            self.answers[_kind(problem)] += 1
        if isinstance(problem, NotAcknowledged) and ("does not hold" in said or "other than" in said):
            self._fault(said)

    def _fault(self, said: str) -> None:
        with self._lock:
            self.faults.append(said)

    def _receipt(self, sealed: Sealed, part: Part) -> str | None:
        path = sealed.folder / part.receipt
        return path.read_text() if path.exists() else None

    def _hold(
        self,
        task: Task,
        sealed: Sealed,
        sender: Signer,
        receipts: dict[uuid.UUID, str | None],
        title: str,
        plaintext: str,
    ) -> None:
        held = [
            Sent(
                part.kind,  # type: ignore[arg-type]
                sender.verifying_key.fingerprint,
                str(part.id),
                part.sha256,
                part.size,
                "quarantined" if task.quarantined else "kept",
                receipts[part.id],
                title,
                plaintext if part.kind == "evidence" else "",
            )
            for part in sealed.plan.parts
        ]
        with self._lock:
            self.held += held
            self.acknowledged += 1


def _kind(problem: Exception) -> str:
    """What a sender was answered, without ids: for the count at the end."""
    said = str(problem)
    if isinstance(problem, NotAcknowledged):
        return said[said.find("(") + 1 : said.find(")")] if "(" in said else "no receipt in time"
    return type(problem).__name__
