"""The sentences of a comparison in one language: whole sentences from the data, with names filled in."""

from collections.abc import Iterable

from backend.conventions.catalogue import Catalogue
from backend.conventions.dual_criminality.answer import ANY, ElementAnswer, Statement
from backend.conventions.legal_basis.answer import Reference

# Between ids of concepts, or references, in the value of a statement: neither holds a line break.
JOIN = "\n"
# Between concepts of which one is enough.
OR = "/"


class Words:
    """One language's words: fixed sentences, and labels of States, offences and concepts."""

    def __init__(self, catalogue: Catalogue, language: str) -> None:
        """Raises UnknownName for a language in which nothing can be told."""
        self.language = language
        self._law = catalogue
        self._sentences = catalogue.comparison_words(language).sentences
        self._concepts = {concept.id: concept.label for concept in catalogue.concepts.concepts}

    def __call__(self, key: str, **values: str) -> str:
        """The sentence under `key`; the values are never read as a format."""
        return self._sentences[key].format_map(values)

    def said(self, statement: Statement) -> str:
        """The statement in this language."""
        return self(statement.code, **{name: self._filled(name, value) for name, value in statement.values})

    def _filled(self, name: str, value: str) -> str:
        if name == "state":
            return self.state(value)
        if name == "offence":
            return self.offence(value)
        if name == "concepts":
            return self.concepts(value.split(JOIN))
        if name == "verdict":
            return self(f"verdict-{value}")
        return "; ".join(value.split(JOIN))

    def state(self, code: str) -> str:
        """The State's name."""
        return self._law.state(code).name.in_language(self.language)

    def offence(self, code: str) -> str:
        """The offence's name; `any` too."""
        return self("offence-any") if code == ANY else self._law.offence(code).label.in_language(self.language)

    def concept(self, name: str) -> str:
        """The concept's label."""
        return self._concepts[name].in_language(self.language)

    def concepts(self, names: Iterable[str]) -> str:
        """The labels side by side; a name may hold several, parted by OR."""
        return "; ".join(" / ".join(self.concept(one) for one in name.split(OR)) for name in names)

    def mark(self, *, verified: bool) -> str:
        """Verified or not."""
        return self("verified" if verified else "unverified")

    def reference(self, ref: Reference) -> str:
        """The number of the provision, never a doubtful one."""
        return self("doubtful") if ref.doubtful else (ref.ref or self("no-number"))


def asked(elements: Iterable[ElementAnswer]) -> str:
    """The concepts of elements as the value of a statement, those of one group as alternatives."""
    groups: dict[str, dict[str, None]] = {}
    for element in elements:
        groups.setdefault(element.group or element.concept, {})[element.concept] = None
    return JOIN.join(OR.join(members) for members in groups.values())


def statement(words: Words, code: str, refs: Iterable[Reference] = (), **values: str) -> Statement:
    """A reason with its English sentence; `words` are the English ones."""
    bare = Statement(code, "", tuple(refs), tuple(values.items()))
    return Statement(code, words.said(bare), bare.refs, bare.values)
