"""Our check of a request's signature against the library's: both say the same, whoever wrote the request."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.intake import wire
from backend.intake.refusals import UnknownSender
from backend.intake.signatures import Message, check_signature, read_claim, sign_message, signature_base
from backend.vault.throwaway import throwaway_signer
from crypto.encoding import b64_encode

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SIGNERS = {"ed25519": throwaway_signer("ed25519"), "ecdsa-p256": throwaway_signer("ecdsa-p256")}
NAMES = {"ed25519": "ed25519", "ecdsa-p256": "ecdsa-p256-sha256"}
HEADERS = {
    wire.DIGEST_HEADER: wire.format_digest(b"\x07" * 32),
    "content-type": "application/vnd.comity.report",
    wire.ID_HEADER: '"0b6c1f0e-6d2f-4c52-9f0e-0d3a2f7e9a11"',
    wire.KEY_HEADER: "0123456789abcdef",
}


class _Library(HTTPMessageVerifier):
    def validate_created_and_expires(self, sig_input, max_age=None):
        """The clock is not what is compared here."""


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, key):
        self._key = key

    def resolve_public_key(self, key_id):
        if self._key.algorithm == "ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(self._key.raw)
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self._key.raw)


def ours(message, key):
    try:
        check_signature(message, read_claim(message), key, covered=wire.SENT)
    except UnknownSender:
        return False
    return True


def the_librarys(message, key):
    algorithm = {"ed25519": algorithms.ED25519, "ecdsa-p256": algorithms.ECDSA_P256_SHA256}[key.algorithm]
    verifier = _Library(signature_algorithm=algorithm, key_resolver=_Keys(key))
    try:
        verifier.verify(message, max_age=None, expect_tag=wire.TAG, require_components=wire.SENT)
    except Exception:
        return False
    return True


def request(url="https://edge.example.org/v1/submissions"):
    return Message("POST", url, dict(HEADERS))


@pytest.mark.parametrize("kind", SIGNERS)
def test_what_the_library_signs_holds(kind):
    message = request()
    sign_message(message, SIGNERS[kind], covered=wire.SENT, at=AT)
    assert ours(message, SIGNERS[kind].verifying_key)
    other = throwaway_signer(kind).verifying_key
    assert not ours(message, other)
    assert not the_librarys(message, other)


parameters = st.permutations(["created", "keyid", "alg", "nonce", "tag"])
texts = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters='"\\'), max_size=20)


@given(
    st.sampled_from(list(SIGNERS)), st.permutations(wire.SENT), parameters, st.sets(st.sampled_from(["alg", "nonce"])),
    st.sampled_from(["comity", "sig1", "a*.-_b"]), texts,
)  # fmt: skip
@settings(max_examples=60)
def test_every_order_and_label_that_the_standard_allows_holds_by_both(kind, covered, order, left_out, label, nonce):
    signer = SIGNERS[kind]
    values = {
        "created": str(int(AT.timestamp())), "keyid": f'"{signer.verifying_key.fingerprint}"',
        "alg": f'"{NAMES[kind]}"', "nonce": f'"{nonce}"', "tag": f'"{wire.TAG}"',
    }  # fmt: skip
    names = " ".join(f'"{name}"' for name in covered)
    signed = f"({names})" + "".join(f";{name}={values[name]}" for name in order if name not in left_out)
    message = request()
    message.headers["signature-input"] = f"{label}={signed}"
    base = signature_base(message, read_claim(message))
    message.headers["signature"] = f"{label}=:{b64_encode(signer.sign(base.encode()))}:"
    assert ours(message, signer.verifying_key)
    assert the_librarys(message, signer.verifying_key)


@given(st.data())
@settings(max_examples=150)
def test_what_the_library_refuses_is_never_taken(data):
    signer = SIGNERS[data.draw(st.sampled_from(list(SIGNERS)))]
    message = request()
    sign_message(message, signer, covered=wire.SENT, at=AT)
    name = data.draw(st.sampled_from(sorted(message.headers)))
    value = message.headers[name]
    start = data.draw(st.integers(0, len(value)))
    end = data.draw(st.integers(start, min(len(value), start + 3)))
    put = data.draw(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=3))
    message.headers[name] = value[:start] + put + value[end:]
    if ours(message, signer.verifying_key):
        assert the_librarys(message, signer.verifying_key)


@pytest.mark.parametrize(
    "input_",
    [
        'comity=("@method");created=1;keyid="a;b=c";tag="comity"',
        'comity=("@method");created=1;keyid="a";tag="comity";nonce=";"',
    ],
)
def test_a_semicolon_within_a_value_separates_nothing(input_):
    claim = read_claim(Message("POST", "https://edge.example.org/", {"signature-input": input_}))
    assert claim.signed == input_.removeprefix("comity=")


@pytest.mark.parametrize(
    "input_",
    [
        "",
        "comity=()",
        'comity=("@method")',
        'comity=("@method");created=1;tag="comity"',
        'comity=("@method");created=1;keyid="a"',
        'comity=("@method");created=1;keyid="a";tag="other"',
        'comity=("@method");created=1;created=2;keyid="a";tag="comity"',
        'comity=("@method");created="1";keyid="a";tag="comity"',
        'comity=("@method");created=1;keyid=7;tag="comity"',
        'comity=("@method");created=1;keyid="a";tag="comity";expires=3',
        'comity=("@method" "@method");created=1;keyid="a";tag="comity"',
        'comity=("@method";req);created=1;keyid="a";tag="comity"',
        'comity=("@method");created=999999999999999;keyid="a";tag="comity"',
        'a=("@method");created=1;keyid="a";tag="comity", b=("@method");created=1;keyid="a";tag="comity"',
        'comity=("@method");created=1;keyid="a\\"";tag="comity"',
        'comity=("@method") ;created=1;keyid="a";tag="comity"',
        'comity=("@method");created=1;keyid="ä";tag="comity"',
    ],
)
def test_another_form_is_no_claim(input_):
    with pytest.raises(UnknownSender):
        read_claim(Message("POST", "https://edge.example.org/", {"signature-input": input_}))
