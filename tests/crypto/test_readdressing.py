"""Readdressing keeps the payload and the key; resealing keeps neither."""

import io

import pytest

from crypto.encoding import b64_decode
from crypto.errors import CannotOpen, MalformedKey
from crypto.keyholder.identities import generate_pq, generate_x25519, recipient_of
from crypto.keyholder.opening import check_payload, open_sealed, open_stream, unwrap_file_key
from crypto.keyholder.readdressing import header_for, readdress_header
from crypto.keyholder.resealing import reseal
from crypto.keys import PQRecipient
from crypto.sealing import seal, split_header
from tests.crypto.vectors import flipped, load

OWNER, PEER = generate_pq(), generate_pq()
PLAINTEXT = bytes(range(256)) * 300


def peer() -> PQRecipient:
    recipient = recipient_of(PEER)
    assert isinstance(recipient, PQRecipient)
    return recipient


@pytest.fixture
def parts() -> tuple[bytes, bytes]:
    source = io.BytesIO(seal(PLAINTEXT, [recipient_of(OWNER)]))
    return split_header(source), source.read()


def test_a_readdressed_file_opens_for_the_new_recipient_alone(parts: tuple[bytes, bytes]):
    header, payload = parts

    readdressed = readdress_header(header, [OWNER], [peer()])

    assert open_sealed(readdressed + payload, [PEER]) == PLAINTEXT
    with pytest.raises(CannotOpen):
        open_sealed(readdressed + payload, [OWNER])


def test_a_header_made_from_the_file_key_is_as_good(parts: tuple[bytes, bytes]):
    header, payload = parts

    assert open_sealed(header_for(unwrap_file_key(header, [OWNER]), [peer()]) + payload, [PEER]) == PLAINTEXT


def test_only_hybrid_recipients_get_a_readdressed_file(parts: tuple[bytes, bytes]):
    classical = recipient_of(generate_x25519())

    for recipients in ([classical], [peer(), classical], []):
        with pytest.raises(MalformedKey):
            readdress_header(parts[0], [OWNER], recipients)  # type: ignore[arg-type]


def test_a_changed_header_is_not_readdressed(parts: tuple[bytes, bytes]):
    for position in (30, 300, len(parts[0]) - 5):
        with pytest.raises(CannotOpen):
            readdress_header(flipped(parts[0], position), [OWNER], [peer()])


def test_a_resealed_file_shares_nothing_with_the_first_but_its_content():
    sealed, out, resealed = seal(PLAINTEXT, [recipient_of(OWNER)]), io.BytesIO(), io.BytesIO()
    before = open_stream(io.BytesIO(sealed), io.BytesIO(), [OWNER])

    after = reseal(io.BytesIO(sealed), out, [OWNER], [peer()])

    assert open_stream(io.BytesIO(out.getvalue()), resealed, [PEER]) == after
    assert resealed.getvalue() == PLAINTEXT
    assert after.plaintext_sha256 == before.plaintext_sha256
    assert after.payload_sha256 != before.payload_sha256


def test_a_changed_file_is_not_resealed():
    sealed = seal(PLAINTEXT, [recipient_of(OWNER)])

    with pytest.raises(CannotOpen):
        reseal(io.BytesIO(flipped(sealed, -1)), io.BytesIO(), [OWNER], [peer()])


def test_the_vectors_hold():
    vector = load("readdressing")
    payload = b64_decode(vector["payload"])

    for side in ("from", "to"):
        header = vector[side]["header"].encode()
        assert open_sealed(header + payload, [vector[side]["identity"]]).decode() == vector["plaintext"]
        file_key = unwrap_file_key(header, [vector[side]["identity"]])
        assert check_payload(io.BytesIO(payload), file_key).payload_sha256 == vector["payload_sha256"]
