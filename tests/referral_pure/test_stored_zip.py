"""Zips of one form."""

import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.packing import stored_zip
from referral.packing.errors import MalformedPacket
from referral.packing.stored_zip import Entry, StoredZip, StoredZipWriter, as_stream

NAMES = st.from_regex(r"[a-z0-9]{1,12}(/[a-z0-9]{1,12})?\.[a-z]{3}", fullmatch=True)
FILES = st.dictionaries(NAMES, st.binary(max_size=300), max_size=6)


def written(files: dict[str, bytes]) -> bytes:
    out = BytesIO()
    writer = StoredZipWriter(out)
    for name, data in files.items():
        writer.write(name, data)
    writer.finish()
    return out.getvalue()


GOOD = {"a.txt": b"first", "b/c.bin": b"\0" * 100, "d.txt": b""}


@given(FILES)
def test_what_is_written_reads_back_the_same(files: dict[str, bytes]) -> None:
    zipped = StoredZip(BytesIO(written(files)))
    assert {entry.name: zipped.read(entry.name, limit=300) for entry in zipped.entries} == files


@pytest.mark.long
@given(FILES)
def test_common_readers_agree(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(BytesIO(written(files))) as common:
        assert common.testzip() is None
        assert {name: common.read(name) for name in common.namelist()} == files
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in common.infolist())


@given(st.integers(0, len(written(GOOD)) - 1), st.integers(0, 7))
def test_any_flipped_bit_is_refused(index: int, bit: int) -> None:
    flipped = bytearray(written(GOOD))
    flipped[index] ^= 1 << bit
    with pytest.raises(MalformedPacket):
        _read_all(bytes(flipped))


def _read_all(data: bytes) -> dict[str, bytes]:
    zipped = StoredZip(BytesIO(data))
    read = {entry.name: zipped.read(entry.name, limit=1000) for entry in zipped.entries}
    # A name is free text to this layer; what is in it, packets fix. Here a changed one counts as noticed.
    if read.keys() != GOOD.keys():
        raise MalformedPacket
    return read


def _by_zipfile(method: int = zipfile.ZIP_STORED, *, comment: bytes = b"", twice: bool = False) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as common:
        common.comment = comment
        common.writestr("a.txt", b"first" * 50)
        if twice:
            with pytest.warns(UserWarning, match="Duplicate name"):
                common.writestr("a.txt", b"second")
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"PK\x05\x06" + b"\0" * 17,
        b"junk" + written(GOOD),
        written(GOOD) + b"junk",
        written(GOOD) + written(GOOD),
        written(GOOD)[:-1],
        _by_zipfile(),
        _by_zipfile(zipfile.ZIP_DEFLATED),
        _by_zipfile(comment=b"hello"),
        _by_zipfile(twice=True),
        written(GOOD)[:-22] + written(GOOD)[-22:].replace(b"\x03\x00\x03\x00", b"\x02\x00\x02\x00"),
    ],
)
def test_zips_of_another_form_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedPacket):
        StoredZip(BytesIO(data))


def test_a_name_that_stands_twice_is_refused() -> None:
    out = BytesIO()
    writer = StoredZipWriter(out)
    writer.write("a.txt", b"first")
    writer.write("a.txt", b"second")
    writer.finish()
    with pytest.raises(MalformedPacket):
        StoredZip(out)


def test_an_entry_over_the_limit_is_not_read() -> None:
    zipped = StoredZip(BytesIO(written(GOOD)))
    assert zipped.read("a.txt", limit=5) == b"first"
    with pytest.raises(MalformedPacket):
        zipped.read("a.txt", limit=4)
    with pytest.raises(MalformedPacket):
        zipped.read("missing.txt", limit=4)


def test_writing_continues_after_the_last_entry() -> None:
    file = BytesIO(written(GOOD))
    writer = StoredZipWriter.continuing(file)
    writer.write("e.txt", b"more")
    writer.finish()
    assert file.getvalue() == written(GOOD | {"e.txt": b"more"})


def test_an_entry_of_another_size_than_stated_is_an_error() -> None:
    with pytest.raises(ValueError, match="another size"):
        StoredZipWriter(BytesIO()).write_stream("a.txt", 3, iter([b"four"]))


def test_sizes_and_places_beyond_four_gigabytes_use_zip64() -> None:
    entries = (Entry("big.bin", 5 * 2**30, 7), Entry("after.txt", 3, 9))
    directory = stored_zip._directory(entries)
    start = sum(map(stored_zip._length, entries))

    class Sparse(BytesIO):
        """The directory at the end of gigabytes of nothing."""

        def seek(self, place: int, whence: int = 0) -> int:
            self.place = start + len(directory) + place if whence == 2 else place
            return self.place

        def read(self, size: int | None = -1) -> bytes:
            offset = self.place - start
            return directory[offset : offset + (size or 0)]

    assert stored_zip._read_entries(Sparse()) == entries
    with zipfile.ZipFile(_Shifted(directory, start)) as common:
        assert [(one.filename, one.file_size) for one in common.infolist()] == [
            ("big.bin", 5 * 2**30),
            ("after.txt", 3),
        ]


class _Shifted(BytesIO):
    """Bytes that begin `start` into the file, zeros before them, for a reader that wants the whole file."""

    def __init__(self, data: bytes, start: int) -> None:
        super().__init__(data)
        self._start = start

    def seek(self, place: int, whence: int = 0) -> int:
        if whence == 0:
            place -= self._start
        return super().seek(place, whence) + self._start

    def tell(self) -> int:
        return super().tell() + self._start


def test_chunks_read_as_a_stream() -> None:
    stream = as_stream(iter([b"line one\nli", b"ne two", b""]))
    assert stream.readline() == b"line one\n"
    assert stream.read(4) == b"line"
    assert stream.read() == b" two"
