"""Incidents as reported: everything a person wrote is encrypted under the incident's own data key.

In clear, and named in the threat model: reference, unit, times, sizes, counts, offence codes, who decided, the tokens.
"""

from backend.incidents.models.classification import Classification, ClassificationDecision
from backend.incidents.models.correlation import Comparison, Correlation, DuplicateDecision, LookUp
from backend.incidents.models.evidence import ContentOpening, CustodyEvent, EvidenceItem, EvidenceKey
from backend.incidents.models.hold import LegalHold
from backend.incidents.models.incident import Incident
from backend.incidents.models.indicator import Indicator
from backend.incidents.models.release import Release, ReleaseDecision
from backend.incidents.models.retention import BackupLifetime, Erasure, RetentionRule
from backend.incidents.models.supplement import Supplement

__all__ = [
    "BackupLifetime",
    "Classification",
    "ClassificationDecision",
    "Comparison",
    "ContentOpening",
    "Correlation",
    "CustodyEvent",
    "DuplicateDecision",
    "Erasure",
    "EvidenceItem",
    "EvidenceKey",
    "Incident",
    "Indicator",
    "LegalHold",
    "LookUp",
    "Release",
    "ReleaseDecision",
    "RetentionRule",
    "Supplement",
]
