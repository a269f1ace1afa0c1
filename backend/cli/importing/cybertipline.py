"""Reports in the XML form of the CyberTipline reporting API: one `report` element each, files as `fileDetails`.

What has a place in our report goes there; whatever else an element says stands in the narrative with its path, so that
nothing is lost. Terms: data/cybertipline.yaml.
"""

from collections.abc import Iterator
from functools import cache
from importlib import resources
from ipaddress import ip_address
from typing import Any, BinaryIO

import msgspec

from backend.cli.importing.rows import BadRow, Row
from backend.cli.importing.xml_stream import Element, elements

Members = dict[str, Any]
LINE = 300


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Their terms and ours."""

    offences: dict[str, str]
    events: dict[str, str]
    devices: dict[str, str]
    hashes: dict[str, str]


@cache
def terms() -> Terms:
    """The shipped terms."""
    data = resources.files("backend.cli.importing").joinpath("data", "cybertipline.yaml").read_bytes()
    return msgspec.yaml.decode(data, type=Terms)


def cybertipline_rows(source: BinaryIO) -> Iterator[Row | BadRow]:
    """A row for each `report` element, whatever holds them; raises Unreadable where the file is no XML."""
    for element in elements(source, "report"):
        yield element if isinstance(element, BadRow) else Row(element.line, report_of(element))


def report_of(report: Element) -> Members:
    """The members of our report."""
    incident = report.take("incidentSummary", "incidentType") or ""
    number = report.take("reportId") or report.attributes.get("id")
    found = _Found(report)
    found.accounts("personOrUserReported", "suspects")
    found.accounts("intendedRecipient", "suspects", note="Intended recipient")
    found.accounts("victim", "victims")
    found.places()
    found.files()
    found.connect(report, None)
    at = report.take("incidentSummary", "incidentDateTime")
    offence = terms().offences.get(incident)
    members = {
        "title": _line(f"CyberTipline {number or ''}: {incident}" if number else f"CyberTipline: {incident}"),
        "unit_reference": _line(number) if number else None,
        "occurred_at": at,
        "officer": found.reporter(),
        "offences": [offence] if offence else [],
        **found.members,
    }
    members["narrative"] = _narrative(report, incident)
    return {name: value for name, value in members.items() if value}


class _Found:
    """What has been found so far, and where."""

    def __init__(self, report: Element) -> None:
        self._report = report
        self.members: dict[str, list[Members]] = {
            name: [] for name in ("suspects", "victims", "where", "connections", "indicators")
        }

    def accounts(self, name: str, role: str, *, note: str | None = None) -> None:
        """Persons or users with their accounts, addresses and devices."""
        for one in self._report.all(name):
            person = next(iter([*one.all(f"{name}Person"), *one.all("person")]), one)
            service, known_as = one.take("espService"), one.take_all("screenName") + one.take_all("displayName")
            emails, phones = person.take_all("email"), person.take_all("phone")
            whole = " ".join(filter(None, (person.take("firstName"), person.take("lastName"))))
            self._add(
                role,
                name=_line(whole),
                contact=_line(next(iter(emails + phones), "")),
                note=note,
                known_as=[_line(text) for text in known_as],
                under_18=_under_18(person),
                kind="person" if whole else "unknown",
            )
            self._account(one, service, known_as)
            for kind, texts in (("email", emails), ("phone", phones)):
                for text in texts:
                    self._add("indicators", type=kind, value=text)
            self.connect(one, service)
            self._devices(one)

    def _account(self, one: Element, service: str | None, known_as: list[str]) -> None:
        number, profiles = one.take("espIdentifier"), one.take_all("profileUrl")
        value = next(iter([*known_as, number or "", *profiles]), "")
        if not (number or profiles or (value and service)):
            return
        for profile in profiles or ("",):
            self._add(
                "where",
                kind="social-network",
                value=_line(value),
                account_id=_line(number),
                profile=profile,
                provider=_line(service),
            )

    def connect(self, within: Element, source: str | None) -> None:
        """Addresses with their times; an address without a time is an indicator."""
        for event in within.all("ipCaptureEvent"):
            address, at = event.take("ipAddress") or "", event.take("dateTime")
            name, port, proxy = event.take("eventName"), event.take("port"), event.take("possibleProxy")
            note = "possible proxy" if proxy in ("true", "1") else None
            version = _version(address)
            if at and version:
                self._add(
                    "connections",
                    ip=address,
                    at=at,
                    event=terms().events.get(name or "", "other"),
                    port=int(port) if port and port.isascii() and port.isdigit() else None,
                    source=_line(source),
                    note=note,
                )
            elif version:
                self._add("indicators", type=version, value=address, note=note)
            else:
                for part in event.children:
                    part.taken = False

    def _devices(self, one: Element) -> None:
        for device in one.all("deviceId"):
            kind = next((part.text for part in device.all("idType")), "")
            if kind in terms().devices and (value := device.take("idValue")):
                device.take("idType")
                self._add("indicators", type=terms().devices[kind], value=value, at=device.take("dateTime"))

    def places(self) -> None:
        """Where it happened."""
        for details in self._report.all("internetDetails"):
            for page in details.all("webPageIncident"):
                for url in page.take_all("url"):
                    self._add("where", kind="web", value=url[:LINE])
                    if len(url) > LINE:
                        self._add("indicators", type="url", value=url)
            for mail in details.all("emailIncident") + details.all("newsgroupIncident"):
                for address in mail.take_all("emailAddress"):
                    self._add("where", kind="mail", value=_line(address))
            for chat in details.all("chatImIncident"):
                room, client = chat.take("chatRoomName"), chat.take("chatClient")
                if room or client:
                    self._add(
                        "where", kind="chat", value=_line(room or client), room=_line(room), provider=_line(client)
                    )
            for phone in details.all("cellPhoneIncident"):
                for number in phone.take_all("phoneNumber"):
                    self._add("where", kind="phone", value=_line(number))
            for shared in details.all("peer2peerIncident"):
                self.connect(shared, _line(shared.take("client")))

    def files(self) -> None:
        """Files that go with the report: their hashes, never the files."""
        for file in [*self._report.all("fileDetails"), *self._report.all("files", "fileDetails")]:
            name = next((one.text for one in file.all("originalFileName")), None)
            for digest in file.all("originalFileHash"):
                kind = digest.attributes.get("hashType", "").upper().replace("-", "")
                if kind in terms().hashes and digest.text:
                    digest.taken = True
                    note = f"hash of the file {name}" if name else None
                    self._add("indicators", type=terms().hashes[kind], value=digest.text.lower(), note=note)
            self.connect(file, None)

    def reporter(self) -> Members | None:
        """Who reported: a person of a provider."""
        for person in self._report.all("reporter", "reportingPerson"):
            whole = " ".join(filter(None, (person.take("firstName"), person.take("lastName"))))
            contact = next(iter(person.take_all("email") + person.take_all("phone")), None)
            found = {"name": _line(whole), "contact": _line(contact), "note": "Reported to the CyberTipline"}
            return {name: value for name, value in found.items() if value}
        return None

    def _add(self, where: str, **members: Any) -> None:
        said = {name: value for name, value in members.items() if value}
        if set(said) - {"kind", "note", "type"}:
            self.members[where].append(said)


def _under_18(person: Element) -> str | None:
    age = next((one.text for one in person.all("age")), "")
    if not (age.isascii() and age.isdigit()) or len(age) > 3:
        return None
    return "yes" if int(age) < 18 else "no"


def _narrative(report: Element, incident: str) -> str:
    """Free texts as they stand, then what has no place of its own, with its path."""
    said = [f"CyberTipline report: {incident}."] if incident else ["CyberTipline report."]
    for path in (("additionalInfo",), ("incidentSummary", "incidentDateTimeDescription")):
        said += report.take_all(*path)
    for details in report.all("internetDetails"):
        for kind in details.children:
            said += kind.take_all("content") + kind.take_all("additionalInfo")
    for name in ("personOrUserReported", "intendedRecipient", "victim"):
        said += report.take_all(name, "additionalInfo")
    rest = [f"{path.partition('/')[2]}: {text}" for path, text in report.left()]
    return "\n\n".join(said + (["\n".join(rest)] if rest else []))


def _version(address: str) -> str | None:
    try:
        return f"ipv{ip_address(address).version}" if "%" not in address else None
    except ValueError:
        return None


def _line(text: str | None) -> str | None:
    return " ".join(text.split())[:LINE] if text else None
