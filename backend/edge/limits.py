"""How often a sender and an address may ask, and how many bodies of a sender are read at once.

In the memory of this process: a restart forgets, and nobody is named.

Each has an allowance that fills at a rate (GCRA: one number for each, the time at which it would be full again). A
device's counts only once its signature holds: its name is public, and nobody uses up another's. Behind a front every
request comes from the front's address; then the last address of X-Forwarded-For counts, which the front appended.
"""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache

from django.conf import settings

from backend.intake.refusals import TooOften

# As many senders or addresses are remembered; of more, those that asked longest ago are forgotten.
MOST = 100_000
# Bodies of one sender that are read at the same time. Our programs send one after the other.
MOST_BODIES = 32
_IPV6_NETWORK = 64
_LONGEST = 64
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


_bodies: dict[str, int] = {}


@dataclass(frozen=True)
class Rate:
    """So many requests a second on the whole, and so many at once."""

    per_second: float
    at_once: int


@dataclass
class Limiter:
    """The allowances of all senders, or of all addresses."""

    rate: Rate
    most: int = MOST
    _full_at: "OrderedDict[str, float]" = field(default_factory=OrderedDict)

    def take(self, name: str, *, now: float) -> None:
        """Count a request of `name` at `now` (seconds of a clock that never jumps); raises TooOften."""
        one = 1 / self.rate.per_second
        full_at = max(self._full_at.pop(name, now), now) + one
        # Less than a microsecond is what floating point makes of nothing.
        early = full_at - now - one * self.rate.at_once - 1e-6
        # What is refused is not counted: whoever asks on and on is let in as soon as one is free.
        self._full_at[name] = full_at if early <= 0 else full_at - one
        if len(self._full_at) > self.most:
            self._full_at.popitem(last=False)
        if early > 0:
            raise TooOften(math.ceil(early))


@contextmanager
def one_body(fingerprint: str) -> Iterator[None]:
    """A body of this sender while it is read: of one who begins many and sends them slowly not all are held open.

    Raises TooOften for more than MOST_BODIES at once.
    """
    if _bodies.get(fingerprint, 0) >= MOST_BODIES:
        raise TooOften(1)
    _bodies[fingerprint] = _bodies.get(fingerprint, 0) + 1
    try:
        yield
    finally:
        _bodies[fingerprint] -= 1
        if not _bodies[fingerprint]:
            del _bodies[fingerprint]


def count_address(peer: str | None, headers: Iterable[tuple[str, str]]) -> None:
    """Count a request that came from `peer`, or through it as a front; raises TooOften."""
    # Some fronts append a line of their own, not to the sender's: the last one is theirs.
    forwarded = [value for name, value in headers if name == "x-forwarded-for"]
    # An address is shorter: of what a sender writes before it nothing is remembered.
    address = _counted(peer or "", forwarded[-1].rpartition(",")[2].strip()[:_LONGEST] if forwarded else "")
    if address is not None:
        _addresses().take(address, now=time.monotonic())


def count_sender(fingerprint: str) -> None:
    """Count a request whose signature by this sender holds; raises TooOften."""
    _senders().take(fingerprint, now=time.monotonic())


@lru_cache(maxsize=4096)
def _counted(peer: str, forwarded: str) -> str | None:
    """Whom a request counts for: an address, a network of IPv6, or nobody where a front does not say."""
    address = _address(peer)
    if address is not None and _is_front(address):
        address = _address(forwarded)
    return None if address is None else _network(address)


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_front(address: Address) -> bool:
    fronts: tuple[Network, ...] = settings.COMITY.fronts
    return address.is_loopback or any(address in front for front in fronts)


def _network(address: Address) -> str:
    if address.version == 4:
        return str(address)
    # A household or a machine has at least as much: single addresses of it are for free.
    return str(ipaddress.ip_network((address, _IPV6_NETWORK), strict=False))


@cache
def _addresses() -> Limiter:
    return Limiter(Rate(*settings.COMITY.address_rate))


@cache
def _senders() -> Limiter:
    return Limiter(Rate(*settings.COMITY.sender_rate))
