"""Draft letters of request for the tests of refusal risks: a good one, one for preservation, and how to spoil them."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from backend.conventions import legal_basis
from backend.conventions.catalogue import Catalogue
from backend.conventions.dual_criminality.answer import Assessment, Conduct, Verdict
from backend.conventions.legal_basis import BasisAnswer
from backend.conventions.refusal_risks import Draft, Finding, Severity, check
from backend.conventions.refusal_risks.draft import Charge, Cited, Held, Identifier, NamedOffice, SoughtMeasure

ON = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 4, 12, 33, tzinfo=UTC)
BLOCK, WARN, ASK = Severity.BLOCK, Severity.WARN, Severity.ASK


def en(text: str) -> tuple[dict[str, str], ...]:
    """An English text as it stands under a field."""
    return ({"en": text},)


FACTS = (
    "According to the log of the provider somebody entered the mailbox a@b.example on 24 November 2026 from "
    "203.0.113.77, source port 51234, and sent a forged invoice from it. The company paid 184,000 US dollars. "
    "The servers are in Costa Rica."
)
TEXTS = {
    "facts-summary": en(FACTS),
    "link-to-offence": en("The mailbox a@b.example and the address 203.0.113.77 were used to send the forged invoice."),
    "necessity": en("No other evidence of the sender exists; the records of the provider name the subscriber."),
    "purpose": en("Use as evidence in the proceedings named above."),
    "treaty-basis": en("The convention named above."),
    "nature-of-proceedings": en("Criminal investigation, before charge."),
    "limitation-period": en("Ten years; nobody was tried for these facts."),
    "police-contacts-so-far": en("The 24/7 points spoke on 24 November 2026."),
    "procedures-requested": en("A certificate of the custodian with the SHA-256 of each file."),
    "data-protection-undertaking": en("The data are kept for the proceedings only."),
    "investigating-authority": en("Cybercrime Unit (exercise)."),
    "intention-to-submit-mla": en("A letter of request under Article 31 follows by 15 January 2027."),
    "translation": en("Translated by A. Fictional, sworn translator."),
    "transmission-channel": en("Sealed packet; the signed original follows by courier."),
    "use-limitation-undertaking": en("Only for the case named."),
}
ITEMS = (
    Identifier(kind="email-address", value="a@b.example"),
    Identifier(
        kind="ip-address", value="203.0.113.77", at=AT, port=51234, note={"en": "Sign-in, by the provider's log."}
    ),
)
STORED = SoughtMeasure(
    measure="stored-data",
    description={"en": "Connection logs and messages of the mailbox."},
    custodian="Correo Ejemplo S.A. (fictional)",
    custodian_address="San José, Costa Rica",
    reason={"en": "The mail servers of the domain are in Costa Rica."},
    start=AT - timedelta(days=4),
    end=AT + timedelta(days=1),
    identifiers=ITEMS,
)
FRAUD = Charge(
    code="computer-fraud", title={"en": "Computer-related fraud"}, penalty={"en": "imprisonment for up to ten years"}
)
HEAD = Cited(label="Budapest, Art. 31", source="budapest", ref="Art. 31", verified=True, role="measure")
GOOD = Draft(
    languages=("es", "en"),
    measures=(STORED,),
    texts=TEXTS,
    offences=(FRAUD,),
    references=(HEAD,),
    sender=NamedOffice(kind="central", title="Central Authority (exercise)", confirmed=True),
    addressee=NamedOffice(kind="central", title="Autoridad central (ejercicio)", confirmed=True),
    preserved=(Held(reference="GD-L-1", until=ON + timedelta(days=80)),),
)
KEEP = replace(
    GOOD,
    measures=(replace(STORED, measure="preservation"),),
    references=(replace(HEAD, ref="Art. 29"),),
    sender=NamedOffice(kind="24-7", title="Point (exercise)", confirmed=True),
    addressee=NamedOffice(kind="24-7", title="Punto (ejercicio)", confirmed=True),
    preserved=(),
)
KEEPING = ("gd", "cr", "preservation")


def put(draft: Draft, **texts: str | None) -> Draft:
    """The draft with texts changed, or taken away where None; `_` stands for `-`."""
    named = {name.replace("_", "-"): text for name, text in texts.items()}
    kept = {name: text for name, text in draft.texts.items() if name not in named}
    return replace(draft, texts=kept | {name: en(text) for name, text in named.items() if text is not None})


def seek(draft: Draft, **changes: Any) -> Draft:
    """The draft with its first measure changed."""
    first, *others = draft.measures
    return replace(draft, measures=(replace(first, **changes), *others))


def charge(draft: Draft, **changes: Any) -> Draft:
    """The draft with its only offence changed."""
    return replace(draft, offences=(replace(FRAUD, **changes),))


def cite(draft: Draft, *references: Cited) -> Draft:
    """The draft with these references alone."""
    return replace(draft, references=references)


def ask(requesting: str = "gd", requested: str = "cr", measure: str = "stored-data", on: date = ON) -> BasisAnswer:
    return legal_basis.find(requesting, requested, measure, on=on, offences=["computer-fraud"])


def compared(verdict: Verdict) -> tuple[Assessment, ...]:
    return (Assessment("gd", "cr", "any", ON, ON, Conduct(), None, verdict, verdict, verdict, verdict, "", "", (), ()),)


MET = compared(Verdict.MET)


def rule(findings: tuple[Finding, ...], name: str) -> Finding | None:
    return next((finding for finding in findings if finding.rule == name), None)


@dataclass(frozen=True)
class Row:
    """A rule, the draft that it stops and how gravely, the nearest draft that it lets pass; under one question."""

    rule: str
    severity: Severity
    bad: Draft
    good: Draft = GOOD
    question: tuple[str, ...] = ()
    assessed: tuple[Assessment, ...] = MET
    good_assessed: tuple[Assessment, ...] | None = None
    good_question: tuple[str, ...] = ()


def asked(question: tuple[str, ...]) -> BasisAnswer:
    names = question or ("gd", "cr", "stored-data")
    return ask(*names[:3], on=date.fromisoformat(names[3]) if len(names) > 3 else ON)


def fitted(draft: Draft, answer: BasisAnswer) -> Draft:
    """The draft for another measure."""
    return seek(draft, measure=answer.measure)


def against(row: Row) -> Finding:
    """What the rule has against the bad draft."""
    answer = asked(row.question)
    finding = rule(check(fitted(row.bad, answer), answer, assessments=row.assessed), row.rule)
    assert finding is not None
    return finding


def must_stop(row: Row) -> None:
    """The rule has something against the bad draft, of that severity, in sentences that are complete."""
    finding = against(row)
    assert finding.severity is row.severity
    assert finding.text if row.severity is not ASK else finding.to_look and not finding.text
    assert all(text.strip() and "{" not in text for text in (*finding.text, *finding.to_look))
    assert finding.mend
    assert finding.why
    assert finding.source
    assert len(finding.digest) == 64


def must_pass(row: Row) -> None:
    """The rule has nothing of what it said of the bad draft against the mended one."""
    answer = asked(row.good_question or row.question)
    assessed = row.assessed if row.good_assessed is None else row.good_assessed
    finding = rule(check(fitted(row.good, answer), answer, assessments=assessed), row.rule)
    before = against(row)
    said = {*finding.text, *finding.to_look} if finding else set()
    assert not said & set(before.text or before.to_look)
    if row.severity is not ASK:
        assert finding is None or finding.severity is ASK


def with_file(data: Path, text: str) -> Catalogue:
    """The data of that folder with one more file of risks."""
    (data / "engine" / "risk-learnt.yaml").write_text(text, encoding="utf-8")
    return Catalogue(data)
