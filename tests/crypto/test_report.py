"""Framing of sealed plaintexts, and the report of the vectors from seal to digests."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.encoding import b64_decode
from crypto.errors import MalformedDocument
from crypto.keyholder.opening import open_sealed, open_stream
from crypto.report import REPORT, SIZES, frame, padded, unframe
from crypto.verifying import verify_statement
from tests.crypto.vectors import load, signing_key

VECTOR = load("report")
LINES = st.binary(min_size=1, max_size=200).filter(lambda line: b"\n" not in line)


@given(line=LINES, body=st.binary(max_size=200))
def test_unframe_after_frame_is_the_identity(line: bytes, body: bytes):
    assert unframe(frame(REPORT, line, body), type=REPORT, max_bytes=1000) == (line, body)


def test_the_report_of_the_vectors_opens_and_its_statement_verifies():
    plaintext = open_sealed(b64_decode(VECTOR["sealed"]), [VECTOR["identity"]])

    line, body = unframe(plaintext, type=REPORT, max_bytes=10_000)

    assert plaintext == b64_decode(VECTOR["plaintext"]) == frame(REPORT, line, body)
    assert (line.decode(), body.decode()) == (VECTOR["statement"], VECTOR["body"])
    device = signing_key("device").verifying_key
    statement = verify_statement(line, type="comity/report-statement/v1", key=device)
    assert statement.payload["device"] == device.fingerprint


def test_the_evidence_of_the_vectors_has_these_digests():
    out = io.BytesIO()

    digests = open_stream(io.BytesIO(b64_decode(VECTOR["evidence"]["sealed"])), out, [VECTOR["identity"]])

    assert out.getvalue().decode() == VECTOR["evidence"]["plaintext"]
    assert digests.__dict__ == VECTOR["evidence"]["digests"]


@pytest.mark.parametrize("refused", VECTOR["refused"], ids=lambda refused: refused["why"])
def test_other_plaintexts_are_refused(refused: dict[str, str]):
    with pytest.raises(MalformedDocument):
        unframe(b64_decode(refused["plaintext"]), type=REPORT, max_bytes=100_000)


def test_line_and_size_are_bounded():
    longest = frame(REPORT, b"x" * 65_536, b"")
    assert unframe(longest, type=REPORT, max_bytes=len(longest))

    with pytest.raises(MalformedDocument):
        unframe(longest, type=REPORT, max_bytes=len(longest) - 1)
    with pytest.raises(MalformedDocument):
        frame(REPORT, b"x" * 65_537, b"")
    with pytest.raises(MalformedDocument):
        unframe(b"comity/report/v1\n" + b"x" * 65_537 + b"\n", type=REPORT, max_bytes=100_000)


@pytest.mark.parametrize(
    ("type", "line"),
    [
        ("report/v1", b"x"),
        ("comity/réport", b"x"),
        ("comity/a\nb", b"x"),
        ("comity/" + "a" * 60, b"x"),
        (REPORT, b""),
        (REPORT, b"a\nb"),
    ],
)
def test_nothing_else_is_framed(type: str, line: bytes):
    with pytest.raises(MalformedDocument):
        frame(type, line, b"")


@given(body=st.binary(min_size=2, max_size=20_000), statement=st.integers(1, 3000))
def test_a_padded_frame_has_the_smallest_size_that_holds_it(body: bytes, statement: int):
    full = padded(REPORT, body, statement_size=statement)

    framed = len(frame(REPORT, b"s" * statement, full))
    assert framed in SIZES
    assert not [size for size in SIZES if len(REPORT) + statement + 2 + len(body) <= size < framed]
    assert full.startswith(body)
    assert not full[len(body) :].strip(b" ")


def test_the_vectors_report_is_padded():
    assert len(b64_decode(VECTOR["plaintext"])) == SIZES[0]


def test_what_no_size_holds_is_refused():
    room = SIZES[-1] - len(REPORT) - 2 - 700
    assert padded(REPORT, b"x" * room, statement_size=700) == b"x" * room

    with pytest.raises(MalformedDocument):
        padded(REPORT, b"x" * (room + 1), statement_size=700)
