"""Children that never outlive their parent: a group of their own, a signal when the parent dies, a certain end."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec nothing may be imported or allocated that another thread might hold.
_libc = ctypes.CDLL(None, use_errno=True)
Child = subprocess.Popen[bytes]


def start(
    arguments: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    output: IO[bytes] | int,
    folder: Path = Path("/"),
    dies_by: signal.Signals = signal.SIGTERM,
    drop: Mapping[str, Any] | None = None,
) -> Child:
    """
    Starts a child in a session of its own, which gets `dies_by` when the calling thread ends.

    Linux ties that signal to the thread that forked, not to the process: call this from the main thread.
    """
    return subprocess.Popen(  # noqa: S603 - the arguments are ours
        [str(argument) for argument in arguments],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd=folder,
        umask=0o077,
        start_new_session=True,
        preexec_fn=_die_with_parent(os.getpid(), dies_by),
        **(drop or {}),
    )


def stop(child: Child, by: signal.Signals, seconds: float) -> None:
    """Asks the child to end by `by`; after `seconds` ends its whole group by SIGKILL. Returns when it is gone."""
    if child.poll() is None:
        child.send_signal(by)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
    kill_group(child)
    child.wait()


def kill_group(child: Child) -> None:
    """SIGKILL to everything that the child started and that stayed in its group, also after its own end."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
    _wait_for_group(child)


def _wait_for_group(child: Child, seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        child.poll()
        try:
            os.killpg(child.pid, 0)
        except (ProcessLookupError, PermissionError):
            return
        time.sleep(0.01)


def _die_with_parent(parent: int, by: signal.Signals) -> Callable[[], None]:
    number = int(by)

    def before_exec() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)

    return before_exec
