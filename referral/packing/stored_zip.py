"""Zip files of one form: entries stored, in order, nothing between or after them. Names and contents fix every byte.

Written by APPNOTE.TXT 6.3: no compression, no encryption, no data descriptors, no comments, a fixed date, zip64 where
a size or place needs it and nowhere else. The reader rebuilds the directory from the entries and compares: a zip of any
other form, and all that readers of zips disagree about, is refused.
"""

import hashlib
import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from referral.packing.errors import MalformedPacket

CHUNK = 1_048_576
MAX_DIRECTORY = 1_048_576
_FULL = 0xFFFF_FFFF
_DATE = 0x0021  # 1 January 1980, the first day of the format
_MODE = 0o100600 << 16
_LOCAL, _CENTRAL, _END = 0x04034B50, 0x02014B50, 0x06054B50
_END64, _LOCATOR64 = 0x06064B50, 0x07064B50


@dataclass(frozen=True)
class Entry:
    """One stored file."""

    name: str
    size: int
    crc: int


class StoredZipWriter:
    """Appends entries to a seekable stream; `finish` writes the directory."""

    def __init__(self, out: BinaryIO, entries: tuple[Entry, ...] = ()) -> None:
        self._out = out
        self._entries = list(entries)

    @classmethod
    def continuing(cls, file: BinaryIO) -> "StoredZipWriter":
        """A writer that appends to the zip in `file` (open for reading and writing). Raises MalformedPacket."""
        entries = StoredZip(file).entries
        file.seek(sum(map(_length, entries)))
        file.truncate()
        return cls(file, entries)

    def write(self, name: str, data: bytes) -> None:
        """Append an entry with this content."""
        self.write_stream(name, len(data), iter((data,)))

    def write_stream(self, name: str, size: int, chunks: Iterator[bytes]) -> None:
        """Append an entry of exactly `size` bytes, in constant memory; a ValueError is raised for another size."""
        start = self._out.tell()
        self._out.write(_local_header(Entry(name, size, 0)))
        crc = written = 0
        for chunk in chunks:
            self._out.write(chunk)
            crc, written = zlib.crc32(chunk, crc), written + len(chunk)
        if written != size:
            raise ValueError("the entry's content has another size than stated")
        entry = Entry(name, size, crc)
        end = self._out.tell()
        self._out.seek(start)
        self._out.write(_local_header(entry))
        self._out.seek(end)
        self._entries.append(entry)

    def finish(self) -> int:
        """Write the directory and return the size of the file."""
        self._out.write(_directory(tuple(self._entries)))
        return self._out.tell()


class StoredZip:
    """A zip of the form above, read from a seekable stream. Raises MalformedPacket for any other."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        try:
            self.entries = _read_entries(file)
        except (struct.error, UnicodeDecodeError, OSError) as error:
            raise MalformedPacket from error
        self._places: dict[str, tuple[int, Entry]] = {}
        place = 0
        for entry in self.entries:
            header = _local_header(entry)
            file.seek(place)
            if file.read(len(header)) != header or entry.name in self._places:
                raise MalformedPacket
            self._places[entry.name] = place + len(header), entry
            place += _length(entry)

    def size_of(self, name: str) -> int:
        """The size of an entry's content."""
        return self._entry(name)[1].size

    def read(self, name: str, *, limit: int) -> bytes:
        """The content of a small entry; raises MalformedPacket when there is none or it is over the limit."""
        if self.size_of(name) > limit:
            raise MalformedPacket
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of an entry in pieces; raises MalformedPacket at its end if it is not the one recorded."""
        place, entry = self._entry(name)
        crc, left = 0, entry.size
        while left:
            self._file.seek(place)
            chunk = self._file.read(min(CHUNK, left))
            if not chunk:
                raise MalformedPacket
            place, left, crc = place + len(chunk), left - len(chunk), zlib.crc32(chunk, crc)
            yield chunk
        if crc != entry.crc:
            raise MalformedPacket

    def _entry(self, name: str) -> tuple[int, Entry]:
        if name not in self._places:
            raise MalformedPacket
        return self._places[name]


class _Chunks(io.RawIOBase):
    """A sequence of chunks as a raw stream."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = memoryview(next(self._chunks, b""))
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def as_stream(chunks: Iterator[bytes]) -> BinaryIO:
    """The chunks as a stream to be read once, for what wants a file to read from."""
    return io.BufferedReader(_Chunks(chunks), buffer_size=CHUNK)


