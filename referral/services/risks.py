"""What speaks against a request: found anew from the data each time, answered for by persons, kept at signing."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from backend.conventions import legal_basis, refusal_risks
from backend.conventions.catalogue import shipped
from backend.conventions.classification.answer import Classification
from backend.conventions.dual_criminality import Assessment, assess
from backend.conventions.dual_criminality.bridging import conduct_of
from backend.conventions.legal_basis import BasisAnswer
from backend.conventions.refusal_risks import Finding, Severity
from backend.conventions.refusal_risks.draft import Held, NamedOffice
from backend.directory.models import Authority
from backend.incidents.columns import opened
from backend.incidents.models import Classification as Proposal
from backend.incidents.models import Incident
from backend.incidents.selectors import read_report
from backend.vault.columns import open_data_key
from referral.columns import content_of, key_of
from referral.drafting import LetterContent
from referral.lifecycle import REQUESTS, DueAfterUrgentForm, PreservationStage, Stage, Step
from referral.models import FindingsAtSigning, LetterOfRequest, Preservation, RiskOverride
from referral.risks import risk_draft
from referral.services.moving import check_person, locked, must_be

OVERRIDES = "referral_riskoverride"
KEPT = "referral_findingsatsigning"
_INCIDENTS = 10
_HELD = (PreservationStage.REQUESTED, PreservationStage.PRESERVED, PreservationStage.EXTENDED)


class RisksStand(Exception):
    """Something that makes letters come back stands in the letter, and nobody has answered for it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.rules = tuple(finding.rule for finding in findings)
        said = " ".join(finding.text[0] for finding in findings)
        super().__init__(
            _(
                "The letter is not to be signed so: %(said)s Mend it, or have a person of the authority override it "
                "(%(rules)s)."
            )
            % {"said": said, "rules": ", ".join(self.rules)}
        )


class NoSuchFinding(Exception):
    """No finding of this rule waits for a person's answer."""


@dataclass(frozen=True)
class Overridden:
    """A person's answer for a finding, opened."""

    row: RiskOverride
    reason: str
    digest: str


def findings_of(
    letter: LetterOfRequest, content: LetterContent, *, urgent: bool = False, at: datetime
) -> tuple[Finding, ...]:
    """What speaks against a request by the law of the day; nothing is asked of answers."""
    if letter.kind not in REQUESTS:
        return ()
    answers = [_answer(letter, content, measure, at) for measure in _measures(content)]
    draft = risk_draft(
        content,
        answers,
        sender=_office(letter.from_authority),
        addressee=_office(letter.to_authority),
        preserved=_preserved(letter),
        sensitive=_sensitive(letter),
        catalogue=shipped(),
    )
    incidents = _incidents(letter)
    found = [
        refusal_risks.check(draft, answer, assessments=_assessments(answer, incidents), urgent=urgent)
        for answer in answers
    ]
    return refusal_risks.merge(found)


def overridden(letter: LetterOfRequest) -> tuple[Overridden, ...]:
    """Every answer that persons gave for findings on the letter, the first one first."""
    key = key_of(letter)
    found = []
    for row in letter.risk_overrides.select_related("overridden_by").order_by("overridden_at", "id"):
        about = json.loads(key.decrypt(row.about_ct, table=OVERRIDES, row=row.id, column="about_ct"))
        found.append(Overridden(row, about["reason"], about["digest"]))
    return tuple(found)


def blocking(findings: Iterable[Finding], answered: Iterable[Overridden]) -> tuple[Finding, ...]:
    """The blocks that nobody has answered for as they stand now."""
    known = {(one.row.rule, one.digest) for one in answered}
    return tuple(
        finding
        for finding in findings
        if finding.severity is Severity.BLOCK and (finding.rule, finding.digest) not in known
    )


def waiting(letter: LetterOfRequest, content: LetterContent, *, at: datetime) -> tuple[Finding, ...]:
    """The findings for which a person may answer now: blocks before the signature, what is due after an urgent one."""
    answered = overridden(letter)
    if letter.signed_at is None:
        return blocking(findings_of(letter, content, at=at), answered)
    known = {one.row.rule for one in answered if one.row.overridden_at >= letter.signed_at}
    due = (finding for finding in kept_findings(letter) if finding.due_in_working_days is not None)
    return tuple(finding for finding in due if finding.rule not in known)


