"""A device asks to be enrolled: by the command, by hand, and in ways that are refused."""

import json
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend.cli.device import enrol
from backend.directory.models import Node
from backend.units import services
from backend.units.enrolment import EnrolmentCode, enrolment_mac
from backend.units.models import Device, EnrolmentRequest
from backend.vault.enrolment import make_code, open_code
from backend.vault.sending import Reply, post_json
from crypto.encoding import b64url_encode
from crypto.keyholder.signing import SigningKey
from crypto.keys import fingerprint_words
from tests.edge.conftest import RunningEdge
from tests.founding import TESTS, peer_card


@pytest.fixture
def code(edge: RunningEdge) -> str:
    """A fresh invitation's code."""
    unit = services.add_unit("Cybercrime Unit (test)", "gd", acting=TESTS, at=datetime.now(UTC))
    return services.invite(unit, make_code=make_code, acting=TESTS, at=datetime.now(UTC))[1]


@pytest.fixture
def card_file(edge: RunningEdge, tmp_path: Path) -> Path:
    path = tmp_path / "gd.card"
    path.write_bytes(bytes(Node.objects.get(own=True).card))
    return path


def run(edge: RunningEdge, code: str, card: Path, out: Path) -> Result:
    arguments = ["--edge", edge.url, "--code", code, "--trust", str(card), "--out", str(out), "--label", "desk 3"]
    return CliRunner().invoke(enrol, arguments)


