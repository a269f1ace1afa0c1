"""Opening: reading age v1 files with private keys."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import BinaryIO, overload

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from crypto import age
from crypto.digests import Buffers, Digests, PayloadDigests, PayloadTally, Tally
from crypto.encoding import b64_raw_decode
from crypto.errors import CannotOpen, Reason
from crypto.keyholder.identities import Identity, PQIdentity, X25519Identity, parse_identity

_SCRYPT_STANZA = "scrypt"  # Sealed to a passphrase: not opened here.
_X25519_SHARE_SIZE = 32


@overload
def open_sealed(sealed: bytes, identities: Sequence[str]) -> bytes: ...
@overload
def open_sealed(sealed: BinaryIO, identities: Sequence[str]) -> Iterator[bytes]: ...
def open_sealed(sealed: bytes | BinaryIO, identities: Sequence[str]) -> bytes | Iterator[bytes]:
    """Return the plaintext of a sealed file, opened by the first of `identities` (`AGE-SECRET-KEY-…`) that fits.

    Of bytes it returns bytes. Of a stream it returns an iterator, in constant memory: the header is checked at once,
    but use nothing of what it yields before it is exhausted, for only then is the end known to be the true end.
    Raises `CannotOpen` for anything that does not open whole, `MalformedKey` for an identity that is none.
    """
    source = BytesIO(sealed) if isinstance(sealed, bytes) else sealed
    file_key = unwrap_file_key(age.read_header(source), identities)
    batches = _plain_batches(source, file_key, _read_nonce(source))
    if isinstance(sealed, bytes):
        return b"".join(bytes(plaintext) for plaintext, _ in batches)
    return (bytes(plaintext) for plaintext, _ in batches)


def open_stream(source: BinaryIO, out: BinaryIO, identities: Sequence[str]) -> Digests:
    """Open all of `source` into `out` in constant memory and return the digests.

    `out` must not be used unless this returned. Raises as `open_sealed`.
    """
    header = age.read_header(source)
    file_key = unwrap_file_key(header, identities)
    nonce = _read_nonce(source)
    with Tally(header, nonce) as tally:
        _open_into(source, out, file_key, nonce, tally)
        return tally.whole()


def unwrap_file_key(header: bytes, identities: Sequence[str]) -> bytes:
    """Return the 16-byte file key that `header` wraps for one of `identities`. Raises as `open_sealed`."""
    parsed = age.parse_header(header)
    types = [stanza.type for stanza in parsed.stanzas]
    if _SCRYPT_STANZA in types and len(types) > 1:
        raise CannotOpen from Reason("a passphrase beside other recipients")
    for identity in map(parse_identity, identities):
        for stanza in parsed.stanzas:
            file_key = _unwrap(stanza, identity)
            if file_key is not None:
                parsed.check_mac(file_key)
                return file_key
    raise CannotOpen from Reason("sealed to none of the given identities")


def check_payload(payload: BinaryIO, file_key: bytes) -> PayloadDigests:
    """Return the digests of a payload, kept apart from its header, that opens with `file_key`. Raises `CannotOpen`."""
    nonce = _read_nonce(payload)
    with PayloadTally(nonce) as tally:
        _open_into(payload, None, file_key, nonce, tally)
        return tally.payload()


def payload_batches(payload: BinaryIO, file_key: bytes) -> Iterator[bytes]:
    """Yield the content of a payload that is kept apart from its header, in constant memory.

    Use nothing of what it yields before it is exhausted, for only then is the end known to be the true end. Raises
    `CannotOpen`.
    """
    return (bytes(plaintext) for plaintext, _ in _plain_batches(payload, file_key, _read_nonce(payload)))


def _open_into(source: BinaryIO, out: BinaryIO | None, file_key: bytes, nonce: bytes, tally: PayloadTally) -> None:
    for plaintext, sealed in _plain_batches(source, file_key, nonce):
        tally.add(plaintext, sealed)
        if out is not None:
            age.write_all(out, plaintext)


def _unwrap(stanza: age.Stanza, identity: Identity) -> bytes | None:
    """Return the file key, None if the stanza is for somebody else, or raise `CannotOpen` if it is malformed."""
    if isinstance(identity, PQIdentity):
        if stanza.type != age.PQ_STANZA:
            return None
        return _unwrap_pq(stanza, identity)
    if stanza.type != age.X25519_STANZA:
        return None
    return _unwrap_x25519(stanza, identity)


def _unwrap_pq(stanza: age.Stanza, identity: PQIdentity) -> bytes | None:
    enc = _share(stanza, age.PQ_ENC_SIZE)
    # A share of small order must fail the whole header, yet the library reports it like any wrong tag.
    _exchange(identity, enc[-_X25519_SHARE_SIZE:])
    try:
        return age.PQ_SUITE.decrypt(enc + stanza.body, identity.hpke, info=age.PQ_INFO)
    except InvalidTag:
        return None


def _unwrap_x25519(stanza: age.Stanza, identity: X25519Identity) -> bytes | None:
    share = _share(stanza, _X25519_SHARE_SIZE)
    key = age.x25519_wrap_key(_exchange(identity, share), share, identity.recipient.raw)
    try:
        return ChaCha20Poly1305(key).decrypt(age.WRAP_NONCE, stanza.body, None)
    except InvalidTag:
        return None


def _share(stanza: age.Stanza, size: int) -> bytes:
    if len(stanza.arguments) != 1 or len(stanza.body) != age.WRAPPED_SIZE:
        raise CannotOpen from Reason("a stanza with wrong arguments or body")
    try:
        share = b64_raw_decode(stanza.arguments[0])
    except ValueError:
        raise CannotOpen from Reason("a share that is not canonical base64")
    if len(share) != size:
        raise CannotOpen from Reason("a share of the wrong length")
    return share


def _exchange(identity: Identity, share: bytes) -> bytes:
    try:
        return identity.x25519.exchange(X25519PublicKey.from_public_bytes(share))
    except ValueError:
        raise CannotOpen from Reason("a share of small order")


def _read_nonce(source: BinaryIO) -> bytes:
    nonce = age.read_up_to(source, age.NONCE_SIZE)
    if len(nonce) != age.NONCE_SIZE:
        raise CannotOpen from Reason("the payload has no whole nonce")
    return nonce


def _plain_batches(source: BinaryIO, file_key: bytes, nonce: bytes) -> Iterator[tuple[memoryview, memoryview]]:
    """Yield batches of plaintext, in buffers that come round again, with the sealed bytes that carried them.

    What precedes a chunk that does not open is yielded before `CannotOpen`, as other readers do.
    """
    chunks = _Chunks(age.payload_key(file_key, nonce))
    ended = False
    while not ended:
        batch = memoryview(age.read_up_to(source, age.BATCH_CHUNKS * age.SEALED_CHUNK))
        chunks.begin_batch(len(batch))
        opened = used = 0
        try:
            while not ended and (used < len(batch) or not batch):
                chunk = batch[used : used + age.SEALED_CHUNK]
                ended = chunks.open_next(chunk, opened)
                used += len(chunk)
                opened += len(chunk) - age.TAG_SIZE
        except CannotOpen:
            yield chunks.buffer[:opened], batch[:used]
            raise
        yield chunks.buffer[:opened], batch[:used]
    if used != len(batch) or source.read(1):
        raise CannotOpen from Reason("bytes after the final chunk")


class _Chunks:
    """Opens chunk after chunk into `buffer`, which holds the plaintext of one batch."""

    def __init__(self, key: bytes) -> None:
        self.buffer = memoryview(b"")
        self._buffers = Buffers()
        self._cipher = ChaCha20Poly1305(key)
        self._counter = 0

    def begin_batch(self, size: int) -> None:
        """Take the next buffer, for a sealed batch of `size` bytes."""
        self.buffer = self._buffers.next(size)

    def open_next(self, chunk: memoryview, start: int) -> bool:
        """Open `chunk` into the buffer from `start` on and return whether it was the final one."""
        if len(chunk) < age.TAG_SIZE or (len(chunk) == age.TAG_SIZE and self._counter):
            raise CannotOpen from Reason("the payload ends without a final chunk, or with an empty one")
        target = self.buffer[start : start + len(chunk) - age.TAG_SIZE]
        # Only a full chunk can be followed by another; it is the final one if it does not open as any other.
        last = not (len(chunk) == age.SEALED_CHUNK and self._opens(chunk, target, last=False))
        if last and not self._opens(chunk, target, last=True):
            raise CannotOpen from Reason("a chunk does not open")
        self._counter += 1
        return last

    def _opens(self, chunk: memoryview, target: memoryview, *, last: bool) -> bool:
        try:
            self._cipher.decrypt_into(age.chunk_nonce(self._counter, last=last), chunk, None, target)
        except InvalidTag:
            return False
        return True
