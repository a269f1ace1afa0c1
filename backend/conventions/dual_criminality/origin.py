"""Where a comparison starts: from facts as stated, or from what the texts require for an offence."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from backend.conventions.catalogue import Catalogue
from backend.conventions.dual_criminality.answer import Conduct
from backend.conventions.dual_criminality.meanings import typical
from backend.conventions.dual_criminality.vocabulary import vocabulary
from backend.conventions.legal_basis.answer import Reference


@dataclass(frozen=True, slots=True)
class Origin:
    """`stated`: by whoever asks; `instrument`: required by `article`; `adjusted`: that, less what was excluded;
    `common`: what is commonly required, since no instrument describes the offence."""

    kind: Literal["stated", "instrument", "adjusted", "common"]
    offence: str | None = None
    article: Reference | None = None

    def to_json(self) -> dict[str, Any]:
        """The origin as JSON-ready values."""
        article = {"source": self.article.source, "ref": self.article.ref} if self.article else None
        return {"kind": self.kind, "offence": self.offence, "article": article}


def start(
    law: Catalogue, offence: str, established: Iterable[str] = (), absent: Iterable[str] = ()
) -> tuple[Conduct, Origin]:
    """The conduct to compare: what is established, or without it what is required for `offence`.

    Of the latter what `absent` excludes is taken out. Raises UnknownName.
    """
    stated, excluded = frozenset(established), frozenset(absent)
    words = vocabulary(law)
    words.check(stated | excluded)
    if stated:
        return Conduct(stated, excluded), Origin("stated")
    required = typical(law, offence)

    def kept(names: frozenset[str]) -> frozenset[str]:
        return frozenset(name for name in names if not words.wider[name] & excluded)

    choices = frozenset(kept(choice) for choice in required.conduct.one_of) - {frozenset()}
    conduct = Conduct(kept(required.conduct.established), excluded, choices)
    kind: Literal["adjusted", "instrument"] = "adjusted" if excluded else "instrument"
    return conduct, Origin(kind if required.article else "common", offence, required.article)
