"""Who may do what with referrals and letters: the one place where it is decided. Absent and forbidden look the same.

Acts on a letter follow its kind and the four-eyes rules (lifecycle.may_act); this table says who may see and open.
"""

from datetime import datetime
from enum import StrEnum

from django.http import Http404

from backend.accounts.models import Role, User
from referral.models import LetterOfRequest, Referral


class Action(StrEnum):
    """What can be done with a referral as a whole."""

    LIST = "list referrals"
    READ = "read a referral and its letters"
    OPEN = "open a referral"
    SEE_INBOX = "see received letters"
    SEE_LOG = "see the audit log"
    SEE_DIRECTORY = "see nodes, authorities and their keys"
    SEE_LAW = "see the references of the law data and who confirmed them"
    CONFIRM_LAW = "confirm a reference of the law data for the node, or withdraw that"


WORKING = frozenset({Role.DUTY, Role.PROSECUTOR, Role.APPROVER, Role.SIGNER, Role.REGISTRAR})
PERMITTED: dict[Action, frozenset[Role]] = {
    Action.LIST: WORKING,
    Action.READ: WORKING,
    Action.OPEN: frozenset({Role.DUTY, Role.PROSECUTOR}),
    Action.SEE_INBOX: WORKING,
    # The log holds references, stages and times, no victim's data: auditors and administrators read it, no one else.
    Action.SEE_LOG: frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
    Action.SEE_LAW: WORKING | {Role.AUDITOR},
    # Lawyers and the persons of the authority; whoever is on duty at night confirms for one letter only.
    Action.CONFIRM_LAW: frozenset({Role.PROSECUTOR, Role.APPROVER, Role.SIGNER}),
    Action.SEE_DIRECTORY: WORKING | {Role.AUDITOR, Role.ADMINISTRATOR},
}


def may(user: User, action: Action, *, at: datetime) -> bool:
    """Whether one of the roles held at ``at`` permits the action."""
    return bool(PERMITTED[action] & user.roles_at(at))


def require(user: User, action: Action, *, at: datetime) -> None:
    """Raise Http404 unless permitted."""
    if not may(user, action, at=at):
        raise Http404


def referral_for(user: User, pk: object, *, at: datetime) -> Referral:
    """The referral, or Http404 when it does not exist or is not for this person."""
    require(user, Action.READ, at=at)
    found = Referral.objects.select_related("data_key").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def letter_for(user: User, pk: object, *, at: datetime) -> LetterOfRequest:
    """The letter with what belongs to it, or Http404."""
    require(user, Action.READ, at=at)
    found = (
        LetterOfRequest.objects.select_related(
            "referral__data_key", "from_authority", "to_authority", "addressee_node", "sender_node", "in_answer_to"
        )
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found
