"""Signing letters with an authority's key, held by the desk."""

from datetime import datetime

from backend.vault.authority import sign_pdf
from backend.vault.secrets import keyring


def sign_letter_pdf(
    pdf: bytes, *, authority_id: str, certificate_pem: str, reason: str, location: str, at: datetime
) -> bytes:
    """The letter with the authority's PAdES signature; raises CannotSign or KeyMissing."""
    return sign_pdf(
        pdf,
        key_pem=keyring("desk").read(f"authority/{authority_id}.pem"),
        certificate_pem=certificate_pem.encode("ascii"),
        reason=reason,
        location=location,
        at=at,
    )
