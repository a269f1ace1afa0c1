"""What holds for the letter under the best basis: duties in days, rules of use, who signs, which papers, what form."""

from collections.abc import Sequence
from typing import Any

from backend.conventions.legal_basis.answer import Basis, Composition, Requirement
from backend.conventions.legal_basis.linking import linked
from backend.conventions.legal_basis.question import Question, instrument_ref, state_ref
from backend.conventions.legal_basis.reasons import Reason, Reference
from backend.conventions.legal_basis.terms import Duty, Electronic, Term, Terms

# The channel on which a duty officer signs; every other letter is signed by the authority that sends it.
_DUTY_CHANNEL = "24-7"


def state_terms(
    question: Question, bases: Sequence[Basis], composition: Composition, requirements: Sequence[Requirement]
) -> Terms:
    """The terms; without a basis what the statutes say of papers and form, and what is not known."""
    usable = [basis for basis in bases if basis.usable]
    best = usable[0] if usable else None
    rules = _rules(question, best, composition)
    return Terms(
        duties=_duties(question, best),
        rules=rules,
        signatory=_signatory(question, composition),
        documents=_documents(question, requirements),
        electronic=_electronic(question, {basis.instrument for basis in usable}),
        linked=linked(question),
        unknowns=_not_seen(question, best, rules),
    )


def _duties(question: Question, best: Basis | None) -> tuple[Duty, ...]:
    read = question.catalogue.basis_rules.days
    return tuple(
        Duty(limit.value, read[limit.name].bound, read[limit.name].duty, read[limit.name].text, limit.ref)
        for limit in (best.limits if best else ())
        if limit.name in read and isinstance(limit.value, int)
    )


def _rules(question: Question, best: Basis | None, composition: Composition) -> tuple[Term, ...]:
    """The rules of the basis, then those of the treaty from which procedure and contents are taken."""
    sources = [best.instrument] if best else []
    if composition.procedure_from and composition.procedure_from.kind == "instrument":
        sources.append(composition.procedure_from.source)
    found = []
    for kind, names in question.catalogue.basis_rules.terms.items():
        for source in dict.fromkeys(sources):
            rules = question.catalogue.instrument(source).rules
            found += [
                Term(kind, rules[name].text, Reference(source, rules[name].ref, rules[name].verified))
                for name in names
                if name in rules
            ]
    return tuple(found)


def _not_seen(question: Question, best: Basis | None, rules: Sequence[Term]) -> tuple[Reason, ...]:
    """The matters on which the basis has no rule in the data: none was seen, which is not that there is none."""
    if best is None:
        return ()
    instrument = question.catalogue.instrument(best.instrument)
    refs = (instrument_ref(instrument, None, False),)
    missing = [kind for kind in question.catalogue.basis_rules.terms if kind not in {rule.kind for rule in rules}]
    return tuple(
        Reason(f"no-rule-on-{kind}", f"No rule of {best.title} on this was seen: {kind.replace('-', ' ')}.", refs)
        for kind in missing
    )


def _signatory(question: Question, composition: Composition) -> Reason:
    office, name = composition.channel.sender, question.name_of(question.requesting)
    if office is None or office.title is None:
        text = f"Who signs for {name} is not established: no office of this kind is in the data."
        return Reason("signatory-unknown", text, (state_ref(question.requesting, None, False),))
    if composition.channel.kind == _DUTY_CHANNEL and office.kind == _DUTY_CHANNEL:
        text = f"The point of contact signs, an entitled person of it: {office.title}. The central authority need not."
        return Reason("signatory-24-7", text, (office.ref,))
    return Reason("signatory", f"An entitled person of the sending authority signs: {office.title}.", (office.ref,))


def _documents(question: Question, requirements: Sequence[Requirement]) -> tuple[Reason, ...]:
    """Papers that go with the letter: those the contents ask for, and how a statute wants them authenticated."""
    papers = set(question.catalogue.basis_rules.documents)
    found = [
        Reason(f"document-{content}", f"{content.replace('-', ' ').capitalize()}: {row.text}.", row.refs)
        for row in requirements
        if row.obligatory
        for content in row.contents
        if content in papers
    ]
    form, state = question.requested.mla_statute.request_form, question.requested
    if form is not None and any(ref.source == state.code for row in requirements for ref in row.refs):
        ref = state_ref(state, form.ref, form.verified, form.authentication_source)
        found.append(Reason("authentication", form.authentication, (ref,)))
    return tuple(found)


def _electronic(question: Question, usable: set[str]) -> Electronic:
    state = question.requested
    blocks = question.catalogue.cyberlaw_areas.states.get(state.code)
    if blocks is None or question.requested_territory is not None:
        text = f"Whether {question.name_of(state)} takes a letter electronically was not established."
        reason = Reason("electronic-unknown", text, (state_ref(state, None, False),))
        return Electronic("unknown", None, "unknown", (), "unknown", None, (reason,))
    letter, signature, data = blocks["mla_electronic"], blocks["electronic_signature"], blocks["data_transfer"]
    reasons = [
        _told(question, "electronic-letter", letter, letter["basis"]),
        _told(question, "electronic-signature", signature, signature["advanced_or_qualified"]),
        _told(question, "data-transfer", data, data["text"]),
        *_floor(question, usable),
    ]
    return Electronic(
        letter["accepts_electronic_transmission"],
        letter["scope"],
        letter["copy_to_follow"],
        tuple(letter["channels"]),
        signature["recognised"],
        signature["court_or_treaty_papers"],
        tuple(reasons),
    )


def _told(question: Question, code: str, block: dict[str, Any], text: str) -> Reason:
    note = f" {block['note']}" if block.get("note") else ""
    ref = state_ref(question.requested, block.get("ref"), block["verified"], block["source"])
    return Reason(code, f"{text}{note}", (ref,))


def _floor(question: Question, usable: set[str]) -> list[Reason]:
    """What the instruments that can carry the letter say of electronic form, whatever the national law."""
    return [
        Reason("electronic-floor", row.text, (Reference(row.instrument, row.ref, row.verified, False, row.source),))
        for row in question.catalogue.cyberlaw_areas.treaty_floor
        if row.instrument in usable
    ]
