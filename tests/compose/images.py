"""The images as the Dockerfile makes them, without Docker: the files of its COPY lines, the packages of its lock."""

import re
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from backend.cli.node.home import CHECKOUT


@dataclass(frozen=True)
class Image:
    """A folder with what the image has in /opt/comity, its packages in .venv."""

    folder: Path
    stage: str

    def written(self) -> set[str]:
        """What came to lie in the folder since it was built, compiled code apart, which the image has already."""
        return _under(self.folder) - copied(self.stage)

    @property
    def programs(self) -> Path:
        """Where `python` and, in the node's image, `comity` lie."""
        return self.folder / ".venv" / "bin"


def stages() -> dict[str, list[str]]:
    """The instructions of each stage, a continued line being one."""
    text = re.sub(r"\\\n\s*", " ", (CHECKOUT / "Dockerfile").read_text())
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if started := re.fullmatch(r"FROM \S+ AS (\S+)", line):
            current = found.setdefault(started[1], [])
        elif line and not line.startswith("#"):
            current.append(line)
    return found


def copied(stage: str) -> set[str]:
    """The files of the checkout that a stage copies from it, relative to both."""
    found: set[str] = set()
    for line in stages()[stage]:
        words = line.split()
        if words[0] != "COPY" or words[1].startswith("--from"):
            continue
        *sources, target = words[1:]
        for source in sources:
            for path in CHECKOUT.glob(source):
                _check_place(path, target, into_folder=path.is_file())
                found |= _files(path)
    return found


def build(stage: str, folder: Path) -> Image:
    """The image of a stage as a folder of its own."""
    for name in copied(stage):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CHECKOUT / name, folder / name)
    image = Image(folder, stage)
    _make_environment(image, packages=_locked(stage), installed=stage == "node")
    return image


def _check_place(path: Path, target: str, *, into_folder: bool) -> None:
    """Everything keeps its place, so that the image is a part of the checkout."""
    name = path.relative_to(CHECKOUT).as_posix()
    kept = (f"{Path(name).parent.as_posix()}/", "./") if into_folder else (name,)
    assert target in kept, f"COPY {name} goes to {target}, not to its own place {kept[0]}"


def _files(path: Path) -> set[str]:
    return {(path / name).relative_to(CHECKOUT).as_posix() for name in ([""] if path.is_file() else _under(path))}


def _under(folder: Path) -> set[str]:
    """The files below a folder, relative to it; neither compiled code nor the packages."""
    found = (one.relative_to(folder) for one in folder.rglob("*") if one.is_file())
    return {one.as_posix() for one in found if not {"__pycache__", ".venv"} & set(one.parts)}


def _locked(stage: str) -> set[str]:
    """The packages of the lock that the image's environment is made from, where this platform has them."""
    [lock] = [word for line in stages()[f"{stage}-packages"] for word in line.split() if word.endswith(".txt")][-1:]
    names = set(re.findall(r"^([a-z0-9][a-z0-9._-]*)==", (CHECKOUT / lock).read_text(), re.MULTILINE))
    installed = {_normal(found.metadata["Name"]) for found in metadata.distributions()}
    return names & installed


def _make_environment(image: Image, *, packages: set[str], installed: bool) -> None:
    """A virtual environment with links to exactly these packages of ours."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = image.folder / ".venv" / "lib" / version / "site-packages"
    site.mkdir(parents=True)
    image.programs.mkdir()
    interpreter = Path(sys.executable).resolve()
    (image.programs / "python").symlink_to(interpreter)
    (image.folder / ".venv" / "pyvenv.cfg").write_text(f"home = {interpreter.parent}\n")
    for package in packages:
        _link(metadata.distribution(package), site)
    if installed:
        (site / "_comity.pth").write_text(f"{image.folder}\n")
        _link(metadata.distribution("comity"), site)
        _write_script(image.programs / "comity", image.programs / "python")


def _link(distribution: metadata.Distribution, site: Path) -> None:
    for name in {file.parts[0] for file in distribution.files or [] if file.parts[0] not in ("..", "__pycache__")}:
        if name != "_comity.pth" and not (site / name).exists():
            (site / name).symlink_to(distribution.locate_file(name))


def _write_script(script: Path, python: Path) -> None:
    script.write_text(f"#!{python}\nfrom backend.cli.main import main\nmain()\n")
    script.chmod(0o755)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
