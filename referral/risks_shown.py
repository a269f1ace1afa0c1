"""What pages show of the findings against a letter: by severity, with the answers that persons gave for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.forms import Form
from django.utils.translation import get_language

from backend.conventions.catalogue import shipped
from backend.conventions.refusal_risks import Finding, Severity
from backend.conventions.refusal_risks.deciding import WORKING_DAYS_AFTER_URGENT_FORM
from backend.conventions.refusal_risks.rulebook import rulebook
from referral.drafting import LetterContent
from referral.letters.strings import sentences
from referral.lifecycle import REQUESTS, working_day_after
from referral.models import LetterOfRequest
from referral.services.risks import Overridden, findings_of, kept_findings, overridden, waiting

# Where the form of a draft has a letter field: the beginning of the names of its form fields, {m} for each measure.
_PLACES: Mapping[str, tuple[str, ...]] = {
    "facts-summary": ("facts-",),
    "assistance-requested": ("{m}-description-",),
    "custodian": ("{m}-custodian",),
    "reason-provider-has-data": ("{m}-reason-", "particular-reason-provider-has-data-"),
    "data-time-range": ("{m}-end",),
    "data-identifiers": ("{m}-d1-at",),
    "offence-provisions-text": ("provision-",),
    "maximum-penalty": ("penalty-",),
    "urgency-and-deadline": ("urgency-",),
    "confidentiality": ("confidentiality-",),
    "use-limitation-undertaking": ("use_limitation-",),
}


@dataclass(frozen=True)
class ShownFinding:
    """A finding with its title, the names of the fields it looks at, and the answer that a person gave for it."""

    finding: Finding
    title: str
    fields: tuple[str, ...]
    answered: Overridden | None = None

    @property
    def only_warns_urgent(self) -> bool:
        """Whether the urgent form would let a block pass, to be mended after."""
        return self.finding.severity is Severity.BLOCK and not self.finding.mandatory_content

    @property
    def stands(self) -> bool:
        """Whether it keeps the letter from its signature."""
        return self.finding.severity is Severity.BLOCK and self.answered is None


@dataclass(frozen=True)
class ShownRisks:
    """The findings by severity. `at_signing`: as they stood then, kept with the letter; `due_on` for what is mended."""

    blocks: tuple[ShownFinding, ...]
    warns: tuple[ShownFinding, ...]
    asks: tuple[ShownFinding, ...]
    at_signing: datetime | None = None

    @property
    def all(self) -> tuple[ShownFinding, ...]:
        """Every finding, the gravest first."""
        return (*self.blocks, *self.warns, *self.asks)

    @property
    def standing(self) -> int:
        """How many keep the letter from its signature."""
        return sum(one.stands for one in self.blocks)

    @property
    def due_on(self) -> str:
        """The day by which what the urgent form let pass is mended."""
        if self.at_signing is None:
            return ""
        return working_day_after(self.at_signing.date(), WORKING_DAYS_AFTER_URGENT_FORM).isoformat()


def shown_risks(letter: LetterOfRequest, content: LetterContent, *, at: datetime) -> ShownRisks | None:
    """What speaks against a request of this node; None for any other letter, and for one of which nothing is kept."""
    if letter.direction != "out" or letter.kind not in REQUESTS:
        return None
    answered = overridden(letter)
    if letter.signed_at is not None:
        kept = kept_findings(letter)
        return _by_severity(kept, answered, at_signing=letter.signed_at) if kept else None
    return _by_severity(findings_of(letter, content, at=at), answered)


def answerable(letter: LetterOfRequest, content: LetterContent, *, at: datetime) -> list[tuple[str, str]]:
    """The rules for whose findings a person may answer now, with their titles: the choices of a form."""
    return [(finding.rule, title(finding.rule)) for finding in waiting(letter, content, at=at)]


def title(rule: str) -> str:
    """What a rule is called, in the language of the page; its id where nobody has named it."""
    named = rulebook(shipped()).titles.get(rule)
    return named.in_language(get_language() or "en") if named else rule


def notes_for(form: Form, risks: ShownRisks | None) -> dict[str, list[ShownFinding]]:
    """What stands against the draft, by the last form field of each letter field that it is about."""
    notes: dict[str, list[ShownFinding]] = {}
    for shown in (*risks.blocks, *risks.warns) if risks else ():
        for place in dict.fromkeys(_last_places(form, shown.finding)):
            notes.setdefault(place, []).append(shown)
    return notes


def fields_to_offer(risks: ShownRisks | None) -> frozenset[str]:
    """The letter fields in which a finding can be mended, so that the form has them."""
    return frozenset(field for shown in (risks.all if risks else ()) for field in shown.finding.looks_at)


def _last_places(form: Form, finding: Finding) -> Iterable[str]:
    measures = {name.split("-")[0] for name in form.fields if name.startswith("m") and name[1:2].isdigit()}
    # Words that were found stand in their field; what is missing could stand in any that the rule looks at.
    for field in dict.fromkeys(one.field for one in finding.found) or finding.looks_at:
        for pattern in _PLACES.get(field, (f"particular-{field}-",)):
            for measure in sorted(measures) if "{m}" in pattern else [""]:
                beginning = pattern.replace("{m}", measure)
                names = [name for name in form.fields if name.startswith(beginning)]
                yield from names[-1:]


def _by_severity(
    findings: Iterable[Finding],
    answered: Iterable[Overridden],
    at_signing: datetime | None = None,
) -> ShownRisks:
    given = {(one.row.rule, one.digest): one for one in answered}
    shown = [
        ShownFinding(
            finding,
            title(finding.rule),
            tuple(_field_name(field) for field in finding.looks_at),
            given.get((finding.rule, finding.digest)),
        )
        for finding in findings
    ]
    by = {grade: tuple(one for one in shown if one.finding.severity is grade) for grade in Severity}
    return ShownRisks(by[Severity.BLOCK], by[Severity.WARN], by[Severity.ASK], at_signing)


def _field_name(field: str) -> str:
    known = shipped().letter_fields.get(field)
    text = sentences("en").get(f"field-{field}") or (known.text if known else field)
    return text[:1].upper() + text[1:]
