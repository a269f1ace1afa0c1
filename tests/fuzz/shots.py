"""Requests to an edge as exact bytes: good ones, and what may be changed in them, before or after they are signed."""

import hashlib
import json
import re
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from hypothesis import strategies as st

from backend.intake import wire
from crypto.encoding import b64_encode
from crypto.signer import Signer

Header = tuple[str, str]


@dataclass(frozen=True)
class Shot:
    """A request; `covered` is what its signature covers, empty for none."""

    method: str
    target: str
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    covered: tuple[str, ...] = ()

    def signed(self, signer: Signer, authority: str) -> "Shot":
        """The same with a signature that is right for what it says now."""
        if not self.covered:
            return self
        path, _, query = self.target.partition("?")
        values = {"@method": self.method, "@authority": authority, "@path": path, "@query": f"?{query}"}
        values |= {name.lower(): value.strip() for name, value in self.headers}
        parts = " ".join(f'"{name}"' for name in self.covered)
        created = int(datetime.now(UTC).timestamp())
        params = f'({parts});created={created};keyid="{signer.verifying_key.fingerprint}";tag="comity"'
        lines = [f'"{name}": {values.get(name, "")}' for name in self.covered]
        base = "\n".join([*lines, f'"@signature-params": {params}'])
        signature = b64_encode(signer.sign(base.encode("utf-8", "surrogateescape")))
        added = (("signature-input", f"comity={params}"), ("signature", f"comity=:{signature}:"))
        return replace(self, headers=(*self.headers, *added))

    def announced(self) -> int:
        """How many bytes of the body it says that there are."""
        sizes = [value for name, value in self.headers if name == "content-length" and value.isdecimal()]
        return int(sizes[0]) if sizes else len(self.body)

    def head(self) -> bytes:
        """The bytes before the body."""
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


@dataclass(frozen=True)
class Good:
    """What a sender has: address, key id of today, sealed bodies of several sizes, and an id for a series."""

    url: str
    key_id: str
    bodies: tuple[bytes, ...]
    submission: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def authority(self) -> str:
        """Host and port."""
        return urlsplit(self.url).netloc

    def _headers(self, **members: str) -> tuple[Header, ...]:
        named = tuple((name.replace("_", "-"), value) for name, value in members.items())
        return (("host", self.authority), ("connection", "close"), *named)

    def shots(self, body: bytes) -> dict[str, Shot]:
        """Good requests by name."""
        digest, identity = wire.format_digest(hashlib.sha256(body).digest()), wire.format_id(self.submission)
        sealed = {
            kind: Shot(
                "POST",
                path,
                self._headers(
                    content_digest=digest,
                    content_type=wire.MEDIA_TYPES[kind],
                    idempotency_key=identity,
                    comity_intake_key=self.key_id,
                    content_length=str(len(body)),
                ),
                body,
                wire.SENT,
            )
            for kind, path in wire.PATHS.items()
        }
        receipt = f"{wire.receipt_path(self.submission)}?{wire.receipt_query(hashlib.sha256(body).digest())}"
        asked = {"mac": "A" * 43, "public_key": f"ed25519:{'A' * 43}", "invitation": str(self.submission), "label": "x"}
        enrolment = json.dumps(asked).encode()
        enrolling = self._headers(content_type="application/json", content_length=str(len(enrolment)))
        published = {path: Shot("GET", path, self._headers()) for path in ("/v1/card", "/v1/intake-keys", "/healthz")}
        return {
            **sealed,
            "receipt": Shot("GET", receipt, self._headers(), covered=wire.ASKED),
            "enrolment": Shot("POST", "/v1/enrolments", enrolling, enrolment),
            **published,
            **self._uploads(body, digest, identity),
        }

    def _uploads(self, body: bytes, digest: str, identity: str) -> dict[str, Shot]:
        path, half = wire.upload_path(self.submission), len(body) // 2
        metadata = next(text for text, kind in wire.UPLOADED.items() if kind == "evidence")
        spoken = {"tus_resumable": wire.TUS}
        begun = self._headers(
            **spoken,
            upload_length=str(len(body)),
            upload_metadata=metadata,
            repr_digest=digest,
            idempotency_key=identity,
            comity_intake_key=self.key_id,
            content_length="0",
        )
        named = self._headers(**spoken)
        chunks = {
            f"chunk at {start}": Shot(
                "PATCH",
                path,
                self._headers(
                    **spoken,
                    upload_offset=str(start),
                    content_digest=wire.format_digest(hashlib.sha256(piece).digest()),
                    content_type=wire.CHUNK_TYPE,
                    content_length=str(len(piece)),
                ),
                piece,
                wire.APPENDED,
            )
            for start, piece in ((0, body[:half]), (half, body[half:]))
        }
        return {
            "upload options": Shot("OPTIONS", wire.UPLOADS, named),
            "upload": Shot("POST", wire.UPLOADS, begun, covered=wire.BEGUN),
            "upload offset": Shot("HEAD", path, named, covered=wire.NAMED),
            "upload end": Shot("DELETE", path, named, covered=wire.NAMED),
            **chunks,
        }


