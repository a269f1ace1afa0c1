"""The encrypted columns of letters, under the referral's data key."""

import json
from typing import Any

from backend.vault.columns import OpenDataKey, open_data_key
from referral.drafting import parse_request, request_json
from referral.letters.content import LetterContent
from referral.models import LetterOfRequest, Preservation

TABLE = "referral_letterofrequest"


def key_of(letter: LetterOfRequest) -> OpenDataKey:
    """The open data key of the letter's referral."""
    return open_data_key(letter.referral.data_key)


def set_content(letter: LetterOfRequest, content: LetterContent, key: OpenDataKey) -> None:
    """Put a content into the letter, encrypted; not saved."""
    letter.content_ct = key.encrypt(request_json(content), table=TABLE, row=letter.id, column="content_ct")


def content_of(letter: LetterOfRequest, key: OpenDataKey | None = None) -> LetterContent:
    """What the letter says."""
    opened = (key or key_of(letter)).decrypt(letter.content_ct, table=TABLE, row=letter.id, column="content_ct")
    return parse_request(opened)


def set_pdf(letter: LetterOfRequest, pdf: bytes, key: OpenDataKey) -> None:
    """Put the signed PDF into the letter, encrypted; not saved."""
    letter.pdf_ct = key.encrypt(pdf, table=TABLE, row=letter.id, column="pdf_ct")


def pdf_of(letter: LetterOfRequest, key: OpenDataKey | None = None) -> bytes | None:
    """The signed PDF, or None before the signature."""
    if letter.pdf_ct is None:
        return None
    return (key or key_of(letter)).decrypt(letter.pdf_ct, table=TABLE, row=letter.id, column="pdf_ct")


def set_answer(preservation: Preservation, answer: dict[str, str | None], key: OpenDataKey) -> None:
    """Put custodian and reference into a preservation, encrypted; not saved."""
    text = json.dumps(answer, ensure_ascii=False).encode()
    row = preservation.letter_id
    preservation.answer_ct = key.encrypt(text, table="referral_preservation", row=row, column="answer_ct")


def answer_of(preservation: Preservation, key: OpenDataKey) -> dict[str, Any]:
    """Custodian and reference of a preservation; empty where none was given."""
    if preservation.answer_ct is None:
        return {}
    row = preservation.letter_id
    text = key.decrypt(preservation.answer_ct, table="referral_preservation", row=row, column="answer_ct")
    answer: dict[str, Any] = json.loads(text)
    return answer
