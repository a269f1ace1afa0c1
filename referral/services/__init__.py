"""What persons do with referrals and letters: a file per act, all of them importable from here."""

from referral.services.answering import acknowledge_letter, answer_preservation
from referral.services.approving import approve_letter, confirm_urgent_form
from referral.services.drafting import (
    complete_letter,
    draft_letter,
    redraft_letter,
    return_to_draft,
    what_is_missing,
    withdraw_letter,
)
from referral.services.opening import open_referral
from referral.services.references import confirm_reference
from referral.services.risks import override_risk
from referral.services.signing import sign_letter

__all__ = [
    "acknowledge_letter",
    "answer_preservation",
    "approve_letter",
    "complete_letter",
    "confirm_reference",
    "confirm_urgent_form",
    "draft_letter",
    "open_referral",
    "override_risk",
    "redraft_letter",
    "return_to_draft",
    "sign_letter",
    "what_is_missing",
    "withdraw_letter",
]
