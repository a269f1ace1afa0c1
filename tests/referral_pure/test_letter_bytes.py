"""A signed letter is valid in its very bytes: no other way to write the same, and nothing cut off or added."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral.drafting import MalformedLetter
from referral.letters.validity_errors import LetterNotValid, SignatureBroken
from tests.referral_pure.world import signed_request, validate

pytestmark = pytest.mark.long


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.7\n", b"no pdf at all", signed_request()[:-1], signed_request()[:9000], b"\0" * (33 * 1024 * 1024)],
    ids=["empty", "header only", "other", "last byte lost", "cut", "too large"],
)
def test_what_is_no_whole_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(LetterNotValid):
        validate(data)


@pytest.mark.parametrize("tail", [b"\n", b"x", b"%%EOF\n", b"\0" * 100])
def test_bytes_after_the_end_are_refused(tail: bytes) -> None:
    with pytest.raises(LetterNotValid):
        validate(signed_request() + tail)


@settings(max_examples=60)
@given(st.integers(0, len(signed_request()) - 1), st.integers(0, 7))
def test_any_flipped_bit_is_refused(index: int, bit: int) -> None:
    flipped = bytearray(signed_request())
    flipped[index] ^= 1 << bit
    with pytest.raises((LetterNotValid, MalformedLetter)):
        validate(bytes(flipped))


def test_a_byte_in_the_padding_of_the_signature_is_refused() -> None:
    signed = signed_request()
    end = signed.index(b"00>\n/ByteRange")  # An identifier of the file, made at random, may end with 00> as well.
    assert validate(signed)
    with pytest.raises(SignatureBroken):
        validate(signed[: end + 1] + b"1" + signed[end + 2 :])


def test_a_signature_value_that_says_the_same_in_other_bytes_is_refused() -> None:
    """Its length takes in some of the padding, or the name of the certificate's issuer has another letter case."""
    signed = signed_request()
    start = signed.index(b"/Contents <") + len(b"/Contents <")
    value = bytes.fromhex(signed[start : signed.index(b">", start)].decode())
    longer, renamed = bytearray(value), bytearray(value)
    assert value.startswith(b"\x30\x82")
    longer[2:4] = (int.from_bytes(value[2:4], "big") + 2).to_bytes(2, "big")
    renamed[value.rindex(b"Office")] ^= 0x20
    for other in (longer, renamed):
        written = other.hex().upper().encode()
        with pytest.raises(SignatureBroken):
            validate(signed[:start] + written + signed[start + len(written) :])
