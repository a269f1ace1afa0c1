"""The recovery kit opens with its identity and gives back every secret."""

import pytest

from crypto.encoding import b64_decode
from crypto.errors import CannotOpen, MalformedDocument
from crypto.keyholder.identities import generate_pq, recipient_of
from crypto.keyholder.recovery import make_kit, open_kit
from crypto.report import frame
from crypto.sealing import seal
from tests.crypto.vectors import flipped, load

SECRETS = {"shared/root.key": bytes(range(32)), "identity.pem": b"-----BEGIN"}


def test_a_kit_gives_back_what_it_was_made_of():
    kit, identity = make_kit(SECRETS)

    assert dict(open_kit(kit, identity)) == SECRETS
    assert all(secret not in kit for secret in SECRETS.values())


def test_a_kit_opens_with_its_own_identity_and_unchanged_only():
    kit, identity = make_kit(SECRETS)

    with pytest.raises(CannotOpen):
        open_kit(kit, generate_pq())
    with pytest.raises(CannotOpen):
        open_kit(flipped(kit, -1), identity)


@pytest.mark.parametrize(
    "plaintext",
    [
        b"",
        b"secrets",
        frame("comity/report/v1", b"{}", b""),
        frame("comity/recovery-kit/v1", b"{}", b""),
        frame("comity/recovery-kit/v1", b'{"secrets":[]}', b""),
        frame("comity/recovery-kit/v1", b'{"secrets":{"a":1}}', b""),
    ],
)
def test_other_sealed_things_are_no_kit(plaintext: bytes):
    identity = generate_pq()

    with pytest.raises(CannotOpen):
        open_kit(seal(plaintext, [recipient_of(identity)]), identity)


def test_a_kit_has_room_for_keys_not_for_files():
    with pytest.raises(MalformedDocument):
        make_kit({"large": bytes(70_000)})


def test_the_vector_opens():
    vector = load("recovery-kit")

    secrets = open_kit(b64_decode(vector["kit"]), vector["identity"])

    assert {name: value.hex() for name, value in secrets.items()} == vector["secrets"]
