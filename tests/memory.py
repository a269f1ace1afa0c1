"""The most memory that processes had, as Linux counts it."""

from pathlib import Path


def peak_kilobytes(pid: int) -> int:
    """Of a process, or of the largest that it started or they did."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    own = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return max([own, *(_peak_if_there(int(child)) for child in children)])


def _peak_if_there(pid: int) -> int:
    """Of one that may end while it is looked at: 0 then, as when it had ended a moment earlier."""
    try:
        return peak_kilobytes(pid)
    except (FileNotFoundError, ProcessLookupError, StopIteration):  # gone, or ended and not yet waited for
        return 0
