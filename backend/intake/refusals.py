"""Why the edge does not take something. Each refusal is a type; the edge gives it its sentence (backend.edge.problems).

Nothing here carries content. Whatever concerns the sender is one type, `UnknownSender`: not enrolled, revoked, another
kind of sender, a signature that is missing, malformed or wrong are the same answer.
"""

from dataclasses import dataclass
from datetime import datetime


class Refused(Exception):
    """Root of all refusals."""


class UnknownSender(Refused):
    """The request is not signed by a sender that this node knows."""


@dataclass(eq=False)
class Malformed(Refused):
    """A part of the request is missing or not of its form; `part` names it as the documentation does."""

    part: str


class HeadersTooLarge(Refused):
    """All headers together are larger than the edge reads."""


@dataclass(eq=False)
class ClockDiffers(Refused):
    """The signature was made too long ago or in the future, by this node's clock `server_time`."""

    server_time: datetime


@dataclass(eq=False)
class Misdirected(Refused):
    """The request was addressed to another host than this edge, which is `authority`."""

    authority: str


@dataclass(eq=False)
class WrongMediaType(Refused):
    """The Content-Type is not `expected`."""

    expected: str


class LengthMissing(Refused):
    """There is no Content-Length: bodies of unknown size are not taken."""


@dataclass(eq=False)
class TooLarge(Refused):
    """The body is larger than `limit` bytes."""

    limit: int


class NotSealed(Refused):
    """The body does not begin as a sealed file does: it would lie readable on the disk."""


class DigestDiffers(Refused):
    """The body's SHA-256 is not the one in Content-Digest."""


class TooSlow(Refused):
    """The body did not come fast enough."""


class Interrupted(Refused):
    """The sender went away before the body was whole; nobody is left to answer."""


class NoSpace(Refused):
    """The disk has no room for a body of this size."""


class DifferentContent(Refused):
    """The sender used this submission id before, for something else."""


class SealAgain(Refused):
    """The key that this is sealed to is not, or no longer, one of this node's."""


class NoReceipt(Refused):
    """There is no receipt for this submission of this sender, or not yet."""


class WaitingListFull(Refused):
    """As many enrolment requests wait as the node holds."""


class WrongProtocol(Refused):
    """The request speaks another version of tus than this edge."""


class UploadNotFound(Refused):
    """This sender has no upload under this id: never begun, ended, or swept away."""


class UploadExpired(Refused):
    """The upload lay unfinished for too long and is no longer continued."""


@dataclass(eq=False)
class OffsetDiffers(Refused):
    """The chunk does not begin where the upload stands, which is `offset`."""

    offset: int


class UploadTaken(Refused):
    """Another request of the same sender works on this upload, or has taken it over."""


class UploadDiffers(Refused):
    """All bytes are here and together they are not what was announced; none were kept."""


class TooManyUploads(Refused):
    """This sender has as many unfinished uploads as may be."""


@dataclass(eq=False)
class TooOften(Refused):
    """The sender, or the address from which it asks, asks more often than it may; in `seconds` it may again."""

    seconds: int
