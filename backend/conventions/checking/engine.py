"""References inside `engine/*`: the project's own rules."""

from collections.abc import Iterator
from itertools import chain

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.elements import known_elements
from backend.conventions.checking.report import Problem, dangling, misnamed
from backend.conventions.classification.phrases import parse
from backend.conventions.errors import LawDataError
from backend.conventions.schema.engine import Cue, Cues


def engine_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Ids that do not resolve in the rules of classification, the cues and the templates of letters."""
    known = known_elements(catalogue)
    yield from _template_faults(catalogue)
    for code, rule in catalogue.classification_rules.offences.items():
        if code not in catalogue.offences:
            yield dangling("engine/classification.yaml", code, "offence", code)
        for element in (name for group in rule.shows for name in group):
            if element not in known.get(code, ()):
                yield dangling("engine/classification.yaml", code, "element", element)
    for code in sorted(set(catalogue.offences) - set(catalogue.classification_rules.offences)):
        yield Problem("engine/classification.yaml", "offences", f"no rule for {code!r}", "add one")
    for language in catalogue.cue_languages:
        yield from _cue_faults(catalogue, language, known)


def _template_faults(catalogue: Catalogue) -> Iterator[Problem]:
    for measure, template in catalogue.letter_templates.by_measure.items():
        if measure not in catalogue.measures:
            yield dangling("engine/letter-templates.yaml", measure, "measure", measure)
        if template not in catalogue.letter_sections.templates:
            yield dangling("engine/letter-templates.yaml", measure, "template", template)


def _cue_faults(catalogue: Catalogue, language: str, known: dict[str, set[str]]) -> Iterator[Problem]:
    file, cues = f"engine/cues/{language}.yaml", catalogue.cues(language)
    if cues.language != language:
        yield misnamed(file, "language", cues.language)
    for code, elements in cues.offences.items():
        for element in elements:
            if element not in known.get(code, ()):
                yield dangling(file, code, "element", element)
    for phrase in _phrases(cues):
        try:
            parse(phrase)
        except LawDataError as fault:
            yield Problem(file, fault.path, fault.problem, "write it as docs/law.md says under Writing a cue")


def _phrases(cues: Cues) -> Iterator[str]:
    for general in (cues.computer, cues.authorised, cues.accident, cues.without_right, cues.not_negators):
        yield from general
    for elements in cues.offences.values():
        for cue in chain.from_iterable(elements.values()):
            yield cue.cue if isinstance(cue, Cue) else cue
