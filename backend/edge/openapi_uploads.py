"""The uploads in OpenAPI 3.1: tus 1.0.0 as this edge speaks it."""

from backend.edge.describing import UUID_TEXT, Object, header, problems, receipt_answer, submission_in_path
from backend.intake import wire

_DIGEST = "^sha-256=:[A-Za-z0-9+/]{43}=:$"
_NUMBER = "^(0|[1-9][0-9]{0,14})$"
_STANDING = ("Upload-Offset", "Upload-Length", "Upload-Expires")
_SIGNED: list[Object] = [{"messageSignature": []}]


def paths() -> Object:
    """Both addresses with their methods."""
    return {
        wire.UPLOADS: {"options": _options(), "post": _begin()},
        f"{wire.UPLOADS}/{{submission}}": {"head": _look(), "patch": _append(), "delete": _end()},
    }


def _options() -> Object:
    return {
        "operationId": "getUploadOptions",
        "summary": "What this edge knows of tus",
        "security": [],
        "responses": {"204": _answer("See the headers", "Tus-Version", "Tus-Extension", "Tus-Max-Size")},
    }


def _begin() -> Object:
    kinds = "|".join(wire.UPLOADED).replace("kind ", "")
    return {
        "operationId": "beginUpload",
        "summary": "Begin an upload that can go on after a cut, or find it",
        "description": f"For evidence and packets. The signature covers {', '.join(wire.BEGUN)}.",
        "security": _SIGNED,
        "parameters": [
            _version(),
            header(wire.LENGTH_HEADER, "Bytes of the whole", _NUMBER),
            header(wire.METADATA_HEADER, "The word kind and evidence or packet in base64", f"^kind ({kinds})$"),
            header(wire.WHOLE_DIGEST_HEADER, "SHA-256 of the whole (RFC 9530)", _DIGEST),
            header(wire.ID_HEADER, "Id of the submission, chosen by the sender", f'^"{UUID_TEXT}"$'),
            header(wire.KEY_HEADER, "Id of the key that the whole is sealed to", "^[0-9a-f]{16}$"),
            header("signature-input", "RFC 9421", "^comity="),
        ],
        "responses": {
            "201": _answer("It stands at Upload-Offset; its address is Location", *_STANDING, "Location"),
            "200": receipt_answer("It was received before; the body is the receipt"),
            **problems("400", "401", "409", "412", "413", "421", "422", "423", "431", "503", "507"),
        },
    }


def _look() -> Object:
    return {
        "operationId": "getUploadOffset",
        "summary": "Where an upload stands",
        "description": f"The signature covers {', '.join(wire.NAMED)}. Repr-Digest is that of what has arrived.",
        "security": _SIGNED,
        "parameters": _named(),
        # Refusals of HEAD have no body.
        "responses": {
            "200": _answer("See the headers", *_STANDING, "Repr-Digest"),
            **{
                status: {"description": "Refused"}
                for status in ("400", "401", "404", "410", "412", "421", "423", "431")
            },
        },
    }


def _append() -> Object:
    return {
        "operationId": "appendUpload",
        "summary": "Append a chunk, of any size, at the byte where the upload stands",
        "description": f"The signature covers {', '.join(wire.APPENDED)}. After the last byte the whole is checked and "
        "stored; Location is then the address of its receipt. A chunk of no bytes at the end asks for that once more.",
        "security": _SIGNED,
        "parameters": [
            *_named(),
            header(wire.OFFSET_HEADER, "Where the chunk begins", _NUMBER),
            header(wire.DIGEST_HEADER, "SHA-256 of the chunk (RFC 9530)", _DIGEST),
        ],
        "requestBody": {
            "required": True,
            "content": {wire.CHUNK_TYPE: {"schema": {"type": "string", "contentEncoding": "binary"}}},
        },
        "responses": {
            "204": _answer("Appended, durably", *_STANDING, "Location"),
            **problems(
                "400", "401", "404", "408", "409", "410", "411", "412", "413", "415", "421", "422", "423", "431"
            ),
            **problems("503", "507"),
        },
    }


def _end() -> Object:
    return {
        "operationId": "endUpload",
        "summary": "Give an upload up",
        "description": f"The signature covers {', '.join(wire.NAMED)}.",
        "security": _SIGNED,
        "parameters": _named(),
        "responses": {
            "204": _answer("Nothing of it is kept"),
            **problems("400", "401", "404", "410", "412", "421", "423", "431", "503"),
        },
    }


def _named() -> list[Object]:
    return [submission_in_path(), _version(), header("signature-input", "RFC 9421", "^comity=")]


def _version() -> Object:
    return header(wire.VERSION_HEADER, "The version of tus", f"^{wire.TUS.replace('.', '[.]')}$")


def _answer(text: str, *headers: str) -> Object:
    named = {name: {"schema": {"type": "string"}} for name in ("Tus-Resumable", *headers)}
    return {"description": text, "headers": named}
