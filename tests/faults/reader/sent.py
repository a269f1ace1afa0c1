"""What the senders say they sent, and the receipts they hold: one JSON object a line, `sent.jsonl`."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Ending = Literal["kept", "quarantined"]


@dataclass(frozen=True)
class Sent:
    """One sealed body. `sha256` and `size` are those of the sealed bytes, `plaintext_sha256` of evidence before."""

    kind: Literal["report", "evidence"]
    sender: str
    submission: str
    sha256: str
    size: int
    ends: Ending
    receipt: str | None
    title: str = ""
    plaintext_sha256: str = ""


def read_sent(path: Path) -> list[Sent]:
    """All that was sent, in the order of the file."""
    return [Sent(**json.loads(line)) for line in path.read_text().splitlines()]


def write_sent(path: Path, sent: Iterable[Sent]) -> None:
    """Write the file anew."""
    path.write_text("".join(json.dumps(asdict(one)) + "\n" for one in sent))
