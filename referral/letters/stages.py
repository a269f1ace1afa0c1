"""The words of the lifecycle: stages, outcomes, roles, steps. Their values are what database and letters carry."""

from enum import StrEnum


class Stage(StrEnum):
    """Where a letter stands."""

    DRAFT = "draft"
    COMPLETE = "complete"
    APPROVED = "approved"
    SIGNED = "signed"
    TRANSMITTED = "transmitted"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    IN_EXECUTION = "in_execution"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    RETURNED_UNEXECUTED = "returned_unexecuted"
    TRANSFERRED = "transferred"


class MeasureOutcome(StrEnum):
    """The outcome of one measure sought; the letter's is derived from them."""

    OPEN = "open"
    EXECUTED = "executed"
    PARTLY_EXECUTED = "partly_executed"
    REFUSED = "refused"
    POSTPONED = "postponed"
    NOT_POSSIBLE = "not_possible"


class OpenMatter(StrEnum):
    """What stands beside the stage and keeps a letter from going on."""

    SUPPLEMENT_REQUESTED = "supplement_requested"
    CONSULTATION = "consultation"
    CONDITIONS_PROPOSED = "conditions_proposed"
    TRANSLATION_AWAITED = "translation_awaited"
    ORIGINAL_AWAITED = "original_awaited"
    COSTS_DISCUSSED = "costs_discussed"


class PreservationStage(StrEnum):
    """Where an expedited preservation stands."""

    REQUESTED = "requested"
    PRESERVED = "preserved"
    EXTENDED = "extended"
    BOUND_TO_LETTER = "bound_to_letter"
    RELEASED = "released"
    LAPSED = "lapsed"
    NOT_ENSURED = "not_ensured"


class EvidenceReturnStage(StrEnum):
    """Where returned evidence stands."""

    RECEIVED = "received"
    USABLE = "usable"
    USE_ENDED = "use_ended"


class Role(StrEnum):
    """What a person is to the node; one person may hold several."""

    OFFICER = "officer"
    DUTY = "duty"
    PROSECUTOR = "prosecutor"
    APPROVER = "approver"
    SIGNER = "signer"
    REGISTRAR = "registrar"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Step(StrEnum):
    """An act of a person on a letter."""

    DRAFT = "draft"
    COMPLETE = "complete"
    RETURN_TO_DRAFT = "return_to_draft"
    APPROVE = "approve"
    SIGN = "sign"
    SIGN_URGENT = "sign_urgent"
    CONFIRM_URGENT = "confirm_urgent"
    SIGN_REGISTRY = "sign_registry"
    CONFIRM_REFERENCE = "confirm_reference"
    OVERRIDE_RISK = "override_risk"
    WITHDRAW = "withdraw"
    REGISTER = "register"
    ACKNOWLEDGE = "acknowledge"
    ACCEPT = "accept"
    EXECUTE = "execute"


class DueAfterUrgentForm(StrEnum):
    """What an urgent form leaves to be done within three working days."""

    SECOND_PERSON = "second_person"
    TRANSLATION = "translation"
    CONFIRMATION_OF_REFERENCES = "confirmation_of_references"
    REFUSAL_RISKS = "refusal_risks"


class UrgencyGround(StrEnum):
    """Why one entitled person may sign and send alone."""

    BASIS_ALLOWS_EXPEDITED_MEANS = "basis_allows_expedited_means"
    LIFE_AT_RISK = "life_at_risk"
    DATA_WOULD_BE_LOST = "data_would_be_lost"


class Form(StrEnum):
    """How a letter comes to be signed: after approval, in urgent form, or as an act of the registry."""

    ORDINARY = "ordinary"
    URGENT = "urgent"
    REGISTRY = "registry"


class UseEnd(StrEnum):
    """How the use of returned evidence ended."""

    RETURNED = "returned"
    DESTROYED = "destroyed"
    KEPT_BY_ORDER = "kept_by_order"
