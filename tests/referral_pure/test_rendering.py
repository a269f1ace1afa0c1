"""The letter as a PDF."""

from io import BytesIO

import msgspec
import pytest
from pypdf import PdfReader

from referral.drafting import request_json
from referral.letters.content import LetterContent
from referral.letters.kinds import LetterKind
from referral.letters.rendering import CannotRender, render_letter
from referral.letters.strings import LanguageNotOffered, languages, sentences
from tests.referral_pure.examples import AT, PRESERVED, REQUEST
from tests.referral_pure.test_drafting import ANSWER_LETTERS
from tests.referral_pure.world import rendered, with_

MARKUP = '#panic("x") #eval("1") *bold* _it_ $x^2$ = Title <label> @ref `raw` \\#set \\u{41} /* c */ // c'


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_a_letter_is_pdf_a_3a_and_pdf_ua_1_with_its_title_and_language() -> None:
    reader = PdfReader(BytesIO(rendered()))
    xmp = reader.metadata, reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in xmp[1]
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in xmp[1]
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp[1]
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert xmp[0] is not None
    assert xmp[0].title == "Letter of request for mutual legal assistance in a criminal matter – GD-2026-0001"


def test_a_letter_embeds_its_content_as_request_json_related_as_data() -> None:
    reader = PdfReader(BytesIO(rendered()))
    assert reader.attachments == {"request.json": [request_json(REQUEST)]}
    (associated,) = reader.trailer["/Root"]["/AF"]
    assert associated.get_object()["/AFRelationship"] == "/Data"


def test_a_letter_has_each_language_whole_with_its_own_tag() -> None:
    text = text_of(rendered())
    for code in REQUEST.languages:
        assert sentences(code)["title-request"] in text
        assert " ".join(REQUEST.summary_of_facts[code].split()) in text.replace(  # type: ignore[index]
            "E X E R C I S E · E J E R C I C I O ", ""
        )
    assert b"/Lang(es)" in rendered()


def test_an_exercise_is_marked_on_every_page_and_a_real_letter_on_none() -> None:
    marked = PdfReader(BytesIO(rendered())).pages
    assert all("EXERCISE·EJERCICIO" in "".join(page.extract_text().split()) for page in marked)
    real = PdfReader(BytesIO(render_letter(with_(REQUEST, exercise=False), at=AT))).pages
    assert not any("EXERCISE" in "".join(page.extract_text().split()) for page in real)


def test_pages_carry_the_reference_and_their_number_in_their_language() -> None:
    pages = [page.extract_text() for page in PdfReader(BytesIO(rendered())).pages]
    count = len(pages)
    assert pages[0].rstrip().endswith(f"Page 1 of {count}")
    assert pages[-1].rstrip().endswith(f"Página {count} de {count}")
    assert all("GD-2026-0001" in page for page in pages)


def test_a_reference_that_nobody_verified_says_so_in_both_languages() -> None:
    text = text_of(rendered())
    assert "NOT VERIFIED" in text
    assert "NO VERIFICADA" in text


def test_markup_in_a_text_is_shown_and_never_run() -> None:
    facts = dict.fromkeys(REQUEST.languages, f"{MARKUP}\n\n{MARKUP}")
    hostile = with_(REQUEST, summary_of_facts=facts)
    signatory = msgspec.structs.replace(REQUEST.signatory, name='A. #read("letter.typ") "quoted"')
    text = text_of(render_letter(with_(hostile, signatory=signatory), at=AT))
    assert "".join(MARKUP.split()) in "".join(text.split())
    assert 'A. #read("letter.typ") "quoted"' in text


@pytest.mark.parametrize("content", ANSWER_LETTERS, ids=lambda content: str(content.kind))
def test_every_kind_of_answer_is_a_letter_of_its_own(content: LetterContent) -> None:
    text = text_of(render_letter(content, at=AT))
    assert sentences("en")[f"title-{content.kind}"] in text
    assert content.in_answer_to is not None
    assert content.in_answer_to.reference in text


def test_a_preservation_answer_says_until_when_in_words() -> None:
    text = text_of(render_letter(PRESERVED, at=AT))
    assert "Los datos se conservan hasta el 22 de febrero de 2027." in text
    assert "The data are preserved until 22 February 2027." in text


def test_the_same_content_gives_the_same_bytes() -> None:
    assert render_letter(REQUEST, at=AT) == rendered()


def test_a_character_that_no_font_shows_is_refused_without_quoting_it() -> None:
    assert render_letter(with_(REQUEST, summary_of_facts={"en": "ñ ü ć", "es": "ñ"}), at=AT)
    with pytest.raises(CannotRender, match="PDF/A-3a") as refusal:
        render_letter(with_(REQUEST, summary_of_facts={"en": "漢字 secret", "es": "ñ"}), at=AT)
    assert "secret" not in str(refusal.value)
    assert "漢" not in str(refusal.value)


def test_a_language_without_sentences_is_refused_by_name() -> None:
    with pytest.raises(LanguageNotOffered, match="'xx'"):
        render_letter(with_(REQUEST, languages=("en", "xx")), at=AT)


def test_every_language_has_the_same_sentences_with_the_same_names() -> None:
    import string

    names = {
        code: {
            key: sorted(name for _, name, _, _ in string.Formatter().parse(value) if name)
            for key, value in sentences(code).items()
        }
        for code in languages()
    }
    assert names["es"] == names["en"]
    assert {f"title-{kind}" for kind in LetterKind} <= names["en"].keys()


def test_long_words_and_long_texts_stay_on_the_page() -> None:
    address = "https://proveedor.example/" + "a" * 300
    facts = dict.fromkeys(REQUEST.languages, f"{address} " + "Many words follow. " * 900)
    pages = PdfReader(BytesIO(render_letter(with_(REQUEST, summary_of_facts=facts), at=AT))).pages
    assert len(pages) > 10
