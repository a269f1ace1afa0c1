"""The law data, typed and read only as far as a question needs. `shipped()` is the copy in this repository."""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from backend.conventions.errors import UnknownName
from backend.conventions.loading import read
from backend.conventions.schema.basis import BasisRules
from backend.conventions.schema.comparing import ComparisonRules, ComparisonWords
from backend.conventions.schema.concepts import Concepts, StateElements
from backend.conventions.schema.context import CyberlawAreas, Harmonisation
from backend.conventions.schema.engine import (
    ClassificationRules,
    Cues,
    IndicatorWords,
    LetterTemplates,
    Mark,
    Marks,
    ReportTerms,
)
from backend.conventions.schema.instruments import Instrument
from backend.conventions.schema.risks import RiskFile
from backend.conventions.schema.states import State, Territory
from backend.conventions.schema.terms import (
    Fact,
    Facts,
    IncidentTags,
    LetterField,
    LetterFields,
    Measure,
    Measures,
    Offence,
    Offences,
    RefusalRisk,
    RefusalRisks,
)

T = TypeVar("T")
SHIPPED = Path(__file__).parent / "data"


class Catalogue:
    """The data of one folder. Every file is read when first asked for, and once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, Any] = {}

    def _file(self, name: str, kind: type[T]) -> T:
        if name not in self._read:
            self._read[name] = read(self.folder / name, kind)
        kept: T = self._read[name]
        return kept

    @functools.cached_property
    def state_codes(self) -> tuple[str, ...]:
        """The codes of all States that have a file."""
        return tuple(sorted(path.stem for path in (self.folder / "states").glob("*.yaml")))

    @functools.cached_property
    def instrument_ids(self) -> tuple[str, ...]:
        """The ids of all instruments that have a file."""
        return tuple(sorted(path.stem for path in (self.folder / "instruments").glob("*.yaml")))

    def state(self, code: str) -> State:
        """One State. Raises UnknownName; a territory is named together with its State."""
        if code not in self.state_codes:
            raise UnknownName("State", code, self.state_codes, self._advice_on_state(code))
        return self._file(f"states/{code}.yaml", State)

    def place(self, code: str) -> tuple[State, Territory | None]:
        """A State, or a territory together with its State. Raises UnknownName."""
        if code in self.state_codes:
            return self.state(code), None
        for state in self.states():
            for territory in state.territories:
                if territory.code == code:
                    return state, territory
        return self.state(code), None

    def _advice_on_state(self, code: str) -> str:
        for state in self.states():
            for territory in state.territories:
                if territory.code.lower() == code.lower():
                    return f"{territory.name} is a territory: ask for its State, {state.code}, and read its notes"
        return "use the two letters in lower case"

    def states(self) -> Iterator[State]:
        """Every State, by code."""
        return (self._file(f"states/{code}.yaml", State) for code in self.state_codes)

    def instrument(self, instrument_id: str) -> Instrument:
        """One instrument. Raises UnknownName."""
        if instrument_id not in self.instrument_ids:
            raise UnknownName("instrument", instrument_id, self.instrument_ids, "use an id of the data")
        return self._file(f"instruments/{instrument_id}.yaml", Instrument)

    def instruments(self) -> Iterator[Instrument]:
        """Every instrument, by id."""
        return (self._file(f"instruments/{name}.yaml", Instrument) for name in self.instrument_ids)

    @functools.cached_property
    def measure_tree(self) -> Measures:
        """The file of measures."""
        return self._file("measures.yaml", Measures)

    @functools.cached_property
    def measures(self) -> dict[str, Measure]:
        """The measures by id."""
        return {measure.id: measure for measure in self.measure_tree.measures}

    def measure(self, measure_id: str) -> Measure:
        """One measure. Raises UnknownName."""
        if measure_id not in self.measures:
            raise UnknownName("measure", measure_id, self.measures, "use an id of the measures file")
        return self.measures[measure_id]

    def measure_chain(self, measure_id: str) -> tuple[str, ...]:
        """The measure and the wider ones whose rules hold for it too, the narrowest first.

        A measure that an instrument has to name itself stands alone.
        """
        alone = self.measure_tree.no_inheritance
        chain = [self.measure(measure_id)]
        while chain[-1].id not in alone and chain[-1].parent is not None:
            chain.append(self.measure(chain[-1].parent))
        return tuple(measure.id for measure in chain)

    @functools.cached_property
    def offences(self) -> dict[str, Offence]:
        """The offences of the common list by code, in its order."""
        return {offence.code: offence for offence in self._file("offences.yaml", Offences).offences}

    def offence(self, code: str) -> Offence:
        """One offence of the common list. Raises UnknownName."""
        if code not in self.offences:
            raise UnknownName("offence", code, self.offences, "use a code of the common list")
        return self.offences[code]

    @functools.cached_property
    def incident_tags(self) -> IncidentTags:
        """The tags that the taxonomies of incidents have."""
        return self._file("incident-tags.yaml", IncidentTags)

    @functools.cached_property
    def letter_fields(self) -> dict[str, LetterField]:
        """The fields of a letter of request by id, in writing order."""
        return {field.field: field for field in self.letter_sections.fields}

    @functools.cached_property
    def letter_templates(self) -> LetterTemplates:
        """Which practice template belongs to which measure."""
        return self._file("engine/letter-templates.yaml", LetterTemplates)

    @functools.cached_property
    def basis_rules(self) -> BasisRules:
        """How limits, rules and grounds of the instruments are read for an answer on the legal basis."""
        return self._file("engine/basis.yaml", BasisRules)

    @functools.cached_property
    def comparison_rules(self) -> ComparisonRules:
        """How rules and least penalties of the instruments are read for a comparison under dual criminality."""
        return self._file("engine/dual-criminality.yaml", ComparisonRules)

    @functools.cached_property
    def comparison_languages(self) -> tuple[str, ...]:
        """The languages in which a comparison can be told."""
        return tuple(sorted(path.stem for path in (self.folder / "engine" / "comparison").glob("*.yaml")))

    def comparison_words(self, language: str) -> ComparisonWords:
        """The fixed sentences of a comparison. Raises UnknownName."""
        if language not in self.comparison_languages:
            raise UnknownName("language", language, self.comparison_languages, "use two letters in lower case")
        return self._file(f"engine/comparison/{language}.yaml", ComparisonWords)

    @functools.cached_property
    def questions(self) -> Facts:
        """The file of plain-language questions."""
        return self._file("facts.yaml", Facts)

    @functools.cached_property
    def facts(self) -> dict[str, Fact]:
        """The plain-language questions by id, in the order to ask."""
        return {fact.id: fact for fact in self.questions.facts}

    @functools.cached_property
    def concepts(self) -> Concepts:
        """The shared element concepts and what every element means in them."""
        return self._file("concepts.yaml", Concepts)

    @functools.cached_property
    def state_elements(self) -> StateElements:
        """National offences by elements."""
        return self._file("state-elements.yaml", StateElements)

    @functools.cached_property
    def refusal_risks(self) -> tuple[RefusalRisk, ...]:
        """Reasons for which letters come back."""
        return self._file("refusal-risks.yaml", RefusalRisks).rules

    @functools.cached_property
    def risk_files(self) -> tuple[RiskFile, ...]:
        """How those reasons are decided by machine, and further ones; by the names of the files."""
        names = sorted(path.name for path in (self.folder / "engine").glob("risk-*.yaml"))
        return tuple(self._file(f"engine/{name}", RiskFile) for name in names)

    @functools.cached_property
    def cyberlaw_areas(self) -> CyberlawAreas:
        """The areas of cyberlaw, by State."""
        return self._file("cyberlaw-areas.yaml", CyberlawAreas)

    @functools.cached_property
    def harmonisation(self) -> Harmonisation:
        """The computed view of where the statutes meet."""
        return self._file("harmonisation.yaml", Harmonisation)

    @functools.cached_property
    def letter_sections(self) -> LetterFields:
        """The file of letter fields, with its sections and templates."""
        return self._file("letter-fields.yaml", LetterFields)

    @functools.cached_property
    def classification_rules(self) -> ClassificationRules:
        """What a narrative has to show before an offence is proposed."""
        return self._file("engine/classification.yaml", ClassificationRules)

    @functools.cached_property
    def marks(self) -> dict[str, Mark]:
        """What the marks of the narratives stand for, by key."""
        return self._file("engine/marks.yaml", Marks).marks

    @functools.cached_property
    def indicator_words(self) -> IndicatorWords:
        """Words that decide what a string in a report is."""
        return self._file("engine/indicators.yaml", IndicatorWords)

    @functools.cached_property
    def report_terms(self) -> ReportTerms:
        """The closed vocabularies of a report."""
        return self._file("engine/report.yaml", ReportTerms)

    @functools.cached_property
    def cue_languages(self) -> tuple[str, ...]:
        """The languages for which there are cues."""
        return tuple(sorted(path.stem for path in (self.folder / "engine" / "cues").glob("*.yaml")))

    def cues(self, language: str) -> Cues:
        """The words and phrases of one language that speak for an element. Raises UnknownName."""
        if language not in self.cue_languages:
            raise UnknownName("language", language, self.cue_languages, "leave it out to have it detected")
        return self._file(f"engine/cues/{language}.yaml", Cues)


@functools.cache
def shipped() -> Catalogue:
    """The catalogue of the data in this repository."""
    return Catalogue(SHIPPED)
