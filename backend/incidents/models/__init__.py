"""Incidents as reported: everything a person wrote is encrypted under the incident's own data key.

In clear, and named in the threat model: reference, unit, times, sizes, counts, offence codes, who decided, the tokens.
"""

from backend.incidents.models.classification import Classification, ClassificationDecision
from backend.incidents.models.evidence import CustodyEvent, EvidenceItem
from backend.incidents.models.incident import Incident
from backend.incidents.models.indicator import Indicator

__all__ = ["Classification", "ClassificationDecision", "CustodyEvent", "EvidenceItem", "Incident", "Indicator"]
