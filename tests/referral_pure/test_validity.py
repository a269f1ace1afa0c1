"""The rule by which a signed letter is valid, and what it refuses."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import msgspec
import pytest
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import embed, generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from backend.vault.authority import SignerAt, sign_pdf
from referral.drafting import MalformedLetter, request_json
from referral.letters.validity import AuthorityCertificate, ValidLetter, validate_letter
from referral.letters.validity_errors import (
    ChangedAfterSigning,
    LetterNotValid,
    NotOneRequest,
    NotSigned,
    NotWholeFileSigned,
    SignatureBroken,
    UnknownSigner,
    UnreadableLetter,
)
from tests.referral_pure.examples import AT, REQUEST
from tests.referral_pure.world import LATER, node, rendered, sign, signed_request, validate, with_

pytestmark = pytest.mark.long

FORGED = request_json(with_(REQUEST, reference="GD-2026-9999"))


def changed(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], object]) -> bytes:
    """The PDF with an incremental update, as an attacker appends one."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def replace_request(writer: IncrementalPdfFileWriter) -> None:
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    stream = names[1]["/EF"].raw_get("/F")
    writer.objects[(stream.generation, stream.idnum)] = generic.StreamObject(
        {pdf_name("/Type"): pdf_name("/EmbeddedFile")}, stream_data=FORGED
    )


def redirect_request(writer: IncrementalPdfFileWriter) -> None:
    """The same attack without overwriting: the name tree gets another file specification."""
    stream = generic.StreamObject({pdf_name("/Type"): pdf_name("/EmbeddedFile")}, stream_data=FORGED)
    reference = writer.add_object(stream)
    specification = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]
    specification["/EF"] = generic.DictionaryObject({pdf_name("/F"): reference})
    writer.update_container(specification)


def add_attachment(writer: IncrementalPdfFileWriter, name: str = "request.json") -> None:
    writer.ensure_output_version((1, 7))
    data = embed.EmbeddedFileObject.from_file_data(writer, data=FORGED)
    embed.embed_file(writer, embed.FileSpec(file_spec_string=name, file_name=name, embedded_data=data))


def write_over_page(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    while page["/Type"] != "/Page":
        page = page["/Kids"][0]
    page[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"0 0 600 800 re f"))
    writer.update_container(page)


