"""The rule by which a signed letter is valid (DESIGN §3). No private key is needed; input may come from anyone.

Valid is a letter whose last signature covers the whole file, whose changes after an earlier signature are further
signatures only, which holds exactly one `request.json`, in the first signed revision, and which was signed with a
certificate that the directory has for the authority that the letter names as its sender.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

from asn1crypto import cms, core, pem
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DiffResult,
    DocInfoRule,
    FormUpdatingRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from crypto.checked import Checked, checked
from referral.drafting import parse_request
from referral.letters.attachments import the_only_request
from referral.letters.content import LetterContent
from referral.letters.validity_errors import (
    ChangedAfterSigning,
    LetterNotValid,
    NotSigned,
    NotWholeFileSigned,
    SignatureBroken,
    UnknownSigner,
    UnreadableLetter,
)

MAX_LETTER_BYTES = 32 * 1024 * 1024
MAX_SIGNATURES = 10
_SKEW = timedelta(hours=24)
_DIGESTS = frozenset({"sha256", "sha384", "sha512"})


@dataclass(frozen=True)
class AuthorityCertificate:
    """A certificate that the directory has for an authority; an authority may have several."""

    authority: str
    certificate_pem: bytes


class ValidLetter(Checked):
    """A letter that passed the rule; made by `validate_letter` alone."""

    content: LetterContent
    request_json: bytes
    pdf: bytes
    authority: str
    signer_fingerprint: str
    signed_at: datetime


@dataclass(frozen=True)
class _Signed:
    authority: str
    fingerprint: str
    at: datetime
    revision: int


def validate_letter(pdf: bytes, certificates: Iterable[AuthorityCertificate], *, at: datetime) -> ValidLetter:
    """Return the letter as valid, or raise a kind of LetterNotValid, or MalformedLetter for its `request.json`.

    `certificates` are those of the State from which the letter claims to come; `at` is the instant of checking: a time
    of signing more than a day later is refused. `signer_fingerprint` is the SHA-256 of the first signer's certificate
    (DER, hex), `signed_at` that signer's stated time.
    """
    if len(pdf) > MAX_LETTER_BYTES:
        raise UnreadableLetter
    try:
        signed, request = _examine(pdf, _by_certificate(certificates), at)
    except LetterNotValid:
        raise
    except Exception as error:
        # The readers of PDF, CMS and ASN.1 raise whatever they stumble over in hostile files; all of it is one answer.
        raise UnreadableLetter from error
    content = parse_request(request)
    if signed[0].authority != content.sender.authority.id:
        raise UnknownSigner
    return checked(
        ValidLetter,
        content=content,
        request_json=request,
        pdf=pdf,
        authority=signed[0].authority,
        signer_fingerprint=signed[0].fingerprint,
        signed_at=signed[0].at,
    )


def _by_certificate(certificates: Iterable[AuthorityCertificate]) -> Mapping[str, str]:
    """Authority ids by the SHA-256 of the certificate's DER."""
    return {sha256(pem.unarmor(one.certificate_pem)[2]).hexdigest(): one.authority for one in certificates}


def _examine(pdf: bytes, authorities: Mapping[str, str], at: datetime) -> tuple[list[_Signed], bytes]:
    reader = PdfFileReader(BytesIO(pdf), strict=True)
    signatures = list(reader.embedded_signatures)
    if not signatures or len(signatures) > MAX_SIGNATURES:
        raise NotSigned
    signed = []
    for signature in signatures:
        _check_coverage(signature, pdf, last=signature is signatures[-1])
        signed.append(_check_signer(signature, authorities, at))
    return signed, the_only_request(reader, signed[0].revision)


# Coverage and changes -------------------------------------------------------------------------------------------------

_SIGNATURES_ONLY = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),  # type: ignore[no-untyped-call]
        DocInfoRule().as_qualified(ModificationLevel.LTA_UPDATES),
        XrefStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        ObjectStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        MetadataUpdateRule().as_qualified(ModificationLevel.LTA_UPDATES),  # type: ignore[no-untyped-call]
    ],
    form_rule=FormUpdatingRule(
        field_rules=[
            SigFieldCreationRule(),  # type: ignore[no-untyped-call]
            SigFieldModificationRule(),
        ]
    ),
)
"""What a signer's software touches when it adds a signature; no other form field and no validation data."""


