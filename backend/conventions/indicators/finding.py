"""The finders one after the other; what one has taken no later one takes again."""

from backend.conventions.catalogue import shipped
from backend.conventions.indicators.accounts import find_cards, find_ibans, find_strings
from backend.conventions.indicators.devices import find_imeis
from backend.conventions.indicators.domains import find_domains
from backend.conventions.indicators.handles import find_handles
from backend.conventions.indicators.network import find_addresses, find_emails, find_urls
from backend.conventions.indicators.phones import find_phones
from backend.conventions.indicators.refang import refang
from backend.conventions.indicators.text import Indicator, Taken
from backend.conventions.indicators.times import times_of


def extract(text: str, *, region: str | None = None, most: int | None = None) -> tuple[Indicator, ...]:
    """Every indicator in `text`, or the first `most` of them, in the order of its place.

    `region` is the State (two letters) whose telephone numbers may stand without a country. Types: url, email, ipv4,
    ipv6, domain, iban, btc, eth, tron, card (masked), md5, sha1, sha256, imei, phone, username. docs/indicators.md
    says what is taken for each and what is not.
    """
    words, taken = shipped().indicator_words, Taken(refang(text))
    find_urls(taken)
    find_emails(taken)
    find_addresses(taken, words)
    find_domains(taken, words)
    find_strings(taken, words)
    find_ibans(taken)
    find_imeis(taken, words)
    find_cards(taken, words)
    find_phones(taken, words, region)
    find_handles(taken, words)
    found = taken.indicators(most)
    times = times_of(taken.text, [finding for finding, _, _ in found])
    return tuple(
        Indicator(finding.type, finding.value, raw, span, at)
        for (finding, span, raw), at in zip(found, times, strict=True)
    )
