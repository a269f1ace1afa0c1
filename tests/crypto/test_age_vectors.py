"""Every public vector for age behaves as it says, except those for passphrases and armor, which are refused here."""

import hashlib
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from crypto.errors import CannotOpen
from crypto.keyholder.opening import open_sealed

FOLDER = Path(__file__).parents[1] / "vectors" / "age"
LEFT_OUT = set(
    """
    armor_crlf armor_empty armor_empty_last_line armor_empty_line_begin armor_empty_line_end armor_eol_between_padding
    armor_full_last_line armor_garbage_encoded armor_garbage_leading armor_garbage_trailing armor_header_crlf
    armor_headers armor_hybrid armor_invalid_character_header armor_invalid_character_payload armor_long_line
    armor_lowercase armor_no_end_line armor_no_eol armor_no_match armor_no_padding armor_not_canonical
    armor_pgp_checksum armor_scrypt armor_short_line armor_whitespace_begin armor_whitespace_end armor_whitespace_eol
    armor_whitespace_last_line armor_whitespace_line_start armor_whitespace_outside armor_wrong_type armor_x25519
    scrypt scrypt_and_x25519 scrypt_bad_tag scrypt_double scrypt_extra_argument scrypt_long_file_key scrypt_no_match
    scrypt_not_canonical_body scrypt_not_canonical_salt scrypt_salt_long scrypt_salt_missing scrypt_salt_short
    scrypt_uppercase scrypt_work_factor_23 scrypt_work_factor_hex scrypt_work_factor_leading_garbage
    scrypt_work_factor_leading_plus scrypt_work_factor_leading_zero_decimal scrypt_work_factor_leading_zero_octal
    scrypt_work_factor_missing scrypt_work_factor_negative scrypt_work_factor_overflow
    scrypt_work_factor_trailing_garbage scrypt_work_factor_wrong scrypt_work_factor_zero
    """.split()  # noqa: SIM905  (a wrapped list of names reads better than a column of 58 lines)
)
NAMES = sorted(path.name for path in FOLDER.iterdir())
READ = [name for name in NAMES if name not in LEFT_OUT]


@dataclass(frozen=True)
class Vector:
    expect: str
    payload_sha256: str | None
    identities: list[str]
    sealed: bytes


def load(name: str) -> Vector:
    head, _, sealed = (FOLDER / name).read_bytes().partition(b"\n\n")
    fields = [line.partition(": ")[::2] for line in head.decode().splitlines()]
    single = dict(fields)
    if single.get("compressed") == "zlib":
        sealed = zlib.decompress(sealed)
    identities = [value for key, value in fields if key == "identity"]
    return Vector(single["expect"], single.get("payload"), identities, sealed)


def opened(sealed: bytes, identities: list[str]) -> tuple[bytes, bool]:
    """What a streaming reader releases, and whether the file opened whole."""
    released = b""
    try:
        for part in open_sealed(io.BytesIO(sealed), identities):
            released += part
    except CannotOpen:
        return released, False
    return released, True


def test_85_of_143_vectors_are_read_and_the_others_are_left_out_by_name():
    assert set(NAMES) >= LEFT_OUT
    assert (len(NAMES), len(READ)) == (143, 85)
    assert all(name.startswith(("armor", "scrypt")) for name in LEFT_OUT)


@pytest.mark.parametrize("name", READ)
def test_a_vector_opens_or_is_refused_as_it_says(name: str):
    vector = load(name)

    released, whole = opened(vector.sealed, vector.identities)

    assert whole == (vector.expect == "success")
    if vector.payload_sha256:  # of what was released, also before a failure
        assert hashlib.sha256(released).hexdigest() == vector.payload_sha256


@pytest.mark.parametrize("name", READ)
def test_of_bytes_all_or_nothing_is_opened(name: str):
    vector = load(name)

    if vector.expect == "success":
        plaintext = open_sealed(vector.sealed, vector.identities)
        assert hashlib.sha256(plaintext).hexdigest() == vector.payload_sha256
    else:
        with pytest.raises(CannotOpen):
            open_sealed(vector.sealed, vector.identities)


@pytest.mark.parametrize("name", sorted(LEFT_OUT))
def test_what_is_left_out_is_refused_not_misread(name: str):
    vector = load(name)

    with pytest.raises(CannotOpen):
        open_sealed(vector.sealed, vector.identities)