def test_a_device_enrols_and_its_words_are_those_the_administrator_sees(
    edge: RunningEdge, code: str, card_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "device.pem"
    result = run(edge, code, card_file, out)
    assert result.exit_code == 0
    assert out.stat().st_mode & 0o777 == 0o600
    services.check_requests(open_code=open_code, at=datetime.now(UTC))
    request = EnrolmentRequest.objects.get()
    assert (request.stage, request.label) == ("checked", "desk 3")
    device = services.confirm(request, acting=TESTS, at=datetime.now(UTC))
    assert SigningKey.from_pem(out.read_bytes()).verifying_key.fingerprint == device.fingerprint
    assert fingerprint_words(device.fingerprint) in result.output


@pytest.mark.long
def test_the_code_does_not_travel(
    edge: RunningEdge, code: str, card_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []

    def overheard(connection: HTTPConnection, data: bytes) -> None:
        sent.append(data if isinstance(data, bytes) else data.encode())
        send(connection, data)

    send = HTTPConnection.send
    monkeypatch.setattr(HTTPConnection, "send", overheard)
    assert run(edge, code, card_file, tmp_path / "device.pem").exit_code == 0
    request, asked = EnrolmentRequest.objects.get(), json.loads(sent[-1])
    secret = EnrolmentCode.parse(code).secret
    key = SigningKey.from_pem((tmp_path / "device.pem").read_bytes()).verifying_key
    # A public key and what proves that the code is known, for an invitation whose id is no secret; the label besides.
    assert asked == {
        "invitation": code.partition(".")[0],
        "public_key": str(key),
        "mac": b64url_encode(enrolment_mac(secret, request.invitation_id, str(key))),
        "label": "desk 3",
    }
    forms = (secret, secret.hex().encode(), code.partition(".")[2].encode(), b64url_encode(secret).encode())
    private = (tmp_path / "device.pem").read_bytes().splitlines()[1]
    for form in (*forms, private):
        assert form not in b"".join(sent)
        assert form not in edge.log.read_bytes()
        assert form not in bytes(request.mac)


def test_the_code_is_asked_for_so_that_no_list_of_processes_shows_it(
    edge: RunningEdge, code: str, card_file: Path, tmp_path: Path
) -> None:
    arguments = ["--edge", edge.url, "--trust", str(card_file), "--out", str(tmp_path / "device.pem")]
    result = CliRunner().invoke(enrol, arguments, input=f"{code}\n")
    assert (result.exit_code, code.partition(".")[2] in result.output) == (0, False)
    assert EnrolmentRequest.objects.count() == 1


def test_a_key_file_is_never_overwritten(edge: RunningEdge, code: str, card_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "device.pem"
    out.write_text("mine")
    result = run(edge, code, card_file, out)
    assert (result.exit_code, out.read_text()) == (2, "mine")
    assert EnrolmentRequest.objects.count() == 0


def test_a_key_is_not_given_to_another_node_than_the_trusted_one(edge: RunningEdge, code: str, tmp_path: Path) -> None:
    other = tmp_path / "cr.card"
    other.write_bytes(peer_card("cr", at=datetime.now(UTC)))
    result = run(edge, code, other, tmp_path / "device.pem")
    assert result.exit_code == 1
    assert not (tmp_path / "device.pem").exists()


def test_a_code_that_was_copied_badly_is_wrong_usage(
    edge: RunningEdge, code: str, card_file: Path, tmp_path: Path
) -> None:
    for wrong in ("", "x", "{}.", "{}.aaaa", "8d3bf4c5.{}"):
        result = run(edge, wrong.format(code.partition(".")[0]), card_file, tmp_path / "device.pem")
        assert result.exit_code == 2, wrong
        assert not (tmp_path / "device.pem").exists()


def ask(edge: RunningEdge, code: str, **changes: object) -> Reply:
    """Ask by hand, with something changed."""
    parsed, public = EnrolmentCode.parse(code), str(SigningKey.generate("ecdsa-p256").verifying_key)
    asked = {
        "invitation": str(parsed.invitation),
        "public_key": public,
        "mac": b64url_encode(enrolment_mac(parsed.secret, parsed.invitation, public)),
    }
    return post_json(edge.url, "/v1/enrolments", asked | changes, timeout=30)


def test_a_browsers_key_enrols_too(edge: RunningEdge, code: str) -> None:
    assert ask(edge, code).status == 202
    services.check_requests(open_code=open_code, at=datetime.now(UTC))
    assert EnrolmentRequest.objects.get().stage == "checked"


def test_the_answer_says_nothing_about_the_invitation(edge: RunningEdge, code: str) -> None:
    known, unknown = ask(edge, code), ask(edge, code, invitation="8d3bf4c5-95f5-4b18-9d5c-2b0a4a4b6c2a")
    assert (known.status, known.content) == (unknown.status, unknown.content)
    services.check_requests(open_code=open_code, at=datetime.now(UTC))
    assert list(EnrolmentRequest.objects.values_list("stage", flat=True)) == ["checked"]


MALFORMED: list[dict[str, object]] = [
    {"invitation": "x"},
    {"public_key": "ed25519:AAAA"},
    {"public_key": "x" * 161},
    {"mac": "AAAA"},
    {"mac": "=" * 43},
    {"label": "x" * 101},
    {"label": "two\nlines"},
    {"more": "members"},
    {"invitation": None},
]


def test_a_request_that_is_not_of_its_form_is_refused(edge: RunningEdge, code: str) -> None:
    assert ask(edge, code).status == 202
    for changes in MALFORMED:
        assert ask(edge, code, **changes).problem["type"] == "urn:comity:problem:malformed", changes
    assert EnrolmentRequest.objects.count() == 1


def test_a_request_that_is_too_large_is_refused(edge: RunningEdge, code: str) -> None:
    reply = ask(edge, code, label="x" * 5000)
    assert reply.problem["type"] == "urn:comity:problem:too-large"


@pytest.mark.long
def test_a_thousand_requests_wait_at_most(edge: RunningEdge, code: str) -> None:
    assert ask(edge, code).status == 202
    at = datetime.now(UTC)
    waiting = [
        EnrolmentRequest(invitation_id="8d3bf4c5-95f5-4b18-9d5c-2b0a4a4b6c2a", public_key="", mac=b"", received_at=at)
        for _ in range(999)
    ]
    EnrolmentRequest.objects.bulk_create(waiting)
    reply = ask(edge, code)
    assert (reply.status, reply.problem["type"]) == (503, "urn:comity:problem:waiting-list-full")
    assert Device.objects.count() == 0


def test_problems_are_json_of_rfc_9457(edge: RunningEdge, code: str) -> None:
    reply = ask(edge, code, mac="AAAA")
    assert reply.media_type == "application/problem+json"
    assert json.loads(reply.content).keys() == {"type", "title", "status", "detail"}
