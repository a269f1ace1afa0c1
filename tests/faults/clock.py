"""A wall clock that jumps for the processes of one node and for no other program of the machine."""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Clock:
    """The library that shifts the clock, and the file that says by how much."""

    library: Path
    file: Path

    @classmethod
    def make(cls, folder: Path) -> "Clock | None":
        """Compile the library into `folder`, which PostgreSQL's account must be able to enter; None without `cc`."""
        compiler = shutil.which("cc")
        if compiler is None:
            return None
        clock = cls(folder / "clock.so", folder / "clock")
        source = Path(__file__).with_name("clock.c")
        subprocess.run(
            [compiler, "-shared", "-fPIC", "-O1", "-o", clock.library, source, "-ldl", "-lpthread"], check=True
        )
        clock.file.write_bytes(bytes(8))
        for path in (clock.library, clock.file):
            path.chmod(0o644)
        return clock

    @property
    def environment(self) -> Mapping[str, str]:
        """What a process needs to be started with."""
        return {"LD_PRELOAD": str(self.library), "COMITY_FAULTS_CLOCK": str(self.file)}

    def jump_to(self, seconds: int) -> None:
        """From now on the wall clock shows the machine's time and so many seconds."""
        # In place: the processes have the file mapped.
        with self.file.open("r+b") as file:
            file.write(seconds.to_bytes(8, "little", signed=True))