def set_title(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/Lang")] = generic.pdf_string("es")
    writer.update_root()


ATTACKS = [replace_request, redirect_request, write_over_page, set_title]


def test_a_letter_signed_by_the_authority_that_it_names_is_valid() -> None:
    letter = validate(signed_request())
    assert letter.content == REQUEST
    assert letter.request_json == request_json(REQUEST)
    assert letter.authority == "gd-central"
    assert letter.signed_at == AT
    certificate = x509.load_pem_x509_certificate(node("gd").certificate)
    assert letter.signer_fingerprint == certificate.fingerprint(hashes.SHA256()).hex()


def test_a_further_signature_keeps_it_valid_and_the_first_signer_counts() -> None:
    twice = sign(signed_request(), node("gd"), at=AT + timedelta(minutes=5))
    assert validate(twice).signed_at == AT


def test_a_valid_letter_is_made_by_the_check_alone() -> None:
    with pytest.raises(TypeError):
        ValidLetter()


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_appended_after_the_signature_is_refused(
    attack: Callable[[IncrementalPdfFileWriter], object],
) -> None:
    assert validate(signed_request())
    with pytest.raises(NotWholeFileSigned):
        validate(changed(signed_request(), attack))


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_change_covered_by_a_second_signature_of_the_same_authority_is_refused(
    attack: Callable[[IncrementalPdfFileWriter], object],
) -> None:
    assert validate(sign(signed_request(), node("gd"), at=LATER))
    with pytest.raises(ChangedAfterSigning):
        validate(sign(changed(signed_request(), attack), node("gd"), at=LATER))


def test_a_second_request_json_appended_and_signed_is_refused() -> None:
    with pytest.raises(LetterNotValid):
        validate(sign(changed(signed_request(), add_attachment), node("gd"), at=LATER))


@pytest.mark.parametrize("name", ["request.json", "annex.pdf"])
def test_two_attachments_are_one_too_many_even_when_signed_with_the_letter(name: str) -> None:
    assert validate(sign(rendered(), node("gd")))
    with pytest.raises(NotOneRequest):
        validate(sign(changed(rendered(), lambda writer: add_attachment(writer, name)), node("gd")))


def test_a_request_json_replaced_before_signing_is_refused_as_ambiguous() -> None:
    with pytest.raises(NotOneRequest):
        validate(sign(changed(rendered(), redirect_request), node("gd")))


def test_a_letter_without_request_json_is_refused() -> None:
    def remove(writer: IncrementalPdfFileWriter) -> None:
        del writer.root["/Names"]
        writer.update_root()

    with pytest.raises(LetterNotValid):
        validate(sign(changed(rendered(), remove), node("gd")))


def test_an_unsigned_letter_is_refused() -> None:
    with pytest.raises(NotSigned):
        validate(rendered())


def test_the_signature_of_another_states_authority_is_refused() -> None:
    with pytest.raises(UnknownSigner):
        validate(sign(rendered(), node("cr")))


def test_the_signature_of_another_authority_of_the_same_state_is_refused() -> None:
    certificates = [AuthorityCertificate("gd-24-7", node("gd").certificate)]
    with pytest.raises(UnknownSigner):
        validate_letter(signed_request(), certificates, at=LATER)


def test_a_further_signature_by_an_unknown_certificate_is_refused() -> None:
    with pytest.raises(UnknownSigner):
        validate(sign(signed_request(), node("cr"), at=LATER))


def test_an_authority_may_have_two_certificates() -> None:
    both = [AuthorityCertificate("gd-central", node(name).certificate) for name in ("cr", "gd")]
    assert validate_letter(signed_request(), both, at=LATER).authority == "gd-central"


def test_a_time_of_signing_in_the_future_is_refused() -> None:
    assert validate(signed_request(), at=AT - timedelta(hours=20))
    with pytest.raises(SignatureBroken):
        validate(signed_request(), at=AT - timedelta(hours=25))


def _pyhanko(pdf: bytes, subfilter: SigSeedSubFilter) -> bytes:
    key = load_pem_private_key(node("gd").authority_key, password=None)
    certificate = x509.load_pem_x509_certificate(node("gd").certificate)
    signer = SimpleSigner(
        signing_cert=Certificate.load(certificate.public_bytes(Encoding.DER)),
        signing_key=PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
        cert_registry=SimpleCertificateStore(),
    )
    meta = PdfSignatureMetadata(field_name="Other", md_algorithm="sha256", subfilter=subfilter)
    pdf_signer = SignerAt(meta, signer, SigFieldSpec("Other"), AT)
    return bytes(pdf_signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf))).getvalue())


def test_a_signature_that_is_not_pades_is_refused() -> None:
    assert validate(_pyhanko(rendered(), SigSeedSubFilter.PADES))
    with pytest.raises(SignatureBroken):
        validate(_pyhanko(rendered(), SigSeedSubFilter.ADOBE_PKCS7_DETACHED))


def test_an_authority_may_sign_with_rsa() -> None:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "EXERCISE RSA")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, AT - timedelta(days=1), AT + timedelta(days=1))
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signed = sign_pdf(rendered(), key_pem=pem, certificate_pem=certificate, reason="R", location="L", at=AT)
    assert validate_letter(signed, [AuthorityCertificate("gd-central", certificate)], at=LATER)


def test_a_content_that_is_no_letter_is_refused_although_it_was_signed() -> None:
    good = request_json(REQUEST)
    # Typst stores an attachment of this size uncompressed or not; building the PDF anew tests the rule, not the writer.
    import typst

    pdf = typst.compile(
        b"""#set document(title: "t")
#set text(lang: "en")
= t
#pdf.attach("request.json", bytes(sys.inputs.r), relationship: "data", mime-type: "a/b", description: "d")""",
        format="pdf",
        pdf_standards=["a-3a", "ua-1"],
        sys_inputs={"r": good.decode().replace("GD-2026-0001", "GD\\n0001")},
        timestamp=0,
    )
    with pytest.raises(MalformedLetter):
        validate(sign(bytes(pdf), node("gd")))


def test_errors_are_sentences_without_the_letter() -> None:
    for kind in LetterNotValid.__subclasses__():
        assert str(kind()).endswith(".")
        assert "GD-2026" not in str(kind())
    with pytest.raises(UnreadableLetter):
        validate(b"")


def test_the_letter_of_an_answering_authority_names_its_own_sender() -> None:
    swapped = with_(REQUEST, sender=REQUEST.addressee, addressee=REQUEST.sender)
    pdf = sign(rendered(msgspec.json.encode(swapped)), node("cr"))
    assert validate_letter(pdf, node("cr").certificates, at=LATER).authority == "cr-central"
    with pytest.raises(UnknownSigner):
        validate(pdf)
