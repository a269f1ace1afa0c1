"""Refusals as RFC 9457 problems: a stable type, a title, a sentence that says what was expected and what to do."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_noop as _

from backend.edge.answers import Answer
from backend.intake import refusals, wire
from backend.intake.problems import MEDIA_TYPE, Problem

Held = Mapping[str, str | int]
_NOTHING: Mapping[str, Any] = MappingProxyType({})
SECONDS = "%Y-%m-%dT%H:%M:%SZ"


# RFC 9110 wants a challenge with each 401; it is the same for every sender.
_SIGN = {"www-authenticate": 'Signature realm="comity"'}

# Every answer about an upload says which protocol it speaks.
SPOKEN = {wire.VERSION_HEADER: wire.TUS}

NOT_FOUND = Problem(
    "not-found", 404, _("There is nothing here"), _("The address is not one of this edge; see /v1/openapi.json.")
)
METHOD = Problem(
    "method", 405, _("The method is not allowed here"), _("Use one of the methods named in the header Allow.")
)
INCOMPLETE = Problem(
    "incomplete",
    400,
    _("The body ended early"),
    _("The body ended before the length that was announced; nothing is acknowledged, send it again or go on with it."),
    {"connection": "close"},
)
FAILED = Problem(
    "failed", 500, _("The node failed"), _("The node could not answer; nothing is acknowledged, send it again.")
)
BUSY = Problem(
    "busy",
    503,
    _("The node is busy"),
    _("The node cannot take this now; nothing is acknowledged, send it again."),
    {"retry-after": "1"},
)
NOT_READY = Problem(
    "not-ready",
    503,
    _("The node is not ready"),
    _("The node has published no keys yet; ask again."),
    {"retry-after": "5"},
)

OF: Mapping[type[refusals.Refused], Problem] = {
    refusals.Malformed: Problem(
        "malformed",
        400,
        _("The request is not well-formed"),
        _("The part “%(part)s” is missing, comes twice or is not of its form; send it as docs/intake.md defines it."),
    ),
    refusals.NotSealed: Problem(
        "not-sealed",
        400,
        _("The body is not sealed"),
        _("The body does not begin as what it should be; seal it to today's intake key and send that."),
    ),
    refusals.DigestDiffers: Problem(
        "digest-differs",
        400,
        _("The body is not the one that was announced"),
        _("The SHA-256 of the body is not the one in Content-Digest; nothing was kept, send it again."),
    ),
    refusals.UnknownSender: Problem(
        "sender",
        401,
        _("The sender is not known here"),
        _(
            "The request is not signed, as docs/intake.md asks, by a sender known to this node; check key and "
            "signature, or have the device enrolled."
        ),
        _SIGN,
    ),
    refusals.ClockDiffers: Problem(
        "clock",
        401,
        _("The signature is not of today"),
        _(
            "The signature was made more than 24 hours before or after %(server_time)s, this node's time; set the "
            "device's clock and send it again."
        ),
        _SIGN,
        ("server_time",),
    ),
    refusals.NoReceipt: Problem(
        "no-receipt",
        404,
        _("There is no receipt"),
        _("This sender has no receipt under this id and digest, or not yet; ask again, or send it again."),
        {"retry-after": "1"},
    ),
    refusals.TooSlow: Problem(
        "too-slow",
        408,
        _("The body came too slowly"),
        _("The body came too slowly or stopped; send it again on a better link, an upload from where it stands."),
        {"connection": "close"},
    ),
    refusals.DifferentContent: Problem(
        "different-content",
        409,
        _("The submission id is taken"),
        _("This sender used the submission id before, for other content; take a new id."),
    ),
    refusals.LengthMissing: Problem(
        "length-missing",
        411,
        _("The length of the body is missing"),
        _("The request has no Content-Length; send the size of the body instead of chunks."),
    ),
    refusals.TooLarge: Problem(
        "too-large",
        413,
        _("The body is too large"),
        _("The body is larger than %(limit)d bytes, the most that is taken here; send less."),
        members=("limit",),
    ),
    refusals.WrongMediaType: Problem(
        "media-type",
        415,
        _("The content type is another one"),
        _("Here the Content-Type is %(expected)s; send that, without parameters."),
    ),
    refusals.Misdirected: Problem(
        "misdirected",
        421,
        _("The request was meant for another host"),
        _("This edge is %(authority)s; send and sign the request for that host, as its key card says."),
    ),
    refusals.SealAgain: Problem(
        "seal-again",
        422,
        _("The key is not used here"),
        _("The key named in Comity-Intake-Key is not, or no longer, one of this node's; fetch today's and seal again."),
    ),
    refusals.HeadersTooLarge: Problem(
        "headers-too-large",
        431,
        _("The headers are too large"),
        _("All headers together are larger than 16 KiB; send only those that docs/intake.md names."),
    ),
    refusals.WaitingListFull: Problem(
        "waiting-list-full",
        503,
        _("Too many devices wait"),
        _("As many devices wait to be enrolled as the node holds; ask again later."),
        {"retry-after": "60"},
    ),
    refusals.WrongProtocol: Problem(
        "tus-version",
        412,
        _("The protocol is another version"),
        _("Uploads go by tus 1.0.0; send the header Tus-Resumable with that version."),
        {**SPOKEN, "tus-version": wire.TUS},
    ),
    refusals.UploadNotFound: Problem(
        "no-upload",
        404,
        _("There is no such upload"),
        _("This sender has no upload under this id, or no longer; ask for its receipt, or begin it again."),
        SPOKEN,
    ),
    refusals.UploadExpired: Problem(
        "upload-expired",
        410,
        _("The upload has expired"),
        _("The upload was left unfinished for too long and is discarded; begin it again."),
        SPOKEN,
    ),
    refusals.OffsetDiffers: Problem(
        "offset",
        409,
        _("The upload stands elsewhere"),
        _("The upload stands at byte %(offset)d; continue from there."),
        SPOKEN,
        ("offset",),
    ),
    refusals.UploadTaken: Problem(
        "upload-taken",
        423,
        _("The upload is being continued already"),
        _("Another request continues this upload; ask where it stands and go on from there."),
        {**SPOKEN, "retry-after": "1"},
    ),
    refusals.UploadDiffers: Problem(
        "upload-differs",
        400,
        _("The upload is not what was announced"),
        _("The SHA-256 of the whole upload is not the one in Repr-Digest; nothing was kept, begin it again."),
        SPOKEN,
    ),
    refusals.TooOften: Problem(
        "too-often",
        429,
        _("Too many requests"),
        _("More requests came than this node takes from one sender or address; go on in %(seconds)d seconds."),
        {"retry-after": "%(seconds)d"},
        ("seconds",),
    ),
    refusals.TooManyUploads: Problem(
        "too-many-uploads",
        429,
        _("Too many uploads are unfinished"),
        _("This sender has as many unfinished uploads as the node keeps; finish or end one first."),
        {**SPOKEN, "retry-after": "60"},
    ),
    refusals.NoSpace: Problem(
        "no-space",
        507,
        _("The node has no room"),
        _("The node's disk has no room for a body of this size; send it later."),
        {"retry-after": "600"},
    ),
}


def answer_to(refusal: refusals.Refused) -> Answer:
    """Return the problem for a refusal; its sentence, headers and extensions take what the refusal holds."""
    kind = OF[type(refusal)]
    return problem(kind, {name: _text(value) for name, value in vars(refusal).items()})


def problem(kind: Problem, held: Held = _NOTHING, *, headers: Mapping[str, str] = _NOTHING) -> Answer:
    """Return the answer for a problem of this kind, whose sentence, headers and extensions take what is `held`."""
    said = {name: value % held for name, value in kind.headers.items()}
    return Answer(kind.status, json.dumps(kind.content(held)).encode(), MEDIA_TYPE, {**said, **headers})


def _text(value: object) -> str | int:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime(SECONDS)
    return value if isinstance(value, int) else str(value)
