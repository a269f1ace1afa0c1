"""What an act can be refused for, as the page says it: one sentence, and the act did not happen."""

import logging

from django.db import IntegrityError
from django.utils.translation import gettext as _

from backend.conventions.errors import LawError
from backend.vault.authority import CannotSign as CertificateCannotSign
from backend.vault.secrets import KeyNotHeld
from crypto.errors import CryptoError
from referral.composing import MalformedDraft
from referral.drafting import MalformedLetter, UnknownLetterField
from referral.letters.rendering import CannotRender
from referral.letters.strings import LanguageNotOffered
from referral.lifecycle import LifecycleError
from referral.refusals import shown
from referral.services.answering import NotAnswerable
from referral.services.contents import NoLegalBasis
from referral.services.drafting import EvidenceNotHere, IncompleteLetter, NoSuchAuthority
from referral.services.moving import LetterNotWritable
from referral.services.references import NotOpen
from referral.services.register import NothingToConfirm, NotStanding
from referral.services.risks import NoSuchFinding, RisksStand
from referral.services.signing import CannotSign, ConfirmationWithdrawn, UnverifiedReference

REFUSALS = (
    LifecycleError,
    LawError,
    IncompleteLetter,
    NoSuchAuthority,
    EvidenceNotHere,
    NoLegalBasis,
    NotOpen,
    NothingToConfirm,
    NotStanding,
    LetterNotWritable,
    NotAnswerable,
    UnverifiedReference,
    RisksStand,
    NoSuchFinding,
    ConfirmationWithdrawn,
    CannotSign,
    CertificateCannotSign,
    KeyNotHeld,
    CannotRender,
    LanguageNotOffered,
    MalformedDraft,
    MalformedLetter,
    UnknownLetterField,
    CryptoError,
    IntegrityError,
)
log = logging.getLogger("comity.desk")


def sentence(refusal: Exception) -> str:
    """What the person is told."""
    if isinstance(refusal, IntegrityError):
        # The database's own words name columns and constraints: they are for the log.
        log.warning("an act was refused by the database: %s", type(refusal).__name__)
        return _("Somebody acted on this at the same moment, or it was done already; look at it again.")
    return shown(str(refusal))
