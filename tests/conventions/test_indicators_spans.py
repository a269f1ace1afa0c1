"""Disguises undone, places led back, times, fields of a report, and texts made to be slow."""

import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.conventions.indicators import extract, extract_fields, normalised
from backend.incidents.blocks import Party, Person
from backend.incidents.places import (
    BankPlace,
    DevicePlace,
    NetworkPlace,
    PhonePlace,
    SocialPlace,
    WalletPlace,
    WebPlace,
    Where,
)
from backend.incidents.report import Report

PLAIN = "mail pay@evil-bank.com from 198.51.100.9, see http://evil-bank.com/a or call +506 2222-3333"


@pytest.mark.parametrize(
    ("sentence", "text", "kind", "value"),
    [
        ("brackets around the point", "evil-bank[.]com", "domain", "evil-bank.com"),
        ("braces and a word", "evil-bank{dot}com", "domain", "evil-bank.com"),
        ("half a bracket", "evil-bank[.com", "domain", "evil-bank.com"),
        ("a stroke before the point", r"evil-bank\.com", "domain", "evil-bank.com"),
        ("a space before the point", "evil-bank .com", "domain", "evil-bank.com"),
        ("a word in Spanish", "dominio evil punto com", "domain", "evil.com"),
        ("hxxp", "hxxp://evil.com/A", "url", "http://evil.com/A"),
        ("a bracketed colon", "hxxps[:]//evil[.]com[/]a", "url", "https://evil.com/a"),
        ("stars", "h**p://evil.com", "url", "http://evil.com"),
        ("a sign in words", "pay [at] evil [dot] com", "email", "pay@evil.com"),
        ("spelled out in French", "pay arobase evil point com", "email", "pay@evil.com"),
        ("spelled out in Dutch", "pay apenstaartje evil punt com", "email", "pay@evil.com"),
        ("characters without width", "ev\u200bil-bank.c\u2060om", "domain", "evil-bank.com"),
        ("wide forms", "\uff45vil-bank\uff0ecom", "domain", "evil-bank.com"),
        ("a long dash in a telephone number", "+506 2222\u20133333", "phone", "+50622223333"),
    ],
)
def test_a_disguise_is_undone_and_its_place_is_that_of_the_text(
    sentence: str, text: str, kind: str, value: str
) -> None:
    text = f"Seen: {text} yesterday"
    (found,) = extract(text)
    assert (found.type, found.value) == (kind, value), sentence
    assert text[slice(*found.span)] == found.raw
    assert found.raw[0] != " "


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, len(PLAIN)), st.sampled_from("\u200b\u200d\u2060\ufeff\u202e")), max_size=12))
def test_characters_that_show_nothing_change_nothing_but_the_places(inserted: list[tuple[int, str]]) -> None:
    text = PLAIN
    for place, char in sorted(inserted, reverse=True):
        text = text[:place] + char + text[place:]
    found = extract(text)
    assert [(i.type, i.value) for i in found] == [(i.type, i.value) for i in extract(PLAIN)]
    assert all(text[slice(*i.span)] == i.raw for i in found)


@settings(max_examples=200)
@given(st.text(alphabet="ab1.@/:[]() \u200b-_+€é\n\"'x2", max_size=60))
def test_places_are_inside_the_text_and_in_order(text: str) -> None:
    found = extract(text)
    assert all(0 <= i.span[0] < i.span[1] <= len(text) and text[slice(*i.span)] == i.raw for i in found)
    assert all(one.span[1] <= two.span[0] for one, two in zip(found, found[1:], strict=False))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("On 7 June 2026 at 19:00 UTC from 203.0.113.9.", "2026-06-07T19:00Z"),
        ("2026-11-24T10:30:05+01:00 203.0.113.9 logged in", "2026-11-24T10:30:05+01:00"),
        ("El 24/11/2026 a las 10:30 desde 203.0.113.9.", "2026-11-24T10:30"),
        ("a las 19:00 del 7 de junio de 2026 (UTC-5) desde 203.0.113.9", "2026-06-07T19:00-05:00"),
        ("Le 5 juin 2026 à 14 h 30, connexion de 203.0.113.9", "2026-06-05T14:30"),
        ("Op 7 juni 2026 om 19.00 uur vanaf 203.0.113.9.", "2026-06-07T19:00"),
        ("At 7:15 p.m. on June 7, 2026, from 203.0.113.9", "2026-06-07T19:15"),
        ("At 1900 hrs AST on June 7, 2026 from 203.0.113.9", "2026-06-07T19:00[AST]"),
        ("Day and month could be either: 05/06/2026 10:30 from 203.0.113.9", None),
        ("A date alone is no time: on 7 June 2026 from 203.0.113.9", None),
        ("A time alone neither: at 19:00 UTC from 203.0.113.9", None),
        ("Nor is the 31st of June 2026: 31 June 2026 19:00 from 203.0.113.9", None),
        ("On 7 June 2026 at 19:00 it began. Later came 203.0.113.9", None),
    ],
)
def test_the_time_is_that_of_the_sentence_and_its_zone_is_never_guessed(text: str, at: str | None) -> None:
    assert [i.at for i in extract(text)] == [at]


