"""The content of a letter as data: `request.json` and what it lacks."""

import contextlib
import json
from importlib import resources

import jsonschema
import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from crypto.canonical import canonical_json
from referral.drafting import (
    MAX_REQUEST_BYTES,
    MalformedLetter,
    Missing,
    UnknownLetterField,
    missing,
    parse_request,
    request_json,
    request_schema,
    unverified,
)
from referral.letters.content import (
    Acknowledgement,
    Confirmation,
    DataItem,
    Execution,
    LetterContent,
    NamedLetter,
    OutcomeOfMeasure,
    Preserved,
    Refusal,
    RefusalGround,
)
from referral.letters.fields import KNOWN
from referral.letters.kinds import LetterKind
from referral.letters.stages import MeasureOutcome
from tests.referral_pure.examples import AT, COSTA_RICA, GRENADA, MEASURE, PRESERVED, REQUEST
from tests.referral_pure.world import with_

ANSWERED = NamedLetter(reference=REQUEST.reference, kind=LetterKind.REQUEST, dated=REQUEST.dated)
MANDATORY = (
    "reference-number",
    "requesting-authority",
    "requested-authority",
    "treaty-basis",
    "offence",
    "offence-provisions-text",
    "maximum-penalty",
    "facts-summary",
    "assistance-requested",
    "data-identifiers",
    "data-time-range",
    "custodian",
    "link-to-offence",
    "necessity",
    "purpose",
    "signatory",
)


def answer(kind: LetterKind, given: object) -> LetterContent:
    return with_(PRESERVED, kind=kind, answer=given, in_answer_to=ANSWERED, sender=COSTA_RICA, addressee=GRENADA)


ANSWER_LETTERS = [
    answer(LetterKind.ACKNOWLEDGEMENT, Acknowledgement(received_at=AT, registered_as="OATRI-2026-19")),
    answer(
        LetterKind.EXECUTION,
        Execution(outcomes=(OutcomeOfMeasure(id="m1", outcome=MeasureOutcome.PARTLY_EXECUTED),)),
    ),
    answer(
        LetterKind.REFUSAL,
        Refusal(
            grounds=(
                RefusalGround(
                    ground="sovereignty",
                    title={"en": "Sovereignty", "es": "Soberanía"},
                    reason={"en": "Essential interests.", "es": "Intereses esenciales."},
                ),
            )
        ),
    ),
]


@pytest.mark.parametrize("content", [REQUEST, PRESERVED, *ANSWER_LETTERS])
def test_what_is_written_reads_back_the_same(content: LetterContent) -> None:
    assert parse_request(request_json(content)) == content


@pytest.mark.parametrize("content", [REQUEST, PRESERVED, *ANSWER_LETTERS])
def test_what_is_written_satisfies_the_published_schema(content: LetterContent) -> None:
    jsonschema.validate(json.loads(request_json(content)), request_schema(), cls=jsonschema.Draft202012Validator)


def test_the_schema_file_is_the_schema_of_the_content() -> None:
    stored = resources.files("referral.letters").joinpath("request.schema.json").read_text(encoding="utf-8")
    assert json.loads(stored) == request_schema()


def _changed(*path: str | int, to: object) -> bytes:
    value = json.loads(request_json(REQUEST))
    place = value
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return canonical_json(value)


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("type",), "comity/letter/v2", r"at \$.type"),
        (("surprise",), 1, r"at \$"),
        (("reference",), "x\ny", r"at \$.reference"),
        (("languages",), [], r"at \$.languages"),
        (("languages",), ["en", "en"], r"at \$"),
        (("evidence", 0, "plaintext_sha256"), "00", r"at \$.evidence\[0\].plaintext_sha256"),
        (("evidence", 0, "size"), -1, r"at \$.evidence\[0\].size"),
        (("measures", 0, "data", 1, "at"), "2026-11-24T04:12:33", r"at \$.measures\[0\].data\[1\].at"),
        (("kind",), "acknowledgement", r"at \$"),
        (("addressee", "state"), "gd", r"at \$"),
        (("summary_of_facts", "en"), "turned \u202e around", r"at \$.summary_of_facts.en"),
        (("summary_of_facts", "en"), "nothing to see\u200b", r"at \$.summary_of_facts.en"),
        (("summary_of_facts", "en"), "bell \x07", r"at \$.summary_of_facts.en"),
        (("summary_of_facts", "en"), "x" * 20_001, r"at \$.summary_of_facts"),
    ],
)
def test_a_content_of_another_form_is_refused_by_its_place_and_never_quoted(
    path: tuple[str | int, ...], value: object, where: str
) -> None:
    assert parse_request(_changed("reference", to="GD-2026-0002"))
    with pytest.raises(MalformedLetter, match=where) as refusal:
        parse_request(_changed(*path, to=value))
    assert "around" not in str(refusal.value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b'{"type":"comity/letter/v1","type":"comity/letter/v1"}',
        b"[" * 5000,
        b" " + request_json(REQUEST),
        b"0" * (MAX_REQUEST_BYTES + 1),
    ],
)
def test_bytes_that_are_no_canonical_letter_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedLetter):
        parse_request(data)


