"""Processes of this machine as /proc shows them."""

import os
import time
from pathlib import Path


def environment_of(pid: int) -> dict[str, str]:
    """The environment with which a process was started."""
    entries = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(entry.split("=", 1) for entry in entries if "=" in entry)


def alive(pids: set[int]) -> set[int]:
    """Those that run; a zombie has ended."""
    return {pid for pid in pids if _state(pid) not in ("", "Z")}


def descendants(pid: int) -> set[int]:
    """A process and everything it started, whatever group or session they moved to."""
    parents = {int(entry): _parent(int(entry)) for entry in os.listdir("/proc") if entry.isdigit()}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def naming(*texts: str) -> set[int]:
    """Processes whose command line or environment has one of the texts."""
    return {int(entry) for entry in os.listdir("/proc") if entry.isdigit() and _mentions(int(entry), texts)}


def wait_until_gone(pids: set[int], seconds: float) -> set[int]:
    """Those of the processes that still run after at most `seconds`."""
    deadline = time.monotonic() + seconds
    while (left := alive(pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return ""


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def _mentions(pid: int, texts: tuple[str, ...]) -> bool:
    found = b""
    for part in ("cmdline", "environ"):
        try:
            found += Path(f"/proc/{pid}/{part}").read_bytes()
        except OSError:
            continue
    return pid != os.getpid() and any(text.encode() in found for text in texts)