def test_each_address_has_its_own_time() -> None:
    text = "203.0.113.9 on 7 June 2026 at 19:00 UTC and 203.0.113.10 on 8 June 2026 at 20:00 UTC-4"
    assert [i.at for i in extract(text)] == ["2026-06-07T19:00Z", "2026-06-08T20:00-04:00"]
    text = "7 June 2026 19:00 UTC 203.0.113.9, 8 June 2026 20:00 UTC 203.0.113.10"
    assert [i.at for i in extract(text)] == ["2026-06-07T19:00Z", "2026-06-08T20:00Z"]


def report_with(*where: Where, **more: object) -> Report:
    whole = {"schema": "comity/report/v1", "title": "Fraud", "narrative": "", "where": where} | more
    return msgspec.convert(msgspec.to_builtins(whole), Report)


def test_the_kind_of_a_field_says_what_its_value_is() -> None:
    found = extract_fields(
        report_with(
            PhonePlace(value="2222-3333", state="cr"),
            SocialPlace(value="DarkPanda"),
            DevicePlace(value="358461091203457"),
            BankPlace(value="4539018827345616"),
            NetworkPlace(value=" 203[.]0[.]113[.]9"),
            PhonePlace(value="440-0123"),
        ),
        region="gd",
    )
    assert [(i.field, i.type, i.value) for i in found] == [
        ("where[0].value", "phone", "+50622223333"),
        ("where[1].value", "username", "darkpanda"),
        ("where[2].value", "imei", "358461091203457"),
        ("where[3].value", "card", "453901******5616"),
        ("where[4].value", "ipv4", "203.0.113.9"),
        ("where[5].value", "phone", "+14734400123"),
    ]
    assert found[4].span == (1, 18)
    assert "4539018827345616" not in repr(found)


def test_persons_are_read_and_the_officer_is_not() -> None:
    report = report_with(
        suspects=[Party(contact="+597 855 0123", note="pseudo « abc_9 »")],
        victims=[Party(contact="ana@example.com")],
        officer=Person(contact="officer@police.example.com"),
    )
    assert [(i.field, i.value) for i in extract_fields(report)] == [
        ("suspects[0].contact", "+5978550123"),
        ("suspects[0].note", "abc_9"),
        ("victims[0].contact", "ana@example.com"),
    ]


