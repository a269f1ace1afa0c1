"""A worker whose starter was killed ends, with its pool, also when a clean stop hangs."""

import os
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.long

# Ignores SIGTERM, as a worker does that waits for a database which never comes back; forks one process as a pool would.
HANGING = """
import os, signal, time
from backend.worker.orphan import end_when_orphaned
signal.signal(signal.SIGTERM, signal.SIG_IGN)
end_when_orphaned(grace=0.2)
child = os.fork()
if child: print(os.getpid(), child, flush=True)
time.sleep(600)
"""
STARTER = f"""
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", {HANGING!r}], start_new_session=True)
time.sleep(600)
"""


def running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # the latter when it is gone between opening and reading
        return False


def test_an_orphaned_worker_and_its_pool_end_although_a_clean_stop_hangs() -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    pids = [int(pid) for pid in starter.stdout.readline().split()]
    try:
        time.sleep(1)
        assert all(running(pid) for pid in pids)
        starter.kill()
        starter.wait()
        deadline = time.monotonic() + 60
        while any(running(pid) for pid in pids) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not any(running(pid) for pid in pids)
    finally:
        starter.stdout.close()
        for pid in pids:
            if running(pid):
                os.kill(pid, signal.SIGKILL)
