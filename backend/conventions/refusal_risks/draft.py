"""What the check reads: a draft letter as a frozen value. Texts by language, typed parts where a rule needs them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from backend.conventions.errors import BadQuestion

Text = Mapping[str, str]
MAX_CHARACTERS = 1_048_576
MAX_PARTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """An account, address or number. `at` without a zone counts as no instant."""

    kind: str
    value: str
    at: datetime | None = None
    port: int | None = None
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoughtMeasure:
    """One measure with what it is about; the end of the period is exclusive."""

    measure: str
    description: Text | None = None
    custodian: str | None = None
    custodian_address: str | None = None
    reason: Text | None = None
    start: datetime | None = None
    end: datetime | None = None
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """An offence of the common list as the letter charges it."""

    code: str
    title: Text | None = None
    provision_text: Text | None = None
    penalty: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A provision that the letter cites. `source`: the instrument or State of the data; None where it is not theirs.

    `role` is what it contributes to the basis (`measure`, `contents`, …), None for the provision of an offence.
    """

    label: str
    source: str | None
    ref: str
    verified: bool
    role: str | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with the letter; `sensitive`: marked as abuse material by whoever reported it."""

    name: str
    description: Text | None = None
    sensitive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedOffice:
    """An office as the letter names it. `confirmed`: a person stood by its entry in the directory."""

    kind: str
    title: str
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Data preserved on an earlier request, until a day where it is known."""

    reference: str
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft letter of request. `texts`: what stands under each letter field, by its id. `languages[0]` is authentic.

    Raises BadQuestion for a draft without a language or a measure, or larger than a letter can be.
    """

    languages: tuple[str, ...]
    measures: tuple[SoughtMeasure, ...]
    texts: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)
    offences: tuple[Charge, ...] = ()
    references: tuple[Cited, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    sender: NamedOffice | None = None
    addressee: NamedOffice | None = None
    preserved: tuple[Held, ...] = ()
    claims_urgency: bool = False
    life_at_risk: bool = False
    requested_territory: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no letter is."""
        if not self.languages or not self.measures:
            raise BadQuestion("the draft names no language or no measure: give at least one of each")
        sizes = [len(text) for field_id in self.fields for _, _, text in self.words(field_id)]
        if sum(sizes) > MAX_CHARACTERS or len(sizes) > MAX_PARTS:
            raise BadQuestion(
                f"the draft has {sum(sizes)} characters in {len(sizes)} texts: at most {MAX_CHARACTERS} in {MAX_PARTS}"
            )

    @property
    def fields(self) -> tuple[str, ...]:
        """Every letter field that has a text or a typed part."""
        return tuple(dict.fromkeys((*self.texts, *TYPED)))

    def words(self, field_id: str) -> Iterator[tuple[int, str | None, str]]:
        """The texts under a letter field: their place, their language (None: a name or number), the words."""
        for place, (language, text) in enumerate(self._told(field_id)):
            if text.strip():
                yield place, language, text

    def filled(self, field_id: str) -> bool:
        """Whether anything stands under the field."""
        return any(True for _ in self.words(field_id))

    def _told(self, field_id: str) -> Iterator[tuple[str | None, str]]:
        for text in self.texts.get(field_id, ()):
            yield from text.items()
        yield from self._typed(field_id)

    def _typed(self, field_id: str) -> Iterator[tuple[str | None, str]]:
        if field_id == "annexes":
            for attached in self.attachments:
                yield None, attached.name
                yield from (attached.description or {}).items()
        for charge in self.offences:
            named = {"offence": charge.title, "offence-provisions-text": charge.provision_text}
            yield from (named.get(field_id) or {}).items()
            if field_id == "maximum-penalty":
                yield from (charge.penalty or {}).items()
        for sought in self.measures:
            yield from _of_measure(field_id, sought)


def _of_measure(field_id: str, sought: SoughtMeasure) -> Iterator[tuple[str | None, str]]:
    if field_id == "assistance-requested":
        yield from (sought.description or {}).items()
    elif field_id == "reason-provider-has-data":
        yield from (sought.reason or {}).items()
    elif field_id == "custodian":
        yield from ((None, line) for line in (sought.custodian, sought.custodian_address) if line)
    elif field_id == "data-identifiers":
        for item in sought.identifiers:
            yield None, item.value
            yield from (item.note or {}).items()


TYPED: Mapping[str, str] = {
    "assistance-requested": "measures",
    "custodian": "measures",
    "reason-provider-has-data": "measures",
    "data-identifiers": "measures",
    "data-time-range": "measures",
    "offence": "offences",
    "offence-provisions-text": "offences",
    "maximum-penalty": "offences",
    "treaty-basis": "references",
    "annexes": "attachments",
    "requested-authority": "addressee",
    "requesting-authority": "sender",
    "signatory": "sender",
    "previous-preservation-request": "preserved",
    "urgency-and-deadline": "claims_urgency",
    "translation": "languages",
}
"""Letter fields of which a part of the draft holds more than words."""
