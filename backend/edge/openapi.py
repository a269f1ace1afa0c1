"""The intake API in OpenAPI 3.1, from the same constants as the code. `python -m backend.edge.openapi` prints it."""

import json

from backend.edge import openapi_uploads
from backend.edge.describing import UUID_TEXT, Object, header, problems, receipt_answer, submission_in_path
from backend.intake.wire import ASKED, DIGEST_HEADER, ID_HEADER, KEY_HEADER, LIMITS, MEDIA_TYPES, PATHS, SENT, Kind

SUMMARIES: dict[Kind, tuple[str, str, str]] = {
    "report": (
        "sendReport",
        "Send a sealed report",
        "An age file sealed to an intake key: the framed statement and report of crypto/SPEC.md. The evidence that it "
        "names goes up before it.",
    ),
    "evidence": (
        "sendEvidence",
        "Send a sealed evidence file",
        "An age file sealed to an intake key. The submission id is the evidence item's id in the report's statement.",
    ),
    "packet": (
        "sendPacket",
        "Send a packet, from node to node",
        "Signed by the sending node's transport key; Comity-Intake-Key names the exchange key of this node.",
    ),
}


_STATEMENT: Object = {"$ref": "#/components/schemas/SignedStatement"}


def description() -> Object:
    """Return the whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Comity intake",
            "version": "1",
            "summary": "Sealed reports, evidence and packets into a node.",
            "description": "How a request is signed: docs/intake.md; with curl and OpenSSL alone: docs/by-hand.md.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": _paths(),
        "components": {
            "schemas": {
                "Problem": _problem_schema(),
                "Enrolment": _enrolment_schema(),
                "SignedStatement": _statement_schema(),
            },
            "securitySchemes": {
                "messageSignature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Signature",
                    "description": f"RFC 9421, tag comity, Ed25519 or ECDSA P-256. Sending covers {', '.join(SENT)}; "
                    f"asking covers {', '.join(ASKED)}.",
                }
            },
        },
    }


def _paths() -> Object:
    return {
        "/v1/card": {"get": _published("getCard", "The node's key card", "application/json", _STATEMENT)},
        "/v1/intake-keys": {
            "get": _published(
                "getIntakeKeys",
                "The keys to seal to, newest first, one signed statement a line",
                "application/x-ndjson",
                {"type": "string"},
            )
        },
        **{PATHS[kind]: {"post": _submission(kind)} for kind in PATHS},
        **openapi_uploads.paths(),
        "/v1/receipts/{submission}": {"get": _receipt()},
        "/v1/enrolments": {"post": _enrolment()},
        "/v1/openapi.json": {
            "get": _published("getDescription", "This description", "application/json", {"type": "object"})
        },
        "/healthz": {
            "get": _published("getHealth", "Whether the edge and its database answer", "text/plain", {"type": "string"})
        },
    }


def _published(name: str, summary: str, media_type: str, schema: Object) -> Object:
    return {
        "operationId": name,
        "summary": summary,
        "security": [],
        "responses": {
            "200": {"description": summary, "content": {media_type: {"schema": schema}}},
            **problems("431", "503"),
        },
    }


def _submission(kind: Kind) -> Object:
    name, summary, text = SUMMARIES[kind]
    return {
        "operationId": name,
        "summary": summary,
        "description": f"{text} At most {LIMITS[kind]} bytes.",
        "security": [{"messageSignature": []}],
        "parameters": [
            header(DIGEST_HEADER, "SHA-256 of the body (RFC 9530)", "^sha-256=:[A-Za-z0-9+/]{43}=:$"),
            header(ID_HEADER, "Id of the submission, chosen by the sender", f'^"{UUID_TEXT}"$'),
            header(KEY_HEADER, "Id of the key that the body is sealed to", "^[0-9a-f]{16}$"),
            header("signature-input", "RFC 9421", "^comity="),
        ],
        "requestBody": {
            "required": True,
            "content": {MEDIA_TYPES[kind]: {"schema": {"type": "string", "contentEncoding": "binary"}}},
        },
        "responses": {
            "201": receipt_answer("Stored; the body is the receipt"),
            "200": receipt_answer("Stored before; the body is the same receipt"),
            "202": {
                "description": "Stored, but not acknowledged: ask at Location",
                "headers": {"Location": {"required": True, "schema": {"type": "string"}}},
            },
            **problems("400", "401", "408", "409", "411", "413", "415", "421", "422", "431", "503", "507"),
        },
    }


def _receipt() -> Object:
    return {
        "operationId": "getReceipt",
        "summary": "The receipt of what the asking sender sent",
        "security": [{"messageSignature": []}],
        "parameters": [
            submission_in_path(),
            {
                "name": "digest",
                "in": "query",
                "required": True,
                "description": "SHA-256 of the body that was sent",
                "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            },
        ],
        "responses": {"200": receipt_answer("The receipt"), **problems("400", "401", "404", "421", "431", "503")},
    }


def _enrolment() -> Object:
    return {
        "operationId": "askEnrolment",
        "summary": "Ask for a device to be enrolled",
        "security": [],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Enrolment"}}},
        },
        "responses": {
            "202": {"description": "The request waits to be checked and confirmed by a person"},
            **problems("400", "408", "411", "413", "415", "421", "431", "503"),
        },
    }


def _statement_schema() -> Object:
    return {
        "type": "object",
        "description": "crypto/SPEC.md, 5, in canonical JSON. Verify its signature before anything in it is believed.",
        "additionalProperties": False,
        "required": ["payload", "signature", "signer"],
        "properties": {
            "payload": {"type": "object", "required": ["type"], "properties": {"type": {"type": "string"}}},
            "signature": {"type": "string", "pattern": "^[A-Za-z0-9_-]{86}$"},
            "signer": {"type": "string", "pattern": "^(ed25519|ecdsa-p256):"},
        },
    }


def _enrolment_schema() -> Object:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["invitation", "public_key", "mac"],
        "properties": {
            "invitation": {"type": "string", "format": "uuid"},
            "public_key": {"type": "string", "maxLength": 160, "pattern": "^(ed25519|ecdsa-p256):"},
            "mac": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"},
            "label": {"type": "string", "maxLength": 100},
        },
    }


def _problem_schema() -> Object:
    return {
        "type": "object",
        "description": "RFC 9457. Types are urn:comity:problem:… and do not change.",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "server_time": {"type": "string", "format": "date-time", "description": "With urn:comity:problem:clock"},
            "limit": {"type": "integer", "description": "Bytes; with urn:comity:problem:too-large"},
            "offset": {"type": "integer", "description": "Bytes; with urn:comity:problem:offset"},
        },
    }


if __name__ == "__main__":
    print(json.dumps(description(), indent=2))
