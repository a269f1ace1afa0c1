"""Why a signed letter is not valid. Each says what to do; none quotes the letter."""

from typing import ClassVar


class LetterNotValid(Exception):
    """Root: the file is not a valid signed letter."""

    sentence: ClassVar[str] = "The letter is not valid; do not act on it and ask its sender."

    def __str__(self) -> str:
        return self.sentence


class UnreadableLetter(LetterNotValid):
    """Not a PDF that can be read within the limits."""

    sentence = "The letter is not a readable PDF with well-formed signatures; ask its sender to transmit it again."


class NotSigned(LetterNotValid):
    """No signature, or more than anyone needs."""

    sentence = "The letter carries no signature, or more than ten; expected the sending authority's."


class NotWholeFileSigned(LetterNotValid):
    """Something stands outside what the last signature covers."""

    sentence = (
        "The last signature does not cover the whole file: something was added after it; do not act on the letter."
    )


class ChangedAfterSigning(LetterNotValid):
    """Something other than a signature was added after a signature."""

    sentence = "The letter was changed after it was first signed; only further signatures may follow. Do not act on it."


class SignatureBroken(LetterNotValid):
    """A signature does not verify, or is not PAdES."""

    sentence = "A signature of the letter does not hold; do not act on it and ask the sending authority."


class UnknownSigner(LetterNotValid):
    """The certificate is not one of the authority that the letter names as its sender, or was not valid then."""

    sentence = (
        "The letter is not signed with a certificate that the directory has for the authority it names as its sender;"
        " compare the sender's key card, by telephone if need be."
    )


class NotOneRequest(LetterNotValid):
    """No request.json, several, another attachment, or one that was not in the first signed revision."""

    sentence = "The letter does not hold exactly one request.json, present since it was first signed; do not act on it."


class TextDiffers(LetterNotValid):
    """The visible text does not say what request.json says."""

    sentence = (
        "The visible text does not show everything that request.json says; nothing is taken over from it until a person"
        " has compared them."
    )
