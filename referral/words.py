"""The words of the pages for what code and database hold as values."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

KINDS: Mapping[str, Any] = MappingProxyType(
    {
        "request": _("Letter of request"),
        "preservation-request": _("Request for expedited preservation"),
        "supplementary-information": _("Supplementary information"),
        "withdrawal": _("Withdrawal"),
        "acknowledgement": _("Acknowledgement of receipt"),
        "acceptance": _("Acceptance"),
        "preserved-answer": _("Answer: data preserved"),
        "not-ensured": _("Answer: preservation not ensured"),
        "supplementary-request": _("Supplementary request"),
        "postponement": _("Postponement"),
        "execution": _("Return after execution"),
        "refusal": _("Refusal"),
    }
)
STAGES: Mapping[str, Any] = MappingProxyType(
    {
        "draft": _("Draft"),
        "complete": _("Complete, awaits approval"),
        "approved": _("Approved, awaits signature"),
        "signed": _("Signed, awaits transmission"),
        "transmitted": _("Transmitted"),
        "delivered": _("Delivered"),
        "acknowledged": _("Acknowledged"),
        "accepted": _("Accepted"),
        "in_execution": _("In execution"),
        "closed": _("Closed"),
        "withdrawn": _("Withdrawn"),
        "superseded": _("Superseded"),
        "returned_unexecuted": _("Returned unexecuted"),
        "transferred": _("Transferred"),
    }
)
OUTCOMES: Mapping[str, Any] = MappingProxyType(
    {
        "open": _("Open"),
        "executed": _("Executed"),
        "partly_executed": _("Partly executed"),
        "refused": _("Refused"),
        "postponed": _("Postponed"),
        "not_possible": _("Not possible"),
    }
)
PRESERVATIONS: Mapping[str, Any] = MappingProxyType(
    {
        "requested": _("Requested, not answered yet"),
        "preserved": _("Preserved"),
        "extended": _("Extended"),
        "bound_to_letter": _("Bound to a letter of request"),
        "released": _("Released"),
        "lapsed": _("Lapsed"),
        "not_ensured": _("Not ensured"),
    }
)
DUE_ACTS: Mapping[str, Any] = MappingProxyType(
    {
        "second_person": _("Confirmation by a second person"),
        "translation": _("Translation"),
        "confirmation_of_references": _("Confirmation of references"),
        "refusal_risks": _("Mending what the urgent form let pass"),
    }
)
GROUNDS: Mapping[str, Any] = MappingProxyType(
    {
        "basis_allows_expedited_means": _("The legal basis allows expedited means"),
        "life_at_risk": _("Life is at risk"),
        "data_would_be_lost": _("Data would be lost"),
    }
)
FORMS: Mapping[str, Any] = MappingProxyType(
    {"ordinary": _("Ordinary form"), "urgent": _("Urgent form"), "registry": _("Act of the registry")}
)
TRANSMISSIONS: Mapping[str, Any] = MappingProxyType(
    {
        "to_build": _("Waits to be packed"),
        "queued": _("Packed, waits to be sent"),
        "delivered": _("Delivered"),
        "failed": _("Given up; somebody must look"),
    }
)
STANDINGS: Mapping[str, Any] = MappingProxyType(
    {
        "applicable": _("Applicable"),
        "applicable-with-conditions": _("Applicable with conditions"),
        "unknown": _("Unknown"),
        "not-applicable": _("Not applicable"),
        "met": _("Met"),
        "to-do": _("To be done"),
        "open": _("Not known to be met"),
    }
)
ELEMENTS: Mapping[str, Any] = MappingProxyType(
    {
        "established": _("Established"),
        "indicated": _("Indicated"),
        "contradicted": _("Contradicted"),
        "open": _("Open"),
    }
)
ROLES: Mapping[str, Any] = MappingProxyType(
    {
        "officer": _("Officer"),
        "duty": _("24/7 point of contact"),
        "prosecutor": _("Prosecutor"),
        "approver": _("Approver"),
        "signer": _("Signer"),
        "registrar": _("Registrar"),
        "administrator": _("Administrator"),
        "auditor": _("Auditor"),
    }
)
AUTHORITIES: Mapping[str, Any] = MappingProxyType(
    {
        "central": _("Central authority"),
        "competent": _("Competent authority"),
        "24-7": _("24/7 point of contact"),
        "diplomatic": _("Diplomatic channel"),
    }
)
DATA_KINDS: Mapping[str, Any] = MappingProxyType(
    {
        "account": _("Account"),
        "email-address": _("E-mail address"),
        "ip-address": _("IP address"),
        "domain": _("Domain"),
        "url": _("Address on the Web"),
        "phone": _("Telephone number"),
        "bank-account": _("Bank account"),
        "other": _("Other identifier"),
    }
)
CONFIRMATIONS: Mapping[str, Any] = MappingProxyType(
    {
        "open": _("To be confirmed"),
        "confirmed": _("Confirmed"),
        "earlier": _("Confirmed for an earlier wording"),
        "withdrawn": _("Withdrawn"),
    }
)
# How a standing looks is no word: the tag of the same meaning.
CONFIRMATION_LOOKS: Mapping[str, Any] = MappingProxyType(
    {"open": "unverified", "confirmed": "good", "earlier": "unverified", "withdrawn": "plain"}
)
# The lists of the law data's files in which a row may stand: data/README.md.
LISTS: Mapping[str, Any] = MappingProxyType(
    {
        "offences": _("Offence"),
        "cooperation": _("Measure"),
        "request_contents": _("Content of a letter"),
        "refusal_grounds": _("Ground of refusal"),
        "rules": _("Rule"),
        "treaties": _("Instrument"),
        "bilateral": _("Bilateral treaty"),
        "authorities": _("Authority"),
        "gates": _("Condition of national law"),
        "domestic_powers": _("Power under national law"),
        "cybercrime_statute": _("Offence under national law"),
        "mla_statute": _("Statute on mutual assistance"),
        "provider_law": _("Law on what providers may give"),
    }
)
GROUPS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "kind": KINDS,
        "stage": STAGES,
        "outcome": OUTCOMES,
        "preservation": PRESERVATIONS,
        "due": DUE_ACTS,
        "ground": GROUNDS,
        "form": FORMS,
        "transmission": TRANSMISSIONS,
        "standing": STANDINGS,
        "element": ELEMENTS,
        "role": ROLES,
        "authority": AUTHORITIES,
        "data": DATA_KINDS,
        "confirmation": CONFIRMATIONS,
        "confirmation-look": CONFIRMATION_LOOKS,
        "law-list": LISTS,
    }
)


def word(value: str, group: str) -> Any:
    """The words for a value of the group; the value itself where there are none yet."""
    return GROUPS[group].get(value, value)
