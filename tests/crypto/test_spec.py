"""SPEC.md and the code name the same types and bounds, and every vector is checked by a test."""

import re
from pathlib import Path

import pytest

from backend.units.enrolment import EnrolmentCode, enrolment_mac
from crypto import age, bech32, canonical, merkle, notes, packetnotes, report, verifying
from crypto.keyholder import datakeys, keyring, recovery
from tests.crypto.vectors import load

ROOT = Path(__file__).parents[2]
SPEC = (ROOT / "crypto" / "SPEC.md").read_text(encoding="utf-8")
CODE = "\n".join(
    path.read_text(encoding="utf-8") for top in ("crypto", "backend", "referral") for path in (ROOT / top).rglob("*.py")
)
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "crypto").glob("test_*.py"))


def test_every_type_in_the_code_is_in_the_specification():
    types = set(re.findall(r"comity/[a-z-]+/v\d", CODE))

    assert {report.REPORT, packetnotes.TYPE, recovery.TYPE} <= types
    assert {name for name in types if f"`{name}`" not in SPEC} == set()


@pytest.mark.parametrize(
    ("words", "bound"),
    [
        ("{:,} bytes, 64 stanzas", age.MAX_HEADER),
        ("131,072 bytes, {} stanzas", age.MAX_STANZAS),
        ("| signed statement, frame line | {:,} bytes |", verifying.MAX_STATEMENT),
        ("| nesting in canonical JSON | {} |", canonical.MAX_DEPTH),
        ("| signed note | {:,} bytes,", notes.MAX_NOTE),
        ("65,536 bytes, {} signatures", notes.MAX_SIGNATURES),
        ("| log proof | {:,} bytes", notes.MAX_PROOF),
        ("{} hashes; trees of", notes.MAX_PATH),
        ("| Bech32 text | {:,} characters |", bech32.MAX_TEXT),
        ("| key file | {:,} bytes |", keyring.MAX_KEY_FILE),
        ("first {} bytes of HMAC-SHA-256", datakeys.TOKEN_SIZE),
    ],
)
def test_the_bounds_of_the_specification_are_those_of_the_code(words: str, bound: int):
    assert words.format(bound) in SPEC


def test_trees_are_bounded_as_specified():
    assert merkle.MAX_SIZE == 2**62
    assert "trees of 2^62 leaves" in SPEC


def test_every_section_is_in_the_table_of_contents():
    headings = re.findall(r"^## (\d+\. .+)$", SPEC, re.MULTILINE)

    assert re.findall(r"^\d+\. \[(.+)\]", SPEC, re.MULTILINE) == [heading.split(". ", 1)[1] for heading in headings]
    assert [int(heading.split(".")[0]) for heading in headings] == list(range(1, len(headings) + 1))


def test_every_vector_file_is_loaded_by_a_test():
    names = {path.stem for path in (ROOT / "tests" / "vectors" / "comity").glob("*.json")}

    assert names
    assert {name for name in names if f'load("{name}")' not in TESTS} == set()


def test_the_proof_of_an_enrolment_code_is_as_specified():
    vector = load("enrolment")
    code = EnrolmentCode.parse(vector["code"])

    assert (str(code.invitation), code.secret.hex()) == (vector["invitation"], vector["secret"])
    assert enrolment_mac(code.secret, code.invitation, vector["public_key"]).hex() == vector["mac"]
