"""A full disk, or a machine without memory, does not end the supervisor: what fell is started again when it passes."""

import errno
import signal
import subprocess
from types import SimpleNamespace

import pytest

from backend.cli.node import files, running
from backend.cli.node.home import Home
from backend.cli.node.supervisor import Supervisor


def full(*_arguments, **_named):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_process_that_cannot_be_started_is_tried_again(monkeypatch):
    said, launches = [], iter([None, full, None])

    def launch():
        fails = next(launches)
        return fails() if fails else subprocess.Popen(["sleep", "60"], start_new_session=True)

    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr("backend.cli.node.supervisor.time", SimpleNamespace(monotonic=lambda: clock.now))
    supervisor = Supervisor(said.append)
    try:
        child = supervisor.start("edge", launch, stops_by=signal.SIGTERM)
        child.kill()
        child.wait()
        for clock.now in (1.0, 2.0, 4.0):
            supervisor.look()
        assert [line.split(" (")[0].split(" as ")[0] for line in said] == [
            "edge ended with code -9; it starts again in 0.5 s",
            "edge could not be started",
            "edge runs again",
        ]
        assert supervisor.processes()["edge"] != child.pid
    finally:
        supervisor.stop()


def test_a_note_that_cannot_be_written_is_written_later(monkeypatch, tmp_path):
    home = Home(tmp_path / "node")
    home.make()
    node = SimpleNamespace(home=home, supervisor=Supervisor(print))
    with monkeypatch.context() as disk:
        disk.setattr("backend.cli.node.files.os.fsync", full)
        assert not running._note_processes(node)
    # Nothing half-written is left to fill what room there is.
    assert list(home.folder("run").iterdir()) == []
    assert running._note_processes(node)
    assert set(home.processes()) == {"supervisor"}


def test_a_file_that_could_not_be_replaced_stays_as_it_was(monkeypatch, tmp_path):
    path = tmp_path / "note"
    files.write_private(path, "before")
    monkeypatch.setattr("backend.cli.node.files.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        files.write_private(path, "after")
    assert [found.name for found in tmp_path.iterdir()] == ["note"]
    assert path.read_text() == "before"
