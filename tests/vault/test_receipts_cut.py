"""An answer that is cut short is no answer, and a receipt that could not be written whole is not there."""

import errno
import os
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.vault.sending import EdgeUnreachable, post_sealed
from backend.vault.throwaway import throwaway_signer
from backend.vault.writing import write_whole


@contextmanager
def answering(said: bytes) -> Iterator[str]:
    """An edge that says so much to one request and falls."""

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            while b"sealed" not in connection.recv(65_536):
                pass
            connection.sendall(said)

    with socket.create_server(("127.0.0.1", 0)) as server:
        edge = threading.Thread(target=serve)
        edge.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        edge.join()


def post(url: str) -> bytes | None:
    signer = throwaway_signer("ed25519")
    return post_sealed(
        url, b"sealed", kind="report", sender_signer=signer, submission_id=uuid.uuid4(), key_id="0" * 16, timeout=60
    ).receipt


WHOLE = b"HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nreceipt"


def test_an_answer_that_is_cut_short_is_no_receipt() -> None:
    with answering(WHOLE) as url:
        assert post(url) == b"receipt"
    for cut in (1, 6, 7):
        with answering(WHOLE[:-cut]) as url, pytest.raises(EdgeUnreachable):
            post(url)


def test_a_receipt_is_kept_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole(tmp_path / "first", b"receipt")
    assert (tmp_path / "first").read_bytes() == b"receipt"

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "second", b"receipt")
    assert [path.name for path in tmp_path.iterdir()] == ["first"]
