"""Every row of a file with its path, whatever its kind."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec


def rows(path: str, value: Any) -> Iterator[tuple[str, msgspec.Struct]]:
    """The struct `value`, unless `path` is empty, and all structs within it, each with the path that leads to it."""
    if isinstance(value, msgspec.Struct):
        if path:
            yield path, value
        for name in value.__struct_fields__:
            yield from rows(f"{path}.{name}" if path else name, getattr(value, name))
    elif isinstance(value, tuple):
        yield from _each(path, enumerate(value))
    elif isinstance(value, dict):
        yield from _each(path, value.items())


def _each(path: str, items: Iterable[tuple[Any, Any]]) -> Iterator[tuple[str, msgspec.Struct]]:
    for key, value in items:
        yield from rows(f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}", value)
