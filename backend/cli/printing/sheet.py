"""A receipt as a page: what was received, when, by whose log, how to check it, and the proof itself, whole."""

from typing import Any

import msgspec

from backend.audit.receipts import VerifiedReceipt
from backend.audit.trust import TrustedLog
from backend.cli.printing.paper import to_paper
from backend.cli.printing.wording import words_in
from crypto.keys import VerifyingKey, fingerprint_words
from referral.letters.typesetting import CannotTypeset, typeset


def _(sentence: str) -> str:
    """Marks a sentence for the catalogue."""
    return sentence


KINDS = {
    "report": _("a sealed report"),
    "evidence": _("a sealed evidence file"),
    "packet": _("a packet of another node"),
}


class CannotPrint(Exception):
    """The receipt cannot be set as a conforming PDF."""


def receipt_pdf(
    proof: bytes, receipt: VerifiedReceipt, *, trusted: TrustedLog, identity: VerifyingKey, language: str
) -> bytes:
    """The receipt as PDF bytes (PDF/A-3a, PDF/UA-1) with `receipt.txt` attached; the same receipt gives the same bytes.

    Raises CannotPrint where Typst refuses it.
    """
    page = _page(proof, receipt, trusted, identity, language)
    inputs = {"page": msgspec.json.encode(page).decode(), "proof": proof.decode()}
    try:
        return typeset("backend.cli.printing", "receipt.typ", inputs, standard="a-3a", at=receipt.at)
    except CannotTypeset as refused:
        raise CannotPrint(f"The receipt does not become a PDF/A-3a and PDF/UA-1 file (Typst: {refused}).") from None


def _page(
    proof: bytes, receipt: VerifiedReceipt, trusted: TrustedLog, identity: VerifyingKey, language: str
) -> dict[str, Any]:
    said = words_in(language)
    particulars = [
        (_("Submission"), str(receipt.submission)),
        (_("Received"), f"{receipt.at:%Y-%m-%d %H:%M:%S} UTC"),
        (_("What was received"), said(KINDS.get(receipt.kind, receipt.kind))),
        (_("Size in bytes, sealed"), str(receipt.size)),
        (_("SHA-256, sealed"), receipt.sha256),
        (_("Sender's key (fingerprint)"), receipt.sender),
        (_("Sender's key in words"), _words(receipt.sender)),
        (_("Log"), trusted.origin),
        (_("Entry"), said(_("%(index)d of the %(size)d entries that were signed")) % _entry(receipt)),
        (_("Log's key"), str(trusted.key)),
        (_("Node's identity in words"), fingerprint_words(identity.fingerprint)),
    ]
    return {
        "language": language,
        "title": said(_("Receipt of a sealed submission")),
        "author": trusted.origin.split("/")[1],
        "particulars": [(said(name), value) for name, value in particulars],
        "body": [said(sentence) for sentence in BODY],
        "proof_heading": said(_("The proof")),
        "proof_intro": said(PROOF_INTRO),
        "rows": to_paper(proof),
        "attached": said(_("The proof as a file")),
        "page_of": said(_("Page {page} of {pages}")),
    }


def _entry(receipt: VerifiedReceipt) -> dict[str, int]:
    return {"index": receipt.index, "size": receipt.checkpoint.size}


def _words(sender: str) -> str:
    return fingerprint_words(sender) if len(sender) == 64 else sender


BODY = (
    _(
        "The node's log holds that it received exactly these sealed bytes from the owner of this key, at this time and "
        "place in the log. What the bytes say cannot be seen from this page."
    ),
    _(
        "The receipt counts when its proof verifies under the log's key, and when submission, size and SHA-256 are "
        "those of what was sent. Compare the node's identity words with the node by another way."
    ),
    _("To check it: comity receipt verify receipt.txt --trust CARD. The file receipt.txt is attached to this PDF."),
    _("Without Comity: the page “By hand” (docs/by-hand.md) does the same with OpenSSL and SHA-256 alone."),
)
PROOF_INTRO = _(
    "From paper: type the rows below into a file and give that to the same command. The last four characters of a row "
    "check the row, so that a slip is found. A plus sign continues the row above."
)