def override_risk(letter: LetterOfRequest, rule: str, *, reason: str, acting: Person, at: datetime) -> LetterOfRequest:
    """A person of the authority, not the drafter, answers for a finding. Raises NoSuchFinding or a lifecycle error.

    Before the signature it may then be signed with this finding as it stands: another wording is another finding. After
    an urgent form, whose blocks only warned, it says how the finding was mended; the last one settles what was due.
    """
    with transaction.atomic():
        letter = locked(letter)
        check_person(letter, Step.OVERRIDE_RISK, acting=acting, at=at)
        due = letter.due_acts.filter(act=DueAfterUrgentForm.REFUSAL_RISKS, done_at=None).first()
        if due is None:
            must_be(letter, Stage.COMPLETE, Stage.APPROVED)
        open_findings = waiting(letter, content_of(letter), at=at)
        finding = next((one for one in open_findings if one.rule == rule), None)
        if finding is None:
            raise NoSuchFinding(_("No finding of this rule waits for an answer; choose one that the letter shows."))
        row = _store(letter, finding, reason, acting=acting, at=at)
        digest = sha256(row.about_ct).hexdigest()
        detail = {"reference": letter.reference, "rule": rule, "override": str(row.id), "row_sha256": digest}
        recording.record(Event.RISK_OVERRIDDEN, letter, acting=acting, at=at, detail=detail)
        if due is not None and len(open_findings) == 1:
            due.done_at, due.done_by = at, acting.user
            due.save(update_fields=["done_at", "done_by"])
            recording.record(Event.DUE_ACT_DONE, letter, acting=acting, at=at, detail={"act": str(due.act)})
    return letter


def keep_findings(letter: LetterOfRequest, findings: Sequence[Finding], *, at: datetime) -> dict[str, str | int | None]:
    """Keep what stood when the letter is signed, in the caller's transaction; what the signature's event says of it."""
    sealed = key_of(letter).encrypt(msgspec.json.encode(findings), table=KEPT, row=letter.id, column="findings_ct")
    FindingsAtSigning.objects.create(letter=letter, findings_ct=sealed, made_at=at)
    counts = {grade: sum(one.severity is grade for one in findings) for grade in Severity}
    return {f"findings_{grade}": number for grade, number in counts.items()} | {
        "findings_sha256": sha256(sealed).hexdigest()
    }


def kept_findings(letter: LetterOfRequest) -> tuple[Finding, ...]:
    """What stood when the letter was signed; empty for a letter of before, or of another State."""
    row = FindingsAtSigning.objects.filter(letter=letter).first()
    if row is None:
        return ()
    text = key_of(letter).decrypt(row.findings_ct, table=KEPT, row=letter.id, column="findings_ct")
    return msgspec.json.decode(text, type=tuple[Finding, ...])


def _store(letter: LetterOfRequest, finding: Finding, reason: str, *, acting: Person, at: datetime) -> RiskOverride:
    row = RiskOverride(letter=letter, rule=finding.rule, overridden_at=at, overridden_by=acting.user)
    about = {"reason": reason, "digest": finding.digest, "text": finding.text, "severity": finding.severity}
    row.about_ct = key_of(letter).encrypt(
        json.dumps(about, ensure_ascii=False).encode(), table=OVERRIDES, row=row.id, column="about_ct"
    )
    row.save(force_insert=True)
    return row


def _measures(content: LetterContent) -> list[str]:
    return list(dict.fromkeys(sought.measure for sought in content.measures))


def _answer(letter: LetterOfRequest, content: LetterContent, measure: str, at: datetime) -> BasisAnswer:
    codes = [offence.code for offence in content.offences]
    return legal_basis.find(
        letter.requesting_state, letter.requested_state, measure, on=at.date(), offences=codes, catalogue=shipped()
    )


def _office(authority: Authority) -> NamedOffice:
    return NamedOffice(kind=authority.kind, title=authority.title, confirmed=authority.confirmed_at is not None)


def _preserved(letter: LetterOfRequest) -> list[Held]:
    """What earlier requests of the referral have preserved."""
    rows = Preservation.objects.filter(letter__referral=letter.referral, letter__direction="out", stage__in=_HELD)
    sent = rows.exclude(letter=letter).exclude(letter__signed_at=None).select_related("letter").order_by("pk")
    return [Held(reference=row.letter.reference, until=row.until) for row in sent]


def _sensitive(letter: LetterOfRequest) -> frozenset[str]:
    rows = letter.evidence.exclude(item__sensitivity="none").values_list("item_id", flat=True)
    return frozenset(str(pk) for pk in rows)


def _incidents(letter: LetterOfRequest) -> list[Incident]:
    readable = letter.referral.incidents.filter(data_key__destroyed_at=None).select_related("data_key")
    return list(readable.order_by("received_at")[:_INCIDENTS])


def _assessments(answer: BasisAnswer, incidents: Sequence[Incident]) -> list[Assessment]:
    """The conduct of each incident compared with the law of the requested State, under the rule of the basis."""
    return [
        assess(
            conduct_of(_classification(incident), read_report(incident).facts),
            answer.requesting,
            answer.requested,
            rule=answer.dual_criminality_rule,
            on=answer.on,
        )
        for incident in incidents
    ]


def _classification(incident: Incident) -> Classification | None:
    """What the engine found last; None where nothing is kept, or in a form of before."""
    row = incident.classifications.order_by(*Proposal.NEWEST_FIRST).first()
    if row is None:
        return None
    try:
        return msgspec.json.decode(opened(open_data_key(incident.data_key), row, "result_ct"), type=Classification)
    except msgspec.ValidationError:
        return None