def test_typed_members_name_their_indicator_and_its_time() -> None:
    report = report_with(
        WebPlace(value="https://evil-shop.example/pay", ip="203.0.113.9"),
        WalletPlace(value="4AdUndXHHZ6cfufTMvppY6JwXNouMBzSkbLYfpAV5Usx", chain="monero"),
        BankPlace(value="0012-345 67", provider="Banco Ejemplo"),
        DevicePlace(value="front desk", mac="00-1A-2B-3C-4D-5E"),
        suspects=[Party(known_as=["@DarkPanda"])],
        losses=[{"amount": "5", "currency": "USD", "sent_to": "GB29 NWBK 6016 1331 9268 19"}],
        connections=[{"ip": "2001:DB8::0:1", "at": "2026-11-23T03:10:00-04:00", "event": "sign-in"}],
        indicators=[
            {"type": "sha256", "value": "AB" * 32, "at": "2026-11-23T07:10:00Z"},
            {"type": "card", "value": "4539 0188 2734 5617"},
            {"type": "ipv4", "value": "no address"},
        ],
    )
    found = extract_fields(report, region="gd")
    assert {(i.field, i.type, i.value, i.at) for i in found} == {
        ("where[0].value", "url", "https://evil-shop.example/pay", None),
        ("where[0].ip", "ipv4", "203.0.113.9", None),
        ("where[1].value", "wallet", "4AdUndXHHZ6cfufTMvppY6JwXNouMBzSkbLYfpAV5Usx", None),
        ("where[2].value", "account", "001234567", None),
        ("where[3].mac", "mac", "00:1a:2b:3c:4d:5e", None),
        ("suspects[0].known_as[0]", "username", "darkpanda", None),
        ("losses[0].sent_to", "iban", "GB29NWBK60161331926819", None),
        ("connections[0].ip", "ipv6", "2001:db8::1", "2026-11-23T03:10:00-04:00"),
        ("indicators[0].value", "sha256", "ab" * 32, "2026-11-23T07:10:00Z"),
        ("indicators[1].value", "card", "453901******5617", None),
    }
    assert "2734" not in repr(found)


@pytest.mark.parametrize(
    ("kind", "value", "form"),
    [
        ("ip", "203[.]0[.]113[.]9", ("ipv4", "203.0.113.9")),
        ("ipv4", "2001:db8::1", None),
        ("url", "hxxp://Evil[.]com/A", ("url", "http://evil.com/A")),
        ("domain", "gmail.com", ("domain", "gmail.com")),
        ("domain", "Evil[.]zzz", ("domain", "evil.zzz")),
        ("phone", "440-0123", ("phone", "+14734400123")),
        ("phone", "nobody", None),
        ("username", "@DarkPanda", ("username", "darkpanda")),
        ("iban", "GB29 NWBK 6016 1331 9268 19", ("iban", "GB29NWBK60161331926819")),
        ("eth", "0xABC", ("eth", "0xabc")),
        ("imei", "35 846109 120345 7", ("imei", "358461091203457")),
        ("wallet", " ", None),
    ],
)
def test_a_value_of_a_said_type_is_as_the_finders_give_it_or_taken_at_its_word(
    kind: str, value: str, form: tuple[str, str] | None
) -> None:
    assert normalised(kind, value, region="gd") == form
    if form:
        assert normalised(form[0], form[1], region="gd") == form


LONG = 200_000
# Seconds of the processor. It takes some tenths; what grows with the square of the length takes minutes.
LONGEST = 10.0


def seconds(text: str) -> float:
    before = time.process_time()
    extract(text, region="cr")
    return time.process_time() - before


@pytest.mark.parametrize(
    "piece",
    # fmt: off
    [
        "7",
        "7 ",
        ".",
        "a.",
        "1.",
        "@",
        "a@",
        "a@a.",
        "/",
        "://",
        ":",
        "1:2:",
        "a:",
        "_",
        "a_",
        "-",
        "a-",
        '"',
        '"a" ',
        "(",
        "[.]",
        "(at)",
        " dot ",
        " at ",
        "a arroba ",
        "\u200b",
        "a\u200b",
        "שלום ",
        "\u202eab",
        "😀",
        "\0",
        "\n",
        "A",
        "aA",
        "1A2b3C4d5E",
        "bc1q",
        "FR00 ",
        "+1 ",
        "2026-11-24 ",
        "user: ",
        "=",
        "#",
        "<b>",
        "7 June 2026 19:00 1.2.3.4 ",
        "\ud800",
    ],
    # fmt: on
)
def test_much_of_anything_is_read_in_time_that_grows_with_its_length(piece: str) -> None:
    text = piece * (LONG // len(piece))
    extract("a.com +50622223333 GB29NWBK60161331926819")
    taken = seconds(text)
    # On a slow machine only the growth tells: ten times the length would take a hundred times as long.
    assert taken < LONGEST or taken < 40 * seconds(text[: LONG // 10])
