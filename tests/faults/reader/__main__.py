"""`python -m tests.faults.reader FOLDER`: judge again what a run with --keep left, while its database runs."""

import json
import sys
from pathlib import Path

from tests.faults.reader.sent import read_sent
from tests.faults.reader.verdict import Node, Verdict, judge


def node_of(folder: Path) -> Node:
    """The node that a run's `reader.json` describes."""
    told = json.loads((folder / "reader.json").read_text())
    return Node(
        (folder / "node.card").read_bytes(),
        told["conninfo"],
        Path(told["keyring_root"]).read_bytes(),
        Path(told["sealed"]),
        Path(told["evidence"]),
    )


def sentence(verdict: Verdict) -> str:
    """The verdict in words, the faults a line each."""
    counted = ", ".join(f"{count} {what}" for what, count in sorted(verdict.counted.items()))
    if verdict.holds:
        return f"verdict: HOLDS. Every receipt has its incident, item or quarantine entry exactly once ({counted})."
    shown = "\n".join(f"  {fault}" for fault in verdict.faults[:50])
    return f"verdict: FAILS in {len(verdict.faults)} points ({counted}).\n{shown}"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    found = judge(node_of(folder), read_sent(folder / "sent.jsonl"))
    print(sentence(found))
    sys.exit(0 if found.holds else 1)
