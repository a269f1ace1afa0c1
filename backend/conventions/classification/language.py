"""In which language, or languages, a narrative is written: by its commonest small words."""

from backend.conventions.catalogue import Catalogue
from backend.conventions.tokens import Tokens

# A second language counts when it has at least this share of the marks of the first.
_SHARE = 0.5


def languages(catalogue: Catalogue, tokens: Tokens) -> tuple[str, ...]:
    """The languages of the narrative, the main one first; English where nothing tells."""
    marks = {language: frozenset(catalogue.cues(language).marks) for language in catalogue.cue_languages}
    words = [token.plain for token in tokens.words]
    counts = {language: sum(word in listed for word in words) for language, listed in marks.items()}
    most = max(counts.values(), default=0)
    if most == 0:
        return ("en",)
    found = [language for language, count in counts.items() if count >= _SHARE * most]
    return tuple(sorted(found, key=lambda language: -counts[language]))
