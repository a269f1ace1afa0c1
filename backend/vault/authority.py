"""Signing letters with an authority's certificate: PAdES B-B signatures, written as incremental updates.

The first signature also certifies the letter and permits nothing but further signatures. The signature field lies
outside the page: a widget on the page would have to be part of the letter's tagged text, and PDF/A forbids hidden ones.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate as Asn1Certificate
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID, ObjectIdentifier
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko_certvalidator.registry import SimpleCertificateStore

_DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
_CLOCK_SKEW = timedelta(minutes=10)


class CannotSign(Exception):
    """The authority's key and certificate cannot sign this file."""


def sign_pdf(
    pdf: bytes,
    *,
    key_pem: bytes,
    certificate_pem: bytes,
    reason: str,
    location: str,
    at: datetime,
) -> bytes:
    """Return the PDF with one more signature, stated to be made at `at`; the given bytes stay its beginning.

    `key_pem` is unencrypted PKCS #8 for the certificate's key (P-256 or RSA). Raises CannotSign.
    """
    signer = _signer(key_pem, certificate_pem, at)
    writer = _SignatureOnly(BytesIO(pdf))
    earlier = len(list(writer.prev.embedded_signatures))
    field = SigFieldSpec(
        sig_field_name=f"Authority{earlier + 1}",
        invis_sig_settings=InvisSigSettings(set_print_flag=True, box_out_of_bounds=True),
        readable_field_name=reason,
    )
    meta = PdfSignatureMetadata(
        field_name=field.sig_field_name,
        md_algorithm="sha256",
        reason=reason,
        location=location,
        name=signer.subject_name,
        subfilter=SigSeedSubFilter.PADES,
        certify=earlier == 0,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    return bytes(SignerAt(meta, signer, field, at).sign_pdf(writer, in_place=False).getvalue())


def _signer(key_pem: bytes, certificate_pem: bytes, at: datetime) -> SimpleSigner:
    try:
        key = load_pem_private_key(key_pem, password=None)
        certificate = x509.load_pem_x509_certificate(certificate_pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise CannotSign(
            "The authority's key or certificate is not an unencrypted PEM file; install the pair again."
        ) from None
    if key.public_key() != certificate.public_key():
        raise CannotSign("The private key is not the one of the authority's certificate; install the pair again.")
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise CannotSign(
            f"The authority's certificate is valid from {certificate.not_valid_before_utc:%Y-%m-%d} to"
            f" {certificate.not_valid_after_utc:%Y-%m-%d}, not at the time of signing; install the current one."
        )
    return SimpleSigner(
        signing_cert=Asn1Certificate.load(certificate.public_bytes(Encoding.DER)),
        signing_key=PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )


class _SignatureOnly(IncrementalPdfFileWriter):
    """An increment that leaves title, dates and the rest of the letter's metadata as they were signed."""

    def _update_meta(self) -> None:
        """pyHanko would rewrite the metadata, with the machine's time as the letter's."""


class SignerAt(PdfSigner):
    """pyHanko reads the clock when a session starts; here the time is an argument."""

    def __init__(self, meta: PdfSignatureMetadata, signer: SimpleSigner, field: SigFieldSpec, at: datetime) -> None:
        super().__init__(meta, signer=signer, new_field_spec=field)
        self._at = at

    def init_signing_session(self, *positional: Any, **named: Any) -> Any:
        session = super().init_signing_session(*positional, **named)
        session.system_time = self._at
        return session

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:
        # For P-256 pyHanko would raise the file to PDF 2.0; PDF/A-3 (ISO 19005-3) builds on 1.7.
        pdf_out.register_extension(ESIC_EXTENSION_1)


def make_exercise_certificate(
    title: str, state: str, *, at: datetime, lifetime: timedelta = timedelta(days=365)
) -> tuple[bytes, bytes]:
    """Return a new P-256 key (PKCS #8 PEM) and its self-signed certificate (PEM) for an authority of an exercise.

    Its subject says EXERCISE, so that it is never taken for a real authority's. `state` is the lower-case State code.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _exercise_name(title, state)
    builder = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=subject, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _CLOCK_SKEW)
        .not_valid_after(at + lifetime)
    )
    for extension, critical in _extensions(key.public_key()).items():
        builder = builder.add_extension(extension, critical=critical)
    certificate = builder.sign(key, hashes.SHA256())
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        certificate.public_bytes(Encoding.PEM),
    )


def _exercise_name(title: str, state: str) -> x509.Name:
    # X.520 bounds both attributes at 64 characters, which the library counts in UTF-8.
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, state.upper()),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _short(title)),
            x509.NameAttribute(NameOID.COMMON_NAME, _short(f"EXERCISE {title}")),
        ]
    )


def _short(text: str) -> str:
    return text.encode()[:64].decode(errors="ignore").strip()


def _extensions(public: ec.EllipticCurvePublicKey) -> Mapping[x509.ExtensionType, bool]:
    usages = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return {
        x509.BasicConstraints(ca=False, path_length=None): True,
        x509.KeyUsage(digital_signature=True, content_commitment=True, **usages): True,
        x509.ExtendedKeyUsage([_DOCUMENT_SIGNING]): False,
        x509.SubjectKeyIdentifier.from_public_key(public): False,
    }
