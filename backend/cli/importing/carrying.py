"""Carries rows to an edge, a few at a time, each sealed as a report of its own; goes on where an earlier run stopped.

A row is known by what it says, and by how many rows before it say the same: rows above it may be mended meanwhile. Its
submission id is drawn once, when it is sealed, and stays with the sealed bytes until the receipt is there: after a cut
the same bytes go out under the same ids. Receipts are kept in `received.jsonl`, and nothing that can be read.
"""

import hashlib
import os
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from backend.cli.importing.rows import BadRow, Row, body_of
from backend.vault.sending import EdgeUnreachable
from backend.vault.submitting.delivering import Courier, KeyOutdated, NotAcknowledged
from backend.vault.submitting.plan import Material, Sealed, find_sealed
from backend.vault.submitting.sealing import seal_all
from backend.vault.trusted_card import IntakeKey, TrustedCard
from crypto.signer import Signer

AT_ONCE = 8
# Seconds before a row is tried again where the link or the node failed; then the run stops, to be gone on with later.
PAUSES = (1.0, 4.0, 15.0)
RECEIVED = "received.jsonl"


class Received(msgspec.Struct, frozen=True):
    """A line of `received.jsonl`: which row became which submission, and its receipt."""

    row: str
    submission: str
    receipt: str


@dataclass
class Tally:
    """What became of the rows; `cut` where the run ended before the last one."""

    received: int = 0
    before: int = 0
    bad: int = 0
    cut: bool = False


@dataclass
class Carrier:
    """Who sends where, and the folder in which a run leaves what the next one needs."""

    url: str
    card: TrustedCard
    signer: Signer
    state: Path
    fetch_key: Callable[[], IntakeKey]
    report_bad: Callable[[BadRow], None]
    tally: Tally = field(default_factory=Tally)
    _key: IntakeKey | None = None
    _key_lock: threading.Lock = field(default_factory=threading.Lock)

    def carry(self, rows: Iterable[Row | BadRow]) -> None:
        """Send every row that is a report; raises EdgeUnreachable or NotAcknowledged where the link or node fails.

        What is under way then is still waited for.
        """
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = self._known()
        with (self.state / RECEIVED).open("ab") as received, ThreadPoolExecutor(AT_ONCE) as pool:
            waiting: set[Future[Received]] = set()
            try:
                for name, body in self._fit(rows):
                    if name in known:
                        self.tally.before += 1
                        continue
                    waiting.add(pool.submit(self._send, name, body))
                    if len(waiting) >= 2 * AT_ONCE:
                        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                        self._keep(done, received.fileno())
            finally:
                self._keep(wait(waiting).done, received.fileno())

    def _known(self) -> set[str]:
        """The rows that were received, of each run that kept its folder; what they left there is cleared away."""
        try:
            lines = (self.state / RECEIVED).read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            return set()
        if lines and not lines[-1].endswith(b"\n"):
            # A run was cut off while it wrote this line; its row is sent again and gets the same receipt.
            os.truncate(self.state / RECEIVED, sum(map(len, lines[:-1])))
            lines.pop()
        known = {msgspec.json.decode(line, type=Received).row for line in lines}
        for folder in self.state.iterdir():
            if folder.name in known:
                shutil.rmtree(folder)
        return known

    def _fit(self, rows: Iterable[Row | BadRow]) -> Iterator[tuple[str, bytes]]:
        seen: Counter[bytes] = Counter()
        for row in rows:
            body = body_of(row)
            if isinstance(body, BadRow):
                self.tally.bad += 1
                self.report_bad(body)
                continue
            digest = hashlib.sha256(body).digest()
            seen[digest] += 1
            whose = f"{self.card.node} {self.signer.verifying_key.fingerprint} {seen[digest]} ".encode()
            yield hashlib.sha256(whose + digest).hexdigest()[:32], body

    def _send(self, name: str, body: bytes) -> Received:
        folder = self.state / name
        courier = Courier(self.url, self.signer, self.card, lambda _sent: None)
        for pause in (*PAUSES, None):
            sealed = find_sealed(folder) or self._seal(folder, body)
            try:
                acknowledged = courier.deliver(sealed)
                return Received(name, str(acknowledged.receipt.submission), acknowledged.proof.decode())
            except KeyOutdated:
                shutil.rmtree(folder)
                self._forget(sealed.plan.key_id)
            except (EdgeUnreachable, NotAcknowledged):
                if pause is None:
                    raise
                time.sleep(pause)
        raise NotAcknowledged("The node's keys changed several times meanwhile; run the same command again.")

    def _seal(self, folder: Path, body: bytes) -> Sealed:
        material = Material(body, (), {}, None, datetime.now(UTC))
        return seal_all(
            material,
            card=self.card,
            key=self._current_key(),
            signer=self.signer,
            folder=folder,
            check=lambda _body: None,
            progress=lambda _sealed: None,
        )

    def _current_key(self) -> IntakeKey:
        with self._key_lock:
            if self._key is None:
                self._key = self.fetch_key()
            return self._key

    def _forget(self, key_id: str) -> None:
        with self._key_lock:
            if self._key is not None and self._key.key_id == key_id:
                self._key = None

    def _keep(self, done: Iterable[Future[Received]], received: int) -> None:
        """Write down what was received before its sealed bytes go; then raise the first failure."""
        failures = [failure for future in done if (failure := future.exception())]
        lines = [future.result() for future in done if not future.exception()]
        if lines:
            os.write(received, b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
            os.fsync(received)
        for line in lines:
            self.tally.received += 1
            shutil.rmtree(self.state / line.row)
        if failures:
            raise failures[0]
