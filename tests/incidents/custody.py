"""An item in custody, people who may read and release it, and what an attacker would try."""

from collections.abc import Mapping

from backend.accounts.models import Role
from backend.accounts.services import Person
from backend.incidents import evidence, opening
from backend.incidents.models import EvidenceItem
from backend.incidents.releasing import Outcome, decide_release, propose_release
from tests.founding import FRAUD_REPORT, NOW, SealedReport, enrol_device, found_node, person

CONTENT = b"What Testperson Exampleton kept: \x89PNG\r\n<script>alert(1)</script>"
WHY = "To see whether the mail is the one of Exampleton."
BASIS = "Order of the Magistrate of Exampleton, file 12/2026."


def received_items(sensitivity: Mapping[str, str] | None = None, **files: bytes) -> list[EvidenceItem]:
    """Items that arrived with a report, in the order of the files."""
    found_node()
    named = files or {"mail": CONTENT}
    SealedReport(enrol_device(), FRAUD_REPORT, files=named, sensitivity=dict(sensitivity or {})).send()
    assert opening.open_waiting(at=NOW)
    for _ in named:
        assert evidence.take_waiting(at=NOW)
    by_size = {item.size: item for item in EvidenceItem.objects.select_related("data_key", "incident")}
    return [by_size[len(data)] for data in named.values()]


def abuse_material(data: bytes = CONTENT) -> EvidenceItem:
    """One item that its reporter declared a child's abuse; its content is harmless."""
    return received_items({"mail": "abuse-material"}, mail=data)[0]


def prosecutor() -> Person:
    return person(Role.PROSECUTOR, "prosecutor")


def approver() -> Person:
    return person(Role.APPROVER, "approver")


def release(item: EvidenceItem, went_to: str, letter: str = "", outcome: str = Outcome.APPROVED) -> None:
    """A release proposed by the prosecutor and decided by the approver."""
    proposed = propose_release(item, went_to, BASIS, letter=letter, acting=prosecutor(), at=NOW)
    decide_release(proposed, outcome, "As ordered by the magistrate.", acting=approver(), at=NOW)
