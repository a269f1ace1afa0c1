"""A value whose type is already said, in the form in which `extract` would give it, so that equal ones are equal."""

import re
from ipaddress import ip_address

from backend.conventions.indicators.accounts import masked
from backend.conventions.indicators.domains import lower_host
from backend.conventions.indicators.finding import extract
from backend.conventions.indicators.phones import international, national
from backend.conventions.indicators.refang import refang

# The word that a narrative would put before a value of this type.
_CALLED = {"phone": "telephone", "imei": "IMEI", "username": "username", "card": "credit card"}
_MASKED_CARD = re.compile(r"[0-9]{6}\*{2,9}[0-9]{4}")
_NOT_ALNUM = re.compile(r"[\W_]+")
_SHORTEST_PHONE = 7


def normalised(kind: str, value: str, *, region: str | None = None) -> tuple[str, str] | None:
    """Type and normalised form of a value of the given type (docs/indicators.md), or None where it cannot be one.

    `ip` stands for an address of either version. What the finders would take is given as they give it; what they would
    pass over in a narrative (a checksum that fails, a domain that everybody uses, an ordinary word as a name) is taken
    at its word. A card number is masked.
    """
    text = value.strip()
    if kind in {"ip", "ipv4", "ipv6"}:
        return _address(kind, text)
    prefix = f"{_CALLED[kind]}: " if kind in _CALLED else ""
    found = next((one.value for one in extract(prefix + text, region=region) if one.type == kind), None)
    form = found or _as_written(kind, refang(text).text, region)
    return (kind, form) if form else None


def _address(kind: str, text: str) -> tuple[str, str] | None:
    found = next((one for one in extract(text) if one.type in {"ipv4", "ipv6"}), None)
    if found is not None:
        kind_found, form = found.type, found.value
    else:
        try:
            address = ip_address(text)
        except ValueError:
            return None
        kind_found, form = f"ipv{address.version}", address.compressed
    return (kind_found, form) if kind in {"ip", kind_found} else None


def _as_written(kind: str, text: str, region: str | None) -> str:
    """The form by the rules of the type alone; empty where nothing is left."""
    if kind == "phone":
        return _phone(text, region)
    if kind in {"iban", "account"}:
        return _NOT_ALNUM.sub("", text).upper()
    if kind == "card":
        return _card(text)
    if kind == "mac":
        digits = _NOT_ALNUM.sub("", text).lower()
        return ":".join(digits[place : place + 2] for place in range(0, len(digits), 2))
    if kind == "imei":
        return "".join(filter(str.isdigit, text))
    if kind == "url":
        return lower_host(text)
    if kind in {"btc", "tron", "wallet"}:
        return text  # They tell capitals apart.
    return text.removeprefix("@").lower() if kind == "username" else text.lower()


def _phone(text: str, region: str | None) -> str:
    digits = "".join(filter(str.isdigit, text))
    number = international(digits, text) if text.startswith("+") else national(text, region)
    return number or (digits if len(digits) >= _SHORTEST_PHONE else "")


def _card(text: str) -> str:
    """A card number, masked already or not; empty where it is too short."""
    if _MASKED_CARD.fullmatch(text):
        return text
    digits = "".join(filter(str.isdigit, text))
    return masked(digits) if len(digits) >= 12 else ""
