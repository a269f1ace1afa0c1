"""Reports in the XML of the CyberTipline: what goes where, that nothing is lost, and files that would do harm."""

import io
from pathlib import Path
from typing import Any

import pytest

from backend.cli.importing.cybertipline import cybertipline_rows
from backend.cli.importing.rows import BadRow, Row, Unreadable
from backend.incidents.report import Report, parse_report

EXAMPLE = (Path(__file__).parent / "cybertipline.xml").read_bytes()


def rows(data: bytes) -> list[Row | BadRow]:
    return list(cybertipline_rows(io.BytesIO(data)))


def report(data: bytes = EXAMPLE, place: int = 0) -> Report:
    row = rows(data)[place]
    assert isinstance(row, Row)
    return parse_report(row.body())


def test_what_has_a_place_goes_there() -> None:
    found = report()
    assert found.title == "CyberTipline 99000001: Online Enticement of Children for Sexual Acts"
    assert (found.unit_reference, found.offences) == ("99000001", ["child-grooming"])
    assert found.occurred_at
    assert found.occurred_at.isoformat() == "2024-10-15T08:00:00-07:00"
    (suspect,) = found.suspects
    assert (suspect.name, suspect.contact, suspect.known_as) == (
        "Testperson Exampleton",
        "suspect@example.org",
        ["fictional_name", "Fictional Name"],
    )
    (victim,) = found.victims
    assert (victim.known_as, victim.under_18) == (["victim_name"], "yes")
    places = {(place.kind, place.value) for place in found.where}
    assert places == {
        ("web", "https://chat.example.org/room/1"),
        ("chat", "Room of the example"),
        ("social-network", "fictional_name"),
        ("social-network", "victim_name"),
    }
    social = next(place for place in found.where if place.kind == "social-network")
    assert social.provider == "Example Service"
    signed_in, uploaded = found.connections
    assert (signed_in.ip, signed_in.event, signed_in.port, signed_in.source) == (
        "198.51.100.23",
        "sign-in",
        50123,
        "Example Service",
    )
    assert (uploaded.ip, uploaded.event, uploaded.note) == ("2001:db8::7", "uploaded", "possible proxy")
    indicators = {(one.type, one.value) for one in found.indicators}
    assert ("imei", "490154203237518") in indicators
    assert ("md5", "0" * 32) in indicators
    assert ("ipv4", "203.0.113.9") in indicators
    assert ("email", "suspect@example.org") in indicators
    assert found.officer
    assert found.officer.name == "Reporter Exampleton"


def test_what_has_no_place_stands_in_the_narrative() -> None:
    said = report().narrative
    for words in (
        "He wrote to the child every day.",
        "First seen by the moderators.",
        "Red bicycle",
        "Example platform",
    ):
        assert words in said
    assert "personOrUserReported/vehicleDescription: Red bicycle" in said
    # Every text of the element is somewhere in the report.
    body = rows(EXAMPLE)[0].body().decode()  # type: ignore[union-attr]
    for text in ("Company Ltd", "legal@example.org", "Minorville", "priorCTReports", "77", "wallet-of-somebody"):
        assert text in body, text


def test_a_bad_report_is_told_with_its_line_and_the_next_one_is_read() -> None:
    deep = b"<report>" + b"<a>" * 100 + b"x" + b"</a>" * 100 + b"</report>"
    large = b"<report><additionalInfo>" + b"x" * 2_000_000 + b"</additionalInfo></report>"
    wide = b"<report>" + b"<a/>" * 50_000 + b"</report>"
    head, _, tail = EXAMPLE.partition(b"</reports>")
    found = rows(head + b"\n" + deep + b"\n" + large + b"\n" + wide + b"\n<report/>" + b"</reports>" + tail)
    assert [isinstance(row, BadRow) for row in found] == [False, False, True, True, True, False]
    lines = [row.line for row in found]
    assert lines == sorted(lines)
    assert lines[3] == lines[2] + 1
    assert report(EXAMPLE, 1).title == "CyberTipline: Child Pornography (possession, manufacture, and distribution)"
    assert report(EXAMPLE, 1).offences == ["csam"]


DANGEROUS = {
    "billion laughs": b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><reports><report>&b;</report></reports>',
    "external entity": b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><reports><report>&x;</report></reports>',
    "parameter entity": b'<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><reports/>',
    "external document type": b'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd"><reports><report/></reports>',
    "unknown entity": b"<reports><report>&x;</report></reports>",
    "no XML": b"PK\x03\x04",
    "nothing": b"",
    "cut off": EXAMPLE[: len(EXAMPLE) // 2],
}


@pytest.mark.parametrize("what", DANGEROUS)
def test_what_would_do_harm_is_refused_in_a_sentence(what: str) -> None:
    assert len(rows(EXAMPLE)) == 2
    with pytest.raises(Unreadable) as refused:
        rows(DANGEROUS[what])
    assert "line" in str(refused.value).lower()
    assert "root:" not in str(refused.value)


def test_reports_before_a_broken_place_are_still_handed_on() -> None:
    found = cybertipline_rows(io.BytesIO(EXAMPLE.replace(b"</reports>", b"<report></reports>")))
    assert isinstance(next(found), Row)
    assert isinstance(next(found), Row)
    with pytest.raises(Unreadable):
        next(found)


@pytest.mark.long
def test_a_file_of_many_reports_fills_no_memory() -> None:
    import tracemalloc

    one = b"<report><incidentSummary><incidentType>x</incidentType></incidentSummary></report>\n"

    class Long(io.RawIOBase):
        left = 8_000

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            if self.left == 8_000:
                piece = b"<reports>"
            elif self.left > 0:
                piece = one * min(self.left, len(buffer) // len(one))
            else:
                piece = b"</reports>" if self.left == 0 else b""
            self.left -= max(1, len(piece) // len(one))
            buffer[: len(piece)] = piece
            return len(piece)

    tracemalloc.start()
    assert sum(1 for _ in cybertipline_rows(io.BufferedReader(Long(), 65536))) >= 7_900  # type: ignore[arg-type]
    assert tracemalloc.get_traced_memory()[1] < 4 * 1024 * 1024
    tracemalloc.stop()
