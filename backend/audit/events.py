"""The names of everything that is recorded. Grammar: ``subject:verb``, verb in the past tense, lower case."""

from enum import StrEnum


class Event(StrEnum):
    """What happened. A name is never reused or changed: old leaves of the log carry it. Add at the end."""

    SUBMISSION_RECEIVED = "submission:received"
    SUBMISSION_OPENED = "submission:opened"
    SUBMISSION_QUARANTINED = "submission:quarantined"
    SUBMISSION_GIVEN_UP = "submission:given_up"
    ENROLMENT_REQUESTED = "enrolment:requested"
