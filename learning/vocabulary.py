"""Which pieces of words a node keeps: those of the words of its four languages, of 250,000 in a hundred languages."""

from collections.abc import Iterable
from pathlib import Path

import numpy
from sentencepiece import SentencePieceProcessor, sentencepiece_model_pb2
from wordfreq import top_n_list

from learning.base import Base

_LANGUAGES = ("en", "es", "fr", "nl")
_WORDS = 100_000
UNKNOWN, BEGIN, END = range(3)


def chosen(base: Base, texts: Iterable[str]) -> list[int]:
    """The numbers of the pieces to keep: of the words used most in each language, of the texts, and single letters."""
    whole = cutter(base, range(len(base.pieces)))
    words = [word for language in _LANGUAGES for word in top_n_list(language, _WORDS)]
    used = {number for word in words for form in (word, word.capitalize()) for number in whole.encode(form)}
    used |= {number for text in texts for number in whole.encode(text)}
    kept = {number - 3 for number in used if number > END}
    kept |= {number for number, piece in enumerate(base.pieces) if _is_letter(piece)}
    return sorted(kept - {base.begin, base.end, base.unknown})


def _is_letter(piece: str) -> bool:
    """Whether a piece is one character of Latin writing, of punctuation or money."""
    letter = piece.removeprefix("▁")
    return len(letter) <= 1 and all(ord(sign) < 0x250 or 0x2010 <= ord(sign) <= 0x20BF for sign in letter)


def cutter(base: Base, numbers: Iterable[int]) -> SentencePieceProcessor:
    """What cuts words into the pieces of these numbers."""
    return SentencePieceProcessor(model_proto=_model(base, numbers))


def _model(base: Base, numbers: Iterable[int]) -> bytes:
    model = sentencepiece_model_pb2.ModelProto()
    kinds = model.SentencePiece
    for piece, kind in (("<unk>", kinds.UNKNOWN), ("<s>", kinds.CONTROL), ("</s>", kinds.CONTROL)):
        model.pieces.add(piece=piece, score=0.0, type=kind)
    special = {base.begin, base.end, base.unknown}
    for number in numbers:
        kind = kinds.UNUSED if number in special else kinds.NORMAL
        # Two pieces may not have one name, and whoever is not used needs none.
        name = f"<{number}>" if number in special else base.pieces[number]
        model.pieces.add(piece=name, score=float(base.scores[number]), type=kind)
    trainer, normalizer = model.trainer_spec, model.normalizer_spec
    trainer.model_type, trainer.vocab_size = trainer.UNIGRAM, len(model.pieces)
    trainer.unk_id, trainer.bos_id, trainer.eos_id, trainer.pad_id = UNKNOWN, BEGIN, END, -1
    # The caller brings words to one form of Unicode (NFKC) before they are cut.
    normalizer.name = "identity"
    normalizer.add_dummy_prefix = normalizer.remove_extra_whitespaces = normalizer.escape_whitespaces = True
    return bytes(model.SerializeToString())


def keep(folder: Path, base: Base, numbers: list[int]) -> None:
    """Writes `pieces.model` and `vectors.npy`."""
    (folder / "pieces.model").write_bytes(_model(base, numbers))
    numpy.save(folder / "vectors.npy", base.blocks("emb.word")[[base.unknown, base.begin, base.end, *numbers]])
