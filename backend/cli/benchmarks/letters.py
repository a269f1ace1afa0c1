"""Letters: set as a PDF, signed as a PDF."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import typst
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from backend.cli.benchmarks.measuring import Result, Work, milliseconds, repeated
from backend.cli.benchmarks.registry import Place
from backend.vault.authority import make_exercise_certificate, sign_pdf
from referral.letters.content import LetterContent
from referral.letters.rendering import render_letter

AT = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
_DATA = Path(__file__).parent / "data" / "letter.json"


def letter() -> LetterContent:
    """A letter of request of an exercise, in English and Spanish."""
    return msgspec.json.decode(_DATA.read_bytes(), type=LetterContent)


def render(place: Place, size: int, rounds: int) -> Result:
    """Milliseconds to set a letter, against its words without form."""
    content, numbers = letter(), count(1)

    def work() -> object:
        # Typst remembers what it has set: each letter is another one.
        return render_letter(msgspec.structs.replace(content, reference=f"GD-2026-{next(numbers):06d}"), at=AT)

    with TemporaryDirectory(prefix="comity-bench-") as folder:
        plain = _plain(content, Path(folder) / "plain.typ")
        work(), plain()  # reads fonts and template, once in a process's life
        return milliseconds(size, repeated(size, work), repeated(size, plain), rounds=rounds)


def _plain(content: LetterContent, source: Path) -> Callable[[], object]:
    fonts, numbers = typst.Fonts(include_system_fonts=False), count(1)
    source.write_text('#sys.inputs.at("number")\n\n#sys.inputs.at("words")\n')
    words = "\n\n".join(_texts(msgspec.to_builtins(content)))
    return lambda: typst.compile(
        source, format="pdf", font_paths=fonts, sys_inputs={"number": f"{next(numbers):06d}", "words": words}
    )


def _texts(part: object) -> list[str]:
    if isinstance(part, dict):
        return [text for value in part.values() for text in _texts(value)]
    if isinstance(part, list | tuple):
        return [text for value in part for text in _texts(value)]
    return [part] if isinstance(part, str) else []


def sign(place: Place, size: int, rounds: int) -> Result:
    """Milliseconds to sign a letter inside its PDF, against a signature beside it."""
    key, certificate = make_exercise_certificate("Office (exercise)", "gd", at=AT)
    pdf = render_letter(letter(), at=AT)

    def work() -> object:
        return sign_pdf(
            pdf, key_pem=key, certificate_pem=certificate, reason="Signed in a benchmark", location="GD", at=AT
        )

    return milliseconds(size, repeated(size, work), repeated(size, _cms(pdf, key, certificate)), rounds=rounds)


def _cms(data: bytes, key_pem: bytes, certificate_pem: bytes) -> Work:
    key, certificate = load_pem_private_key(key_pem, None), x509.load_pem_x509_certificate(certificate_pem)
    options = [PKCS7Options.DetachedSignature, PKCS7Options.Binary]
    return lambda: (
        PKCS7SignatureBuilder().set_data(data).add_signer(certificate, key, SHA256()).sign(Encoding.DER, options)
    )
