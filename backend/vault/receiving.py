"""Opening what was sealed to this node, taking evidence into custody, and its content on a custody event alone."""

from collections.abc import Iterator
from typing import BinaryIO

from django.db import IntegrityError, connection

from backend.vault.columns import OpenDataKey
from backend.vault.secrets import identity_for
from crypto.age import read_header
from crypto.digests import PayloadDigests
from crypto.keyholder.opening import check_payload, open_sealed, payload_batches, unwrap_file_key
from crypto.keyholder.readdressing import header_for
from crypto.keys import PQRecipient

# A file key is bound to its item; the row that holds it has no place of its own.
ITEM_TABLE = "incidents_evidenceitem"


class NoCustody(Exception):
    """There is no custody event on which the content may be opened, or it was used up."""


def open_report(sealed: bytes, *, key_id: str) -> bytes:
    """The plaintext of a sealed report; CannotOpen or KeyNotHeld."""
    return open_sealed(sealed, [identity_for("intake", key_id)])


class _Copying:
    """Reads the payload once for two purposes: what is hashed and opened is what is kept."""

    def __init__(self, source: BinaryIO, kept: BinaryIO) -> None:
        self._source, self._kept = source, kept

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._kept.write(data)
        return data


def take_evidence(
    source: BinaryIO, payload: BinaryIO, *, kind: str, key_id: str, data_key: OpenDataKey, row: object
) -> tuple[bytes, PayloadDigests]:
    """Take a sealed file apart: the payload to ``payload`` as sealed, the file key under the data key.

    Returns the wrapped file key and the digests, the plaintext's among them, found by opening the whole payload in
    constant memory. ``kind`` is ``intake`` or ``exchange``. Raises CannotOpen; nothing written may then be kept.
    """
    header = read_header(source)
    file_key = unwrap_file_key(header, [identity_for(kind, key_id)])
    digests = check_payload(_Copying(source, payload), file_key)  # type: ignore[arg-type]
    return data_key.wrap(file_key, table=ITEM_TABLE, row=row, column="file_key_ct"), digests


def readdressed_header(custody: int, recipients: list[PQRecipient], *, data_key: OpenDataKey, row: object) -> bytes:
    """A new age header around the same file key, for further recipients (DESIGN §3, Evidence).

    ``custody`` is the id of the committed custody event that tells of it; raises NoCustody.
    """
    return header_for(_file_key(custody, data_key=data_key, row=row), recipients)


def content_of(payload: BinaryIO, custody: int, *, data_key: OpenDataKey, row: object) -> Iterator[bytes]:
    """The content of an item, in constant memory: the only function that reads one to anybody.

    ``custody`` is the id of the committed custody event that tells of it, good for one reading; raises NoCustody at
    once, CannotOpen while reading. Use nothing before it is exhausted.
    """
    return payload_batches(payload, _file_key(custody, data_key=data_key, row=row))


def _file_key(custody: int, *, data_key: OpenDataKey, row: object) -> bytes:
    """The database hands the wrapped key out for the event and keeps that it did (incidents/migrations/0004)."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT evidence_key(%s)", [custody])
            (wrapped,) = cursor.fetchone()
    except IntegrityError as refused:
        raise NoCustody(
            f"The content of evidence opens once, on a custody event that is committed; {custody} is none that serves: "
            "record who reads, why and for whom."
        ) from refused
    return data_key.unwrap(wrapped, table=ITEM_TABLE, row=row, column="file_key_ct")