def sha256_of(chunks: Iterator[bytes]) -> str:
    """The SHA-256 of the chunks together, in hexadecimal."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _local_header(entry: Entry) -> bytes:
    name, big = entry.name.encode("ascii"), entry.size >= _FULL
    extra = struct.pack("<HHQQ", 1, 16, entry.size, entry.size) if big else b""
    size = _FULL if big else entry.size
    fixed = (_LOCAL, 45 if big else 20, 0, 0, 0, _DATE, entry.crc, size, size, len(name), len(extra))
    return struct.pack("<IHHHHHIIIHH", *fixed) + name + extra


def _length(entry: Entry) -> int:
    return len(_local_header(entry)) + entry.size


def _central_header(entry: Entry, offset: int) -> bytes:
    name, big, far = entry.name.encode("ascii"), entry.size >= _FULL, offset >= _FULL
    wide = ([entry.size, entry.size] if big else []) + ([offset] if far else [])
    extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    version = 45 if wide else 20
    sizes = (_FULL, _FULL) if big else (entry.size, entry.size)
    fixed = (_CENTRAL, 3 << 8 | version, version, 0, 0, 0, _DATE, entry.crc, *sizes, len(name), len(extra), 0, 0, 0)
    return struct.pack("<IHHHHHHIIIHHHHHII", *fixed, _MODE, _FULL if far else offset) + name + extra


def _directory(entries: tuple[Entry, ...]) -> bytes:
    """All that follows the last entry."""
    start, headers = 0, []
    for entry in entries:
        headers.append(_central_header(entry, start))
        start += _length(entry)
    central = b"".join(headers)
    wide = b""
    if start >= _FULL:
        record = (_END64, 44, 3 << 8 | 45, 45, 0, 0, len(entries), len(entries), len(central), start)
        wide = struct.pack("<IQHHIIQQQQ", *record) + struct.pack("<IIQI", _LOCATOR64, 0, start + len(central), 1)
    end = (_END, 0, 0, len(entries), len(entries), len(central), min(start, _FULL), 0)
    return central + wide + struct.pack("<IHHHHIIH", *end)


def _read_entries(file: BinaryIO) -> tuple[Entry, ...]:
    size = file.seek(0, 2)
    tail = _tail(file, size)
    entries, place = [], 0
    while tail[place : place + 4] == struct.pack("<I", _CENTRAL):
        fixed = struct.unpack_from("<IHHHHHHIIIHHHHHII", tail, place)
        crc, length, name_length, extra_length = fixed[7], fixed[9], fixed[10], fixed[11]
        name = tail[place + 46 : place + 46 + name_length].decode("ascii")
        if length == _FULL:
            length = struct.unpack_from("<HHQ", tail, place + 46 + name_length)[2]
        entries.append(Entry(name, length, crc))
        place += 46 + name_length + extra_length
    found = tuple(entries)
    if _directory(found) != tail or sum(map(_length, found)) + len(tail) != size:
        raise MalformedPacket
    return found


def _tail(file: BinaryIO, size: int) -> bytes:
    """The directory to the end of the file, found from its last record."""
    file.seek(max(0, size - 22))
    signature, *_, central, start, comment = struct.unpack("<IHHHHIIH", file.read(22))
    wide = 76 if start == _FULL else 0
    length = central + wide + 22
    if signature != _END or comment or length > min(size, MAX_DIRECTORY):
        raise MalformedPacket
    file.seek(size - length)
    return file.read(length)
