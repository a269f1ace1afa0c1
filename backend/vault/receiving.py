"""Opening what was sealed to this node, and taking evidence into custody without opening it to anybody."""

from typing import BinaryIO

from backend.vault.columns import OpenDataKey
from backend.vault.secrets import identity_for
from crypto.age import read_header
from crypto.digests import PayloadDigests
from crypto.keyholder.opening import check_payload, open_sealed, unwrap_file_key
from crypto.keyholder.readdressing import header_for
from crypto.keys import PQRecipient

ITEM_TABLE = "incidents_evidenceitem"


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


def readdressed_header(
    wrapped_file_key: bytes, recipients: list[PQRecipient], *, data_key: OpenDataKey, row: object
) -> bytes:
    """A new age header around the same file key, for further recipients (DESIGN §3, Evidence)."""
    file_key = data_key.unwrap(wrapped_file_key, table=ITEM_TABLE, row=row, column="file_key_ct")
    return header_for(file_key, recipients)
