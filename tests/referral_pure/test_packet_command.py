"""`comity packet verify` and `comity packet open`."""

import os
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from pyhanko.pdf_utils.reader import PdfFileReader

from backend.cli.packet import command
from crypto.keys import fingerprint_words
from referral.drafting import request_json
from tests.referral_pure.world import (
    at_rest,
    evidence,
    good_packet,
    make_packet,
    node,
    rendered,
    request_with_evidence,
    sha256_of_file,
    sign,
    with_,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "packet.zip").write_bytes(good_packet())
    for name in ("gd", "cr"):
        (tmp_path / f"{name}.card").write_bytes(node(name).card())
        (tmp_path / f"{name}.age").write_text(f"# exchange key of {name}\n{node(name).exchange}\n")
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_a_packet_is_good_by_the_senders_card(folder: Path) -> None:
    done = run("verify", folder / "packet.zip", "--trust", folder / "gd.card")
    assert done.exit_code == 0
    assert done.output.splitlines()[-1] == "good"


@pytest.mark.long
def test_what_was_declared_sensitive_stays_sealed_unless_asked_for(folder: Path) -> None:
    item = at_rest(node("gd"), b"a harmless stand-in", sensitivity="abuse-material")
    letter = with_(request_with_evidence(), evidence=(item.listed,))
    packet = make_packet(sign(rendered(msgspec.json.encode(letter)), node("gd")), items=(item,))
    (folder / "packet.zip").write_bytes(packet)
    asked = ("open", folder / "packet.zip", "--identity", folder / "cr.age", "--trust", folder / "gd.card", "--out")
    left = run(*asked, folder / "left")
    assert "declared abuse-material: left sealed" in left.output
    assert sorted(path.name for path in (folder / "left").iterdir()) == ["letter.pdf", "request.json"]
    done = run(*asked, folder / "opened", "--sensitive")
    assert done.exit_code == left.exit_code == 0
    assert (folder / "opened" / "evidence-001-evidence_1.eml").read_bytes() == b"a harmless stand-in"
    for output in (left.output, done.output):
        assert item.plaintext_sha256 not in output


def test_without_a_card_the_fingerprint_is_shown_and_nothing_called_good(folder: Path) -> None:
    done = run("verify", folder / "packet.zip")
    fingerprint = node("gd").transport.verifying_key.fingerprint
    assert done.exit_code == 1
    assert fingerprint in done.output
    assert fingerprint_words(fingerprint) in done.output
    assert "good" not in done.output
    assert "--trust" in done.stderr


def test_another_nodes_card_does_not_serve(folder: Path) -> None:
    done = run("verify", folder / "packet.zip", "--trust", folder / "cr.card")
    assert done.exit_code == 1
    assert "key card" in done.stderr
    assert "good" not in done.output


@pytest.mark.parametrize(
    "changes", [{"valid_until": "2026-11-20T00:00:00Z"}, {"valid_from": "2026-11-25T00:00:00Z"}], ids=["ended", "later"]
)
def test_a_card_that_was_not_valid_when_the_packet_was_built_does_not_serve(
    folder: Path, changes: dict[str, str]
) -> None:
    (folder / "other.card").write_bytes(node("gd").card(**changes))
    done = run("verify", folder / "packet.zip", "--trust", folder / "other.card")
    assert done.exit_code == 1
    assert "good" not in done.output


@pytest.mark.parametrize("card", [b"", b"{}", b"\xff"])
def test_a_file_that_is_no_card_is_one_sentence(folder: Path, card: bytes) -> None:
    (folder / "bad.card").write_bytes(card)
    done = run("verify", folder / "packet.zip", "--trust", folder / "bad.card")
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 1


