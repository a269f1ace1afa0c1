"""`comity receipt print`: a page with the whole proof on it, from which the proof can be had again."""

import io
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner, Result

from backend.cli.printing import sheet
from backend.cli.printing.paper import WIDTH, NotAsPrinted, from_paper, is_paper, to_paper
from backend.cli.printing.wording import LANGUAGES, words_in
from backend.cli.receipt import command
from crypto.keyholder.signing import SigningKey
from tests.audit.test_receipts import EVENT, key_card, receipt
from tests.crypto.vectors import signing_key

# Not made at random: a slip is found by 16 bits of a digest, which another proof's might share.
LOG = signing_key("log")
PROOF = receipt(LOG)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "receipt").write_bytes(PROOF)
    (tmp_path / "gd.card").write_bytes(key_card(LOG, SigningKey.generate("ed25519")))
    return tmp_path


def run(folder: Path, act: str, name: str, *more: str) -> Result:
    return CliRunner().invoke(command, [act, str(folder / name), "--trust", str(folder / "gd.card"), *more])


def printed(folder: Path, language: str = "en") -> tuple[bytes, str]:
    """The page as a file and as text."""
    out = folder / "receipt.pdf"
    result = run(folder, "print", "receipt", "--out", str(out), "--language", language)
    assert result.exit_code == 0, result.output
    pages = pypdf.PdfReader(io.BytesIO(out.read_bytes())).pages
    return out.read_bytes(), "\n".join(page.extract_text() for page in pages)


def test_the_rows_on_the_page_are_the_proof_and_verify_when_they_are_typed(folder: Path) -> None:
    _, text = printed(folder)
    rows = [row for row in text.splitlines() if row in to_paper(PROOF)]
    assert from_paper("\n".join(rows)) == PROOF
    (folder / "typed.txt").write_text(
        "Above.\n\n" + "\n\nPage 1 of 2\n".join(f"   {row}  " for row in rows) + "\nBelow"
    )
    typed, kept = run(folder, "verify", "typed.txt"), run(folder, "verify", "receipt")
    assert typed.exit_code == kept.exit_code == 0, typed.output
    assert typed.output == kept.output
    assert str(EVENT["detail"]["submission"]) in typed.output  # type: ignore[index]


def test_the_page_carries_the_proof_as_a_file_and_says_what_was_received(folder: Path) -> None:
    data, text = printed(folder)
    assert pypdf.PdfReader(io.BytesIO(data)).attachments["receipt.txt"] == [PROOF]
    assert b"pdfaid:part" in data
    for words in ("3d1f4f7e-5a0b-4c55-8a3c-0d1a5b1b7a10", "2026-05-03 12:00:00 UTC", "4096", "comity/gd/log"):
        assert words in text
    assert "cd" * 32 in text.replace("\n", "").replace("\u200b", "")
    assert printed(folder)[0] == data


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_in_the_language_that_was_asked_for(folder: Path, language: str) -> None:
    _, text = printed(folder, language)
    said = words_in(language)
    assert said("Receipt of a sealed submission") in text
    assert " ".join(said(sheet.PROOF_INTRO).split()) in " ".join(text.split())


def test_a_slip_of_the_hand_is_found_with_its_row() -> None:
    rows = to_paper(PROOF)
    assert from_paper("\n".join(rows)) == PROOF
    for place, row in enumerate(rows):
        slip = f"{row[:4]}?{row[5:]}" if len(row) > 9 else row.replace(".", "+")
        with pytest.raises(NotAsPrinted, match=rf"^Row {place + 1:02d} is not as printed"):
            from_paper("\n".join([*rows[:place], slip, *rows[place + 1 :]]))
    for left_out in range(1, len(rows) - 1):
        with pytest.raises(NotAsPrinted, match=rf"where row {left_out + 1:02d} should be"):
            from_paper("\n".join(rows[:left_out] + rows[left_out + 1 :]))
    with pytest.raises(NotAsPrinted):
        from_paper("\n".join([rows[0], *rows]))


def test_every_row_fits_the_paper_and_empty_lines_and_spaces_come_back() -> None:
    for proof in (PROOF, b"a\n\n\nb\n", b"x" * 200 + b"\n", b"y" * 59 + b" z " + b"w" * 100 + b"\n"):
        rows = to_paper(proof)
        assert max(map(len, rows)) <= WIDTH + 9
        assert from_paper("\n".join(rows)) == proof
        assert is_paper("\n".join(rows).encode())
    assert not is_paper(PROOF)


def test_what_does_not_verify_is_not_printed(folder: Path) -> None:
    assert run(folder, "print", "receipt", "--out", str(folder / "good.pdf")).exit_code == 0
    (folder / "receipt").write_bytes(receipt(SigningKey.generate("ed25519")))
    spoilt = run(folder, "print", "receipt", "--out", str(folder / "bad.pdf"))
    assert spoilt.exit_code == 1
    assert not (folder / "bad.pdf").exists()


def test_the_printed_file_itself_is_answered_with_what_to_do(folder: Path) -> None:
    printed(folder)
    answer = run(folder, "verify", "receipt.pdf")
    assert answer.exit_code == 1
    assert "receipt.txt" in answer.output


def test_a_receipt_is_compared_with_the_sealed_file(folder: Path) -> None:
    (folder / "report.age").write_bytes(b"other bytes")
    answer = run(folder, "verify", "receipt", "--sealed", str(folder / "report.age"))
    assert answer.exit_code == 1
    assert "look for the receipt of this file" in answer.output
