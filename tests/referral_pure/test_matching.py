"""Whether the visible text says what `request.json` says."""

import json

import msgspec
import pytest

from crypto.canonical import canonical_json
from referral.drafting import request_json
from referral.letters.content import Execution, LetterContent, MeasureSought, OutcomeOfMeasure
from referral.letters.kinds import LetterKind
from referral.letters.matching import MatchedLetter, match_text
from referral.letters.stages import MeasureOutcome
from referral.letters.typesetting import typeset
from referral.letters.validity import validate_letter
from referral.letters.validity_errors import TextDiffers
from referral.letters.view import document
from tests.referral_pure.examples import AT, FACTS, MEASURE, PRESERVED, REQUEST
from tests.referral_pure.test_drafting import ANSWER_LETTERS, answer
from tests.referral_pure.world import LATER, node, rendered, sign, with_


def matched(shown: LetterContent, said: LetterContent) -> MatchedLetter:
    """Match a signed letter that shows one content and carries the request.json of another."""
    inputs = {
        "document": msgspec.json.encode(document(shown)).decode(),
        "request": request_json(said).decode(),
    }
    pdf = typeset("referral.letters", "letter.typ", inputs, standard="a-3a", at=AT)
    signer = node(said.sender.state)
    return match_text(validate_letter(sign(pdf, signer), signer.certificates, at=LATER))


@pytest.mark.parametrize("content", [REQUEST, PRESERVED, *ANSWER_LETTERS], ids=lambda content: str(content.kind))
def test_a_letter_as_it_is_written_matches(content: LetterContent) -> None:
    signer = node(content.sender.state)
    pdf = sign(rendered(msgspec.json.encode(content)), signer)
    letter = validate_letter(pdf, signer.certificates, at=LATER)
    assert match_text(letter).content == content


@pytest.mark.long
def test_a_text_that_runs_over_many_pages_matches() -> None:
    facts = {code: "\n\n".join(f"{number}. {text}" for number in range(30)) for code, text in FACTS.items()}
    long = with_(REQUEST, summary_of_facts=facts)
    assert matched(long, long)


@pytest.mark.long
def test_a_table_that_runs_over_many_pages_matches() -> None:
    note = {code: " ".join(text.split())[:450] for code, text in FACTS.items()}
    items = tuple(
        msgspec.structs.replace(MEASURE.data[0], value=f"mailbox-{number}@proveedor.example", note=note)
        if number % 7 == 0
        else msgspec.structs.replace(MEASURE.data[0], value=f"mailbox-{number}@proveedor.example")
        for number in range(150)
    )
    long = with_(REQUEST, measures=(msgspec.structs.replace(MEASURE, data=items),))
    assert matched(long, long)


def _measure(**changes: object) -> tuple[MeasureSought, ...]:
    return (msgspec.structs.replace(MEASURE, **changes),)


@pytest.mark.long
@pytest.mark.parametrize(
    "changes",
    [
        {"reference": "GD-2026-0002"},
        {"summary_of_facts": FACTS | {"es": FACTS["es"].replace("412 300", "412 800")}},
        {"measures": _measure(title={"en": "Search", "es": "Registro"})},
        {"measures": _measure(data=(msgspec.structs.replace(MEASURE.data[0], value="other@proveedor.example"),))},
        {"measures": _measure(data=MEASURE.data[::-1])},
        {"evidence": (msgspec.structs.replace(REQUEST.evidence[0], plaintext_sha256="0" * 64),)},
        {"use_limitation": {"en": "None.", "es": "Ninguna."}},
        {"legal_basis": msgspec.structs.replace(REQUEST.legal_basis, parts=REQUEST.legal_basis.parts[:1])},  # type: ignore[union-attr]
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_machine_copy_that_says_something_else_does_not_match(changes: dict[str, object]) -> None:
    other = with_(REQUEST, **changes)
    assert matched(other, other)
    if "legal_basis" in changes:
        shown, said = other, REQUEST
    else:
        shown, said = REQUEST, other
    with pytest.raises(TextDiffers):
        matched(shown, said)


def test_outcomes_swapped_between_measures_do_not_match() -> None:
    one = OutcomeOfMeasure(id="m1", outcome=MeasureOutcome.EXECUTED)
    two = OutcomeOfMeasure(id="m2", outcome=MeasureOutcome.REFUSED)
    swapped = (
        msgspec.structs.replace(one, outcome=two.outcome),
        msgspec.structs.replace(two, outcome=one.outcome),
    )
    shown = answer(LetterKind.EXECUTION, Execution(outcomes=(one, two)))
    assert matched(shown, shown)
    with pytest.raises(TextDiffers):
        matched(shown, answer(LetterKind.EXECUTION, Execution(outcomes=swapped)))


def test_a_language_that_this_node_cannot_write_is_left_to_a_person() -> None:
    value = json.loads(request_json(REQUEST))
    value["languages"] = ["en", "zz"]
    said = msgspec.json.decode(canonical_json(value), type=LetterContent)
    with pytest.raises(TextDiffers):
        matched(REQUEST, said)