@dataclass(frozen=True)
class Change:
    """One thing that is done to a request, before or after it is signed."""

    what: str
    where: float
    text: str
    before: bool

    def __call__(self, shot: Shot) -> Shot:
        """The changed request."""
        changed: Shot = getattr(self, f"_{self.what}")(shot)
        return changed

    def _header(self, shot: Shot) -> int:
        return int(self.where * len(shot.headers))

    def _drop(self, shot: Shot) -> Shot:
        at = self._header(shot)
        return replace(shot, headers=shot.headers[:at] + shot.headers[at + 1 :])

    def _twice(self, shot: Shot) -> Shot:
        at = self._header(shot)
        return replace(shot, headers=(*shot.headers, *shot.headers[at : at + 1]))

    def _value(self, shot: Shot) -> Shot:
        at = self._header(shot)
        return replace(
            shot, headers=tuple((n, self.text if place == at else v) for place, (n, v) in enumerate(shot.headers))
        )

    def _splice(self, shot: Shot) -> Shot:
        """Text put inside a header's value."""
        at = self._header(shot)

        def spliced(value: str) -> str:
            cut = int((self.where * 977) % 1 * (len(value) + 1))
            return value[:cut] + self.text + value[cut + len(self.text) // 2 :]

        return replace(shot, headers=tuple((n, spliced(v) if p == at else v) for p, (n, v) in enumerate(shot.headers)))

    def _extra(self, shot: Shot) -> Shot:
        name = ("expect", "transfer-encoding", "content-encoding", "upgrade", "range", "x-http-method-override", "te")
        return replace(shot, headers=(*shot.headers, (name[int(self.where * len(name))], self.text or "chunked")))

    def _long(self, shot: Shot) -> Shot:
        return replace(shot, headers=(*shot.headers, (f"x-{len(self.text)}", "x" * int(self.where * 70_000))))

    def _method(self, shot: Shot) -> Shot:
        return replace(shot, method=re.sub(r"\s", "", self.text) or "GET")

    def _path(self, shot: Shot) -> Shot:
        cut = int(self.where * (len(shot.target) + 1))
        text = re.sub(r"[\x00-\x20]", "%00", self.text)
        return replace(shot, target=shot.target[:cut] + text + shot.target[cut:])

    def _target(self, shot: Shot) -> Shot:
        return replace(shot, target="/" + re.sub(r"[\x00-\x20]", "", self.text))

    def _body(self, shot: Shot) -> Shot:
        cut = int(self.where * (len(shot.body) + 1))
        piece = self.text.encode("latin-1", "replace")
        return replace(shot, body=shot.body[:cut] + piece + shot.body[cut + len(piece) :])

    def _cut(self, shot: Shot) -> Shot:
        return replace(shot, body=shot.body[: int(self.where * (len(shot.body) + 1))])

    def _grow(self, shot: Shot) -> Shot:
        return replace(shot, body=shot.body + self.text.encode("latin-1", "replace") * 9)

    def _agree(self, shot: Shot) -> Shot:
        """Length and digest that fit the body as it is now: what is wrong inside gets further in."""
        fit = {"content-length": str(len(shot.body))}
        fit["content-digest"] = wire.format_digest(hashlib.sha256(shot.body).digest())
        return replace(shot, headers=tuple((n, fit.get(n, v)) for n, v in shot.headers))


KINDS = [name[1:] for name in vars(Change) if re.fullmatch(r"_[a-z]+", name) and name not in ("_header",)]
NUMBERS = ["", "0", "-1", "1e9", "99999999999999999999"]
SIGNS = ["\x00", "\r\n", "é", "'", "\\", "%", "%00", "../", "//", "?", ";", ",", '"', '""', "chunked", "100-continue"]
TEXTS = st.one_of(st.sampled_from(NUMBERS + SIGNS), st.text(st.characters(max_codepoint=255), max_size=40))
CHANGES = st.builds(Change, st.sampled_from(KINDS), st.floats(0, 0.999), TEXTS, st.booleans())
# A series on one submission: which good requests, what is done to each, and what happens to the raw bytes at last.
NAMES = ("report", "evidence", "packet", "receipt", "enrolment", "/v1/card", "/v1/intake-keys", "/healthz")
UPLOADING = ("upload", "upload offset", "upload end", "first chunk", "second chunk", "upload options")
RAW = st.one_of(st.none(), st.none(), st.none(), st.tuples(st.floats(0, 0.999), st.binary(max_size=12)))
STEP = st.tuples(st.sampled_from(NAMES + UPLOADING), st.lists(CHANGES, max_size=3), RAW)
SERIES = st.tuples(st.integers(0, 2), st.lists(STEP, min_size=1, max_size=4))


def shot_of(good: Good, body: bytes, name: str, changes: list[Any], signer: Signer) -> Shot:
    """The named request with the changes, signed between those before and those after."""
    shots = good.shots(body)
    named = {"first chunk": "chunk at 0", "second chunk": f"chunk at {len(body) // 2}"}
    shot = shots[named.get(name, name)]
    for change in (one for one in changes if one.before):
        shot = change(shot)
    shot = shot.signed(signer, good.authority)
    for change in (one for one in changes if not one.before):
        shot = change(shot)
    return shot
