"""`engine/*`: the project's own rules on how the facts are used; no researched law."""

from datetime import date
from typing import Any, Literal

from backend.conventions.schema.common import Label, Row, Slug, StateCode


class LetterTemplates(Row, frozen=True, kw_only=True):
    """`engine/letter-templates.yaml`: the practice template for a measure, or for the nearest wider one."""

    version: int
    as_of: date
    by_measure: dict[str, Slug]


class OffenceRule(Row, frozen=True, kw_only=True):
    """What a narrative has to show of an offence before it is proposed: one element of each group in `shows`.

    `consent_closes`: whether the consent of an owner takes the wrong away. `needs_computer`: whether something
    electronic has to be part of it. `propose` false: it stands beside another offence and a person adds it.
    """

    shows: tuple[tuple[Slug, ...], ...]
    consent_closes: bool = True
    needs_computer: bool = True
    propose: bool = True
    why: str


class Weights(Row, frozen=True, kw_only=True):
    """How much an element counts in the score of an offence, by its kind and by its standing."""

    conduct: float
    object: float
    result: float
    circumstance: float
    mental: float
    established: float
    indicated: float


class ClassificationRules(Row, frozen=True, kw_only=True):
    """`engine/classification.yaml`."""

    version: int
    as_of: date
    weights: Weights
    offences: dict[Slug, OffenceRule]


class Cue(Row, frozen=True, kw_only=True):
    """A phrase that speaks for an element; docs/law.md says how it is written."""

    cue: str
    standing: Literal["established", "indicated"] = "indicated"
    negatable: bool = True


class Cues(Row, frozen=True, kw_only=True):
    """`engine/cues/<language>.yaml`: phrases by offence and element, and those that speak of every offence."""

    language: Literal["en", "es", "fr", "nl"]
    as_of: date
    marks: tuple[str, ...]
    negators: tuple[str, ...]
    not_negators: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    computer: tuple[str, ...] = ()
    authorised: tuple[str, ...] = ()
    accident: tuple[str, ...] = ()
    without_right: tuple[str, ...] = ()
    offences: dict[Slug, dict[Slug, tuple[str | Cue, ...]]]


class Mark(Row, frozen=True, kw_only=True):
    """What a mark in a narrative stands for: the elements (`offence/element`) that the marked passage shows."""

    what: str
    shows: tuple[str, ...] = ()
    general: bool = False


class Marks(Row, frozen=True, kw_only=True):
    """`engine/marks.yaml`: the marks by which people say which passage of a narrative shows which element."""

    version: int
    as_of: date
    marks: dict[Slug, Mark]


class Decision(Row, frozen=True, kw_only=True):
    """`engine/wording/decision.json`, made by `make learn`: how the marks that a narrative shows lead to offences.

    `marks` are the columns of the weights (`-key` denies); `bias` is added to each. `weights[code]` are for the
    strongest clause of every mark, then the second strongest, then the strongest once more between 0 and 1, then how
    far each of the two is above an echo; `thresholds[code]` is the chance from which the offence is proposed; `none`
    among the codes is "no offence at all": above its threshold nothing is proposed. `shown[mark]` is the score from
    which a passage counts. `made_from` is the SHA-256 of the narratives.
    """

    made_from: str
    marks: tuple[str, ...]
    codes: tuple[str, ...]
    floor: float
    own_scale: tuple[float, ...]
    near_scale: tuple[float, ...]
    bias: tuple[float, ...]
    weights: dict[str, tuple[float, ...]]
    biases: dict[str, float]
    thresholds: dict[str, float]
    shown: dict[str, float]

    def arrays(self) -> tuple[Any, Any]:
        """Weights as `[codes, inputs]` and biases as `[codes]`."""
        import numpy  # imported late: it takes a tenth of a second

        rows = [self.weights[code] for code in self.codes]
        return numpy.array(rows, numpy.float32), numpy.array([self.biases[code] for code in self.codes], numpy.float32)


class ReaderSheet(Row, frozen=True, kw_only=True):
    """`engine/reader/reader.json`, made by `make learn`: what the model of `layers.onnx` tells, and how it decides.

    `marks` are the columns of what it says of each piece of a word (`-key` denies), `codes` those of what it says of
    the report; `none` among them is "no offence at all". `thresholds[code]` is the chance from which the offence is
    proposed; above that of `none` nothing is. `shown[mark]` is the score from which a passage counts, `floor` that of
    a clause without a piece. `begin`, `end` and `unknown` are pieces with a meaning of their own. `made_from` is the
    SHA-256 of the narratives, `base` the model from which learning began.
    """

    made_from: str
    base: str
    marks: tuple[str, ...]
    codes: tuple[str, ...]
    thresholds: dict[str, float]
    shown: dict[str, float]
    floor: float
    begin: int
    end: int
    unknown: int


class IndicatorWords(Row, frozen=True, kw_only=True):
    """`engine/indicators.yaml`: words that decide what a string in a report is; lower case, without accents.

    What each list does stands beside it in the file and in docs/indicators.md.
    """

    version: int
    as_of: date
    version_words: frozenset[str]
    phone_words: frozenset[str]
    number_words: frozenset[str]
    not_phone_words: frozenset[str]
    money_words: frozenset[str]
    imei_words: frozenset[str]
    card_words: frozenset[str]
    not_card_words: frozenset[str]
    not_hash_words: frozenset[str]
    handle_words: frozenset[str]
    account_words: frozenset[str]
    handle_services: frozenset[str]
    handle_fillers: frozenset[str]
    no_handles: frozenset[str]
    not_name_words: frozenset[str]
    file_endings: frozenset[str]
    only_file_endings: frozenset[str]
    file_words: frozenset[str]
    word_endings: frozenset[str]
    sentence_endings: frozenset[str]
    unit_endings: frozenset[str]
    site_words: frozenset[str]
    common_domains: frozenset[str]


class ReportTerms(Row, frozen=True, kw_only=True):
    """`engine/report.yaml`: the closed vocabularies of a report, those with labels first."""

    version: int
    as_of: date
    places: dict[Slug, Label]
    events: dict[Slug, Label]
    chains: dict[Slug, Label]
    indicators: dict[Slug, Label]
    states: frozenset[StateCode]
    currencies: frozenset[str]
