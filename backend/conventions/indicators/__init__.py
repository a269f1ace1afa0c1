"""Indicators in a text: addresses, accounts, numbers, hashes and names, refanged, checked and normalised."""

from backend.conventions.catalogue import shipped
from backend.conventions.indicators.accounts import find_accounts, find_cards
from backend.conventions.indicators.devices import find_devices, find_handles, find_phones
from backend.conventions.indicators.network import find_network
from backend.conventions.indicators.text import Indicator, Taken

__all__ = ["Indicator", "extract"]


def extract(text: str, *, region: str | None = None) -> tuple[Indicator, ...]:
    """Every indicator in `text`, in the order of its place.

    `region` is the State (two letters) whose telephone numbers may stand without a country. Types: url, email, ipv4,
    ipv6, domain, iban, btc, eth, tron, card (masked), md5, sha1, sha256, imei, phone, username.
    """
    words, taken = shipped().indicator_words, Taken(text)
    find_network(taken, words)
    find_accounts(taken)
    find_devices(taken, words)
    find_cards(taken)
    find_phones(taken, words, region)
    find_handles(taken, words)
    return tuple(sorted(taken.found, key=lambda indicator: indicator.span))
