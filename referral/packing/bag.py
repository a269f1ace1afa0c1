"""The bag (BagIt 1.0, RFC 8493) that a packet is: its parts' names and the texts of its tag files.

No name says anything of the matter: parts are numbered.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from referral.packing.errors import MalformedPacket

BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
LETTER, CONTENTS = "data/letter.age", "data/contents.age"
BAGIT_TXT, BAG_INFO, ROUTING, NOTE, PROOF = "bagit.txt", "bag-info.txt", "routing.json", "note.txt", "proof.txt"
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
MAX_EVIDENCE = 999
_LINE = re.compile(r"([0-9a-f]{64})  ([a-z0-9./-]{1,64})")


def folder(packet: str) -> str:
    """The folder in the zip that is the bag."""
    return f"packet-{packet}/"


def evidence_name(number: int) -> str:
    """The name of the evidence part with this number, from 1."""
    return f"data/evidence/{number:03}.age"


def payload_names(evidence: int) -> list[str]:
    """The parts of the payload in the order in which they are packed."""
    return [*(evidence_name(number) for number in range(1, evidence + 1)), CONTENTS, LETTER]


def names_without_proof(evidence: int) -> list[str]:
    """All parts in their order, up to where the log's proof is still to come."""
    return [BAGIT_TXT, ROUTING, *payload_names(evidence), MANIFEST, BAG_INFO, NOTE]


@dataclass(frozen=True)
class Oxum:
    """Bytes and number of the payload's parts."""

    size: int
    count: int


def bag_info(packet: str, oxum: Oxum) -> bytes:
    """`bag-info.txt`."""
    lines = ("Bag-Software-Agent: Comity", f"External-Identifier: {packet}", f"Payload-Oxum: {oxum.size}.{oxum.count}")
    return "".join(f"{line}\n" for line in lines).encode()


def manifest(digests: Mapping[str, str], names: Sequence[str]) -> bytes:
    """A manifest: SHA-256 and name of each part, one a line, in the order of the names."""
    return "".join(f"{digests[name]}  {name}\n" for name in names).encode()


def parse_manifest(data: bytes) -> dict[str, str]:
    """The digests by name; raises MalformedPacket for anything that `manifest` does not write."""
    digests: dict[str, str] = {}
    for line in data.decode("ascii", errors="replace").splitlines():
        found = _LINE.fullmatch(line)
        if found is None or found[2] in digests:
            raise MalformedPacket
        digests[found[2]] = found[1]
    if manifest(digests, list(digests)) != data:
        raise MalformedPacket
    return digests
