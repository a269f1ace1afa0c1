"""STIX 2.1 bundles: observables and patterns as indicators of a report. Nothing is guessed; what is not taken is said.

Observables and patterns speak of the same paths (`file:hashes.'SHA-256'`), so one table serves both.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_interface
from typing import Any

import msgspec

from backend.cli.importing.patterns import comparisons
from backend.cli.importing.rows import Unreadable
from backend.conventions.catalogue import shipped

LARGEST = 64 * 1024 * 1024
MOST = 5000
LINE, NOTE, LONG = 300, 2000, 2048
# Object path -> type of indicator. `ip` is decided by the form of the value.
TYPES: Mapping[str, str] = {
    "ipv4-addr:value": "ip",
    "ipv6-addr:value": "ip",
    "network-traffic:src_ref.value": "ip",
    "network-traffic:dst_ref.value": "ip",
    "domain-name:value": "domain",
    "url:value": "url",
    "email-addr:value": "email",
    "email-message:from_ref.value": "email",
    "email-message:sender_ref.value": "email",
    "mac-addr:value": "mac",
    "user-account:account_login": "username",
    "user-account:user_id": "username",
    "phone-number:value": "phone",
    "cryptocurrency-wallet:value": "wallet",
    "cryptocurrency-wallet:address": "wallet",
    **{f"{kind}:hashes.{name}": name.lower() for kind in ("file", "artifact") for name in ("MD5", "SHA1", "SHA256")},
}
# Objects that say something in words, those nearest to a case first.
NAMED = ("incident", "report", "grouping", "campaign", "intrusion-set", "malware", "note", "opinion")
# Objects that only tie others together, or say how they may be handled.
PASSED_OVER = {"relationship", "sighting", "marking-definition", "identity", "extension-definition", "language-content"}


@dataclass(frozen=True)
class Bundle:
    """What a bundle holds for a report; `left_out` says of each object that could not be taken what it is and why."""

    title: str | None
    narrative: str | None
    indicators: tuple[dict[str, str], ...]
    left_out: tuple[str, ...]


def read_bundle(data: bytes) -> Bundle:
    """The bundle in a file of at most 64 MiB; raises Unreadable where it is none."""
    objects = _objects(data)
    seen = _times(objects)
    found: dict[tuple[str, str], dict[str, str]] = {}
    left_out: list[str] = []
    for one in objects:
        kind = one["type"]
        if kind == "indicator":
            taken, missed = _of_pattern(one)
        elif kind in NAMED or kind in PASSED_OVER or (kind == "observed-data" and "objects" not in one):
            continue
        else:
            taken, missed = _observed(one, seen)
        for indicator in taken:
            found.setdefault((indicator["type"], indicator["value"]), indicator)
        left_out += [f"{_name(one)}: {reason}" for reason in missed]
    if len(found) > MOST:
        raise Unreadable(f"The bundle holds {len(found)} indicators, a report takes {MOST}; divide the bundle.")
    title, narrative = _words(objects)
    return Bundle(title, narrative, tuple(found.values()), tuple(left_out))


def _objects(data: bytes) -> list[dict[str, Any]]:
    wrong = Unreadable(
        "The file is no STIX 2.1 bundle: expected a JSON object of type “bundle” with a list of objects."
    )
    if len(data) > LARGEST:
        raise Unreadable(f"The file is larger than {LARGEST} bytes; divide the bundle.")
    try:
        bundle = msgspec.json.decode(data, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise wrong from None
    objects = bundle.get("objects", [])
    if bundle.get("type") != "bundle" or not isinstance(objects, list):
        raise wrong
    if not all(isinstance(one, dict) and isinstance(one.get("type"), str) for one in objects):
        raise Unreadable("The bundle has an object without a type; export it as STIX 2.1.")
    return objects


def _times(objects: list[dict[str, Any]]) -> dict[str, str]:
    """When an observable was first seen, by its id: that stands with the observation that refers to it."""
    seen: dict[str, str] = {}
    for one in objects:
        at, references = one.get("first_observed"), one.get("object_refs")
        if one["type"] == "observed-data" and isinstance(at, str) and isinstance(references, list):
            for reference in references:
                if isinstance(reference, str):
                    seen[reference] = min(at, seen.get(reference, at))
    return seen


def _of_pattern(one: Mapping[str, Any]) -> tuple[list[dict[str, str]], list[str]]:
    if one.get("revoked") is True:
        return [], ["it was revoked"]
    if one.get("pattern_type", "stix") != "stix" or not isinstance(one.get("pattern"), str):
        return [], ["its pattern is of another language than STIX's"]
    taken, missed = [], []
    equal, others = comparisons(one["pattern"])
    note = _text(one.get("name"), NOTE)
    for path, value in equal:
        indicator = _indicator(path, value, None, note)
        if indicator:
            taken.append(indicator)
        else:
            missed.append(f"{path} is of no type of indicator here")
    return taken, missed + others


def _observed(one: Mapping[str, Any], seen: Mapping[str, str]) -> tuple[list[dict[str, str]], list[str]]:
    inner = one.get("objects")
    if one["type"] == "observed-data" and isinstance(inner, dict):
        # The form of STIX 2.0, which 2.1 still allows: the observables stand inside.
        at = _text(one.get("first_observed"), 60)
        taken = [indicator for part in inner.values() if isinstance(part, dict) for indicator in _of_object(part, at)]
    else:
        taken = list(_of_object(one, seen.get(str(one.get("id")))))
    return taken, [] if taken else ["it is of no type of indicator here"]


def _of_object(one: Mapping[str, Any], at: str | None) -> Iterator[dict[str, str]]:
    members: dict[str, Any] = {name: value for name, value in one.items() if name != "hashes"}
    hashes = one.get("hashes")
    if isinstance(hashes, dict):
        members |= {f"hashes.{name.upper().replace('-', '')}": value for name, value in hashes.items()}
    for name, value in members.items():
        if isinstance(value, str) and (found := _indicator(f"{one.get('type')}:{name}", value, at, None)):
            yield found


def _indicator(path: str, value: str, at: str | None, note: str | None) -> dict[str, str] | None:
    kind, value = TYPES.get(path), value.strip()
    if kind == "ip":
        kind, value = _address(value)
    if kind is None or kind not in shipped().report_terms.indicators or not 0 < len(value) <= LONG:
        return None
    found = {"type": kind, "value": value, "at": at, "note": note}
    return {name: said for name, said in found.items() if said}


def _address(value: str) -> tuple[str | None, str]:
    """Type and address; a network of one address is that address, any other is none."""
    try:
        interface = ip_interface(value)
    except ValueError:
        return None, value
    whole = interface.network.num_addresses == 1
    return (f"ipv{interface.version}" if whole else None), str(interface.ip)


def _words(objects: list[dict[str, Any]]) -> tuple[str | None, str | None]:
    named = sorted((one for one in objects if one["type"] in NAMED), key=lambda one: NAMED.index(one["type"]))
    titles = [title for one in named if (title := _text(one.get("name"), LINE))]
    texts = [one.get(member) for one in named for member in ("description", "content", "abstract", "explanation")]
    said = [text for text in texts if isinstance(text, str) and text.strip()]
    return next(iter(titles), None), "\n\n".join(said)[:100_000] or None


def _text(value: object, longest: int) -> str | None:
    return value.strip()[:longest] or None if isinstance(value, str) else None


def _name(one: Mapping[str, Any]) -> str:
    return str(one.get("id") or one["type"])[:100]


def add_indicators(report: bytes, bundles: Iterable[Bundle]) -> bytes:
    """The report's JSON with the indicators of the bundles behind its own, equal ones once; what is no report stays."""
    try:
        members = msgspec.json.decode(report)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return report
    if not isinstance(members, dict) or not isinstance(own := members.get("indicators", []), list):
        return report
    # What else its own indicators may be is for the report's schema to refuse.
    there = {(str(one.get("type")), str(one.get("value"))) for one in own if isinstance(one, dict)}
    added = {(one["type"], one["value"]): one for bundle in bundles for one in bundle.indicators}
    members["indicators"] = own + [one for pair, one in added.items() if pair not in there]
    return msgspec.json.encode(members)
