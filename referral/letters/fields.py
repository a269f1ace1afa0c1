"""Which parts of a letter's content fill which letter field.

The fields' ids are those of the law data's list of letter fields; what an instrument requires, that data joins to
them. A field without a place of its own is filled by a particular under its id.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from referral.letters.content import BasisRole, LetterContent

Filled = Iterable[Mapping[str, str] | object | None]
"""The values that fill a field. A mapping is a text and must have every language of the letter; None is missing."""


def _measures(content: LetterContent, name: str) -> Filled:
    return [getattr(measure, name) or None for measure in content.measures] or [None]


def _offences(content: LetterContent, name: str) -> Filled:
    return [getattr(offence, name) or None for offence in content.offences] or [None]


def _data_times(content: LetterContent) -> Filled:
    """A period for each measure, or an instant for each of its data; an IP address always needs its instant."""
    for measure in content.measures:
        addresses = [item for item in measure.data if item.kind == "ip-address"]
        yield measure.period or (measure.data and all(item.at for item in measure.data)) or None
        yield from (item.at and item.time_zone for item in addresses)
    if not content.measures:
        yield None


def _basis(content: LetterContent, roles: frozenset[BasisRole]) -> Filled:
    parts = content.legal_basis.parts if content.legal_basis else ()
    return [part.reference.instrument for part in parts if part.role in roles] or [None]


_TREATY_ROLES = frozenset(BasisRole) - {BasisRole.POWER, BasisRole.GATE}
_DOMESTIC_ROLES = frozenset({BasisRole.POWER})

STRUCTURED: Mapping[str, Callable[[LetterContent], Filled]] = MappingProxyType(
    {
        "letterhead": lambda content: [content.sender.authority.title],
        "letter-title": lambda content: [content.kind],
        "date": lambda content: [content.dated],
        "reference-number": lambda content: [content.reference],
        "request-status": lambda content: [content.kind],
        "earlier-ticket-number": lambda content: [content.in_answer_to or content.follows or None],
        "requested-authority": lambda content: [content.addressee.authority.title, content.addressee.state_name],
        "requesting-authority": lambda content: [content.sender.authority.title, content.sender.state_name],
        "requesting-person": lambda content: [content.signatory.name or content.signatory.office],
        "requesting-address": lambda content: [content.sender.authority.address],
        "requesting-phone": lambda content: [content.sender.authority.phone],
        "requesting-email": lambda content: [content.sender.authority.email],
        "office-hours": lambda content: [content.sender.authority.hours],
        "time-zone": lambda content: [content.sender.authority.time_zone],
        "treaty-basis": lambda content: _basis(content, _TREATY_ROLES),
        "domestic-legal-basis": lambda content: _basis(content, _DOMESTIC_ROLES),
        "reciprocity-assurance": lambda content: _basis(content, frozenset({BasisRole.RECIPROCITY})),
        "offence": lambda content: _offences(content, "title"),
        "offence-provisions-text": lambda content: _offences(content, "provision_text"),
        "maximum-penalty": lambda content: _offences(content, "penalty"),
        "facts-summary": lambda content: [content.summary_of_facts],
        "assistance-requested": lambda content: _measures(content, "title"),
        "data-to-preserve": lambda content: _measures(content, "data"),
        "subscriber-information-sought": lambda content: _measures(content, "description"),
        "data-identifiers": lambda content: _measures(content, "data"),
        "data-time-range": _data_times,
        "custodian": lambda content: _measures(content, "custodian"),
        "confidentiality": lambda content: [content.confidentiality_reason],
        "urgency-and-deadline": lambda content: [content.urgency and content.urgency.reason],
        "use-limitation-undertaking": lambda content: [content.use_limitation],
        "signatory": lambda content: [content.signatory.office],
        "signature-and-seal": lambda content: [content.signatory.office],
    }
)

AS_PARTICULARS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "heading": ("security-marking",),
        "parties": ("response-means", "transmission-channel", "confirmation-contact"),
        "case": (
            "investigating-authority",
            "investigating-authority-functions",
            "prosecution-office",
            "court",
            "judicial-decisions",
            "nature-of-proceedings",
            "previous-mla-request",
            "previous-preservation-request",
            "police-contacts-so-far",
        ),
        "offence": ("dual-criminality", "limitation-period"),
        "facts": ("organised-group-and-transnationality", "victims-and-loss", "persons-concerned"),
        "necessity": (
            "reason-provider-has-data",
            "link-to-offence",
            "necessity",
            "purpose",
            "intention-to-submit-mla",
        ),
        "execution": ("procedures-requested", "emergency-facts", "delivery-of-results", "costs"),
        "undertakings": ("data-protection-undertaking", "return-of-items"),
        "closing": ("additional-information", "translation", "annexes"),
    }
)
"""Where in the letter each particular stands, in the order in which it is read."""

_MINOR = ("requesting-mobile", "requesting-fax", "response-expedited")
"""Known fields that a letter sent by packet has no use for; a particular may still fill them."""

KNOWN: frozenset[str] = (
    frozenset(STRUCTURED) | {field for section in AS_PARTICULARS.values() for field in section} | frozenset(_MINOR)
)


def values_of(content: LetterContent, field: str) -> list[Mapping[str, str] | object | None]:
    """The values that fill the field; a None among them, or no value at all, means that something is missing."""
    given = [particular.text for particular in content.particulars if particular.field == field]
    structured = list(STRUCTURED[field](content)) if field in STRUCTURED else []
    if given and (not structured or None in structured):
        return list(given)
    return structured
