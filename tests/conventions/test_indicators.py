"""Indicators: what is found, how it is normalised, and what only looks like one."""

import pytest

from backend.conventions.indicators import extract
from backend.conventions.indicators.checksums import base58_payload, eip55, keccak256, luhn, segwit


def pairs(text: str, region: str | None = None) -> list[tuple[str, str]]:
    return [(indicator.type, indicator.value) for indicator in extract(text, region=region)]


@pytest.mark.parametrize(
    ("sentence", "text", "found"),
    [
        ("an address is an address", "from 203.0.113.9.", [("ipv4", "203.0.113.9")]),
        ("a defanged address too", "from 203[.]0[.]113[.]9", [("ipv4", "203.0.113.9")]),
        ("a version is none", "firmware 10.0.19.45 installed", []),
        ("five numbers are none", "section 1.2.3.4.5", []),
        ("a number over 255 is none", "from 203.0.113.999", []),
        ("IPv6 is written shortest", "at 2001:DB8:0:0::1 today", [("ipv6", "2001:db8::1")]),
        ("a time of day is no IPv6", "at 12:30:45 sharp", []),
        ("a URL keeps its path", "see hxxps://Evil[.]Example[.]com/Pay.", [("url", "https://evil.example.com/Pay")]),
        ("a URL without a scheme", "link example.com/verify-me", [("url", "example.com/verify-me")]),
        ("a domain", "the site secure-login.example.com was", [("domain", "secure-login.example.com")]),
        ("a defanged domain", "bad-shop(.)top", [("domain", "bad-shop.top")]),
        ("a hidden service", "at abcdefghij234567.onion", [("domain", "abcdefghij234567.onion")]),
        ("a file is no domain", "he opened invoice.zip and run.py", []),
        ("a sentence run together is no domain", "He left.The car was gone.", []),
        ("an e-mail address", "Pay.Desk@Example.COM wrote", [("email", "pay.desk@example.com")]),
        ("a defanged e-mail address", "pay[at]example[.]com", [("email", "pay@example.com")]),
        ("an IBAN in groups", "to GB82 WEST 1234 5698 7654 32 today", [("iban", "GB82WEST12345698765432")]),
        ("an IBAN with a wrong digit is none", "to GB83WEST12345698765432", []),
        ("a card is masked at once", "card 4111 1111 1111 1111", [("card", "411111******1111")]),
        ("a card that fails its check digit is none", "card 4111 1111 1111 1112", []),
        ("a Bitcoin address", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", [("btc", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2")]),
        ("with one letter wrong it is none", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", []),
        (
            "a segwit address",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            [("btc", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")],
        ),
        (
            "an Ethereum address",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            [("eth", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")],
        ),
        ("with a wrong capital it is none", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", []),
        ("a TRON address", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", [("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t")]),
        ("an IMEI", "IMEI 490154203237518", [("imei", "490154203237518")]),
        ("a serial that fails its check digit is no IMEI", "IMEI 490154203237519", []),
        ("a hash by its length", "md5 " + "0a" * 16, [("md5", "0a" * 16)]),
        ("and a longer one", "0a" * 32, [("sha256", "0a" * 32)]),
        ("a telephone number with its country", "call +506 2222-3333", [("phone", "+50622223333")]),
        ("a date is no telephone number", "called on 2026-11-24", []),
        ("an amount is none", "paid $1,234,567.89 in all", []),
        ("a handle", "user name gr_blue77 wrote", [("username", "gr_blue77")]),
        ("a handle with its sign", "from @Blue.Fox99 today", [("username", "blue.fox99")]),
        ("an ordinary word is no handle", "the account holder paid", []),
        ("nothing is nothing", "", []),
    ],
)
def test_what_is_found(sentence: str, text: str, found: list[tuple[str, str]]) -> None:
    assert pairs(text) == found, sentence


def test_a_local_number_is_read_as_one_of_the_units_state() -> None:
    assert pairs("telephone 440-0123", "gd") == [("phone", "+14734400123")]
    assert pairs("tel. 2222 3333", "cr") == [("phone", "+50622223333")]


def test_spans_are_code_points_of_the_text_as_it_came() -> None:
    text = "😀 né: mail a@example.com"
    (found,) = extract(text)
    assert text[slice(*found.span)] == found.raw == "a@example.com"


def test_a_card_number_stands_nowhere_in_the_answer() -> None:
    (card,) = extract("card 4111-1111-1111-1111.")
    assert "411111111111" not in repr(card).replace("-", "")


def test_a_domain_inside_an_address_is_not_found_again() -> None:
    assert pairs("mail a@sub.example.com or http://sub.example.com/x") == [
        ("email", "a@sub.example.com"),
        ("url", "http://sub.example.com/x"),
    ]


def test_keccak_is_that_of_ethereum_and_not_sha3() -> None:
    # Keccak team, known answers for the empty message and "abc"; one full block lies in between.
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
    assert len({keccak256(bytes(length)) for length in (134, 135, 136, 137, 272)}) == 5


def test_checksums_hold_and_fail() -> None:
    assert luhn("79927398713")
    assert not luhn("79927398714")
    assert eip55("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")
    assert segwit("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "bc")
    assert not segwit("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj1", "bc")
    assert base58_payload("0OIl") is None