@given(st.data())
def test_a_flipped_byte_never_reads_as_the_same_letter(data: st.DataObject) -> None:
    good = request_json(PRESERVED)
    index = data.draw(st.integers(0, len(good) - 1))
    flipped = bytearray(good)
    flipped[index] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(MalformedLetter):
        assert parse_request(bytes(flipped)) != PRESERVED


def test_an_answer_must_be_of_the_letters_kind_and_name_a_letter() -> None:
    assert answer(LetterKind.ACKNOWLEDGEMENT, Acknowledgement(received_at=AT, registered_as="1"))
    with pytest.raises(ValueError, match="not of the letter's kind"):
        answer(LetterKind.REFUSAL, Acknowledgement(received_at=AT, registered_as="1"))
    with pytest.raises(ValueError, match="must carry an answer"):
        with_(PRESERVED, in_answer_to=None)
    with pytest.raises(ValueError, match="must not carry an answer"):
        with_(REQUEST, answer=PRESERVED.answer, in_answer_to=ANSWERED)


def test_a_complete_letter_lacks_nothing() -> None:
    assert missing(REQUEST, MANDATORY) == ()


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({"summary_of_facts": None}, [Missing("facts-summary")]),
        ({"summary_of_facts": {"en": "Only in English."}}, [Missing("facts-summary", "es")]),
        ({"legal_basis": None}, [Missing("treaty-basis")]),
        ({"particulars": ()}, [Missing("link-to-offence"), Missing("necessity"), Missing("purpose")]),
        (
            {"offences": ()},
            [Missing("offence"), Missing("offence-provisions-text"), Missing("maximum-penalty")],
        ),
        (
            {"measures": ()},
            [
                Missing("assistance-requested"),
                Missing("data-identifiers"),
                Missing("data-time-range"),
                Missing("custodian"),
            ],
        ),
    ],
)
def test_what_is_left_empty_is_missing(changes: dict[str, object], lacking: list[Missing]) -> None:
    assert list(missing(with_(REQUEST, **changes), MANDATORY)) == lacking


def test_an_ip_address_without_its_instant_and_zone_is_missing_them() -> None:
    bare = (DataItem(kind="ip-address", value="203.0.113.77"),)
    content = with_(REQUEST, measures=(msgspec.structs.replace(MEASURE, data=bare),))
    assert missing(content, ["data-time-range"]) == (Missing("data-time-range"),)


def test_a_requirement_that_nobody_knows_is_an_error_and_not_ignored() -> None:
    assert missing(REQUEST, ["offence"]) == ()
    with pytest.raises(UnknownLetterField, match="'tea'"):
        missing(REQUEST, ["tea"])


def test_unverified_references_are_those_that_no_person_confirmed() -> None:
    found = unverified(REQUEST)
    assert [reference.ref for reference in found] == ["s. 20", "s. 12"]
    seen = Confirmation(by="A. Fictional", on=REQUEST.dated, source="Official Gazette")
    part = msgspec.structs.replace(
        REQUEST.legal_basis.parts[2],  # type: ignore[union-attr]
        reference=msgspec.structs.replace(found[0], confirmed=seen),
    )
    basis = msgspec.structs.replace(REQUEST.legal_basis, parts=(part,))
    assert [reference.ref for reference in unverified(with_(REQUEST, legal_basis=basis))] == ["s. 12"]


def test_every_letter_field_of_the_law_data_has_its_place() -> None:
    path = resources.files("backend.conventions").joinpath("data", "letter-fields.yaml")
    fields = {field["field"] for field in yaml.safe_load(path.read_text(encoding="utf-8"))["fields"]}
    assert fields == KNOWN


def test_preserved_answers_say_until_when() -> None:
    assert isinstance(PRESERVED.answer, Preserved)
    with pytest.raises(MalformedLetter):
        parse_request(request_json(PRESERVED).replace(b'"until":"2027-02-22"', b'"until":null'))