def test_a_changed_byte_is_refused_in_one_sentence(folder: Path) -> None:
    data = bytearray(good_packet())
    data[len(data) // 2] ^= 1
    (folder / "packet.zip").write_bytes(data)
    done = run("verify", folder / "packet.zip", "--trust", folder / "gd.card")
    assert done.exit_code == 1
    assert done.stderr.startswith(f"comity: {folder / 'packet.zip'}: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_missing_file_or_option_is_wrong_usage(folder: Path) -> None:
    assert run("verify", folder / "nothing.zip").exit_code == 2
    assert run("open", folder / "packet.zip").exit_code == 2


@pytest.mark.long
def test_opening_writes_letter_copy_and_evidence(folder: Path) -> None:
    done = run("open", folder / "packet.zip", "--identity", folder / "cr.age", "--trust", folder / "gd.card")
    assert done.exit_code == 0, done.stderr
    out = folder / "packet-opened"
    assert (out / "request.json").read_bytes() == request_json(request_with_evidence())
    assert len(PdfFileReader(BytesIO((out / "letter.pdf").read_bytes())).embedded_signatures) == 1
    assert {path.name for path in out.iterdir()} == {
        "letter.pdf",
        "request.json",
        "evidence-001-evidence_1.eml",
        "evidence-002-evidence_2.eml",
    }
    assert sha256_of_file(out / "evidence-001-evidence_1.eml") == evidence()[0].listed.plaintext_sha256
    assert "shows everything" in done.output
    assert out.stat().st_mode & 0o077 == 0


def test_the_addressees_card_makes_its_authorities_known(folder: Path) -> None:
    arguments = ["open", folder / "packet.zip", "--identity", folder / "cr.age", "--trust", folder / "gd.card"]
    assert run(*arguments, "--trust", folder / "cr.card", "--out", folder / "one").exit_code == 0


def test_opening_without_a_card_opens_and_says_that_the_sender_is_unknown(folder: Path) -> None:
    done = run("open", folder / "packet.zip", "--identity", folder / "cr.age", "--out", folder / "out")
    assert done.exit_code == 1
    assert (folder / "out" / "letter.pdf").exists()
    assert "its signature was not checked" in done.output
    assert "good" not in done.output


def test_opening_with_another_key_leaves_nothing_behind(folder: Path) -> None:
    done = run("open", folder / "packet.zip", "--identity", folder / "gd.age", "--trust", folder / "gd.card")
    assert done.exit_code == 1
    assert not (folder / "packet-opened").exists()


def test_a_folder_that_exists_is_not_written_into(folder: Path) -> None:
    (folder / "packet-opened").mkdir()
    done = run("open", folder / "packet.zip", "--identity", folder / "cr.age", "--trust", folder / "gd.card")
    assert done.exit_code == 1
    assert "--out" in done.stderr
    assert not list((folder / "packet-opened").iterdir())


def test_names_of_evidence_stay_in_the_folder(folder: Path) -> None:
    kept = evidence()[0]
    hostile = replace(kept, listed=msgspec.structs.replace(kept.listed, name="../../../etc/passwd"))
    content = with_(request_with_evidence(), evidence=(hostile.listed,))
    pdf = sign(rendered(msgspec.json.encode(content)), node("gd"))
    (folder / "packet.zip").write_bytes(make_packet(pdf, items=(hostile,)))
    done = run("open", folder / "packet.zip", "--identity", folder / "cr.age", "--trust", folder / "gd.card")
    assert done.exit_code == 0, done.stderr
    names = {path.name for path in (folder / "packet-opened").iterdir()}
    assert names == {"letter.pdf", "request.json", "evidence-001-_.._.._etc_passwd"}


@pytest.mark.long
def test_the_command_loads_neither_django_nor_a_node(folder: Path) -> None:
    program = (
        "import sys; from backend.cli.packet import command;"
        f"sys.argv = ['packet', 'open', {str(folder / 'packet.zip')!r}, '--identity', {str(folder / 'cr.age')!r},"
        f" '--trust', {str(folder / 'gd.card')!r}]\n"
        "try: command()\n"
        "except SystemExit as done: assert not done.code, done.code\n"
        "print([name for name in sys.modules if name.split('.')[0] in {'django', 'psycopg', 'celery'}])"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COMITY", "DJANGO"))}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
