"""What a letter is: a request, or an answer that names the letter it answers."""

from enum import StrEnum


class LetterKind(StrEnum):
    """Each is a letter of its own: signed, and sent as a packet."""

    REQUEST = "request"
    PRESERVATION_REQUEST = "preservation-request"
    SUPPLEMENTARY_INFORMATION = "supplementary-information"
    WITHDRAWAL = "withdrawal"
    ACKNOWLEDGEMENT = "acknowledgement"
    ACCEPTANCE = "acceptance"
    PRESERVED = "preserved-answer"
    NOT_ENSURED = "not-ensured"
    SUPPLEMENTARY_REQUEST = "supplementary-request"
    POSTPONEMENT = "postponement"
    EXECUTION = "execution"
    REFUSAL = "refusal"


REQUESTS = frozenset({LetterKind.REQUEST, LetterKind.PRESERVATION_REQUEST})
"""Letters that open a matter and therefore need a legal basis and a measure sought."""

ANSWERS = frozenset(LetterKind) - REQUESTS
"""Letters that name another letter; the requesting side's supplementary information and withdrawal are among them."""

URGENT_KINDS = frozenset(
    {LetterKind.PRESERVATION_REQUEST, LetterKind.REQUEST, LetterKind.PRESERVED, LetterKind.NOT_ENSURED}
)
"""Letters that may go out in urgent form where the legal basis or the facts allow it."""
