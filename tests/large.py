"""`make large`: a file of 10 GB from `comity submit` until a real node has it in custody; how long, and what memory."""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.faults.arena import Arena, arena
from tests.memory import peak_kilobytes

CHECKOUT = Path(__file__).parent.parent
REPORT = {
    "schema": "comity/report/v1",
    "title": "An image of a disk (plainly fictional)",
    "narrative": "The unit took an image of the disk of Testperson Exampleton, who had asked for it.",
    "language": "en",
}
WITHIN = 1800.0  # seconds for the worker to take what was sent
ITEMS = "SELECT stage, size FROM incidents_evidenceitem"


def main() -> int:
    """0 where the file is in custody, whole."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=float, default=10.0, help="gigabytes (10^9); four times that is needed in /tmp")
    size = int(asked.parse_args().size * 1e9)
    with arena(print, own_clock=False, own_disk=False, keep=False) as place:
        place.start()
        (device,) = place.enrol(1)
        began = time.monotonic()
        peak = _submit(place, device, size)
        sent = time.monotonic()
        print(
            f"sealed, sent and acknowledged in {sent - began:.0f} s, {size / 1e6 / (sent - began):.0f} MB/s", flush=True
        )
        stage = _taken(place, size)
        print(f"{stage} {time.monotonic() - sent:.0f} s later")
        print(f"most memory of `comity submit`: {peak} MB")
        for name, most in sorted(_peaks(place.node.processes()).items()):
            print(f"most memory of {name}: {most} MB")
        return 0 if stage == "received" else 1


def _submit(place: Arena, device: Path, size: int) -> int:
    """Send it as a unit's system would; the most memory of the command, in MB."""
    report, image = place.folder / "report.json", place.folder / "image.bin"
    report.write_text(json.dumps(REPORT))
    with image.open("wb") as file:
        file.write(os.urandom(1 << 20))
        file.truncate(size)  # the rest is nothing, and takes no room until it is sealed
    words = ["submit", report, "--evidence", image, "--edge", place.node.edge_url, "--device", device]
    command = [sys.executable, "-m", "backend.cli.main", *map(str, words), "--trust", str(place.folder / "node.card")]
    running = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.DEVNULL)  # noqa: S603
    _, status, used = os.wait4(running.pid, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit("comity submit did not hold a receipt")
    return used.ru_maxrss // 1024


def _taken(place: Arena, size: int) -> str:
    """The stage of the item once the worker has looked at all of it."""
    until, found = time.monotonic() + WITHIN, ("", 0)
    with place.connect() as owner:
        while time.monotonic() < until and found[0] != "received":
            time.sleep(1)
            found = owner.execute(ITEMS).fetchone() or found
    return found[0] if found[1] == size else f"another size than was sent, {found[1]}, is {found[0]}"


def _peaks(processes: Mapping[str, int]) -> dict[str, int]:
    """The most memory, in MB, of one process of each part; those of PostgreSQL share theirs and are left out."""
    return {
        name: peak_kilobytes(pid) // 1024 for name, pid in processes.items() if name not in ("supervisor", "postgres")
    }


if __name__ == "__main__":
    sys.exit(main())
