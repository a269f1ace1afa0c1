"""Sealing and opening: what goes in comes out, whole or not at all."""

import hashlib
import io
import os
import tracemalloc
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import age
from crypto.errors import CannotOpen, CryptoError, MalformedKey
from crypto.keyholder.identities import generate_pq, generate_x25519, recipient_of
from crypto.keyholder.opening import check_payload, open_sealed, open_stream, payload_batches, unwrap_file_key
from crypto.keys import PQRecipient, X25519Recipient
from crypto.sealing import seal, seal_stream, split_header
from tests.crypto.vectors import flipped

PQ, OTHER_PQ, CLASSICAL = generate_pq(), generate_pq(), generate_x25519()
BATCH = age.BATCH_CHUNKS * age.CHUNK
SIZES = [0, 1, 65_535, 65_536, 65_537, 131_072, 200_001, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH]


class Trickle(io.RawIOBase):
    """A source that gives a few bytes at a time, as pipes and sockets do."""

    def __init__(self, data: bytes, step: int) -> None:
        self._inner, self._step = io.BytesIO(data), step

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._inner.read(min(size, self._step))

    def readline(self, size: int | None = -1) -> bytes:
        return self._inner.readline(size)


class Zeroes(io.RawIOBase):
    """Many bytes that take no memory."""

    def __init__(self, size: int) -> None:
        self._left = size

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        size = min(size, self._left)
        self._left -= size
        return bytes(size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("identity", [PQ, CLASSICAL], ids=["hybrid", "x25519"])
def test_opening_returns_what_was_sealed(identity: str, size: int):
    plaintext = os.urandom(size)
    sealed = seal(plaintext, [recipient_of(identity)])

    assert open_sealed(sealed, [identity]) == plaintext
    assert b"".join(open_sealed(io.BytesIO(sealed), [identity])) == plaintext


@settings(max_examples=50)
@given(plaintext=st.binary(max_size=200_000))
def test_open_after_seal_is_the_identity(plaintext: bytes):
    assert open_sealed(seal(plaintext, [recipient_of(PQ)]), [PQ]) == plaintext


@pytest.mark.long
@settings(max_examples=300)
@given(position=st.integers(min_value=0), bit=st.integers(0, 7), plaintext=st.binary(max_size=300))
def test_a_sealed_file_with_any_bit_flipped_does_not_open(position: int, bit: int, plaintext: bytes):
    sealed = seal(plaintext, [recipient_of(PQ)])
    assert open_sealed(sealed, [PQ]) == plaintext

    with pytest.raises(CannotOpen):
        open_sealed(flipped(sealed, position, bit), [PQ])


def test_no_single_byte_of_a_header_can_be_changed():
    sealed = seal(b"content", [recipient_of(CLASSICAL)])

    for position in range(len(sealed)):
        with pytest.raises(CannotOpen):
            open_sealed(flipped(sealed, position, position % 8), [CLASSICAL])


@settings(max_examples=60)
@given(cut=st.integers(min_value=1))
def test_a_shortened_file_does_not_open(cut: int):
    sealed = seal(bytes(70_000), [recipient_of(CLASSICAL)])

    with pytest.raises(CannotOpen):
        open_sealed(sealed[: -(cut % len(sealed)) or -1], [CLASSICAL])


@settings(max_examples=200)
@given(junk=st.binary(max_size=400))
def test_junk_does_not_open_and_raises_nothing_else(junk: bytes):
    for data in (junk, b"age-encryption.org/v1\n" + junk, b"age-encryption.org/v1\n-> X25519 " + junk):
        with pytest.raises(CannotOpen):
            open_sealed(data, [PQ, CLASSICAL])


def test_each_recipient_opens_and_nobody_else():
    sealed = seal(b"content", [recipient_of(PQ), recipient_of(OTHER_PQ)])

    assert open_sealed(sealed, [PQ]) == open_sealed(sealed, [OTHER_PQ]) == b"content"
    assert open_sealed(sealed, [generate_pq(), CLASSICAL, PQ]) == b"content"
    with pytest.raises(CannotOpen):
        open_sealed(sealed, [generate_pq()])
    with pytest.raises(CannotOpen):
        open_sealed(sealed, [])


def test_the_digests_are_those_of_plaintext_payload_and_file():
    plaintext = os.urandom(150_000)
    out, opened = io.BytesIO(), io.BytesIO()

    digests = seal_stream(io.BytesIO(plaintext), out, [recipient_of(PQ)])

    sealed = out.getvalue()
    source = io.BytesIO(sealed)
    header, payload = split_header(source), source.read()
    assert (digests.size, digests.plaintext_sha256) == (150_000, hashlib.sha256(plaintext).hexdigest())
    assert (digests.payload_size, digests.payload_sha256) == (len(payload), hashlib.sha256(payload).hexdigest())
    assert (digests.file_size, digests.file_sha256) == (len(sealed), hashlib.sha256(sealed).hexdigest())
    assert digests.header_size == len(header)
    assert open_stream(io.BytesIO(sealed), opened, [PQ]) == digests
    assert opened.getvalue() == plaintext


def test_a_payload_kept_apart_opens_with_its_file_key():
    source = io.BytesIO(seal(bytes(100_000), [recipient_of(PQ)]))
    file_key = unwrap_file_key(split_header(source), [PQ])
    payload = source.read()

    digests = check_payload(io.BytesIO(payload), file_key)

    assert b"".join(payload_batches(io.BytesIO(payload), file_key)) == bytes(100_000)
    assert (digests.size, digests.plaintext_sha256) == (100_000, hashlib.sha256(bytes(100_000)).hexdigest())
    assert (digests.payload_size, digests.payload_sha256) == (len(payload), hashlib.sha256(payload).hexdigest())
    with pytest.raises(CannotOpen):
        check_payload(io.BytesIO(flipped(payload, 90_000)), file_key)
    with pytest.raises(CannotOpen):
        check_payload(io.BytesIO(payload), bytes(16))


@pytest.mark.parametrize("step", [1, 1000, 65_537])
def test_sources_that_trickle_are_read_whole(step: int):
    plaintext = os.urandom(100_000 if step > 1 else 3_000)
    out = io.BytesIO()

    seal_stream(cast("io.BytesIO", Trickle(plaintext, step)), out, [recipient_of(PQ)])

    assert open_sealed(out.getvalue(), [PQ]) == plaintext
    assert b"".join(open_sealed(cast("io.BytesIO", Trickle(out.getvalue(), step)), [PQ])) == plaintext


def test_sealing_and_opening_take_constant_memory(tmp_path):
    size = 64 * 1024 * 1024
    tracemalloc.start()
    try:
        with (tmp_path / "sealed").open("wb") as out:
            seal_stream(cast("io.BytesIO", Zeroes(size)), out, [recipient_of(PQ)])
        with (tmp_path / "sealed").open("rb") as source, open(os.devnull, "wb") as nowhere:
            assert open_stream(source, nowhere, [PQ]).size == size
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 16 * 1024 * 1024


def test_progress_counts_the_plaintext():
    steps: list[int] = []

    seal_stream(io.BytesIO(bytes(5_000_000)), io.BytesIO(), [recipient_of(PQ)], progress=steps.append)

    assert sum(steps) == 5_000_000
    assert len(steps) == 3


@pytest.mark.parametrize(
    ("recipients", "why"),
    [
        ([], "none"),
        ([recipient_of(PQ), recipient_of(CLASSICAL)], "a classical one beside a hybrid one"),
        ([X25519Recipient(bytes(32))], "a point of small order"),
        ([PQRecipient(recipient_of(PQ).raw[:-32] + bytes(32))], "a hybrid one with a point of small order"),
        ([PQRecipient(b"\xff" * 1216)], "not an ML-KEM key"),
        ([recipient_of(CLASSICAL)] * 65, "too many"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_nothing_is_sealed_to_unusable_recipients(recipients: list[PQRecipient | X25519Recipient], why: str):
    out = io.BytesIO()

    with pytest.raises(MalformedKey):
        seal_stream(io.BytesIO(b"content"), out, recipients)

    assert out.getvalue() == b""


def test_a_header_is_split_off_without_reading_the_payload():
    sealed = seal(b"content", [recipient_of(PQ)])
    source = io.BytesIO(sealed)

    header = split_header(source)

    assert header + source.read() == sealed
    with pytest.raises(CannotOpen):
        split_header(io.BytesIO(sealed), max_bytes=len(header) - 1)
    with pytest.raises(CannotOpen):
        split_header(io.BytesIO(sealed[:100]))


@pytest.mark.parametrize(
    "header",
    [
        b"age-encryption.org/v1\n" + b"-> grease\n\n" * 65 + b"--- " + b"A" * 43 + b"\n",
        b"age-encryption.org/v1\n-> grease\n" + (b"A" * 64 + b"\n") * 2100 + b"\n--- " + b"A" * 43 + b"\n",
        b"age-encryption.org/v1\n-> " + b"x" * 200_000,
    ],
    ids=["65 stanzas", "a long stanza", "a long line"],
)
def test_headers_beyond_the_bounds_are_refused(header: bytes):
    with pytest.raises(CannotOpen):
        split_header(io.BytesIO(header + bytes(100)))


def test_a_failure_never_says_which_check_failed():
    sealed = seal(b"content", [recipient_of(PQ)])
    messages = set()

    for data, identity in ((sealed, OTHER_PQ), (flipped(sealed, -1), PQ), (sealed[:-1], PQ), (b"", PQ)):
        with pytest.raises(CryptoError) as caught:
            open_sealed(data, [identity])
        messages.add(str(caught.value))
        assert caught.value.__cause__

    assert len(messages) == 1
