"""Why a packet is refused. Each says what to do; none quotes the packet."""

from typing import ClassVar


class PacketRefused(Exception):
    """Root: the packet is not what it must be."""

    sentence: ClassVar[str] = "The packet is not good; do not use it and ask its sender to transmit it again."

    def __str__(self) -> str:
        return self.sentence


class MalformedPacket(PacketRefused):
    """Not a packet: a zip of another form, other parts, or over the limits."""

    sentence = "This is not a whole packet in the form that Comity writes; ask its sender to transmit it again."


class PartChanged(PacketRefused):
    """A part is not the one that the manifest or the note speaks of."""

    sentence = "A part of the packet was changed, exchanged or removed; ask its sender to transmit it again."


class UnknownSender(PacketRefused):
    """No key card given is that of the sender, with the key that signed."""

    sentence = (
        "The packet is not signed by a sender whose key card is at hand; get the sender's card, compare its fingerprint"
        " words by telephone, and name it."
    )


class ProofRefused(PacketRefused):
    """The log's proof does not hold or is of something else."""

    sentence = "The proof does not show that the sender's log holds this packet; ask the sender to transmit it again."


class NotForThisNode(PacketRefused):
    """The letter inside is addressed to somebody else, or comes from somebody else than the packet."""

    sentence = (
        "The letter in the packet is not from an authority of the packet's sender to an authority of its addressee; do"
        " not act on it and ask the sender."
    )


class ContentsDiffer(PacketRefused):
    """Letter, statement of contents and evidence do not agree."""

    sentence = (
        "The letter, the statement of contents and the evidence in the packet do not agree; do not act on it and ask"
        " the sender."
    )


class EvidenceChangedAtRest(Exception):
    """While packing: a stored payload is not the one that was recorded."""

    def __str__(self) -> str:
        return (
            "A stored evidence payload does not have the digest on record; nothing was packed. Restore the evidence"
            " folder from the backup."
        )