def _check_coverage(signature: EmbeddedPdfSignature, pdf: bytes, *, last: bool) -> None:
    _check_gap(signature, pdf)
    signature.compute_integrity_info(diff_policy=_SIGNATURES_ONLY)  # type: ignore[no-untyped-call]
    if last and signature.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        raise NotWholeFileSigned
    if signature.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        raise NotWholeFileSigned
    changes = signature.diff_result
    if not isinstance(changes, DiffResult) or changes.modification_level > ModificationLevel.FORM_FILLING:
        raise ChangedAfterSigning


def _check_gap(signature: EmbeddedPdfSignature, pdf: bytes) -> None:
    """The only bytes that a signature leaves out must be its own value, in hexadecimal, and the padding's zeros."""
    start, before, after, rest = (int(number) for number in signature.byte_range)
    gap = pdf[before:after]
    if start != 0 or after + rest > len(pdf) or gap[:1] != b"<" or gap[-1:] != b">":
        raise NotWholeFileSigned
    if gap not in (gap.lower(), gap.upper()):
        raise SignatureBroken  # One way to write it: a changed letter case would be a changed file.
    value = bytes.fromhex(gap[1:-1].decode("ascii"))
    if value != signature.pkcs7_content or not _is_one_object(value):
        raise SignatureBroken


def _is_one_object(value: bytes) -> bool:
    """Whether `value` is one CMS object, exactly as long as what it consists of, and zeros."""
    if not value:
        return False
    whole = cms.ContentInfo.load(value)
    # A length that takes in some of the padding would be another way to write the same.
    exact: bool = whole.contents == whole["content_type"].dump() + whole["content"].dump()
    return exact and not any(value[len(whole.dump()) :])


# Signer ---------------------------------------------------------------------------------------------------------------


def _check_signer(signature: EmbeddedPdfSignature, authorities: Mapping[str, str], at: datetime) -> _Signed:
    certificate = signature.signer_cert
    fingerprint = sha256(certificate.dump()).hexdigest()
    authority = authorities.get(fingerprint)
    if authority is None:
        raise UnknownSigner
    _check_value(signature, certificate)
    signed_at = signature.self_reported_timestamp
    if signed_at is None or signed_at.tzinfo is None or signed_at > at + _SKEW:
        raise SignatureBroken
    validity = certificate["tbs_certificate"]["validity"]
    if not validity["not_before"].native <= signed_at <= validity["not_after"].native:
        raise UnknownSigner
    return _Signed(authority, fingerprint, signed_at, signature.signed_revision)


def _check_value(signature: EmbeddedPdfSignature, certificate: Certificate) -> None:
    """The signature's value: PAdES in form, by the certificate's key, over the digest of the bytes covered."""
    info: Any = signature.signer_info
    data: Any = signature.signed_data
    in_form = (
        signature.sig_object.get("/SubFilter") == "/ETSI.CAdES.detached"
        and signature.sig_object_type == "/Sig"
        and signature.md_algorithm in _DIGESTS
        and info["signed_attrs"] is not core.VOID
        and data["encap_content_info"]["content"].native is None
        # Nothing of these is signed, and every one is redundant: they say what the signer's own fields say.
        and (data["version"].native, info["version"].native) == ("v1", "v1")
        and data["digest_algorithms"].dump() == cms.DigestAlgorithms([info["digest_algorithm"]]).dump()
        # Names are alike whatever their letter case: the certificate would be found for a changed one, too.
        and info["sid"].dump() == _named(certificate).dump()
    )
    if not in_form:
        raise SignatureBroken
    intact, valid = validate_sig_integrity(
        info, certificate, expected_content_type="data", actual_digest=signature.compute_digest()
    )
    if not (intact and valid):
        raise SignatureBroken


def _named(certificate: Certificate) -> cms.SignerIdentifier:
    by_issuer = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    return cms.SignerIdentifier({"issuer_and_serial_number": by_issuer})
