"""Signing with an authority's certificate."""

from datetime import timedelta
from io import BytesIO

import pytest
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader

from backend.vault.authority import CannotSign, make_exercise_certificate, sign_pdf
from tests.referral_pure.examples import AT
from tests.referral_pure.world import node, rendered, sign, signed_request


def test_a_signature_is_appended_and_states_its_time() -> None:
    signed = signed_request()
    assert signed.startswith(rendered())
    (signature,) = PdfFileReader(BytesIO(signed)).embedded_signatures
    assert signature.self_reported_timestamp == AT
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


def test_the_first_signature_permits_nothing_but_further_signatures() -> None:
    twice = sign(signed_request(), node("gd"), at=AT + timedelta(minutes=5))
    first, second = PdfFileReader(BytesIO(twice)).embedded_signatures
    assert first.docmdp_level is not None
    assert first.docmdp_level.value == 2
    assert second.docmdp_level is None


def test_the_signature_field_lies_outside_the_page_and_is_named() -> None:
    (signature,) = PdfFileReader(BytesIO(signed_request())).embedded_signatures
    left, bottom, right, top = (float(number) for number in signature.sig_field["/Rect"])
    assert (left, bottom) == (right, top)
    assert max(right, top) < 0
    assert signature.sig_field["/TU"] == "Signed as a letter of an exercise"
    assert signature.sig_field["/F"] & 0b100
    assert not signature.sig_field["/F"] & 0b10


def test_an_exercise_certificate_says_so_and_serves_signing_only() -> None:
    certificate = x509.load_pem_x509_certificate(node("gd").certificate)
    assert "CN=EXERCISE Office of gd" in certificate.subject.rfc4514_string()
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_very_long_title_still_gets_a_certificate() -> None:
    assert make_exercise_certificate("Oficina " * 20, "cr", at=AT)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"key_pem": node("cr").authority_key}, "not the one of the authority's certificate"),
        ({"key_pem": b"no key"}, "not an unencrypted PEM file"),
        ({"certificate_pem": b"no certificate"}, "not an unencrypted PEM file"),
        ({"at": AT + timedelta(days=800)}, "not at the time of signing"),
        ({"at": AT - timedelta(days=2)}, "not at the time of signing"),
    ],
)
def test_a_key_or_certificate_that_does_not_serve_signs_nothing(changes: dict[str, object], sentence: str) -> None:
    good = {"key_pem": node("gd").authority_key, "certificate_pem": node("gd").certificate, "at": AT}
    rest = {"reason": "Signed", "location": "GD"}
    assert sign_pdf(rendered(), **good, **rest)  # type: ignore[arg-type]
    with pytest.raises(CannotSign, match=sentence):
        sign_pdf(rendered(), **{**good, **changes}, **rest)  # type: ignore[arg-type]


def test_signing_changes_neither_the_version_nor_the_metadata_of_the_letter() -> None:
    before, after = PdfFileReader(BytesIO(rendered())), PdfFileReader(BytesIO(signed_request()))
    assert "/Version" not in after.root
    assert set(after.root["/Extensions"]) == {"/ESIC"}
    assert after.root["/Metadata"].data == before.root["/Metadata"].data
    assert dict(after.trailer_view["/Info"]) == dict(before.trailer_view["/Info"])
