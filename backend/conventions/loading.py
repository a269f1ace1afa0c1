"""The one way by which a data file is read: YAML without duplicate keys, into frozen structs."""

from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from backend.conventions.errors import LawDataError

T = TypeVar("T")


class _DuplicateKey(Exception):
    def __init__(self, key: str, line: int) -> None:
        self.key, self.line = key, line
        super().__init__(key)


class _Loader(yaml.CSafeLoader):
    """PyYAML keeps the last of two equal keys silently; here that is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise _DuplicateKey(str(key.value), key.start_mark.line + 1)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _named(path: Path) -> str:
    """The file with its folder: a State and a language may share the name."""
    return f"{path.parent.name}/{path.name}"


def read_yaml(path: Path) -> object:
    """The content of a YAML file. Raises LawDataError with file and line where it cannot be read."""
    try:
        return yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506  a safe loader, only stricter
    except _DuplicateKey as fault:
        raise LawDataError(
            _named(path), f"line {fault.line}", f"the key {fault.key!r} stands twice; keep one"
        ) from None
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else ""
        raise LawDataError(_named(path), place, f"not readable as YAML ({getattr(fault, 'problem', fault)})") from fault
    except OSError as fault:
        raise LawDataError(_named(path), "", f"cannot be opened ({fault.strerror})") from fault


def read(path: Path, kind: type[T]) -> T:
    """A data file as a struct of `kind`. Raises LawDataError with file and path of the first fault."""
    content = read_yaml(path)
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as fault:
        problem, _, place = str(fault).partition(" - at ")
        raise LawDataError(_named(path), place.strip("`").removeprefix("$."), problem) from None


def read_json(path: Path, kind: type[T]) -> T:
    """A data file that a program wrote, as a struct of `kind`. Raises LawDataError where it cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (msgspec.DecodeError, OSError) as fault:
        raise LawDataError(_named(path), "", f"{fault}; make it anew with `make learn`") from fault
