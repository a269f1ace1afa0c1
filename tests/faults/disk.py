"""A disk of its own for one node, small enough to be filled: a file system in a file, mounted. Needs root and mount."""

import contextlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

MEGABYTES = 6 * 1024
STEP = 64 * 1024 * 1024


class NoDisk(Exception):
    """A file system cannot be mounted here; the sentence says why."""


@dataclass(frozen=True)
class Disk:
    """The mounted file system, and the file in which it lives."""

    folder: Path
    image: Path

    @classmethod
    def mount(cls, folder: Path, image: Path) -> "Disk":
        """Make and mount it on the new `folder`; NoDisk where that cannot be. Only what is written takes room."""
        if os.geteuid() != 0 or not shutil.which("mkfs.ext4"):
            raise NoDisk("only root can mount one, with mkfs.ext4 and a loop device")
        with image.open("wb") as file:
            file.truncate(MEGABYTES * 1024 * 1024)
        folder.mkdir(mode=0o755)
        # Nothing kept for root: all of the node's processes find the disk full at the same time.
        for command in _commands(image, folder):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                image.unlink()
                folder.rmdir()
                raise NoDisk(f"{command[0]} failed: {done.stderr.strip()}")
        return cls(folder, image)

    def fill(self, *, but: int) -> None:
        """Leave `but` bytes free."""
        with (self.folder / "ballast").open("ab") as ballast, contextlib.suppress(OSError):
            while (room := self.free - but) > 0:
                os.posix_fallocate(ballast.fileno(), ballast.seek(0, os.SEEK_END), min(room, STEP))
                if self.free - but == room:
                    break

    def empty(self) -> None:
        """Take the ballast away."""
        (self.folder / "ballast").unlink(missing_ok=True)

    @property
    def free(self) -> int:
        """Free bytes."""
        return shutil.disk_usage(self.folder).free

    def unmount(self) -> None:
        """Take it away with everything on it."""
        subprocess.run(["umount", self.folder], check=True)
        self.image.unlink()
        self.folder.rmdir()


def _commands(image: Path, folder: Path) -> list[list[str | Path]]:
    return [["mkfs.ext4", "-q", "-m", "0", image], ["mount", "-o", "loop", image, folder]]
