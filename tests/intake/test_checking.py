"""What stands around a body: the signature, the clock, the form. Pure, so the clock is an argument."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.intake import wire
from backend.intake.checking import (
    Address,
    CheckedSubmission,
    Sender,
    check_question,
    check_submission,
    read_message,
)
from backend.intake.refusals import (
    ClockDiffers,
    LengthMissing,
    Malformed,
    Misdirected,
    Refused,
    TooLarge,
    UnknownSender,
    WrongMediaType,
)
from backend.intake.signatures import Message, sign_message
from crypto.keyholder.signing import SigningKey

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
EDGE = "https://edge.example.org"
ADDRESS = Address.parse(EDGE)
ED25519, P256 = SigningKey.generate("ed25519"), SigningKey.generate("ecdsa-p256")
SUBMISSION = uuid.UUID("8d3bf4c5-95f5-4b18-9d5c-2b0a4a4b6c2a")
# The order of P-256, for a signature's other half: SEC 2, section 2.4.2.
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def find(fingerprint: str) -> Sender | None:
    keys = {key.verifying_key.fingerprint: key.verifying_key for key in (ED25519, P256)}
    return Sender(fingerprint, keys[fingerprint], "device") if fingerprint in keys else None


def signed(key: SigningKey = ED25519, *, at: datetime = NOON, covered: tuple[str, ...] = wire.SENT) -> Message:
    """A good report's head, signed."""
    message = Message(
        "POST",
        EDGE + "/v1/submissions",
        {
            "content-digest": wire.format_digest(bytes(32)),
            "content-type": wire.MEDIA_TYPES["report"],
            "idempotency-key": wire.format_id(SUBMISSION),
            "comity-intake-key": "0123456789abcdef",
        },
    )
    sign_message(message, key, covered=covered, at=at)
    message.headers |= {"host": "edge.example.org", "content-length": "100"}
    return message


def check(message: Message, *, at: datetime = NOON) -> CheckedSubmission:
    """As the view does: from raw headers."""
    target = message.url.removeprefix(EDGE)
    received = read_message(message.method, target, message.headers.items(), address=ADDRESS)
    return check_submission(received, kind="report", find_sender=find, at=at)


@pytest.mark.parametrize("key", [ED25519, P256])
def test_a_signed_request_is_admitted_for_its_sender(key: SigningKey) -> None:
    checked = check(signed(key))
    assert (checked.sender, checked.submission) == (key.verifying_key.fingerprint, SUBMISSION)
    assert (checked.key_id, checked.size, checked.digest) == ("0123456789abcdef", 100, bytes(32))


def test_a_checked_submission_comes_from_the_check_only() -> None:
    with pytest.raises(TypeError):
        CheckedSubmission()


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("content-digest", wire.format_digest(b"\1" * 32)),
        ("idempotency-key", wire.format_id(uuid.UUID(int=0))),
        ("comity-intake-key", "fedcba9876543210"),
    ],
)
def test_a_covered_header_that_was_changed_is_an_unknown_sender(header: str, value: str) -> None:
    message = signed()
    check(message)
    message.headers[header] = value
    with pytest.raises(UnknownSender):
        check(message)


def test_another_method_or_path_is_an_unknown_sender() -> None:
    message = signed()
    for changed in (replace(message, method="PUT"), replace(message, url=EDGE + "/v1/evidence")):
        with pytest.raises(UnknownSender):
            check(changed)


@pytest.mark.parametrize("left_out", wire.SENT)
def test_a_signature_that_covers_less_is_not_enough(left_out: str) -> None:
    covered = tuple(part for part in wire.SENT if part != left_out)
    with pytest.raises(UnknownSender):
        check(signed(covered=covered))


def test_a_signature_that_covers_more_is_not_the_agreed_one() -> None:
    with pytest.raises(UnknownSender):
        check(signed(covered=(*wire.SENT, "@scheme")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('tag="comity"', 'tag="other"'),
        (';tag="comity"', ""),
        ('alg="ed25519"', 'alg="ecdsa-p256-sha256"'),
        ("created=", "created=1;expires="),
        (f"created={int(NOON.timestamp())}", f"created={int(NOON.timestamp())}.0"),
        ("comity=(", "other=("),
        ('"@method"', '"@method";req'),
    ],
)
def test_other_parameters_are_an_unknown_sender(old: str, new: str) -> None:
    message = signed()
    assert old in message.headers["signature-input"]
    message.headers["signature-input"] = message.headers["signature-input"].replace(old, new)
    with pytest.raises((UnknownSender, ClockDiffers)):
        check(message)


def test_a_second_signature_beside_the_first_is_refused() -> None:
    message = signed()
    for name in ("signature", "signature-input"):
        message.headers[name] += ", " + message.headers[name].replace("comity=", "second=", 1)
    with pytest.raises(UnknownSender):
        check(message)


