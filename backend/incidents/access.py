"""Who may do what with an incident: the one place where it is decided. Absent and forbidden are the same answer."""

from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet
from django.http import Http404

from backend.accounts.models import Role, User
from backend.incidents.models import EvidenceItem, Incident, Release
from backend.intake.models import Submission


class Action(StrEnum):
    """What can be done with incidents and with what did not become one."""

    LIST = "list incidents"
    READ = "read an incident"
    OPEN_REFERRAL = "open a referral"
    SEE_QUARANTINE = "see quarantine"
    DECIDE_CLASSIFICATION = "confirm or override a classification"
    CLASSIFY = "classify a narrative"
    SEE_EVIDENCE = "see evidence items and their custody"
    READ_EVIDENCE = "read the content of an evidence item"
    PROPOSE_RELEASE = "propose the release of sensitive material"
    DECIDE_RELEASE = "approve or refuse the release of sensitive material"
    LOOK_UP = "look up an indicator"
    DECIDE_DUPLICATE = "confirm or dismiss a likely duplicate"

    RETRY_SUBMISSION = "try a submission in quarantine again"
    RELEASE_SUBMISSION = "release what a device sealed before it was revoked"
    GIVE_UP_SUBMISSION = "give a submission up"
    SEE_RETENTION = "see periods, holds and erasures"
    SET_RETENTION = "set and confirm periods"
    SET_BACKUPS = "say how long backups are kept"
    PLACE_HOLD = "place a legal hold"
    LIFT_HOLD = "lift a legal hold"
    ORDER_ERASURE = "order an erasure"
    APPROVE_ERASURE = "approve or refuse an erasure"


WORKING = frozenset({Role.DUTY, Role.PROSECUTOR, Role.APPROVER, Role.SIGNER})
PERMITTED: dict[Action, frozenset[Role]] = {
    Action.LIST: WORKING,
    Action.READ: WORKING,
    Action.OPEN_REFERRAL: frozenset({Role.DUTY, Role.PROSECUTOR}),
    # Quarantine shows senders, sizes and reasons, never content.
    Action.SEE_QUARANTINE: frozenset({Role.ADMINISTRATOR, Role.DUTY}),
    # Whoever opens a referral and drafts its letters answers for the offences in them.
    Action.DECIDE_CLASSIFICATION: frozenset({Role.DUTY, Role.PROSECUTOR}),
    # A computation on what the person writes themselves; nothing stored is read.
    Action.CLASSIFY: WORKING | {Role.OFFICER},
    Action.SEE_EVIDENCE: WORKING,
    Action.READ_EVIDENCE: WORKING,
    # Whoever drafts letters proposes; a person of the authority, who drafts none, decides.
    Action.PROPOSE_RELEASE: frozenset({Role.DUTY, Role.PROSECUTOR}),
    Action.DECIDE_RELEASE: frozenset({Role.APPROVER, Role.SIGNER}),
    # What is found are incidents that the person may read anyway.
    Action.LOOK_UP: WORKING,
    Action.DECIDE_DUPLICATE: frozenset({Role.DUTY, Role.PROSECUTOR}),
    # Whoever runs the node or watches over it tends what did not open; nothing of it is read.
    Action.RETRY_SUBMISSION: frozenset({Role.ADMINISTRATOR, Role.DUTY}),
    Action.RELEASE_SUBMISSION: frozenset({Role.ADMINISTRATOR, Role.DUTY}),
    Action.GIVE_UP_SUBMISSION: frozenset({Role.ADMINISTRATOR, Role.DUTY}),
    # References, offences, periods and dates; no content.
    Action.SEE_RETENTION: WORKING | {Role.ADMINISTRATOR, Role.AUDITOR},
    Action.SET_RETENTION: frozenset({Role.ADMINISTRATOR, Role.PROSECUTOR, Role.APPROVER}),
    Action.SET_BACKUPS: frozenset({Role.ADMINISTRATOR}),
    # Keeping is easy, letting go is not: to lift a hold or erase takes who answers for the file, and for an order two.
    Action.PLACE_HOLD: frozenset({Role.DUTY, Role.PROSECUTOR, Role.APPROVER}),
    Action.LIFT_HOLD: frozenset({Role.PROSECUTOR, Role.APPROVER}),
    Action.ORDER_ERASURE: frozenset({Role.PROSECUTOR}),
    Action.APPROVE_ERASURE: frozenset({Role.APPROVER}),
}

# What can be asked of an incident that is erased: to see that it is; a hold or an order says so by a sentence.
ON_ERASED = frozenset({Action.READ, Action.PLACE_HOLD, Action.LIFT_HOLD, Action.ORDER_ERASURE, Action.APPROVE_ERASURE})


def may(user: User, action: Action, *, at: datetime) -> bool:
    """Whether one of the roles held at ``at`` permits the action."""
    return bool(PERMITTED[action] & user.roles_at(at))


def require(user: User, action: Action, *, at: datetime) -> None:
    """Raise Http404 unless permitted."""
    if not may(user, action, at=at):
        raise Http404


def visible_incidents(user: User, *, at: datetime) -> "QuerySet[Incident]":
    """The incidents that this person may read: what they are shown of others goes through it."""
    return Incident.objects.all() if may(user, Action.READ, at=at) else Incident.objects.none()


def incident_for(user: User, pk: object, *, action: Action = Action.READ, at: datetime) -> Incident:
    """The incident, or Http404 when it does not exist or is not for this person."""
    require(user, action, at=at)
    found = Incident.objects.select_related("unit", "device", "data_key", "submission").filter(pk=pk).first()
    if found is None or (found.erased and action not in ON_ERASED):
        raise Http404
    return found


def evidence_for(user: User, pk: object, *, action: Action = Action.SEE_EVIDENCE, at: datetime) -> EvidenceItem:
    """The evidence item, or Http404 when it does not exist or is not for this person."""
    found = EvidenceItem.objects.select_related("incident", "data_key").filter(pk=pk).first()
    if found is None:
        raise Http404
    # What goes or came with a letter is shown to registrars on the letter's page, so here too; its content is not.
    registrar = action is Action.SEE_EVIDENCE and Role.REGISTRAR in user.roles_at(at)
    if not (registrar and found.letters.exists()):
        require(user, action, at=at)
    return found


def release_for(user: User, pk: object, *, at: datetime) -> Release:
    """The release to decide on, or Http404 when it does not exist or its decision is not for this person."""
    require(user, Action.DECIDE_RELEASE, at=at)
    found = Release.objects.select_related("item__incident", "item__data_key").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def quarantined_for(user: User, *, at: datetime) -> list[Submission]:
    """The newest 200 submissions in quarantine, or Http404."""
    require(user, Action.SEE_QUARANTINE, at=at)
    return list(
        Submission.objects.filter(stage=Submission.Stage.QUARANTINED).defer("sealed").order_by("-received_at")[:200]
    )


def quarantined_one_for(user: User, pk: object, *, action: Action, at: datetime) -> Submission:
    """A submission that is, or just was, in quarantine; Http404 when it does not exist or is not for this person."""
    require(user, action, at=at)
    settled = (Submission.Stage.QUARANTINED, Submission.Stage.RECEIVED, Submission.Stage.GIVEN_UP)
    found = Submission.objects.filter(pk=pk, stage__in=settled).defer("sealed").first()
    if found is None:
        raise Http404
    return found