def test_the_other_half_of_a_p256_signature_is_the_same_request() -> None:
    """(r, n - s) verifies too: it must change nothing, since the signature's bytes identify nothing."""
    from crypto.encoding import b64_decode, b64_encode

    message = signed(P256)
    raw = b64_decode(message.headers["signature"].removeprefix("comity=:").removesuffix(":"))
    other = raw[:32] + (P256_ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    message.headers["signature"] = f"comity=:{b64_encode(other)}:"
    assert check(message).submission == SUBMISSION


@pytest.mark.parametrize("moved", [timedelta(hours=24), timedelta(hours=-24)])
def test_a_day_is_the_most_that_clocks_may_differ(moved: timedelta) -> None:
    assert check(signed(at=NOON + moved)).submission == SUBMISSION
    with pytest.raises(ClockDiffers) as refused:
        check(signed(at=NOON + moved * 1.001))
    assert refused.value.server_time == NOON


def test_the_clock_is_answered_to_anybody_alike() -> None:
    stranger = SigningKey.generate("ed25519")
    with pytest.raises(ClockDiffers):
        check(signed(stranger, at=NOON - timedelta(days=2)))


@pytest.mark.parametrize(
    ("header", "value", "refusal"),
    [
        ("host", "edge.example.net", Misdirected),
        ("content-type", "application/json", WrongMediaType),
        ("content-length", None, LengthMissing),
        ("content-length", "1_0", Malformed),
        ("content-length", "٣", Malformed),
        ("content-length", "1048577", TooLarge),
        ("content-length", "9" * 5000, Malformed),
        ("content-length", "9" * 30, TooLarge),
        ("content-digest", None, Malformed),
        ("idempotency-key", None, Malformed),
        ("comity-intake-key", None, Malformed),
        ("signature", None, UnknownSender),
        ("signature-input", None, UnknownSender),
        ("signature-input", "x" * 5000, UnknownSender),
    ],
)
def test_each_header_has_its_refusal(header: str, value: str | None, refusal: type[Refused]) -> None:
    message = signed()
    check(message)
    if value is None:
        del message.headers[header]
    else:
        message.headers[header] = value
    with pytest.raises(refusal):
        check(message)


@given(st.sampled_from(["signature", "signature-input", "content-digest", "idempotency-key"]), st.text(max_size=200))
def test_any_text_in_a_header_is_refused_and_nothing_else(header: str, text: str) -> None:
    message = signed()
    assume(text != message.headers[header])
    message.headers[header] = text
    with pytest.raises(Refused):
        check(message)


@given(st.data())
def test_a_changed_character_of_the_signature_headers_never_admits_another_request(data: st.DataObject) -> None:
    message = signed()
    name = data.draw(st.sampled_from(["signature", "signature-input"]))
    value = message.headers[name]
    at = data.draw(st.integers(0, len(value) - 1))
    message.headers[name] = value[:at] + data.draw(st.characters(max_codepoint=255)) + value[at + 1 :]
    try:
        checked = check(message)
    except Refused:
        return
    # Only the label, which is not signed, and white space may change without harm.
    assert (checked.sender, checked.submission) == (ED25519.verifying_key.fingerprint, SUBMISSION)


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://Edge.Example.org", "edge.example.org"),
        ("https://edge.example.org:443", "edge.example.org"),
        ("http://edge.example.org:80/", "edge.example.org"),
        ("http://127.0.0.1:8100", "127.0.0.1:8100"),
        ("http://[::1]:8100", "[::1]:8100"),
    ],
)
def test_an_address_is_the_one_that_clients_sign(url: str, authority: str) -> None:
    assert Address.parse(url).authority == authority


def question(key: SigningKey, target: str) -> Message:
    message = Message("GET", EDGE + target)
    sign_message(message, key, covered=wire.ASKED, at=NOON)
    message.headers["host"] = "edge.example.org"
    return message


def test_a_question_is_signed_for_the_very_receipt() -> None:
    path, query = wire.receipt_path(SUBMISSION), wire.receipt_query(bytes(32))
    message = question(ED25519, f"{path}?{query}")
    asked = check_question(message, submission=str(SUBMISSION), query=query, find_sender=find, at=NOON)
    assert (asked.submission, asked.digest) == (SUBMISSION, bytes(32))
    other = replace(message, url=message.url.replace("00", "01"))
    with pytest.raises(UnknownSender):
        check_question(other, submission=str(SUBMISSION), query=query, find_sender=find, at=NOON)


@pytest.mark.parametrize(
    "query", ["", "digest=", "digest=00", "x=" + "00" * 32, "digest=" + "00 " * 21 + "0", "0" * 64]
)
def test_a_question_without_its_digest_is_malformed(query: str) -> None:
    message = question(ED25519, wire.receipt_path(SUBMISSION) + "?" + query.replace(" ", "%20"))
    with pytest.raises(Malformed):
        check_question(message, submission=str(SUBMISSION), query=query, find_sender=find, at=NOON)
